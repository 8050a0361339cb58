package reuse

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type apiSuggestion struct {
	Evidence    string   `json:"evidence"`
	Title       string   `json:"title"`
	Kind        string   `json:"kind"`
	Agency      string   `json:"agency"`
	Strength    string   `json:"strength"`
	Score       int      `json:"score"`
	Found       string   `json:"found"`
	Slot        string   `json:"slot"`
	NeedsReason bool     `json:"needs_reason"`
	Why         []string `json:"why"`
}

type apiOpen struct {
	Code        string          `json:"code"`
	Question    string          `json:"question"`
	Lead        string          `json:"lead"`
	Suggestions []apiSuggestion `json:"suggestions"`
}

// apiSuggest answers what the page shows for a round, or for an innovation as "inovasi:<id>".
func (s *Service) apiSuggest(w http.ResponseWriter, r *http.Request) error {
	x, err := s.Suggest(r.Context(), r.URL.Query().Get("round"))
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	open := []apiOpen{}
	for _, o := range x.Open {
		one := apiOpen{Code: o.Code, Question: o.Question.Text.In(lang), Lead: o.Lead, Suggestions: []apiSuggestion{}}
		for _, g := range o.Suggestions {
			why := []string{}
			for _, m := range g.Why {
				why = append(why, web.Text(r, m.Key, pairs(m)...))
			}
			one.Suggestions = append(one.Suggestions, apiSuggestion{g.Proof.ID, g.Proof.Title, g.Proof.Kind, g.Proof.Agency, g.Strength, g.Score, g.How, g.Slot, g.NeedsReason, why})
		}
		open = append(open, one)
	}
	return web.JSON(w, http.StatusOK, map[string]any{"round": x.Holder, "title": x.Title, "instrument": x.Pack.ID, "files": x.Files(), "questions": len(x.Open), "strong": x.Strong(),
		"without": x.Without, "open": open})
}

type apiRef struct {
	Instrument string `json:"instrument"`
	Item       string `json:"item"`
}

type apiLine struct {
	ID       string   `json:"id"`
	From     apiRef   `json:"from"`
	To       apiRef   `json:"to"`
	Kinds    []string `json:"kinds"`
	Strength string   `json:"strength"`
	Why      string   `json:"why"`
	Origin   string   `json:"origin"`
	Off      bool     `json:"off"`
	Rev      int64    `json:"rev"`
}

// apiMapping answers every line of the mapping as it stands for the regency.
func (s *Service) apiMapping(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Mapping(r.Context())
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	lines := []apiLine{}
	for _, l := range all {
		why := l.Why.In(lang)
		if why == "" {
			why = l.Why.ID
		}
		lines = append(lines, apiLine{l.ID(), apiRef{l.From.Of, l.From.Item}, apiRef{l.To.Of, l.To.Item}, l.Kinds, l.Strength, why, l.Origin(), l.Off, l.Rev})
	}
	return web.JSON(w, http.StatusOK, map[string]any{"label": s.shipped.Label.In(lang), "lines": lines})
}

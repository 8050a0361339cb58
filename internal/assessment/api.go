package assessment

import (
	"maps"
	"math/big"
	"net/http"
	"slices"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type apiMark struct {
	Item    string `json:"item"`
	Value   string `json:"value"`
	Comment string `json:"comment"`
	State   string `json:"state"`
	Rev     int64  `json:"rev"`
}

func markJSON(m Mark) apiMark { return apiMark{m.Item, m.Value, m.Comment, m.State, m.Rev} }

// apiMarks lists the own marks of the assessor.
func (s *Service) apiMarks(w http.ResponseWriter, r *http.Request) error {
	mine, err := s.Mine(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	out := []apiMark{}
	for _, item := range slices.Sorted(maps.Keys(mine)) {
		out = append(out, markJSON(mine[item]))
	}
	return web.JSON(w, http.StatusOK, map[string]any{"marks": out})
}

func (s *Service) apiMark(w http.ResponseWriter, r *http.Request) error {
	var in Entry
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	in.Item = r.PathValue("code")
	out, err := s.Save(r.Context(), r.PathValue("round"), in)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, markJSON(out[0]))
}

// apiResult writes a result in the shape of `pendapa score --json`, with the published value beside it.
func (s *Service) apiResult(w http.ResponseWriter, r *http.Request) error {
	res, err := s.Result(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	type component struct {
		Code   string  `json:"code"`
		Name   string  `json:"name"`
		Weight string  `json:"weight"`
		Value  *string `json:"value"`
	}
	var components []component
	for _, c := range res.Sum.Components {
		components = append(components, component{c.Code, c.Name.In(tenant.From(r.Context()).Lang), exact(c.Weight), decimal(c.Value)})
	}
	missing := append([]string{}, res.Sum.Missing...)
	return web.JSON(w, http.StatusOK, map[string]any{"instrument": res.Pack.ID, "components": components, "index": decimal(res.Sum.Index), "answered": res.Sum.Answered,
		"missing": missing, "published": res.Published.Index, "letter": res.Published.Letter, "source": res.Source, "hidden": res.Hidden})
}

// decimal gives twelve digits, as the command line does; null while there is no value.
func decimal(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	text := instrument.Decimal(r, 12)
	return &text
}

func (s *Service) apiFollowups(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	all, err := s.Followups(r.Context(), FollowFilter{Round: q.Get("round"), Agency: q.Get("agency"), Status: q.Get("status")})
	if err != nil {
		return err
	}
	type one struct {
		ID     string `json:"id"`
		Round  string `json:"round"`
		Title  string `json:"title"`
		Agency string `json:"agency"`
		Due    int64  `json:"due"`
		Status string `json:"status"`
		Note   string `json:"note"`
		Rev    int64  `json:"rev"`
	}
	out := []one{}
	for _, f := range all {
		out = append(out, one{f.ID, f.Round, f.Title, f.Agency, f.Due, f.Status, f.Note, f.Rev})
	}
	return web.JSON(w, http.StatusOK, map[string]any{"followups": out})
}

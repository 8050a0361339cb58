package evaluation

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) api(mux *web.Mux) {
	mux.API("GET /api/v1/rounds", Read, s.apiRounds)
	mux.API("GET /api/v1/rounds/{round}", Read, s.apiRound)
	mux.API("GET /api/v1/rounds/{round}/questions", Read, s.apiQuestions)
	mux.API("GET /api/v1/rounds/{round}/questions/{code}", Read, s.apiQuestion)
	mux.API("PUT /api/v1/rounds/{round}/questions/{code}/answer", Write, s.apiAnswer)
	mux.API("POST /api/v1/rounds/{round}/questions/{code}/submit", Write, s.apiSubmit)
	mux.API("POST /api/v1/rounds/{round}/questions/{code}/approve", Approve, s.apiApprove)
	mux.API("POST /api/v1/rounds/{round}/questions/{code}/return", Read, s.apiReturn)
	mux.API("POST /api/v1/rounds/{round}/questions/{code}/check", Manage, s.apiCheck)
}

type apiRound struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Year       int    `json:"year"`
	Instrument string `json:"instrument"`
	State      string `json:"state"`
	SelfFrom   int64  `json:"self_from"`
	SelfTo     int64  `json:"self_to"`
	AssessFrom int64  `json:"assess_from"`
	AssessTo   int64  `json:"assess_to"`
}

func roundJSON(r Round) apiRound {
	return apiRound{r.ID, r.Title, r.Year, r.Pack, r.State, r.SelfFrom, r.SelfTo, r.AssessFrom, r.AssessTo}
}

type apiItem struct {
	Code      string      `json:"code"`
	Component string      `json:"component"`
	Question  string      `json:"question"`
	Lead      string      `json:"lead"`
	Support   []string    `json:"support"`
	State     string      `json:"state"`
	Answer    string      `json:"answer"`
	SelfMark  string      `json:"self_mark"`
	Due       int64       `json:"due"`
	Reason    string      `json:"reason"`
	Rev       int64       `json:"rev"`
	Evidence  proof.Count `json:"evidence"`
}

func (s *Service) apiRounds(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Rounds(r.Context())
	if err != nil {
		return err
	}
	out := []apiRound{}
	for _, x := range all {
		out = append(out, roundJSON(x))
	}
	return web.JSON(w, http.StatusOK, map[string]any{"rounds": out})
}

func (s *Service) apiRound(w http.ResponseWriter, r *http.Request) error {
	x, err := s.Round(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, roundJSON(x))
}

func (s *Service) apiItems(r *http.Request) ([]apiItem, error) {
	ctx, lang := r.Context(), tenant.From(r.Context()).Lang
	p, err := s.PackOf(ctx, r.PathValue("round"))
	if err != nil {
		return nil, err
	}
	items, err := s.items(ctx, p, r.PathValue("round"))
	if err != nil {
		return nil, err
	}
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(r.PathValue("round")))
	out := []apiItem{}
	for _, i := range items {
		q, c, _ := p.Question(i.Code)
		out = append(out, apiItem{Code: i.Code, Component: c.Code, Question: q.Text.In(lang), Lead: i.Lead, Support: append([]string{}, i.Support...), State: i.State,
			Answer: i.Answer, SelfMark: i.SelfMark, Due: i.Due, Reason: i.Reason, Rev: i.Rev, Evidence: counts[proof.Spot{Item: i.Code}]})
	}
	return out, err
}

func (s *Service) apiQuestions(w http.ResponseWriter, r *http.Request) error {
	out, err := s.apiItems(r)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"questions": out})
}

func (s *Service) apiQuestion(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.Item(r.Context(), r.PathValue("round"), r.PathValue("code")); err != nil {
		return err
	}
	all, err := s.apiItems(r)
	for _, i := range all {
		if i.Code == r.PathValue("code") {
			return web.JSON(w, http.StatusOK, i)
		}
	}
	return err
}

func (s *Service) apiAnswer(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Answer   string `json:"answer"`
		SelfMark string `json:"self_mark"`
		Note     string `json:"note"`
		Rev      int64  `json:"rev"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	rev, err := s.Save(r.Context(), r.PathValue("round"), r.PathValue("code"), Entry{Answer: in.Answer, SelfMark: in.SelfMark, Note: in.Note, Rev: in.Rev})
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"rev": rev})
}

// apiStep reads {rev, reason} and runs a decision.
func (s *Service) apiStep(w http.ResponseWriter, r *http.Request, step func(round, code string, rev int64, reason string) error) error {
	var in struct {
		Rev    int64  `json:"rev"`
		Reason string `json:"reason"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	if err := step(r.PathValue("round"), r.PathValue("code"), in.Rev, in.Reason); err != nil {
		return err
	}
	i, err := s.Item(r.Context(), r.PathValue("round"), r.PathValue("code"))
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"state": i.State, "rev": i.Rev})
}

func (s *Service) apiSubmit(w http.ResponseWriter, r *http.Request) error {
	return s.apiStep(w, r, func(round, code string, rev int64, _ string) error { return s.Submit(r.Context(), round, code, rev) })
}

func (s *Service) apiApprove(w http.ResponseWriter, r *http.Request) error {
	return s.apiStep(w, r, func(round, code string, rev int64, _ string) error { return s.Approve(r.Context(), round, code, rev) })
}

func (s *Service) apiReturn(w http.ResponseWriter, r *http.Request) error {
	return s.apiStep(w, r, func(round, code string, rev int64, reason string) error {
		return s.Return(r.Context(), round, code, rev, reason)
	})
}

func (s *Service) apiCheck(w http.ResponseWriter, r *http.Request) error {
	return s.apiStep(w, r, func(round, code string, rev int64, _ string) error { return s.Check(r.Context(), round, code, rev) })
}

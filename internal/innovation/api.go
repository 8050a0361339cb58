package innovation

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) api(mux *web.Mux) {
	mux.API("GET /api/v1/innovations", Read, s.apiList)
	mux.API("POST /api/v1/innovations", Propose, s.apiPropose)
	mux.API("GET /api/v1/innovations/similar", Read, s.apiSimilar)
	mux.API("GET /api/v1/innovations/youth", Read, s.apiYouth)
	mux.API("GET /api/v1/innovations/{id}", Read, s.apiGet)
	mux.API("POST /api/v1/innovations/{id}/answer", Desk, s.apiAnswer)
	mux.API("POST /api/v1/innovations/{id}/gates", Propose, s.apiAskGate)
	mux.API("POST /api/v1/innovations/{id}/status", Propose, s.apiStatus)
	mux.API("POST /api/v1/gates/{gate}/decision", Decide, s.apiDecide)
}

const (
	apiPage = 50
	apiMost = 200
)

// apiFilter reads the filters of an address; a value that does not exist is told, not ignored.
func (s *Service) apiFilter(r *http.Request) (Filter, error) {
	q, wrong := r.URL.Query(), map[string]errs.Msg{}
	f := Filter{Query: q.Get("q"), Agency: q.Get("agency"), Stage: q.Get("stage"), State: q.Get("state"), Whole: true}
	if f.Stage != "" && !slices.Contains(Stages(), f.Stage) {
		wrong["stage"] = errs.M("innovation.api.one_of", "All", strings.Join(Stages(), ", "))
	}
	if f.State != "" && !slices.Contains(States(), f.State) {
		wrong["state"] = errs.M("innovation.api.one_of", "All", strings.Join(States(), ", "))
	}
	for name, flag := range map[string]*bool{"waiting": &f.Waiting, "mine": &f.Mine, "counting": &f.Counting, "published": &f.Published} {
		switch q.Get(name) {
		case "", "false":
		case "true":
			*flag = true
		default:
			wrong[name] = errs.M("innovation.api.one_of", "All", "true, false")
		}
	}
	if text := q.Get("since"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			wrong["since"] = errs.M("innovation.api.moment")
		}
		f.Since, f.Whole = at.UnixMilli(), false // who follows changes must hear of a merger
	}
	if len(wrong) > 0 {
		return f, errs.InvalidFields(wrong)
	}
	return f, nil
}

// apiNumber reads a whole number of an address within bounds.
func apiNumber(r *http.Request, name string, otherwise, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, errs.InvalidFields(map[string]errs.Msg{name: errs.M("innovation.api.number", "Most", most)})
	}
	return n, nil
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	f, err := s.apiFilter(r)
	if err != nil {
		return err
	}
	page, err := apiNumber(r, "page", 1, 1_000_000)
	if err != nil {
		return err
	}
	size, err := apiNumber(r, "per_page", apiPage, apiMost)
	if err != nil {
		return err
	}
	all, total, err := s.List(r.Context(), f, size, (page-1)*size)
	if err != nil {
		return err
	}
	out := []apiInnovation{}
	for _, i := range all {
		out = append(out, s.apiOf(r.Context(), i))
	}
	return web.JSON(w, http.StatusOK, map[string]any{"innovations": out, "total": total, "page": page, "per_page": size})
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	return s.apiAnswerWith(w, r, http.StatusOK, r.PathValue("id"))
}

// apiAnswerWith answers with an innovation as it stands now, with its form, gates and history.
func (s *Service) apiAnswerWith(w http.ResponseWriter, r *http.Request, status int, id string) error {
	i, err := s.Get(r.Context(), id)
	if err != nil {
		return err
	}
	gates, err := s.Gates(r.Context(), id)
	if err != nil {
		return err
	}
	steps, err := s.History(r.Context(), id)
	if err != nil {
		return err
	}
	return web.JSON(w, status, s.apiWhole(r.Context(), i, gates, steps))
}

func (s *Service) apiPropose(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Problem    string `json:"problem"`
		Sufferer   string `json:"sufferer"`
		Idea       string `json:"idea"`
		Number     string `json:"number"`
		Agency     string `json:"agency"`
		Origin     string `json:"origin"`
		OriginNote string `json:"origin_note"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	id, err := s.Propose(r.Context(), NewIdea(in))
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/innovations/"+id)
	return s.apiAnswerWith(w, r, http.StatusCreated, id)
}

func (s *Service) apiAnswer(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Answer string `json:"answer"`
		Reason string `json:"reason"`
		Into   string `json:"into"`
		Agency string `json:"agency"`
		Rev    int64  `json:"rev"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	if err := s.Reply(r.Context(), r.PathValue("id"), Reply(in)); err != nil {
		return err
	}
	return s.apiAnswerWith(w, r, http.StatusOK, r.PathValue("id"))
}

func (s *Service) apiStatus(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		To     string `json:"to"`
		Reason string `json:"reason"`
		Rev    int64  `json:"rev"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	id := r.PathValue("id")
	var err error
	switch {
	case !slices.Contains(States(), in.To):
		err = errs.InvalidFields(map[string]errs.Msg{"to": errs.M("innovation.api.one_of", "All", strings.Join(States(), ", "))})
	case in.To == Revision:
		err = s.Return(r.Context(), id, in.Rev, in.Reason)
	default:
		err = s.Move(r.Context(), id, in.To, in.Rev, in.Reason)
	}
	if err != nil {
		return err
	}
	return s.apiAnswerWith(w, r, http.StatusOK, id)
}

type apiTrial struct {
	Hypothesis string `json:"hypothesis"`
	Place      string `json:"place"`
	EndDay     string `json:"end_day"`
	StopRule   string `json:"stop_rule"`
}

func (s *Service) apiAskGate(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Day      string    `json:"day"`
		Proof    string    `json:"proof"`
		Evidence string    `json:"evidence"`
		Decider  string    `json:"decider"`
		Trial    *apiTrial `json:"trial"`
		Rollout  *Rollout  `json:"rollout"`
		Rev      int64     `json:"rev"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	ask := Ask{Proof: in.Proof, Evidence: in.Evidence, Decider: in.Decider, Rollout: in.Rollout, Rev: in.Rev}
	wrong := map[string]errs.Msg{}
	ask.Day = s.apiDay(r.Context(), "day", in.Day, wrong)
	if in.Trial != nil {
		ask.Trial = &TrialPlan{Hypothesis: in.Trial.Hypothesis, Place: in.Trial.Place, End: s.apiDay(r.Context(), "end_day", in.Trial.EndDay, wrong), StopRule: in.Trial.StopRule}
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	if err := s.AskGate(r.Context(), r.PathValue("id"), ask); err != nil {
		return err
	}
	return s.apiAnswerWith(w, r, http.StatusCreated, r.PathValue("id"))
}

// apiDay reads 2026-03-01 as the start of that day; an empty text is no day.
func (s *Service) apiDay(ctx context.Context, name, text string, wrong map[string]errs.Msg) int64 {
	if text == "" {
		return 0
	}
	at, err := time.ParseInLocation(time.DateOnly, text, s.Zone(ctx))
	if err != nil {
		wrong[name] = errs.M("innovation.api.day")
		return 0
	}
	return at.UnixMilli()
}

func (s *Service) apiDecide(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Decision string `json:"decision"`
		Reason   string `json:"reason"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	id := r.PathValue("gate")
	var err error
	switch in.Decision {
	case "pass":
		err = s.Pass(r.Context(), id, in.Reason)
	case "refuse":
		err = s.Refuse(r.Context(), id, in.Reason)
	default:
		err = errs.InvalidFields(map[string]errs.Msg{"decision": errs.M("innovation.api.one_of", "All", "pass, refuse")})
	}
	if err != nil {
		return err
	}
	all, err := s.store.gates(r.Context(), s.DB, tenant.From(r.Context()).Regency, `id = $2`, id)
	if err != nil || len(all) == 0 {
		return err
	}
	return s.apiAnswerWith(w, r, http.StatusOK, all[0].Innovation)
}

func (s *Service) apiSimilar(w http.ResponseWriter, r *http.Request) error {
	n, err := apiNumber(r, "limit", 5, 20)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	found, err := s.Similar(r.Context(), q.Get("q"), q.Get("without"), n)
	if err != nil {
		return err
	}
	out := []apiFound{}
	for _, f := range found {
		out = append(out, apiFound{apiInnovation: s.apiOf(r.Context(), f.Innovation), Score: f.Score, Words: append([]string{}, f.Words...)})
	}
	return web.JSON(w, http.StatusOK, map[string]any{"similar": out})
}

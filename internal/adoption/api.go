package adoption

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// apiAdoption is an adoption as programs see it; users is null when nobody counted.
type apiAdoption struct {
	ID            string `json:"id"`
	OriginRegency int64  `json:"origin_regency"`
	Innovation    string `json:"innovation"`
	Title         string `json:"title"`
	OriginAgency  string `json:"origin_agency_name"`
	OriginName    string `json:"origin_regency_name"`
	Agency        string `json:"agency"`
	State         string `json:"state"`
	StartedAt     int64  `json:"started_at"`
	SignFrom      int64  `json:"sign_from"`
	Owes          string `json:"owes"`
	Changes       string `json:"changes"`
	Result        string `json:"result"`
	Users         *int64 `json:"users"`
	SignedAt      int64  `json:"signed_at"`
	Rev           int64  `json:"rev"`
}

func counted(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

func (s *Service) adoptionJSON(ctx context.Context, a Adoption) apiAdoption {
	return apiAdoption{a.ID, a.Origin.Regency, a.Origin.ID, a.Origin.Title, a.Origin.AgencyName, a.Origin.RegencyName, a.Agency, a.State, a.StartedAt, s.SignFrom(ctx, a), s.Owes(ctx, a),
		a.Changes, a.Result, counted(a.Users), a.SignedAt, a.Rev}
}

// apiReplica is what others took over, as programs see it.
type apiReplica struct {
	Adoption    string `json:"adoption"`
	Innovation  string `json:"innovation"`
	Title       string `json:"title"`
	Regency     int64  `json:"adopter_regency"`
	RegencyName string `json:"adopter_regency_name"`
	AgencyName  string `json:"adopter_agency_name"`
	Changes     string `json:"changes"`
	Result      string `json:"result"`
	Users       *int64 `json:"users"`
	SignedAt    int64  `json:"signed_at"`
}

const apiSize = 100

// apiList gives both directions, a hundred of each a page.
func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := Filter{Agency: q.Get("agency"), State: q.Get("state")}
	if f.State != "" && !slices.Contains(States(), f.State) {
		return errs.InvalidFields(map[string]errs.Msg{"state": errs.M("adoption.error.state")})
	}
	page, _ := strconv.Atoi(q.Get("page"))
	page = max(1, min(page, 1_000_000))
	mine, total, err := s.List(r.Context(), f, apiSize, (page-1)*apiSize)
	if err != nil {
		return err
	}
	taken, times, err := s.Taken(r.Context(), apiSize, (page-1)*apiSize)
	if err != nil {
		return err
	}
	adoptions, replicas := []apiAdoption{}, []apiReplica{}
	for _, a := range mine {
		adoptions = append(adoptions, s.adoptionJSON(r.Context(), a))
	}
	for _, p := range taken {
		replicas = append(replicas, apiReplica{p.ID, p.Innovation, p.Title, p.Regency, p.RegencyName, p.AgencyName, p.Changes, p.Result, counted(p.Users), p.SignedAt})
	}
	return web.JSON(w, http.StatusOK, map[string]any{"adoptions": adoptions, "total": total, "taken": replicas, "taken_total": times, "page": page})
}

func (s *Service) apiStart(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		OriginRegency int64  `json:"origin_regency"`
		Innovation    string `json:"innovation"`
		Agency        string `json:"agency"`
		StartedAt     int64  `json:"started_at"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	if in.OriginRegency == 0 {
		in.OriginRegency = tenant.From(r.Context()).Regency
	}
	id, err := s.Start(r.Context(), Begin{Regency: in.OriginRegency, Innovation: in.Innovation, Agency: in.Agency, StartedAt: in.StartedAt})
	if err != nil {
		return err
	}
	return s.answer(w, r, http.StatusCreated, id)
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request, status int, id string) error {
	a, err := s.Get(r.Context(), id)
	if err != nil {
		return err
	}
	return web.JSON(w, status, s.adoptionJSON(r.Context(), a))
}

// apiNote keeps the draft; started_at is left alone when it is missing.
func (s *Service) apiNote(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Changes   string `json:"changes"`
		Result    string `json:"result"`
		Users     *int64 `json:"users"`
		StartedAt *int64 `json:"started_at"`
		Rev       int64  `json:"rev"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	n := Note{Changes: in.Changes, Result: in.Result, StartedAt: in.StartedAt, Rev: in.Rev}
	if in.Users != nil {
		n.Users = strconv.FormatInt(*in.Users, 10)
	}
	if err := s.SaveNote(r.Context(), r.PathValue("id"), n); err != nil {
		return err
	}
	return s.answer(w, r, http.StatusOK, r.PathValue("id"))
}

func (s *Service) apiSign(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Rev int64 `json:"rev"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	if err := s.SignOff(r.Context(), r.PathValue("id"), in.Rev); err != nil {
		return err
	}
	return s.answer(w, r, http.StatusOK, r.PathValue("id"))
}

package score

import (
	"fmt"
	"math/big"
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) api(mux *web.Mux) {
	mux.API("GET /api/v1/iid", Read, s.apiIndex)
	mux.API("GET /api/v1/iid/steps", Read, s.apiSteps)
	mux.API("POST /api/v1/iid/simulation", Read, s.apiSimulate)
	mux.API("GET /api/v1/innovations/{id}/score", Read, s.apiScore)
	mux.API("PUT /api/v1/innovations/{id}/score/{item}", Claims, s.apiSay)
}

// exactDigits is enough to tell any two values apart.
const exactDigits = 12

func exact(r *big.Rat) string { return instrument.Decimal(r, exactDigits) }

func (s *Service) apiIndex(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, s.indexJSON(tenant.From(r.Context()).Lang, b))
}

// How many steps an answer holds.
const (
	defaultSteps = 50
	mostSteps    = 1000
)

func (s *Service) apiSteps(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	limit, innovation := defaultSteps, r.URL.Query().Get("innovation")
	if text := r.URL.Query().Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > mostSteps {
			return errs.InvalidFields(map[string]errs.Msg{"limit": errs.M("score.error.limit", "Most", mostSteps)})
		}
	}
	if _, ok := b.Row(innovation); innovation != "" && !ok {
		return errs.E(errs.NotFound, "score.error.innovation", nil)
	}
	out := []apiStep{}
	for _, n := range b.Steps(innovation, limit) {
		out = append(out, stepJSON(n))
	}
	return web.JSON(w, http.StatusOK, map[string]any{"steps": out})
}

// what is the body of a simulation.
type what struct {
	Changes []struct {
		Innovation string `json:"innovation"`
		Item       string `json:"item"`
		Points     int    `json:"points"`
	} `json:"changes"`
	Drop []string `json:"drop"`
	Add  []string `json:"add"`
}

// mostAsked is how many changes a program may ask for at once.
const mostAsked = 500

// apiSimulate computes what-if: other points, innovations dropped and added. Nothing is stored.
func (s *Service) apiSimulate(w http.ResponseWriter, r *http.Request) error {
	var in what
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	changes, err := b.asked(in)
	if err != nil {
		return err
	}
	sim := b.Simulate(changes, in.Drop, in.Add)
	return web.JSON(w, http.StatusOK, map[string]any{"now": exact(b.Result.Index), "then": resultJSON(tenant.From(r.Context()).Lang, b, sim.Then), "delta": exact(sim.Delta)})
}

// asked checks a simulation: what the register or the instrument does not know is refused, so that nothing is left out unseen.
func (b *Board) asked(in what) ([]Change, error) {
	wrong := map[string]errs.Msg{}
	var out []Change
	if len(in.Changes) > mostAsked {
		return nil, errs.InvalidFields(map[string]errs.Msg{"changes": errs.M("score.error.many", "Most", mostAsked)})
	}
	for n, c := range in.Changes {
		one, ok := b.ParseChange(c.Innovation + ":" + c.Item + ":" + strconv.Itoa(c.Points))
		if !ok {
			wrong[fmt.Sprintf("changes[%d]", n)] = errs.M("score.error.change")
		}
		out = append(out, one)
	}
	for n, id := range in.Drop {
		if r, ok := b.Row(id); !ok || !r.Counts {
			wrong[fmt.Sprintf("drop[%d]", n)] = errs.M("score.error.drop")
		}
	}
	for n, id := range in.Add {
		if r, ok := b.Row(id); !ok || r.Counts {
			wrong[fmt.Sprintf("add[%d]", n)] = errs.M("score.error.add")
		}
	}
	if len(wrong) > 0 {
		return nil, errs.InvalidFields(wrong)
	}
	return out, nil
}

func (s *Service) apiScore(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	row, ok := b.Row(r.PathValue("id"))
	if !ok {
		return errs.E(errs.NotFound, "score.error.innovation", nil)
	}
	return web.JSON(w, http.StatusOK, s.scoreJSON(tenant.From(r.Context()).Lang, b, row))
}

// apiSay claims a level: {"points": 2} or {"raw": "31", "basis": "a"}; rev is that of the item, 0 for a first claim.
func (s *Service) apiSay(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Points *int   `json:"points"`
		Raw    string `json:"raw"`
		Basis  string `json:"basis"`
		Note   string `json:"note"`
		Rev    int64  `json:"rev"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	c := Claim{Innovation: r.PathValue("id"), Item: r.PathValue("item"), Basis: in.Basis, Note: in.Note, Rev: in.Rev, Points: instrument.Unfilled}
	if in.Points != nil {
		if *in.Points < 0 || *in.Points > levels {
			return errs.InvalidFields(map[string]errs.Msg{"points": errs.M("score.error.points")})
		}
		c.Points = int8(*in.Points)
	}
	c, err := s.Say(r.Context(), c, in.Raw)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"item": c.Item, "points": int(c.Points), "basis": c.Basis, "raw": c.Raw, "rev": c.Rev})
}

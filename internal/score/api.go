package score

import (
	"fmt"
	"math/big"
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/sheet"
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

type apiIndex struct {
	Instrument string      `json:"instrument"`
	Year       int         `json:"year"`
	Simulation bool        `json:"simulation"`
	Index      string      `json:"index"`
	Band       *string     `json:"band"`
	Published  string      `json:"published"`
	Components []apiPart   `json:"components"`
	N          int         `json:"n"`
	Divisor    int         `json:"divisor"`
	Gate       apiGate     `json:"gate"`
	Items      []apiItem   `json:"items"`
	Entries    []apiEntry  `json:"entries"`
	Options    []apiChoice `json:"options"`
}

type apiPart struct {
	Code  string `json:"code"`
	Value string `json:"value"`
	Max   string `json:"max"`
}

type apiGate struct {
	Required int      `json:"required"`
	Covered  []string `json:"covered"`
	Open     bool     `json:"open"`
}

type apiItem struct {
	Code   string `json:"code"`
	Weight string `json:"weight"`
	Points *int   `json:"points"`
	State  string `json:"state"`
	Raw    string `json:"raw,omitempty"`
	Why    string `json:"why,omitempty"`
}

type apiEntry struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Affair string `json:"affair"`
	Score  string `json:"score"`
	Counts bool   `json:"counts"`
}

type apiChoice struct {
	ID     string `json:"id"`
	Choice string `json:"choice"`
}

func (s *Service) itemJSON(lang string, it Item) apiItem {
	out := apiItem{Code: it.Question.Code, Weight: it.Question.Weight, State: it.State, Raw: it.Auto.Raw}
	if it.Points != instrument.Unfilled {
		n := int(it.Points)
		out.Points = &n
	}
	if it.Auto.Known {
		out.Why = s.Text(lang, it.Auto.Why)
	}
	return out
}

func (s *Service) indexJSON(r *http.Request, b *Board, res instrument.Result) apiIndex {
	lang, d := tenant.From(r.Context()).Lang, res.Divided
	out := apiIndex{Instrument: b.Pack.ID, Year: b.Year, Simulation: true, Index: exact(res.Index), Published: b.Round.Published, N: d.N, Divisor: d.Divisor,
		Gate: apiGate{b.Pack.Divisor.Affairs, append([]string{}, d.Covered...), d.Gate}, Items: []apiItem{}, Entries: []apiEntry{}, Options: []apiChoice{}}
	if res.Band != nil {
		name := res.Band.Name.In(lang)
		out.Band = &name
	}
	for _, c := range res.Components {
		out.Components = append(out.Components, apiPart{c.Code, exact(c.Value), exact(c.Max)})
	}
	for _, it := range b.Regency {
		out.Items = append(out.Items, s.itemJSON(lang, it))
	}
	for _, row := range b.Rows {
		out.Entries = append(out.Entries, apiEntry{row.Fact.ID, row.Fact.Title, row.Fact.Affair, exact(b.Score(row)), row.Counts})
	}
	for _, o := range b.Pack.Options {
		out.Options = append(out.Options, apiChoice{o.ID, b.Pack.Choice(b.Options, o.ID)})
	}
	return out
}

func (s *Service) apiIndex(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, s.indexJSON(r, b, b.Result))
}

type apiStep struct {
	Innovation string `json:"innovation"`
	Item       string `json:"item"`
	From       int    `json:"from"`
	To         int    `json:"to"`
	Days       int    `json:"days"`
	Gain       string `json:"gain"`
	PerDay     string `json:"per_day"`
}

func stepJSON(n Next) apiStep {
	return apiStep{n.Entry, n.Item, n.From, n.To, n.Effort, exact(n.Gain), exact(n.PerDay())}
}

func (s *Service) apiSteps(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	out := []apiStep{}
	for _, n := range b.Steps(r.URL.Query().Get("innovation"), max(1, min(limit, 1000))) {
		out = append(out, stepJSON(n))
	}
	return web.JSON(w, http.StatusOK, map[string]any{"steps": out})
}

// apiSimulate computes what-if: other points, innovations dropped and added. Nothing is stored.
func (s *Service) apiSimulate(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Changes []struct {
			Innovation string `json:"innovation"`
			Item       string `json:"item"`
			Points     int    `json:"points"`
		} `json:"changes"`
		Drop []string `json:"drop"`
		Add  []string `json:"add"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	var changes []Change
	for n, c := range in.Changes {
		one, ok := b.ParseChange(c.Innovation + ":" + c.Item + ":" + strconv.Itoa(c.Points))
		if !ok {
			return errs.InvalidFields(map[string]errs.Msg{fmt.Sprintf("changes[%d]", n): errs.M("score.error.change")})
		}
		changes = append(changes, one)
	}
	sim := b.Simulate(changes, in.Drop, in.Add)
	out := s.indexJSON(r, b, sim.Then)
	return web.JSON(w, http.StatusOK, map[string]any{"now": exact(b.Result.Index), "then": out, "delta": exact(sim.Delta)})
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
	return web.JSON(w, http.StatusOK, s.scoreJSON(r, b, row))
}

func (s *Service) scoreJSON(r *http.Request, b *Board, row Row) map[string]any {
	items, steps := []apiItem{}, []apiStep{}
	for _, it := range row.Items {
		items = append(items, s.itemJSON(tenant.From(r.Context()).Lang, it))
	}
	for _, n := range b.StepsOf(row, 10) {
		steps = append(steps, stepJSON(n))
	}
	return map[string]any{"id": row.Fact.ID, "instrument": b.Pack.ID, "simulation": true, "score": exact(b.Score(row)), "max": exact(b.MaxScore()), "counts": row.Counts, "items": items, "steps": steps}
}

// apiSay claims a level: {"points": 2} or {"raw": "31", "basis": "a"}.
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
	if in.Points != nil && *in.Points >= 0 && *in.Points <= 3 {
		c.Points = int8(*in.Points)
	}
	c, err := s.Say(r.Context(), c, in.Raw)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"item": c.Item, "points": int(c.Points), "raw": c.Raw, "rev": c.Rev + 1})
}

// writeSteps writes all ranked steps as CSV.
func (s *Service) writeSteps(w http.ResponseWriter, r *http.Request, b *Board) error {
	lang := tenant.From(r.Context()).Lang
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="langkah-iid.csv"`)
	var head []string
	for _, key := range []string{"rank", "innovation", "item", "from", "to", "gain", "own", "days", "per_day", "what"} {
		head = append(head, web.Text(r, "score.col."+key))
	}
	rows := [][]string{head}
	for n, st := range b.Steps("", 0) {
		rows = append(rows, []string{strconv.Itoa(n + 1), st.Title, st.Item + " " + st.Question.Short.In(lang), strconv.Itoa(st.From), strconv.Itoa(st.To),
			shownNumber(lang, st.Gain, 4), shownNumber(lang, st.OwnGain, 2), strconv.Itoa(st.Effort), shownNumber(lang, st.PerDay(), 6), s.stepText(lang, st)})
	}
	return sheet.WriteCSV(w, rows)
}

type publicPage struct {
	web.Page
	Shown                bool
	Index, Band, Pack    string
	N, Affairs, Required int
	Year                 int
	Official             string
	At                   int64
}

// publicPage shows the simulated index to everybody when the regency chose so.
func (s *Service) publicPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &publicPage{Page: web.Page{Layout: "public", Title: web.Text(r, "score.public.none")}}
	regency, err := s.Host(ctx)
	if err != nil {
		return err
	}
	if regency != 0 {
		ctx = tenant.With(ctx, tenant.SystemOf(regency, "public"))
		set, err := s.Setting(ctx)
		if err != nil {
			return err
		}
		if p.Shown = set.Published; p.Shown {
			if err := s.fillPublic(r.WithContext(ctx), p); err != nil {
				return err
			}
		}
	}
	if !p.Shown {
		return errs.E(errs.NotFound, "score.error.private", nil)
	}
	return web.Render(w, r, "score/public", p)
}

func (s *Service) fillPublic(r *http.Request, p *publicPage) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	lang := "id"
	if l := tenant.From(r.Context()).Lang; l != "" {
		lang = l
	}
	p.Index, p.Pack, p.N, p.Affairs, p.Required = shownNumber(lang, b.Result.Index, 2), b.Pack.Name.In(lang), b.Result.Divided.N, b.Result.Divided.Affairs, b.Pack.Divisor.Affairs
	p.Year, p.At, p.Band = b.Year, s.now(), "–"
	if b.Result.Band != nil {
		p.Band = b.Result.Band.Name.In(lang)
	}
	if published := rat(b.Round.Published); published != nil {
		p.Official = shownNumber(lang, published, 2)
	}
	p.Title = web.Text(r, "score.public.title", "Index", p.Index)
	return nil
}

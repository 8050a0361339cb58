package score

import (
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /iid", Read, s.boardPage)
	mux.Handle("GET /iid/simulasi", Read, s.simulatePage)
	mux.Handle("GET /iid/langkah.csv", Read, s.stepsCSV)
	mux.Handle("GET /iid/atur", Manage, s.settingPage)
	mux.Handle("POST /iid/atur", Manage, s.saveSettingForm)
	mux.Handle("POST /iid/usaha", Manage, s.saveEffort)
	mux.Handle("GET /inovasi/{id}/skor", Read, s.itemsPage)
	mux.Handle("POST /inovasi/{id}/skor/{item}", Claims, s.say)
	mux.Handle("POST /inovasi/{id}/skor/{item}/batal", Claims, s.unsay)
	mux.Handle("POST /inovasi/{id}/skor/{item}/bukti", Claims, s.link)
	mux.Handle("POST /inovasi/{id}/skor/{item}/lepas", Claims, s.unlink)
	mux.Handle("GET /publik/iid", web.Public, s.publicPage)
	s.api(mux)
}

// shownNumber writes an exact number with two digits in the language of the page.
func shownNumber(lang string, v *big.Rat, digits int) string {
	if v == nil {
		return "–"
	}
	return i18n.Number(lang, instrument.Decimal(v, digits))
}

// signed writes a change with its sign.
func signed(lang string, v *big.Rat, digits int) string {
	text := shownNumber(lang, v, digits)
	if v != nil && v.Sign() > 0 {
		return "+" + text
	}
	return text
}

const (
	firstSteps  = 12
	pageOfRows  = 50
	mostChanges = 40
)

type boardPage struct {
	web.Page
	B                 *Board
	Index, Band       string
	Published, Diff   string
	Explained         bool
	Parts             []part
	Affairs           []Affair
	Steps             []stepRow
	Rows              []rowView
	Paging            web.Paging
	Query             string
	Regency           []itemView
	Counting, Waiting int
	Names             map[string]string
	Add               []effectRow
	Missing           []instrument.Affair
	GateCost          string
	Pack              string
	Options           []optionRow
}

type part struct {
	Name, Value, Max string
	Share            float64 // 0..100, for the bar
}

type stepRow struct {
	Next
	Gain, Own, PerDay, Text, Path, Where string
	Query                                string // what-if of this step
}

type rowView struct {
	ID, Title, Agency, Score string
	Share                    float64
	Auto, Linked, Missing    int
	Counts                   bool
	Why                      string
}

type effectRow struct {
	ID, Title, Gain, Score string
	Gate                   bool
}

type optionRow struct {
	ID, Note, Chosen string
	Choices          []web.Option
}

func (s *Service) boardPage(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	p := &boardPage{Page: web.Page{Area: "inovasi"}, B: b, Index: shownNumber(lang, b.Result.Index, 2), Affairs: b.Covered(), Pack: b.Pack.Name.In(lang), Query: strings.TrimSpace(r.URL.Query().Get("q"))}
	if p.Names, err = s.names(r); err != nil {
		return err
	}
	p.head(r, b, lang)
	p.parts(b, lang)
	for _, n := range b.Steps("", firstSteps) {
		p.Steps = append(p.Steps, s.stepRow(lang, n))
	}
	p.rows(r, b, lang)
	for _, it := range b.Regency {
		p.Regency = append(p.Regency, s.view(lang, b, it))
	}
	_, add := b.Effects()
	for _, e := range add[:min(len(add), 8)] {
		p.Add = append(p.Add, effectRow{e.Row.Fact.ID, e.Row.Fact.Title, signed(lang, e.Gain, 2), shownNumber(lang, e.Score, 0), e.Gate})
	}
	p.Options = optionRows(b, lang)
	return web.Render(w, r, "score/board", p)
}

func (p *boardPage) head(r *http.Request, b *Board, lang string) {
	p.Band = "–"
	if b.Result.Band != nil {
		p.Band = b.Result.Band.Name.In(lang)
	}
	d := b.Result.Divided
	p.Counting, p.Waiting, p.Missing = d.N, len(b.Rows)-d.N, b.Pack.MissingAffairs(*d)
	p.Title = web.Text(r, "score.title", "Index", p.Index, "Band", p.Band)
	p.Lead = web.Text(r, "score.lead", "N", d.N, "Waiting", p.Waiting)
	if d.N > 0 && !d.Gate {
		lost := new(big.Rat).Mul(rat(b.Pack.Divisor.CountWeight), big.NewRat(int64(min(d.N, b.Pack.Divisor.CountCap)), 1))
		lost.Mul(lost, big.NewRat(100, 1)).Quo(lost, rat(b.Pack.Divisor.Total))
		p.GateCost = shownNumber(lang, lost, 2)
	}
	if published := rat(b.Round.Published); published != nil {
		diff := new(big.Rat).Sub(b.Result.Index, published)
		p.Published, p.Diff = shownNumber(lang, published, 2), signed(lang, diff, 4)
		p.Explained = new(big.Rat).Abs(diff).Cmp(big.NewRat(5, 1000)) <= 0
	}
}

func (p *boardPage) parts(b *Board, lang string) {
	for _, c := range b.Result.Components {
		one := part{Name: c.Name.In(lang), Value: shownNumber(lang, c.Value, 2), Max: shownNumber(lang, c.Max, 0)}
		if c.Max.Sign() > 0 {
			one.Share, _ = new(big.Rat).Quo(new(big.Rat).Mul(c.Value, big.NewRat(100, 1)), c.Max).Float64()
		}
		p.Parts = append(p.Parts, one)
	}
}

func (p *boardPage) rows(r *http.Request, b *Board, lang string) {
	p.Paging = web.PagingOf(r, pageOfRows)
	var all []Row
	for _, row := range b.Rows {
		if p.Query == "" || strings.Contains(strings.ToLower(row.Fact.Title+" "+p.Names[row.Fact.Agency]), strings.ToLower(p.Query)) {
			all = append(all, row)
		}
	}
	p.Paging.Total = len(all)
	from := min(p.Paging.Offset(), len(all))
	most := b.MaxScore()
	for _, row := range all[from:min(from+pageOfRows, len(all))] {
		score := b.Score(row)
		v := rowView{ID: row.Fact.ID, Title: row.Fact.Title, Agency: p.Names[row.Fact.Agency], Score: shownNumber(lang, score, 0), Counts: row.Counts, Why: row.Why}
		v.Share, _ = new(big.Rat).Quo(new(big.Rat).Mul(score, big.NewRat(100, 1)), most).Float64()
		for _, it := range row.Items {
			switch it.State {
			case StateAuto:
				v.Auto++
			case StateLinked:
				v.Linked++
			default:
				v.Missing++
			}
		}
		p.Rows = append(p.Rows, v)
	}
}

func optionRows(b *Board, lang string) []optionRow {
	var out []optionRow
	for _, o := range b.Pack.Options {
		row := optionRow{ID: o.ID, Note: o.Note.In(lang), Chosen: b.Pack.Choice(b.Options, o.ID)}
		for _, c := range o.Choices {
			row.Choices = append(row.Choices, web.Option{Value: c.ID, Text: c.Name.In(lang)})
		}
		out = append(out, row)
	}
	return out
}

func (s *Service) names(r *http.Request) (map[string]string, error) {
	all, err := s.Dir.Agencies(r.Context())
	out := map[string]string{}
	for _, a := range all {
		out[a.ID] = a.Name
		if a.Short != "" {
			out[a.ID] = a.Short
		}
	}
	return out, err
}

func (s *Service) stepRow(lang string, n Next) stepRow {
	row := stepRow{Next: n, Gain: signed(lang, n.Gain, 3), Own: signed(lang, n.OwnGain, 2), PerDay: shownNumber(lang, n.PerDay(), 4), Text: s.stepText(lang, n), Path: "/iid#butir-" + n.Item, Where: n.Title}
	if n.Entry != "" {
		row.Path = "/inovasi/" + n.Entry + "/skor#b-" + n.Item
	}
	row.Query = url.Values{"ubah": {n.Entry + ":" + n.Item + ":" + strconv.Itoa(n.To)}}.Encode()
	return row
}

// stepsCSV gives all ranked steps for a spreadsheet.
func (s *Service) stepsCSV(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	return s.writeSteps(w, r, b)
}

type simulatePage struct {
	web.Page
	B                *Board
	Now, Then, Delta string
	Band             string
	Up, Down         bool
	Changes          []changeRow
	Without, With    []web.Option
	Gate             bool
	Steps            []stepRow
	Candidates       []effectRow
	Counted          []effectRow
	Items            []web.Option
	Entries          []web.Option
	Query            url.Values
}

type changeRow struct {
	Change
	Title, Item string
	From        string
	Remove      string // the same simulation without this change
}

// simulatePage computes the index with other points, without some innovations and with others. Everything stands in the
// address, so that a simulation can be sent to a colleague; nothing is stored.
func (s *Service) simulatePage(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	lang, q := tenant.From(r.Context()).Lang, r.URL.Query()
	if change := q.Get("butir"); change != "" { // the form for one more change
		q.Add("ubah", q.Get("inovasi")+":"+change+":"+q.Get("poin"))
		q.Del("butir")
		q.Del("inovasi")
		q.Del("poin")
		return web.Redirect(w, r, "/iid/simulasi?"+q.Encode())
	}
	p := &simulatePage{Page: web.Page{Area: "inovasi", Crumbs: []web.Crumb{{Text: web.Text(r, "score.nav"), Path: "/iid"}}}, B: b, Query: q}
	changes := p.read(r, b, q)
	sim := b.Simulate(changes, q["tanpa"], q["tambah"])
	p.Now, p.Then, p.Delta = shownNumber(lang, b.Result.Index, 2), shownNumber(lang, sim.Then.Index, 2), signed(lang, sim.Delta, 3)
	p.Up, p.Down, p.Gate = sim.Delta.Sign() > 0, sim.Delta.Sign() < 0, sim.Then.Divided.Gate
	p.Band = "–"
	if sim.Then.Band != nil {
		p.Band = sim.Then.Band.Name.In(lang)
	}
	p.Title = web.Text(r, "score.sim.title", "Now", p.Now, "Then", p.Then)
	p.Lead = web.Text(r, "score.sim.lead")
	p.choices(b, lang)
	return web.Render(w, r, "score/simulate", p)
}

func (p *simulatePage) read(r *http.Request, b *Board, q url.Values) []Change {
	var changes []Change
	lang := tenant.From(r.Context()).Lang
	for n, text := range q["ubah"] {
		c, ok := b.ParseChange(text)
		if !ok || n >= mostChanges {
			continue
		}
		changes = append(changes, c)
		it, _ := b.item(c.Entry, c.Item)
		row := changeRow{Change: c, Item: c.Item + " " + it.Question.Short.In(lang), From: Shown(it.Points), Remove: without(q, "ubah", text)}
		if e, ok := b.Row(c.Entry); ok {
			row.Title = e.Fact.Title
		}
		p.Changes = append(p.Changes, row)
	}
	for _, id := range q["tanpa"] {
		if e, ok := b.Row(id); ok {
			p.Without = append(p.Without, web.Option{Value: without(q, "tanpa", id), Text: e.Fact.Title})
		}
	}
	for _, id := range q["tambah"] {
		if e, ok := b.Row(id); ok {
			p.With = append(p.With, web.Option{Value: without(q, "tambah", id), Text: e.Fact.Title})
		}
	}
	return changes
}

// without gives the address of a simulation less one part of it.
func without(q url.Values, name, value string) string {
	out := url.Values{}
	for k, all := range q {
		for _, v := range all {
			if k != name || v != value {
				out.Add(k, v)
			}
		}
	}
	return "/iid/simulasi?" + out.Encode()
}

// With gives the address of this simulation with one more innovation added or dropped.
func (p *simulatePage) And(name, id string) string {
	q := url.Values{}
	for k, all := range p.Query {
		q[k] = slices.Clone(all)
	}
	q.Add(name, id)
	return "/iid/simulasi?" + q.Encode()
}

func (p *simulatePage) choices(b *Board, lang string) {
	drop, add := b.Effects()
	for _, e := range drop {
		if !slices.Contains(p.Query["tanpa"], e.Row.Fact.ID) {
			p.Counted = append(p.Counted, effectRow{e.Row.Fact.ID, e.Row.Fact.Title, signed(lang, e.Gain, 3), shownNumber(lang, e.Score, 0), e.Gate})
		}
	}
	for _, e := range add {
		if !slices.Contains(p.Query["tambah"], e.Row.Fact.ID) {
			p.Candidates = append(p.Candidates, effectRow{e.Row.Fact.ID, e.Row.Fact.Title, signed(lang, e.Gain, 3), shownNumber(lang, e.Score, 0), e.Gate})
		}
	}
	for _, q := range append(slices.Clone(b.Pack.EntryItems()), b.Pack.RegencyItems()...) {
		p.Items = append(p.Items, web.Option{Value: q.Code, Text: q.Code + " " + q.Short.In(lang)})
	}
	for _, r := range b.Rows {
		p.Entries = append(p.Entries, web.Option{Value: r.Fact.ID, Text: r.Fact.Title})
	}
}

type settingPage struct {
	web.Page
	B       *Board
	Packs   []web.Option
	Options []optionRow
	Efforts []effortRow
	Own     map[string]int
}

type effortRow struct {
	Code, Short string
	Days        [3]int // pack's estimate or the regency's own
	Own         [3]bool
}

func (s *Service) settingPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderSetting(w, r, nil)
}

func (s *Service) renderSetting(w http.ResponseWriter, r *http.Request, failure error) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	p := &settingPage{Page: web.Page{Area: "inovasi", Title: web.Text(r, "score.setting.title"), Lead: web.Text(r, "score.setting.lead"), Crumbs: []web.Crumb{{Text: web.Text(r, "score.nav"), Path: "/iid"}}},
		B: b, Options: optionRows(b, lang)}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	packs, err := s.Packs.List(r.Context())
	if err != nil {
		return err
	}
	for _, one := range packs {
		if one.Rule == instrument.WeightTimes {
			p.Packs = append(p.Packs, web.Option{Value: one.ID, Text: one.Name.In(lang)})
		}
	}
	for _, q := range append(slices.Clone(b.Pack.EntryItems()), b.Pack.RegencyItems()...) {
		row := effortRow{Code: q.Code, Short: q.Short.In(lang)}
		for n := range row.Days {
			row.Days[n] = b.Pack.PackEffort("", q.Code, 0, n+1)
			if own := b.efforts[effortKey(q.Code, n+1)]; own > 0 {
				row.Days[n], row.Own[n] = own, true
			}
		}
		p.Efforts = append(p.Efforts, row)
	}
	return web.Render(w, r, "score/setting", p)
}

func (s *Service) saveSettingForm(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in := Setting{Pack: r.PostFormValue("pack"), Published: r.PostFormValue("published") != "", Choices: map[string]string{}}
	in.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	for name := range r.PostForm {
		if id, ok := strings.CutPrefix(name, "opt_"); ok {
			in.Choices[id] = r.PostFormValue(name)
		}
	}
	return s.afterSetting(w, r, s.SaveSetting(r.Context(), in))
}

func (s *Service) saveEffort(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	points, _ := strconv.Atoi(r.PostFormValue("points"))
	days, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("days")))
	if err != nil && strings.TrimSpace(r.PostFormValue("days")) != "" {
		days = -1
	}
	return s.afterSetting(w, r, s.SetEffort(r.Context(), r.PostFormValue("item"), points, days))
}

func (s *Service) afterSetting(w http.ResponseWriter, r *http.Request, err error) error {
	if web.Correctable(err) {
		return s.renderSetting(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("score.setting.saved"), "")
	return web.Redirect(w, r, "/iid/atur")
}

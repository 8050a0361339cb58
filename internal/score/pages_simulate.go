package score

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	mostChanges = 40 // in one address
	firstRows   = 12 // innovations shown before "show all"
	pageRows    = 40 // innovations of a list on one page then
	mostEntries = 60 // innovations to choose from; the others are found by their title
)

// simulation is a what-if as its address holds it. Nothing of it is stored.
type simulation struct {
	Changes   []Change
	Drop, Add []string
	All       bool   // show every innovation
	Find      string // show those with this in their title
	Unknown   int    // parts of the address that nobody knows, or that are too many
}

// readSimulation reads an address. What the register does not know is counted and left out.
func (b *Board) readSimulation(q url.Values) (x simulation) {
	x.All, x.Find = q.Get("semua") != "", strings.TrimSpace(q.Get("cari"))
	for _, text := range q["ubah"] {
		c, ok := b.ParseChange(text)
		if !ok || len(x.Changes) == mostChanges {
			x.Unknown++
			continue
		}
		x.put(c)
	}
	lost, strange := 0, 0
	x.Drop, lost = b.known(q["tanpa"], true)
	x.Add, strange = b.known(q["tambah"], false)
	x.Unknown += lost + strange
	return x
}

// put adds a change; a second one of the same item takes the place of the first.
func (x *simulation) put(c Change) {
	same := func(had Change) bool { return had.Entry == c.Entry && had.Item == c.Item }
	if at := slices.IndexFunc(x.Changes, same); at >= 0 {
		x.Changes[at] = c
		return
	}
	x.Changes = append(x.Changes, c)
}

// known keeps the innovations that count (or do not), each once, and counts the others.
func (b *Board) known(ids []string, counting bool) (out []string, unknown int) {
	for _, id := range ids {
		if r, ok := b.Row(id); !ok || r.Counts != counting {
			unknown++
		} else if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, unknown
}

// query writes the address of a simulation.
func (x simulation) query() url.Values {
	q := url.Values{}
	for _, c := range x.Changes {
		q.Add("ubah", c.String())
	}
	for _, id := range x.Drop {
		q.Add("tanpa", id)
	}
	for _, id := range x.Add {
		q.Add("tambah", id)
	}
	if x.All {
		q.Set("semua", "ya")
	}
	if x.Find != "" {
		q.Set("cari", x.Find)
	}
	return q
}

func (x simulation) path() string {
	if q := x.query().Encode(); q != "" {
		return "/iid/simulasi?" + q
	}
	return "/iid/simulasi"
}

func less[T comparable](all []T, one T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return x == one })
}

type simulatePage struct {
	web.Page
	B                       *Board
	X                       simulation
	Now, Then, Delta, Band  string
	Up, Down, Gate, NeedsIt bool // NeedsIt: the instrument has a gate
	Changes                 []changeRow
	Dropped, Added          []web.Option // Value is the address without it
	Adds, Drops             []effectRow
	More                    string // address that shows all innovations
	Paging                  web.Paging
	Many                    bool // not all innovations stand among those to choose from
	Items, Entries, Levels  []web.Option
}

type changeRow struct {
	Change
	Title, Item, From string
	Remove            string // the same simulation without this change
	AddFirst          string // the same simulation with its innovation, which does not count yet
}

// simulatePage computes the index with other points, without some innovations and with others. Everything stands in the
// address, so that a simulation can be sent to a colleague; nothing is stored.
func (s *Service) simulatePage(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	x := b.readSimulation(q)
	if item := q.Get("butir"); item != "" { // the form for one more change
		c, failure := b.oneMore(x, q.Get("inovasi"), item, q.Get("poin"))
		if failure == nil {
			x.put(c)
			return web.Redirect(w, r, x.path())
		}
		r.Form = q
		return s.renderSimulation(w, r, b, x, failure)
	}
	return s.renderSimulation(w, r, b, x, nil)
}

// oneMore reads the form for one more change. An item of the regency belongs to no innovation, whichever is chosen.
func (b *Board) oneMore(x simulation, entry, item, points string) (Change, error) {
	if len(x.Changes) >= mostChanges {
		return Change{}, errs.InvalidFields(map[string]errs.Msg{"butir": errs.M("score.error.many", "Most", mostChanges)})
	}
	_, component, ok := b.Pack.Question(b.Pack.Canonical(item))
	switch {
	case ok && !component.Entries:
		entry = ""
	case entry == "":
		return Change{}, errs.InvalidFields(map[string]errs.Msg{"inovasi": errs.M("score.error.which")})
	}
	c, ok := b.ParseChange(entry + ":" + item + ":" + points)
	if !ok {
		return c, errs.InvalidFields(map[string]errs.Msg{"butir": errs.M("score.error.change")})
	}
	return c, nil
}

func (s *Service) renderSimulation(w http.ResponseWriter, r *http.Request, b *Board, x simulation, failure error) error {
	lang := tenant.From(r.Context()).Lang
	sim := b.Simulate(x.Changes, x.Drop, x.Add)
	p := &simulatePage{Page: web.Page{Area: "inovasi", Crumbs: crumbs(r)}, B: b, X: x, Now: shownNumber(lang, b.Result.Index, 2), Then: shownNumber(lang, sim.Then.Index, 2), Delta: signed(lang, sim.Delta, 3),
		Up: sim.Delta.Sign() > 0, Down: sim.Delta.Sign() < 0, Gate: sim.Then.Divided.Gate, NeedsIt: b.Pack.Divisor.Affairs > 0, Band: bandName(sim.Then, lang)}
	p.Title, p.Lead = web.Text(r, "score.sim.title", "Now", p.Now, "Then", p.Then), web.Text(r, "score.sim.lead")
	if len(x.Changes)+len(x.Drop)+len(x.Add) == 0 {
		p.Title = web.Text(r, "score.sim.start", "Now", p.Now)
	}
	failed(r, &p.Page, failure)
	p.chosen(lang)
	p.effects(lang, web.PagingOf(r, pageRows))
	p.choices(r, lang)
	return web.Render(w, r, "score/simulate", p)
}

// chosen lists what is changed, each with the way to undo it.
func (p *simulatePage) chosen(lang string) {
	b, x := p.B, p.X
	for _, c := range x.Changes {
		it, _ := b.item(c.Entry, c.Item)
		row := changeRow{Change: c, Item: c.Item + " " + it.Question.Short.In(lang), From: Shown(it.Points)}
		rest := x
		rest.Changes = less(x.Changes, c)
		row.Remove = rest.path()
		if e, ok := b.Row(c.Entry); ok {
			row.Title = e.Fact.Title
			if !e.Counts && !slices.Contains(x.Add, c.Entry) {
				row.AddFirst = x.and(c.Entry, true).path()
			}
		}
		p.Changes = append(p.Changes, row)
	}
	for _, id := range x.Drop {
		rest := x
		rest.Drop = less(x.Drop, id)
		p.Dropped = append(p.Dropped, web.Option{Value: rest.path(), Text: b.Rows[b.index[id]].Fact.Title})
	}
	for _, id := range x.Add {
		rest := x
		rest.Add = less(x.Add, id)
		p.Added = append(p.Added, web.Option{Value: rest.path(), Text: b.Rows[b.index[id]].Fact.Title})
	}
}

// and gives the simulation with one innovation more, added or dropped.
func (x simulation) and(id string, add bool) simulation {
	if add {
		x.Add = append(slices.Clone(x.Add), id)
	} else {
		x.Drop = append(slices.Clone(x.Drop), id)
	}
	return x
}

// And is the address of this simulation with one innovation more, for the view.
func (p *simulatePage) And(id string, add bool) string { return p.X.and(id, add).path() }

// Kept is what the form for one more change carries on.
func (p *simulatePage) Kept() url.Values { return p.X.query() }

// KeptFind is what the form that looks for a title carries on.
func (p *simulatePage) KeptFind() url.Values {
	x := p.X
	x.Find = ""
	return x.query()
}

// fits reports whether an innovation has in its title what is looked for.
func (x simulation) fits(r Row) bool {
	return x.Find == "" || strings.Contains(strings.ToLower(r.Fact.Title), strings.ToLower(x.Find))
}

// effects lists the innovations that could be added or dropped, the largest gain first: the first few of each, or a page of all.
func (p *simulatePage) effects(lang string, at web.Paging) {
	drop, add := p.B.Effects()
	drop, add = p.left(drop, p.X.Drop), p.left(add, p.X.Add)
	longest := max(len(drop), len(add))
	if p.X.All {
		at.Query, at.Total = p.X.query(), longest
		at.Page = min(at.Page, at.Pages())
		p.Paging = at
	} else {
		at.Page, at.Size = 1, firstRows
		p.Paging = web.Paging{Page: 1, Size: pageRows}
		if longest > firstRows {
			all := p.X
			all.All = true
			p.More = all.path()
		}
	}
	p.Adds, p.Drops = p.page(lang, add, at), p.page(lang, drop, at)
}

// left are the innovations that fit and are not chosen yet.
func (p *simulatePage) left(all []Effect, chosen []string) (out []Effect) {
	if len(chosen) == 0 && p.X.Find == "" {
		return all
	}
	for _, e := range all {
		if !slices.Contains(chosen, e.Row.Fact.ID) && p.X.fits(e.Row) {
			out = append(out, e)
		}
	}
	return out
}

func (p *simulatePage) page(lang string, all []Effect, at web.Paging) (out []effectRow) {
	for _, e := range all[min(at.Offset(), len(all)):min(at.Offset()+at.Size, len(all))] {
		out = append(out, p.B.effectRow(lang, e))
	}
	return out
}

func (p *simulatePage) choices(r *http.Request, lang string) {
	for _, q := range allItems(p.B.Pack) {
		p.Items = append(p.Items, web.Option{Value: q.Code, Text: q.Code + " " + q.Short.In(lang)})
	}
	p.Many = len(p.B.Rows) > mostEntries
	for _, row := range p.B.Rows {
		if !p.X.fits(row) {
			continue
		}
		if len(p.Entries) == mostEntries {
			break
		}
		title := row.Fact.Title
		if !row.Counts {
			title = web.Text(r, "score.sim.waiting", "Title", title)
		}
		p.Entries = append(p.Entries, web.Option{Value: row.Fact.ID, Text: title})
	}
	for n := levels; n >= 0; n-- {
		p.Levels = append(p.Levels, web.Option{Value: Shown(int8(n)), Text: Shown(int8(n))})
	}
}

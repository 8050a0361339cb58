package innovation

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// importEnv is what the cells of an import are compared with; it is read once for all lines.
type importEnv struct {
	fields   map[string]Field
	words    map[string]map[string]string // by field: text in normal form -> value
	said     map[string]string            // texts of the reader's language
	agencies []tenant.Agency
	names    []string // normal forms of agencies, and whose they are
	owners   []int
	near     map[string]*nearby // names of agencies, affairs and choices, by field
	affairs  map[string]string  // text in normal form -> code
	affairOf []string
	known    map[string][]Claim // titles in the register
	zone     *time.Location
	now      int64
	actor    tenant.Actor
}

func (s *Service) importEnv(ctx context.Context, q db.Queryer) (*importEnv, error) {
	e := &importEnv{fields: map[string]Field{}, affairs: map[string]string{}, zone: s.Zone(ctx), now: s.now(), actor: tenant.From(ctx)}
	all := Fields()
	for _, f := range all {
		e.fields[f.Key] = f
	}
	e.words, e.said = importWords(all), localeOf("id")
	if e.actor.Lang == "en" {
		e.said = localeOf("en")
	}
	var err error
	if e.agencies, err = s.Dir.Agencies(ctx); err != nil {
		return nil, err
	}
	for n, a := range e.agencies {
		for _, name := range []string{a.Name, a.Short, a.Code, a.Code + " " + a.Name, a.Name + " " + a.Short} {
			if key := titleKey(name); key != "" {
				e.names, e.owners = append(e.names, key), append(e.owners, n)
			}
		}
	}
	for _, lang := range []string{"id", "en"} {
		for _, a := range s.Affairs(lang) {
			for _, name := range []string{a.Code, a.Name, a.Code + " " + a.Name} {
				e.affairs[titleKey(name)] = a.Code
			}
			e.affairOf = append(e.affairOf, titleKey(a.Name))
		}
	}
	e.prepare()
	e.known, err = s.store.titles(ctx, q, e.actor.Regency)
	return e, err
}

// prepare makes the names ready in which the nearest one is looked for.
func (e *importEnv) prepare() {
	e.near = map[string]*nearby{"agency": nearbyOf(e.names), "affair": nearbyOf(e.affairOf)}
	for key, f := range e.fields {
		if len(f.Choices) == 0 {
			continue
		}
		var names []string
		for _, c := range f.Choices {
			names = append(names, titleKey(e.said[choiceKey(key, c)]))
		}
		e.near[key] = nearbyOf(names)
	}
}

// titles gives who runs what: title in normal form -> records. What was merged or stopped claims no title any more.
func (s store) titles(ctx context.Context, q db.Queryer, regency int64) (map[string][]Claim, error) {
	rows, err := q.Query(ctx, `SELECT title_key, id, number, agency_id FROM innovation_innovation WHERE regency_id = $1 AND merged_into = '' AND stage <> 'stopped'`, regency)
	out := map[string][]Claim{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var key string
		var c Claim
		if err := r.Scan(&key, &c.ID, &c.Number, &c.Agency.ID); err != nil {
			return none, err
		}
		out[key] = append(out[key], c)
		return none, nil
	})
	return out, err
}

// CheckImport reads every cell and says what is wrong, what was understood, and what would fix it. Nothing is written.
func (s *Service) CheckImport(ctx context.Context, p Plan) (Plan, error) {
	if err := mayImport(ctx); err != nil {
		return p, err
	}
	env, err := s.importEnv(ctx, s.DB)
	if err != nil {
		return p, err
	}
	return env.check(p), nil
}

func (e *importEnv) check(p Plan) Plan {
	p.Found, p.Ready, p.Missing, p.Rest = nil, nil, nil, map[string]int{}
	at := map[string]int{}
	for n, c := range p.Columns {
		if c.Field != "" && c.Year == 0 {
			at[c.Field] = n
		}
	}
	for _, needed := range []string{"title", "agency"} {
		if _, ok := at[needed]; !ok && (needed != "agency" || p.Agency == "") {
			p.Missing = append(p.Missing, needed)
		}
	}
	if len(p.Missing) > 0 {
		return p
	}
	titles := map[string]ReadyLine{}
	for n := range p.Lines {
		if p.Skip[n] {
			continue
		}
		r := lineReader{importEnv: e, plan: &p, at: at, cells: p.Lines[n], first: len(p.Found), ready: ReadyLine{Line: n}}
		r.read()
		r.claims(titles)
		p.Ready = append(p.Ready, r.ready)
		p.Rest[r.ready.Record.Stage]++
	}
	return p
}

// lineReader reads one line of a plan.
type lineReader struct {
	*importEnv
	plan  *Plan
	at    map[string]int
	cells []string
	first int // findings before this line
	ready ReadyLine
}

// cell gives the text of a field; "" when it has no column or says that there is nothing.
func (r *lineReader) cell(field string) string {
	n, ok := r.at[field]
	if !ok || n >= len(r.cells) || blank(r.cells[n]) {
		return ""
	}
	return r.cells[n]
}

func (r *lineReader) found(wrong bool, field string, column int, m errs.Msg, fixes []Fix) {
	value := ""
	if column >= 0 {
		value = r.cells[column]
	}
	r.ready.Wrong = r.ready.Wrong || wrong
	r.plan.Found = append(r.plan.Found, Finding{Line: r.ready.Line, Column: column, Field: field, Value: value, Text: m, Wrong: wrong, Fixes: fixes})
}

// wrong says what must be put right in the cell of a field. A field without a column is asked for once, for the whole file.
func (r *lineReader) wrong(field string, m errs.Msg, fixes ...Fix) {
	n, ok := r.at[field]
	if !ok {
		r.ready.Wrong = true
		if !slices.Contains(r.plan.Missing, field) {
			r.plan.Missing = append(r.plan.Missing, field)
		}
		return
	}
	r.found(true, field, n, m, fixes)
}

// note says what was understood where a second look is worth it.
func (r *lineReader) note(field string, m errs.Msg) {
	r.found(false, field, r.at[field], m, nil)
}

// read fills the record, field by field.
func (r *lineReader) read() {
	i := &r.ready.Record
	r.title()
	r.agency()
	for n, c := range r.plan.Columns {
		f := r.fields[c.Field]
		if c.Field == "" || n >= len(r.cells) || blank(r.cells[n]) {
			continue
		}
		switch f.As {
		case asText:
			r.long(f, r.cells[n])
		case asChoice:
			*i.text(f.Key) = r.choice(f, r.cells[n])
		case asChoices:
			r.choices(f, r.cells[n])
		case asAffair:
			i.Affair = r.affair(f.Key, r.cells[n], true)
		case asAffairs:
			r.affairList(f, r.cells[n])
		case asDesign:
			r.design(r.cells[n])
		case asBudget:
			r.budget(n, c, r.cells[n])
		case asCoordinate:
			r.coordinate(r.cells[n])
		case asMeasure:
			r.measure(r.cells[n])
		}
	}
	r.stage()
	r.users()
	r.tidy()
}

// claims looks for the same title in the file and in the register.
func (r *lineReader) claims(seen map[string]ReadyLine) {
	i := r.ready.Record
	key := titleKey(i.Title)
	if key == "" || i.Agency == "" { // asked for first
		return
	}
	if had, twice := seen[key]; twice {
		m := errs.M("innovation.import.wrong.twice", "Row", r.plan.Row(had.Line))
		if had.Record.Agency != i.Agency {
			m = errs.M("innovation.import.wrong.two_agencies", "Row", r.plan.Row(had.Line), "Agency", r.agencyName(had.Record.Agency))
		}
		r.wrong("title", m, r.skipOr(had.Record.Agency != i.Agency)...)
		return
	}
	seen[key] = r.ready
	for _, c := range r.known[key] {
		m := errs.M("innovation.import.wrong.known", "Number", c.Number)
		if c.Agency.ID != i.Agency {
			m = errs.M("innovation.import.wrong.claimed", "Number", c.Number, "Agency", r.agencyName(c.Agency.ID))
		}
		r.wrong("title", m, r.skipOr(c.Agency.ID != i.Agency)...)
		return
	}
}

// skipOr offers to leave the line out or, when another agency has the title, to add the own agency to it.
func (r *lineReader) skipOr(other bool) []Fix {
	fixes := []Fix{{Skip: true}}
	if name := r.shortName(r.ready.Record.Agency); other && name != "" {
		fixes = append(fixes, Fix{Text: r.ready.Record.Title + " (" + name + ")"})
	}
	return fixes
}

package evaluation

import (
	"context"
	"database/sql"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/instrument/figures"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Figure is a number that another body publishes (SPBE, HDI ...). It is entered once, with source, basis and date, and shown
// beside every question of every instrument that asks for it. Figures of different bases are never compared.
type Figure struct {
	ID, Key string // Key as in instrument.Question.Figure
	Year    int
	Value   string // as published: "3,36", "WTP", "BB"
	Unit    string
	Basis   string
	Source  string
	AsOf    int64
	By      string
	At, Rev int64
}

func scanFigure(r *sql.Rows) (f Figure, err error) {
	return f, r.Scan(&f.ID, &f.Key, &f.Year, &f.Value, &f.Unit, &f.Basis, &f.Source, &f.AsOf, &f.By, &f.At, &f.Rev)
}

// Figures lists all external figures, newest year first; key "" all.
func (s *Service) Figures(ctx context.Context, key string) ([]Figure, error) {
	rows, err := s.DB.Query(ctx, `SELECT id, figure, year, value, unit, basis, source, as_of, changed_by, changed_at, rev FROM evaluation_figure
		WHERE regency_id = $1 AND (figure = $2 OR $2 = '') ORDER BY figure, year DESC`, tenant.From(ctx).Regency, key)
	return db.Collect(rows, err, scanFigure)
}

// FigureKeys lists the figures of the shipped list and those that only a regency's own instrument asks for, with their names.
func (s *Service) FigureKeys(ctx context.Context) (keys []string, names map[string]string, err error) {
	known, err := figures.All()
	if err != nil {
		return nil, nil, err
	}
	lang := tenant.From(ctx).Lang
	names = map[string]string{}
	for _, f := range known {
		keys = append(keys, f.Key)
		names[f.Key] = f.Name.In(lang)
	}
	packs, err := s.Packs.List(ctx)
	for _, p := range packs {
		for _, code := range p.Codes() {
			if q, _, _ := p.Question(code); q.Figure != "" && names[q.Figure] == "" {
				keys = append(keys, q.Figure)
				names[q.Figure] = q.Text.In(lang)
			}
		}
	}
	return keys, names, err
}

// Values gives the figures of the regency as instruments derive marks of a year from them. Later figures do not count, so that
// a finished round stays what it was. Of each figure only the years with the basis of its newest year are given, so that no
// growth is taken between two ways of counting.
func (s *Service) Values(ctx context.Context, year int) (instrument.ValueOf, error) {
	all, err := s.Figures(ctx, "")
	return valuesOf(all, year), err
}

// valuesOf reads figures that come with the newest year first.
func valuesOf(all []Figure, upTo int) instrument.ValueOf {
	type key struct {
		figure string
		year   int
	}
	values, basis := map[key]string{}, map[string]string{}
	for _, f := range all {
		if f.Year > upTo {
			continue
		}
		newest, seen := basis[f.Key]
		if !seen {
			basis[f.Key], newest = f.Basis, f.Basis
		}
		if f.Basis == newest {
			values[key{f.Key, f.Year}] = f.Value
		}
	}
	return func(figure string, year int) (*big.Rat, string, bool) {
		text, ok := values[key{figure, year}]
		if !ok {
			return nil, "", false
		}
		v, err := instrument.Figure(text, fractional(figure))
		if err != nil {
			v = nil
		}
		return v, text, true
	}
}

// fractional reports whether a figure is a percentage or an index rather than a large count.
func fractional(key string) bool {
	f, err := figures.Find(key)
	return err == nil && f.Kind == figures.Number && f.Decimals > 0
}

// SetFigure enters or corrects a figure of a year. Rev 0 enters a new one.
func (s *Service) SetFigure(ctx context.Context, f Figure) error {
	if err := allow(ctx, Figures); err != nil {
		return err
	}
	f.Value, f.Source, f.Unit = strings.TrimSpace(f.Value), strings.TrimSpace(f.Source), strings.TrimSpace(f.Unit)
	keys, _, err := s.FigureKeys(ctx)
	if err != nil {
		return err
	}
	wrong := map[string]errs.Msg{}
	if !slices.Contains(keys, f.Key) {
		wrong["figure"] = errs.M("evaluation.error.figure")
	}
	if f.Year < 2000 || f.Year > 2100 {
		wrong["year"] = errs.M("evaluation.error.year")
	}
	if f.Value == "" || utf8.RuneCountInString(f.Value) > 100 {
		wrong["value"] = errs.M("evaluation.error.value")
	}
	if f.Source == "" || utf8.RuneCountInString(f.Source) > 300 {
		wrong["source"] = errs.M("evaluation.error.source")
	}
	if known, err := figures.Find(f.Key); err == nil && wrong["value"].Key == "" {
		f.fit(known, tenant.From(ctx).Lang, wrong)
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	if err := s.figureFree(ctx, f); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.putFigure(ctx, tx, f) })
}

// figureFree refuses what would change a figure from which a mark of a finished round follows, also by another basis.
func (s *Service) figureFree(ctx context.Context, f Figure) error {
	rounds, err := s.Rounds(ctx)
	if err != nil {
		return err
	}
	now, err := s.Figures(ctx, "")
	if err != nil {
		return err
	}
	then := slices.DeleteFunc(slices.Clone(now), func(x Figure) bool { return f.Rev != 0 && x.ID == f.ID })
	then = append(then, f)
	slices.SortStableFunc(then, func(a, b Figure) int { return b.Year - a.Year })
	for _, r := range rounds {
		if r.State != Done {
			continue
		}
		p, err := s.Packs.Find(ctx, r.Pack)
		if err != nil {
			return err
		}
		if follows(p, f, r.Year, valuesOf(now, r.Year), valuesOf(then, r.Year)) {
			return errs.E(errs.Conflict, "evaluation.error.figure_sealed", nil, "Year", f.Year, "Round", r.Title)
		}
	}
	return nil
}

// follows reports whether a mark follows from a figure that is changed, or would follow otherwise when a figure comes.
func follows(p *instrument.Pack, f Figure, year int, now, then instrument.ValueOf) bool {
	for _, code := range p.Codes() {
		q, _, _ := p.Question(code)
		raw, text, years, known := instrument.DeriveFrom(q, year, now)
		if q.Figure != f.Key || !known {
			continue
		}
		if f.Rev != 0 && slices.Contains(years, f.Year) {
			return true
		}
		other, word, _, still := instrument.DeriveFrom(q, year, then)
		if !still || text != word || (raw == nil) != (other == nil) || raw != nil && raw.Cmp(other) != 0 {
			return true
		}
	}
	return false
}

// fit holds a figure against its description: a number, one of the grades, one of the bases.
func (f *Figure) fit(known figures.Figure, lang string, wrong map[string]errs.Msg) {
	if known.Kind == figures.Grade {
		grade, ok := known.GradeOf(f.Value)
		if !ok {
			wrong["value"] = errs.M("evaluation.error.grade", "Grades", strings.Join(known.Grades, ", "))
		}
		f.Value = grade
	} else if _, err := instrument.Figure(f.Value, known.Decimals > 0); err != nil {
		wrong["value"] = errs.M("evaluation.error.figure_number")
	}
	if f.Unit == "" {
		f.Unit = known.Unit.In(lang)
	}
	if f.Basis == "" {
		f.Basis = known.Default
	}
	if f.Basis != "" && !slices.ContainsFunc(known.Bases, func(b figures.Basis) bool { return b.ID == f.Basis }) {
		wrong["basis"] = errs.M("evaluation.error.basis")
	}
}

func (s *Service) putFigure(ctx context.Context, tx *db.Tx, f Figure) error {
	regency, me := tenant.From(ctx).Regency, tenant.From(ctx).UserID
	if f.Rev == 0 {
		f.ID = s.NewID()
		_, err := tx.Exec(`INSERT INTO evaluation_figure (regency_id, id, figure, year, value, unit, basis, source, as_of, changed_by, changed_at, rev)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)`, regency, f.ID, f.Key, f.Year, f.Value, f.Unit, f.Basis, f.Source, f.AsOf, me, s.now())
		if db.IsUnique(err) {
			return errs.InvalidFields(map[string]errs.Msg{"year": errs.M("evaluation.error.figure_year")})
		}
		if err != nil {
			return err
		}
	} else {
		n, err := tx.Exec(`UPDATE evaluation_figure SET value = $4, unit = $5, source = $6, as_of = $7, changed_by = $8, changed_at = $9, basis = $10, rev = rev + 1
			WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, f.ID, f.Rev, f.Value, f.Unit, f.Source, f.AsOf, me, s.now(), f.Basis)
		if err := changed(n, err); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "figure.set", "figure", f.ID, "", "", nil, f)
}

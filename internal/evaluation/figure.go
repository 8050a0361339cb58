package evaluation

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Figure is a number that another body publishes (SPBE, HDI ...). It is entered once, with source and date, and shown
// beside every question of every instrument that asks for it.
type Figure struct {
	ID, Key string // Key as in instrument.Question.Figure
	Year    int
	Value   string // as published: "3,36", "WTP", "BB"
	Unit    string
	Source  string
	AsOf    int64
	By      string
	At, Rev int64
}

func scanFigure(r *sql.Rows) (f Figure, err error) {
	return f, r.Scan(&f.ID, &f.Key, &f.Year, &f.Value, &f.Unit, &f.Source, &f.AsOf, &f.By, &f.At, &f.Rev)
}

// Figures lists all external figures, newest year first; key "" all.
func (s *Service) Figures(ctx context.Context, key string) ([]Figure, error) {
	rows, err := s.DB.Query(ctx, `SELECT id, figure, year, value, unit, source, as_of, changed_by, changed_at, rev FROM evaluation_figure
		WHERE regency_id = $1 AND (figure = $2 OR $2 = '') ORDER BY figure, year DESC`, tenant.From(ctx).Regency, key)
	return db.Collect(rows, err, scanFigure)
}

// FigureKeys lists the figures that any instrument asks for, with the wording of a question.
func (s *Service) FigureKeys(ctx context.Context) (keys []string, asks map[string]string, err error) {
	packs, err := s.Packs.List(ctx)
	asks = map[string]string{}
	lang := tenant.From(ctx).Lang
	for _, p := range packs {
		for _, code := range p.Codes() {
			if q, _, _ := p.Question(code); q.Figure != "" && asks[q.Figure] == "" {
				keys = append(keys, q.Figure)
				asks[q.Figure] = q.Text.In(lang)
			}
		}
	}
	slices.Sort(keys)
	return keys, asks, err
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
	if f.Value == "" || len(f.Value) > 100 {
		wrong["value"] = errs.M("evaluation.error.value")
	}
	if f.Source == "" || len(f.Source) > 300 {
		wrong["source"] = errs.M("evaluation.error.source")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.putFigure(ctx, tx, f) })
}

func (s *Service) putFigure(ctx context.Context, tx *db.Tx, f Figure) error {
	regency, me := tenant.From(ctx).Regency, tenant.From(ctx).UserID
	if f.Rev == 0 {
		f.ID = s.NewID()
		_, err := tx.Exec(`INSERT INTO evaluation_figure (regency_id, id, figure, year, value, unit, source, as_of, changed_by, changed_at, rev)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)`, regency, f.ID, f.Key, f.Year, f.Value, f.Unit, f.Source, f.AsOf, me, s.now())
		if db.IsUnique(err) {
			return errs.InvalidFields(map[string]errs.Msg{"year": errs.M("evaluation.error.figure_year")})
		}
		if err != nil {
			return err
		}
	} else {
		n, err := tx.Exec(`UPDATE evaluation_figure SET value = $4, unit = $5, source = $6, as_of = $7, changed_by = $8, changed_at = $9, rev = rev + 1
			WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, f.ID, f.Rev, f.Value, f.Unit, f.Source, f.AsOf, me, s.now())
		if err := changed(n, err); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "figure.set", "figure", f.ID, "", "", nil, f)
}

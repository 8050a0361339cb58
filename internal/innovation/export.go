package innovation

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// exportColumn is a field as a column; a budget is a column for each year.
type exportColumn struct {
	Field
	Year int
}

// exportTable is what an export writes, before it is put into words. Its records are read while they are written.
type exportTable struct {
	Columns  []exportColumn
	ids      []string
	users    map[string]Count
	budgets  map[string]map[int]int64
	agencies map[string]string
	affairs  map[string]string
	zone     *time.Location
	Personal bool
}

// export reads the innovations of a filter with what an export writes of them. The columns with personal data come only for
// those who may see them (UU 27/2022).
func (s *Service) export(ctx context.Context, f Filter) (*exportTable, error) {
	a := tenant.From(ctx)
	t := &exportTable{agencies: map[string]string{}, affairs: map[string]string{}, zone: s.Zone(ctx), Personal: a.Can(Personal, "") || a.Can(Desk, "")}
	f.Whole = true
	var err error
	if t.ids, err = s.ids(ctx, f); err != nil {
		return nil, err
	}
	if err := s.exportParts(ctx, t); err != nil {
		return nil, err
	}
	agencies, err := s.Dir.Agencies(ctx)
	for _, one := range agencies {
		t.agencies[one.ID] = one.Name
	}
	for _, one := range s.Affairs(a.Lang) {
		t.affairs[one.Code] = one.Name
	}
	t.columns()
	return t, err
}

// exportRow is a record with its texts by the key of their field.
type exportRow struct {
	*Innovation
	texts map[string]*string
}

// each reads the records of an export, some at a time. One that went away meanwhile is left out.
func (s *Service) each(ctx context.Context, t *exportTable, fn func(exportRow) error) error {
	for some := range slices.Chunk(t.ids, 200) {
		all, err := s.store.byIDs(ctx, tenant.From(ctx).Regency, some)
		if err != nil {
			return err
		}
		for _, id := range some {
			i, ok := all[id]
			if !ok {
				continue
			}
			if err := fn(exportRow{&i, i.texts()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportParts reads the latest count of users and the budgets of all innovations.
func (s *Service) exportParts(ctx context.Context, t *exportTable) error {
	regency := tenant.From(ctx).Regency
	t.users, t.budgets = map[string]Count{}, map[string]map[int]int64{}
	rows, err := s.DB.Query(ctx, `SELECT innovation_id, value, period_from, period_to, source, entered_at FROM innovation_count WHERE regency_id = $1 AND kind = 'users'`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id string
		var c Count
		if err := r.Scan(&id, &c.Value, &c.From, &c.To, &c.Source, &c.At); err != nil {
			return none, err
		}
		if had, ok := t.users[id]; !ok || c.To > had.To || c.To == had.To && c.At > had.At {
			t.users[id] = c
		}
		return none, nil
	})
	if err != nil {
		return err
	}
	rows, err = s.DB.Query(ctx, `SELECT innovation_id, year, amount FROM innovation_budget WHERE regency_id = $1`, regency)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id string
		var year int
		var amount int64
		if err := r.Scan(&id, &year, &amount); err != nil {
			return none, err
		}
		if t.budgets[id] == nil {
			t.budgets[id] = map[int]int64{}
		}
		t.budgets[id][year] = amount
		return none, nil
	})
	return err
}

// columns puts the fields in order; the design text stands under its five headings, budgets under the years that occur.
func (t *exportTable) columns() {
	var years []int
	for _, id := range t.ids {
		for year := range t.budgets[id] {
			if !slices.Contains(years, year) {
				years = append(years, year)
			}
		}
	}
	slices.Sort(years)
	for _, f := range Fields() {
		switch {
		case f.As == asDesign, f.Personal && !t.Personal:
		case f.As == asBudget:
			for _, year := range years {
				t.Columns = append(t.Columns, exportColumn{f, year})
			}
		default:
			t.Columns = append(t.Columns, exportColumn{Field: f})
		}
	}
}

// value gives a cell that needs no words of a language: a number, a day, a name, a text. ok is false for choices.
func (t *exportTable) value(i exportRow, c exportColumn) (v any, ok bool) {
	if h, is := strings.CutPrefix(c.Key, "design_"); is {
		return i.Profile.Design[h], true
	}
	switch c.Key {
	case "title":
		return i.Title, true
	case "agency":
		return orNote(t.agencies[i.Agency], i.Agency), true
	case "affair":
		return orNote(t.affairs[i.Affair], i.Affair), true
	case "touching":
		return t.touching(i.Profile.Touching), true
	case "trial_at":
		return t.day(i.TrialAt), true
	case "live_at":
		return t.day(i.LiveAt), true
	case "developed_at":
		return t.day(i.DevelopedAt), true
	case "budget":
		if amount, is := t.budgets[i.ID][c.Year]; is {
			return amount, true
		}
		return "", true
	case "coordinate":
		if i.Profile.Latitude == "" || i.Profile.Longitude == "" {
			return "", true
		}
		return i.Profile.Latitude + ", " + i.Profile.Longitude, true
	case "users", "users_period", "users_source":
		return t.counted(i.ID, c.Key), true
	case "measure":
		return exportMeasure(i.Measure), true
	case "number":
		return i.Number, true
	case "lesson":
		return i.Lesson, true
	}
	if c.As == asText {
		return *i.texts[c.Key], true
	}
	return nil, false
}

func (t *exportTable) touching(codes []string) string {
	names := make([]string, len(codes))
	for n, code := range codes {
		names[n] = orNote(t.affairs[code], code)
	}
	return strings.Join(names, "; ")
}

func (t *exportTable) day(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(t.zone).Format(time.DateOnly)
}

// counted writes the latest count; what was never counted stays empty and is no zero.
func (t *exportTable) counted(id, key string) any {
	c, ok := t.users[id]
	switch {
	case !ok:
		return ""
	case key == "users":
		return c.Value
	case key == "users_period":
		return t.day(c.From) + " s.d. " + t.day(c.To)
	}
	return c.Source
}

// exportMeasure writes the one number of an idea so that it is read back the same.
func exportMeasure(m Measure) string {
	if m.Now == "" && m.Wanted == "" {
		return ""
	}
	before, after, two := strings.Cut(m.Unit, " → ")
	if !two {
		before, after = "", m.Unit
	}
	side := func(number, unit string) string {
		return strings.TrimSpace(strings.Replace(number, ".", ",", 1) + " " + unit)
	}
	return side(m.Now, before) + " -> " + side(m.Wanted, after)
}

package innovation

import (
	"context"
	"database/sql"
	"strings"
	"unicode"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// titleKey writes a title so that two spellings of it are one: small letters and digits, one space between words.
func titleKey(title string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// Claim is the same title in the hands of another agency.
type Claim struct {
	ID     string
	Number int64
	Agency tenant.Agency
}

// namesakes lists what other agencies run under the title of an innovation, the oldest first. What was merged or stopped
// claims no title any more.
func (s store) namesakes(ctx context.Context, q db.Queryer, regency int64, i Innovation) ([]Claim, error) {
	key := titleKey(i.Title)
	if key == "" {
		return nil, nil
	}
	rows, err := q.Query(ctx, `SELECT id, number, agency_id FROM innovation_innovation
		WHERE regency_id = $1 AND title_key = $2 AND agency_id <> $3 AND id <> $4 AND merged_into = '' AND stage <> 'stopped' ORDER BY number`, regency, key, i.Agency, i.ID)
	return db.Collect(rows, err, func(r *sql.Rows) (c Claim, err error) { return c, r.Scan(&c.ID, &c.Number, &c.Agency.ID) })
}

// SameTitle lists what other agencies run under the title of an innovation.
func (s *Service) SameTitle(ctx context.Context, i Innovation) ([]Claim, error) {
	all, err := s.store.namesakes(ctx, s.DB, tenant.From(ctx).Regency, i)
	for n := range all {
		if err == nil {
			all[n].Agency, err = s.agencyNamed(ctx, all[n].Agency.ID)
		}
	}
	return all, err
}

// agencyNamed gives an agency, also one that is gone from the directory.
func (s *Service) agencyNamed(ctx context.Context, id string) (tenant.Agency, error) {
	a, err := s.Dir.Agency(ctx, id)
	if errs.Is(err, errs.NotFound) {
		return tenant.Agency{ID: id, Name: id}, nil
	}
	return a, err
}

// claimed tells which other agency registered the title of an innovation before. A title that is new to the innovation
// (fresh) may stand nowhere else; one it had already yields only to an older number. What was carried over keeps its title.
func (s *Service) claimed(ctx context.Context, q db.Queryer, i Innovation, fresh bool) (Claim, bool, error) {
	if i.Previous != "" {
		return Claim{}, false, nil
	}
	all, err := s.store.namesakes(ctx, q, tenant.From(ctx).Regency, i)
	if err != nil || len(all) == 0 || !fresh && all[0].Number > i.Number {
		return Claim{}, false, err
	}
	first := all[0]
	first.Agency, err = s.agencyNamed(ctx, first.Agency.ID)
	return first, err == nil, err
}

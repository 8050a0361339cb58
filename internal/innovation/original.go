package innovation

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Original is an innovation as those who may take it over see it: nothing personal in it.
type Original struct {
	Innovation
	Members []string // agencies with people on its team, the own one among them
	Users   int64    // of the latest period, -1 when never counted
}

// Original gives an innovation of any regency of this host, for the room that keeps adoptions; that room decides who may
// see it.
func (s *Service) Original(ctx context.Context, regency int64, id string) (Original, error) {
	i, err := s.store.get(ctx, s.DB, regency, id)
	if err != nil {
		return Original{}, err
	}
	facts, err := s.Facts(tenant.With(ctx, tenant.SystemOf(regency, "adoption")), id)
	if err != nil {
		return Original{}, err
	}
	out := Original{Innovation: i, Users: -1}
	if f := facts[id]; f != nil {
		out.Members, out.Users = f.Agencies, f.Users
	}
	return out, nil
}

// Published lists the published innovations of a regency that run or ran, the latest step first; with a query the best match
// first.
func (s *Service) Published(ctx context.Context, regency int64, query string, limit, offset int) ([]Innovation, int, error) {
	ctx = tenant.With(ctx, tenant.SystemOf(regency, "adoption"))
	return s.List(ctx, Filter{Query: query, Published: true}, limit, offset)
}

// Numbered gives the number of the record as folders and forms write it: 007.
func (i Innovation) Numbered() string {
	text := strconv.FormatInt(i.Number, 10)
	for len(text) < 3 {
		text = "0" + text
	}
	return text
}

// Titles gives number and title by id, for the pages of other rooms.
func (s *Service) Titles(ctx context.Context) (map[string]Innovation, error) {
	rows, err := s.DB.Query(ctx, `SELECT id, number, title, agency_id, affair, stage, stage_before, merged_into FROM innovation_innovation WHERE regency_id = $1`, tenant.From(ctx).Regency)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (i Innovation, err error) {
		return i, r.Scan(&i.ID, &i.Number, &i.Title, &i.Agency, &i.Affair, &i.Stage, &i.StageBefore, &i.MergedInto)
	})
	out := map[string]Innovation{}
	for _, i := range all {
		out[i.ID] = i
	}
	return out, err
}

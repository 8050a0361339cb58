package innovation

import (
	"context"
	"database/sql"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Fact is what the room itself knows of one innovation, for the rooms that compute: nothing here was typed for an index.
type Fact struct {
	ID, Title, Agency, Affair, Stage, National, State string
	Touching                                          []string
	Counting, Published                               bool
	Merged                                            bool
	ProposedAt, TrialAt, LiveAt                       int64
	People                                            int      // named members
	Agencies                                          []string // of members, the own one among them
	Actors                                            []string // kinds of partners, the government (executor) among them
	BudgetYears                                       []int
	Users                                             int64 // of the latest period, -1 when never counted
	Complaints, Resolved                              int64 // of the latest period in which both are known, -1 when never counted
	ComplaintsEntered                                 int64 // when these were entered
	BestTime, BestCost                                *Gain // the best saving of time and of cost
	AfterDays                                         string
	VideoElements                                     int
	Video                                             string
	DesignWords, DesignDone                           int
}

// Facts gives what is known of all innovations that were not merged, by id. only narrows to some.
func (s *Service) Facts(ctx context.Context, only ...string) (map[string]*Fact, error) {
	regency := tenant.From(ctx).Regency
	args, where := []any{regency}, ""
	if len(only) > 0 {
		where = " AND id IN (" + inList(&args, only) + ")"
	}
	rows, err := s.DB.Query(ctx, `SELECT `+columns+` FROM innovation_innovation WHERE regency_id = $1 AND merged_into = ''`+where, args...)
	all, err := db.Collect(rows, err, scanRows)
	if err != nil {
		return nil, err
	}
	out := map[string]*Fact{}
	for _, i := range all {
		out[i.ID] = factOf(i)
	}
	for _, fill := range []func(context.Context, int64, string, []any, map[string]*Fact) error{s.factTeam, s.factPartners, s.factBudgets, s.factCounts, s.factEffects} {
		if err := fill(ctx, regency, partsOf(len(only)), args, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// partsOf narrows a statement over the parts to the ids that args holds behind the regency.
func partsOf(n int) string {
	if n == 0 {
		return ""
	}
	args := []any{int64(0)}
	return " AND innovation_id IN (" + inList(&args, make([]string, n)) + ")"
}

func factOf(i Innovation) *Fact {
	return &Fact{ID: i.ID, Title: i.Title, Agency: i.Agency, Affair: i.Affair, Stage: i.Stage, National: i.National(), State: i.State, Touching: i.Profile.Touching, Counting: i.Counts(),
		Published: i.Published, ProposedAt: i.ProposedAt, TrialAt: i.TrialAt, LiveAt: i.LiveAt, Users: -1, Complaints: -1, Resolved: -1, Agencies: []string{i.Agency}, Actors: []string{"government"},
		VideoElements: len(i.Profile.VideoElements), Video: i.Profile.Video, DesignWords: i.Profile.Words(), DesignDone: i.Profile.DesignDone()}
}

func addOnce(all []string, one string) []string {
	if one == "" || slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

func (s *Service) factTeam(ctx context.Context, _ int64, where string, args []any, out map[string]*Fact) error {
	rows, err := s.DB.Query(ctx, `SELECT innovation_id, agency_id, count(*) FROM innovation_member WHERE regency_id = $1`+where+` GROUP BY innovation_id, agency_id ORDER BY innovation_id, agency_id`, args...)
	type one struct {
		id, agency string
		n          int
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.id, &o.agency, &o.n) })
	for _, o := range all {
		if f := out[o.id]; f != nil {
			f.People += o.n
			f.Agencies = addOnce(f.Agencies, o.agency)
		}
	}
	return err
}

func (s *Service) factPartners(ctx context.Context, _ int64, where string, args []any, out map[string]*Fact) error {
	rows, err := s.DB.Query(ctx, `SELECT DISTINCT innovation_id, kind FROM innovation_partner WHERE regency_id = $1`+where+` ORDER BY innovation_id, kind`, args...)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o [2]string, err error) { return o, r.Scan(&o[0], &o[1]) })
	for _, o := range all {
		if f := out[o[0]]; f != nil {
			f.Actors = addOnce(f.Actors, o[1])
		}
	}
	return err
}

func (s *Service) factBudgets(ctx context.Context, _ int64, where string, args []any, out map[string]*Fact) error {
	rows, err := s.DB.Query(ctx, `SELECT innovation_id, year FROM innovation_budget WHERE regency_id = $1 AND amount > 0`+where+` ORDER BY innovation_id, year`, args...)
	type one struct {
		id   string
		year int
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.id, &o.year) })
	for _, o := range all {
		if f := out[o.id]; f != nil {
			f.BudgetYears = append(f.BudgetYears, o.year)
		}
	}
	return err
}

func (s *Service) factCounts(ctx context.Context, _ int64, where string, args []any, out map[string]*Fact) error {
	rows, err := s.DB.Query(ctx, `SELECT innovation_id, kind, value, period_from, period_to, entered_at FROM innovation_count WHERE regency_id = $1`+where+`
		ORDER BY innovation_id, period_to DESC, entered_at DESC`, args...)
	type one struct {
		id, kind            string
		value, from, to, at int64
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) {
		return o, r.Scan(&o.id, &o.kind, &o.value, &o.from, &o.to, &o.at)
	})
	resolved := map[string]one{}
	for _, o := range all {
		f := out[o.id]
		if f == nil {
			continue
		}
		switch o.kind {
		case "users":
			if f.Users < 0 {
				f.Users = o.value
			}
		case "resolved":
			if _, seen := resolved[o.id]; !seen {
				resolved[o.id] = o
			}
		}
	}
	for _, o := range all {
		f := out[o.id]
		if f == nil || o.kind != "complaints" || f.Complaints >= 0 {
			continue
		}
		if r, ok := resolved[o.id]; ok && r.from == o.from && r.to == o.to {
			f.Complaints, f.Resolved, f.ComplaintsEntered = o.value, r.value, max(o.at, r.at)
		} else if !ok {
			f.Complaints, f.Resolved, f.ComplaintsEntered = o.value, 0, o.at
		}
	}
	return err
}

func (s *Service) factEffects(ctx context.Context, _ int64, where string, args []any, out map[string]*Fact) error {
	rows, err := s.DB.Query(ctx, `SELECT innovation_id, kind, before_value, after_value, unit, times FROM innovation_effect WHERE regency_id = $1`+where+` ORDER BY innovation_id, entered_at, id`, args...)
	type one struct {
		id string
		e  Effect
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) {
		return o, r.Scan(&o.id, &o.e.Kind, &o.e.Before, &o.e.After, &o.e.Unit, &o.e.Times)
	})
	for _, o := range all {
		f := out[o.id]
		if f == nil {
			continue
		}
		g := o.e.Gain()
		switch o.e.Kind {
		case "time":
			f.BestTime = better(f.BestTime, g)
			if o.e.Unit == "day" {
				f.AfterDays = o.e.After
			}
		case "cost":
			f.BestCost = better(f.BestCost, g)
		}
	}
	return err
}

func better(had *Gain, g Gain) *Gain {
	if g.Percent == nil || had != nil && had.Percent.Cmp(g.Percent) >= 0 {
		return had
	}
	return &g
}

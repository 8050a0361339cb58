package innovation

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/tenant"
)

// How long an innovation may rest before the page of the leaders names it.
const (
	quietDays = 90 // without a real step
	gateDays  = 14 // before a gate that nobody decides
	oneDay    = 24 * 60 * 60 * 1000
)

// YouthFilter narrows the page: agencies of a kind, or an agency with all below it.
type YouthFilter struct{ Kind, Agency string }

// YouthRow is one agency as its leaders should see it: what is used, not how much was started. Ideas are those of the last
// twelve months; a rate without ideas is unknown, never zero.
type YouthRow struct {
	Agency                           tenant.Agency
	LastStep                         int64 // the last real step, 0 when there never was one
	Months                           int   // since then; -1 when there never was one
	Proposed, InTime, Late, Waiting  int   // ideas; Waiting are within their days
	Trials                           int
	InUse, Counted                   int // innovations in use, and how many of them count their users
	Users                            int64
	UsersFrom, UsersTo               int64 // the periods that were counted; 0 when none was
	UsersEntered                     int64 // when the latest of them was entered
	AdoptedIn, AdoptedOut            int
	Hours, Rupiah, People            *big.Rat // gained in a year by effects with a source
	Timed, Priced, Headed            int      // how many effects speak of hours, rupiah and people: without one the gain is unknown
	Effects, Proven                  int      // how many effects there are, and how many of them have a file
	EffectsFrom, EffectsTo, adoption int64
}

// Answered gives how many ideas are due for an answer by now: answered, or past their day.
func (r YouthRow) Answered() int { return r.InTime + r.Late }

// Rate is the share of ideas that were answered in time, in percent; false when none is due.
func (r YouthRow) Rate() (int, bool) {
	if r.Answered() == 0 {
		return 0, false
	}
	return (200*r.InTime + r.Answered()) / (2 * r.Answered()), true
}

// Young reports whether the agency took a real step in the last twelve months.
func (r YouthRow) Young() bool { return r.Months >= 0 && r.Months < 12 }

// Uncounted is how many innovations in use nobody counts.
func (r YouthRow) Uncounted() int { return r.InUse - r.Counted }

// Youth is what the leaders see. From and At bound the last twelve months. Gone counts innovations of agencies that are no
// longer active, which stand in no row.
type Youth struct {
	From, At int64
	Rows     []YouthRow
	Sum      YouthRow
	Young    int
	Gone     int
	Adoption bool // signed adoptions are known
}

// Youth adds up the innovations of every active agency, in the order of their use: users counted, then adoptions signed.
func (s *Service) Youth(ctx context.Context, f YouthFilter) (y Youth, err error) {
	agencies, err := s.Dir.Agencies(ctx)
	if err != nil {
		return y, err
	}
	return s.youthOf(ctx, agencies, f)
}

func (s *Service) youthOf(ctx context.Context, agencies []tenant.Agency, f YouthFilter) (y Youth, err error) {
	if err := allow(ctx, Read); err != nil {
		return y, err
	}
	now := s.Now().In(s.Zone(ctx))
	y.At, y.From, y.Adoption = now.UnixMilli(), now.AddDate(-1, 0, 0).UnixMilli(), s.Adoptions != nil
	rows, err := s.youthRows(ctx, y)
	if err != nil {
		return y, err
	}
	active := map[string]bool{}
	for _, a := range agencies {
		active[a.ID] = true
	}
	for id, r := range rows {
		if !active[id] {
			y.Gone += r.Trials + r.InUse
		}
	}
	for _, a := range ofFilter(agencies, f) {
		r := rowOf(rows, a.ID)
		r.Agency, r.LastStep, r.Months = a, max(r.LastStep, r.adoption), -1
		if r.LastStep != 0 {
			r.Months = monthsBetween(time.UnixMilli(r.LastStep).In(s.Zone(ctx)), now)
		}
		y.add(r)
	}
	if y.Sum.Months = -1; y.Sum.LastStep != 0 {
		y.Sum.Months = monthsBetween(time.UnixMilli(y.Sum.LastStep).In(s.Zone(ctx)), now)
	}
	slices.SortStableFunc(y.Rows, func(a, b YouthRow) int {
		return cmp.Or(cmp.Compare(b.Users, a.Users), cmp.Compare(b.AdoptedIn+b.AdoptedOut, a.AdoptedIn+a.AdoptedOut), cmp.Compare(b.InUse, a.InUse), cmp.Compare(a.Agency.Name, b.Agency.Name))
	})
	return y, nil
}

// ofFilter gives the agencies that a filter asks for.
func ofFilter(all []tenant.Agency, f YouthFilter) []tenant.Agency {
	below := map[string]bool{f.Agency: true}
	for grew := f.Agency != ""; grew; {
		grew = false
		for _, a := range all {
			if below[a.Parent] && a.Parent != "" && !below[a.ID] {
				below[a.ID], grew = true, true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(a tenant.Agency) bool {
		return f.Kind != "" && a.Kind != f.Kind || f.Agency != "" && !below[a.ID]
	})
}

// add takes a row in and keeps the sum of all.
func (y *Youth) add(r YouthRow) {
	y.Rows = append(y.Rows, r)
	if r.Young() {
		y.Young++
	}
	s := &y.Sum
	if s.Hours == nil {
		s.Hours, s.Rupiah, s.People = new(big.Rat), new(big.Rat), new(big.Rat)
	}
	s.LastStep = max(s.LastStep, r.LastStep)
	s.Proposed, s.InTime, s.Late, s.Waiting = s.Proposed+r.Proposed, s.InTime+r.InTime, s.Late+r.Late, s.Waiting+r.Waiting
	s.Trials, s.InUse, s.Counted, s.Users = s.Trials+r.Trials, s.InUse+r.InUse, s.Counted+r.Counted, s.Users+r.Users
	s.AdoptedIn, s.AdoptedOut = s.AdoptedIn+r.AdoptedIn, s.AdoptedOut+r.AdoptedOut
	s.UsersFrom, s.UsersTo, s.UsersEntered = earliest(s.UsersFrom, r.UsersFrom), max(s.UsersTo, r.UsersTo), max(s.UsersEntered, r.UsersEntered)
	s.Effects, s.Proven, s.Timed, s.Priced, s.Headed = s.Effects+r.Effects, s.Proven+r.Proven, s.Timed+r.Timed, s.Priced+r.Priced, s.Headed+r.Headed
	s.EffectsFrom, s.EffectsTo = earliest(s.EffectsFrom, r.EffectsFrom), max(s.EffectsTo, r.EffectsTo)
	s.Hours.Add(s.Hours, r.Hours)
	s.Rupiah.Add(s.Rupiah, r.Rupiah)
	s.People.Add(s.People, r.People)
}

func earliest(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// monthsBetween counts whole months.
func monthsBetween(from, to time.Time) int {
	n := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if to.Day() < from.Day() {
		n--
	}
	return max(n, 0)
}

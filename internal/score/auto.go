package score

import (
	"math/big"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
)

// Auto is what the house itself knows of an item: the points it earns, the figure behind them, and why.
type Auto struct {
	Known  bool
	Points int8
	Basis  string
	Raw    string
	Why    errs.Msg
}

// source is everything the automatic items are read from.
type source struct {
	pack   *instrument.Pack
	fact   Fact
	copied Replication
	other  Known
	year   int // T-0
	zone   *time.Location
	o      instrument.Options
}

// auto reads one item from what is known; the key is Question.Proof of the pack.
func (s source) auto(q instrument.Question) Auto {
	switch q.Proof {
	case "people":
		return s.count(q, int64(s.fact.People), "people")
	case "network":
		return s.count(q, int64(len(s.fact.Agencies)), "network")
	case "actors":
		return s.count(q, int64(len(s.fact.Actors)), "actors")
	case "budget":
		return s.budget()
	case "bimtek":
		return s.count(q, s.other.Trainings, "bimtek")
	case "complaints":
		return s.complaints(q)
	case "duration":
		return s.duration(q)
	case "integration":
		return s.integration()
	case "replication":
		return s.replication()
	case "speed":
		return s.speed(q)
	case "benefit":
		return s.benefit(q)
	case "video":
		if s.fact.Video == "" {
			return Auto{}
		}
		return s.count(q, int64(s.fact.VideoElements), "video")
	}
	return Auto{}
}

// count reads a whole number through the brackets of the item. Nothing counted is nothing known.
func (s source) count(q instrument.Question, n int64, why string) Auto {
	if n <= 0 {
		return Auto{}
	}
	return s.read(q, "", big.NewRat(n, 1), errs.M("score.why."+why, "N", n))
}

func (s source) read(q instrument.Question, basis string, raw *big.Rat, why errs.Msg) Auto {
	r, ok := s.pack.ReadRaw(q.Code, basis, raw, s.o)
	if !ok {
		return Auto{}
	}
	return Auto{Known: true, Points: int8(r.Points.Num().Int64()), Basis: basis, Raw: trim(raw), Why: why}
}

// budget: one year; two years in a row; the running year and the two before it.
func (s source) budget() Auto {
	years := s.fact.BudgetYears
	has := func(year int) bool { return slices.Contains(years, year) }
	points := int8(0)
	switch {
	case has(s.year) && has(s.year-1) && has(s.year-2):
		points = 3
	case slices.ContainsFunc(years, func(y int) bool { return y <= s.year && has(y-1) }):
		points = 2
	case slices.ContainsFunc(years, func(y int) bool { return y <= s.year }):
		points = 1
	default:
		return Auto{}
	}
	return Auto{Known: true, Points: points, Why: errs.M("score.why.budget", "N", len(years), "Year", s.year)}
}

// complaints derives the ratio from what was recorded, cases before hand-counted ones. No complaint recorded earns the
// lowest step, because the guideline says so (switchable).
func (s source) complaints(q instrument.Question) Auto {
	came, solved, why := s.fact.Complaints, s.fact.Resolved, "complaints"
	if s.other.CasesReceived > 0 {
		came, solved, why = s.other.CasesReceived, s.other.CasesResolved, "cases"
	}
	switch {
	case came < 0:
		return Auto{}
	case came == 0:
		r, ok := s.pack.ReadNothing(q.Code, "", s.o)
		if !ok {
			return Auto{}
		}
		return Auto{Known: true, Points: int8(r.Points.Num().Int64()), Raw: "0", Why: errs.M("score.why.no_complaints")}
	}
	percent := big.NewRat(100*max(solved, 0), came)
	return s.read(q, "", percent, errs.M("score.why."+why, "Solved", solved, "Came", came))
}

func (s source) duration(q instrument.Question) Auto {
	if s.other.MedianDays > 0 {
		return s.read(q, "", big.NewRat(s.other.MedianDays, 1), errs.M("score.why.median", "N", s.other.MedianDays))
	}
	days := rat(s.fact.AfterDays)
	if days == nil {
		return Auto{}
	}
	return s.read(q, "", days, errs.M("score.why.duration", "N", s.fact.AfterDays))
}

func (s source) integration() Auto {
	if s.other.Connections <= 0 {
		return Auto{}
	}
	return Auto{Known: true, Points: 3, Raw: trim(big.NewRat(s.other.Connections, 1)), Why: errs.M("score.why.integration", "N", s.other.Connections)}
}

// replication: once; twice in different regions; three times in different regions.
func (s source) replication() Auto {
	c := s.copied
	points := int8(0)
	switch {
	case c.Times >= 3 && c.Regions >= 3:
		points = 3
	case c.Times >= 2 && c.Regions >= 2:
		points = 2
	case c.Times >= 1:
		points = 1
	default:
		return Auto{}
	}
	return Auto{Known: true, Points: points, Raw: trim(big.NewRat(int64(c.Times), 1)), Why: errs.M("score.why.replication", "Times", c.Times, "Regions", c.Regions)}
}

// speed counts months from the idea to the day the innovation went live; part of a month counts by its days over 30.
func (s source) speed(q instrument.Question) Auto {
	if s.fact.ProposedAt == 0 || s.fact.LiveAt < s.fact.ProposedAt {
		return Auto{}
	}
	from, to := time.UnixMilli(s.fact.ProposedAt).In(s.zone), time.UnixMilli(s.fact.LiveAt).In(s.zone)
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	exact := new(big.Rat).Add(big.NewRat(int64(months), 1), big.NewRat(int64(to.Day()-from.Day()), 30))
	if exact.Sign() < 0 {
		exact.SetInt64(0)
	}
	return s.read(q, "", exact, errs.M("score.why.speed", "N", instrument.Decimal(exact, 1)))
}

// benefit takes the better of the two bases the house can count: users, and the saving of cost. Bases are never mixed.
func (s source) benefit(q instrument.Question) Auto {
	var best Auto
	if s.fact.Users > 0 {
		best = s.read(q, "a", big.NewRat(s.fact.Users, 1), errs.M("score.why.users", "N", s.fact.Users))
	}
	if s.fact.CostSaving != nil && s.fact.CostSaving.Sign() > 0 {
		saving := s.read(q, "c", s.fact.CostSaving, errs.M("score.why.saving", "N", instrument.Decimal(s.fact.CostSaving, 2)))
		if saving.Known && (!best.Known || saving.Points > best.Points) {
			best = saving
		}
	}
	return best
}

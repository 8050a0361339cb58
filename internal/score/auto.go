package score

import (
	"math/big"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
)

// Auto is what the house itself knows of an item: the points it earns, the figure behind them, why, and what the instrument
// remarks on that figure.
type Auto struct {
	Known  bool
	Points int8
	Basis  string
	Raw    string
	Why    errs.Msg
	Note   instrument.Text
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
func (s source) auto(q *instrument.Question) Auto {
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
func (s source) count(q *instrument.Question, n int64, why string) Auto {
	if n <= 0 {
		return Auto{}
	}
	return s.read(q, "", whole(n), errs.M("score.why."+why, "N", plainInt(n)))
}

func (s source) read(q *instrument.Question, basis string, raw *big.Rat, why errs.Msg) Auto {
	r, ok := s.pack.ReadRaw(q.Code, basis, raw, s.o)
	if !ok {
		return Auto{}
	}
	return Auto{Known: true, Points: pointsOf(r), Basis: basis, Raw: trim(raw), Why: why, Note: r.Step.Note}
}

// budget: one year; two years in a row; the running year and the two before it. Later years are plans.
func (s source) budget() Auto {
	var past []int
	for _, y := range s.fact.BudgetYears {
		if y <= s.year && !slices.Contains(past, y) {
			past = append(past, y)
		}
	}
	if len(past) == 0 {
		return Auto{}
	}
	slices.Sort(past)
	has := func(year int) bool { return slices.Contains(past, year) }
	points := int8(1)
	switch {
	case has(s.year) && has(s.year-1) && has(s.year-2):
		points = 3
	case slices.ContainsFunc(past, func(y int) bool { return has(y - 1) }):
		points = 2
	}
	return Auto{Known: true, Points: points, Why: errs.M("score.why.budget", "Years", years(past), "Year", s.year)}
}

// complaints derives the ratio from what was recorded, cases before hand-counted ones. No complaint recorded earns the
// lowest step, because the guideline says so (switchable).
func (s source) complaints(q *instrument.Question) Auto {
	came, solved, why := s.fact.Complaints, s.fact.Resolved, "complaints"
	if s.other.CasesReceived > 0 || came < 0 {
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
		return Auto{Known: true, Points: pointsOf(r), Raw: "0", Why: errs.M("score.why.no_complaints")}
	}
	solved = min(max(solved, 0), came)
	return s.read(q, "", big.NewRat(100*solved, came), errs.M("score.why."+why, "Solved", plainInt(solved), "Came", plainInt(came)))
}

// duration: the median of the service register before what the team wrote of before and after.
func (s source) duration(q *instrument.Question) Auto {
	if n := s.other.MedianDays; n >= 0 {
		return s.read(q, "", whole(n), errs.M("score.why.median", "N", plainInt(n)))
	}
	days := instrument.Rat(s.fact.AfterDays)
	if days == nil {
		return Auto{}
	}
	return s.read(q, "", days, errs.M("score.why.duration", "N", plain(trim(days))))
}

// integration: a connection with the system of another unit earns the highest level; the lower ones are claimed.
func (s source) integration() Auto {
	n := s.other.Connections
	if n <= 0 {
		return Auto{}
	}
	return Auto{Known: true, Points: levels, Raw: trim(whole(n)), Why: errs.M("score.why.integration", "N", plainInt(n))}
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
	return Auto{Known: true, Points: points, Raw: trim(whole(c.Times)), Why: errs.M("score.why.replication", "Times", c.Times, "Regions", c.Regions)}
}

// speed counts months from the idea to the day the innovation went live; part of a month counts by its days over 30.
func (s source) speed(q *instrument.Question) Auto {
	if s.fact.ProposedAt == 0 || s.fact.LiveAt < s.fact.ProposedAt {
		return Auto{}
	}
	from, to := time.UnixMilli(s.fact.ProposedAt).In(s.zone), time.UnixMilli(s.fact.LiveAt).In(s.zone)
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	exact := new(big.Rat).Add(big.NewRat(int64(months), 1), big.NewRat(int64(to.Day()-from.Day()), 30))
	if exact.Sign() < 0 {
		exact.SetInt64(0)
	}
	return s.read(q, "", exact, errs.M("score.why.speed", "N", plain(trim(instrument.HalfUp(exact, 1)))))
}

// benefit takes the better of the two bases the house can count: users, and the saving of cost. Bases are never mixed.
func (s source) benefit(q *instrument.Question) Auto {
	var best Auto
	if s.fact.Users > 0 {
		best = s.read(q, "a", whole(s.fact.Users), errs.M("score.why.users", "N", plainInt(s.fact.Users)))
	}
	if s.fact.CostSaving != nil && s.fact.CostSaving.Sign() > 0 {
		saving := s.read(q, "c", s.fact.CostSaving, errs.M("score.why.saving", "N", plain(trim(instrument.HalfUp(s.fact.CostSaving, 2)))))
		if saving.Known && (!best.Known || saving.Points > best.Points) {
			best = saving
		}
	}
	return best
}

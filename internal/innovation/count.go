package innovation

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Count is a number of a period: users served, complaints received, complaints resolved. The time of entry is kept: a
// number that came after the fact is seen to have done so.
type Count struct {
	ID, Kind         string
	Value            int64
	From, To         int64
	Source, Evidence string
	By               string
	At               int64
}

// Budget is the money of one year in rupiah.
type Budget struct {
	Year   int
	Amount int64
	Source string
	By     string
	At     int64
}

// Effect compares before and after: time or cost of one case, or people served. Times is how many cases a year (1 for
// people).
type Effect struct {
	ID, Kind, Name, Before, After, Unit string
	Times                               int64
	Source, Evidence                    string
	By                                  string
	At                                  int64
}

// CountKinds lists what is counted.
func CountKinds() []string { return []string{"users", "complaints", "resolved"} }

// EffectKinds lists what is compared.
func EffectKinds() []string { return []string{"time", "cost", "people"} }

// TimeUnits lists the units of time; a day is a working day of 7.5 hours (Perpres 21/2023 article 3: 37.5 hours a week of
// five days).
func TimeUnits() []string { return []string{"minute", "hour", "day"} }

// Numbers is everything counted of an innovation.
type Numbers struct {
	Counts  []Count
	Budgets []Budget
	Effects []Effect
}

// Numbers gives what was counted, newest first.
func (s *Service) Numbers(ctx context.Context, id string) (n Numbers, err error) {
	regency := tenant.From(ctx).Regency
	if n.Counts, err = s.store.counts(ctx, regency, id); err != nil {
		return n, err
	}
	if n.Budgets, err = s.store.budgets(ctx, regency, id); err != nil {
		return n, err
	}
	n.Effects, err = s.store.effects(ctx, regency, id)
	return n, err
}

// whole reads a count or an amount with Indonesian or English separators.
func whole(text string) (int64, bool) {
	v, err := instrument.Figure(text, false)
	if err != nil || !v.IsInt() || v.Sign() < 0 || v.Num().BitLen() > 53 {
		return 0, false
	}
	return v.Num().Int64(), true
}

// AddCount keeps a count; value is as typed. Gives what was understood.
func (s *Service) AddCount(ctx context.Context, id string, c Count, value string) (int64, error) {
	i, err := s.working(ctx, id)
	if err != nil {
		return 0, err
	}
	wrong := map[string]errs.Msg{}
	v, ok := whole(value)
	if !ok {
		wrong["value"] = errs.M("innovation.error.whole")
	}
	c.Value, c.Source = v, strings.TrimSpace(c.Source)
	if !slices.Contains(CountKinds(), c.Kind) {
		wrong["kind"] = errs.M("innovation.error.choice")
	}
	if c.From == 0 || c.To < c.From || c.To > s.now() {
		wrong["to"] = errs.M("innovation.error.period")
	}
	if c.Source == "" || len(c.Source) > 300 {
		wrong["source"] = errs.M("innovation.error.source")
	}
	if c.Kind == "resolved" && ok {
		if err := s.checkResolved(ctx, id, c, wrong); err != nil {
			return 0, err
		}
	}
	if len(wrong) > 0 {
		return v, errs.InvalidFields(wrong)
	}
	c.ID, c.By, c.At = s.NewID(), tenant.From(ctx).UserID, s.now()
	return v, s.part(ctx, i, "count.add", c, func(tx *db.Tx, regency int64) error { return s.store.insertCount(tx, regency, id, c) })
}

// checkResolved wants the complaints of the same period first: more cannot be resolved than came.
func (s *Service) checkResolved(ctx context.Context, id string, c Count, wrong map[string]errs.Msg) error {
	all, err := s.store.counts(ctx, tenant.From(ctx).Regency, id)
	came := int64(-1)
	for _, one := range all {
		if one.Kind == "complaints" && one.From == c.From && one.To == c.To {
			came = one.Value
			break
		}
	}
	switch {
	case came < 0:
		wrong["kind"] = errs.M("innovation.error.complaints_first")
	case c.Value > came:
		wrong["value"] = errs.M("innovation.error.resolved_most", "Most", came)
	}
	return err
}

// working gives an innovation on whose numbers the actor may work: also while the dossier is on its way, because the work
// goes on; not when it was sent or merged.
func (s *Service) working(ctx context.Context, id string) (Innovation, error) {
	i, err := s.Get(ctx, id)
	if err != nil {
		return i, err
	}
	may, err := s.MayEdit(ctx, i)
	switch {
	case err != nil:
		return i, err
	case !may:
		return i, errs.E(errs.Forbidden, "innovation.error.not_team", nil)
	case i.MergedInto != "" || i.State == Sent:
		return i, errs.E(errs.Conflict, "innovation.error.on_its_way", nil)
	}
	return i, nil
}

// SetBudget keeps the money of a year; amount is as typed. Gives what was understood, in rupiah.
func (s *Service) SetBudget(ctx context.Context, id string, b Budget, amount string) (int64, error) {
	i, err := s.working(ctx, id)
	if err != nil {
		return 0, err
	}
	wrong := map[string]errs.Msg{}
	v, ok := whole(amount)
	if !ok {
		wrong["amount"] = errs.M("innovation.error.rupiah")
	}
	b.Amount, b.Source = v, strings.TrimSpace(b.Source)
	if year := s.Now().In(s.Zone).Year(); b.Year < 2000 || b.Year > year+2 {
		wrong["year"] = errs.M("innovation.error.year")
	}
	if b.Source == "" || len(b.Source) > 300 {
		wrong["budget_source"] = errs.M("innovation.error.budget_source")
	}
	if len(wrong) > 0 {
		return v, errs.InvalidFields(wrong)
	}
	b.By, b.At = tenant.From(ctx).UserID, s.now()
	return v, s.part(ctx, i, "budget.set", b, func(tx *db.Tx, regency int64) error { return s.store.putBudget(tx, regency, id, b) })
}

// AddEffect keeps a before and after; the two values are as typed.
func (s *Service) AddEffect(ctx context.Context, id string, e Effect, before, after, times string) error {
	i, err := s.working(ctx, id)
	if err != nil {
		return err
	}
	wrong := map[string]errs.Msg{}
	read := func(name, text string) string {
		v, err := instrument.Figure(text, false)
		if err != nil || v.Sign() < 0 || v.Num().BitLen() > 53 {
			wrong[name] = errs.M("innovation.error.number")
			return ""
		}
		return plain(v)
	}
	e.Before, e.After = read("before", before), read("after", after)
	e.Name, e.Source, e.Unit = strings.Join(strings.Fields(e.Name), " "), strings.TrimSpace(e.Source), strings.TrimSpace(e.Unit)
	if !slices.Contains(EffectKinds(), e.Kind) {
		wrong["kind"] = errs.M("innovation.error.choice")
	}
	if e.Name == "" || len(e.Name) > 200 {
		wrong["effect"] = errs.M("innovation.error.effect")
	}
	if e.Source == "" || len(e.Source) > 300 {
		wrong["effect_source"] = errs.M("innovation.error.source")
	}
	e.Times = 1
	switch e.Kind {
	case "time":
		if !slices.Contains(TimeUnits(), e.Unit) {
			wrong["unit"] = errs.M("innovation.error.time_unit")
		}
		e.readTimes(times, wrong)
	case "cost":
		e.Unit = "rupiah"
		e.readTimes(times, wrong)
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	e.ID, e.By, e.At = s.NewID(), tenant.From(ctx).UserID, s.now()
	return s.part(ctx, i, "effect.add", e, func(tx *db.Tx, regency int64) error { return s.store.insertEffect(tx, regency, id, e) })
}

func (e *Effect) readTimes(text string, wrong map[string]errs.Msg) {
	n, ok := whole(text)
	if !ok || n == 0 {
		wrong["times"] = errs.M("innovation.error.times")
	}
	e.Times = n
}

// RemovePart takes a count, budget year or effect away again; the audit trail keeps it.
func (s *Service) RemovePart(ctx context.Context, id, kind, part string) error {
	i, err := s.working(ctx, id)
	if err != nil {
		return err
	}
	return s.part(ctx, i, kind+".remove", part, func(tx *db.Tx, regency int64) error {
		switch kind {
		case "count":
			return gone(tx.Exec(`DELETE FROM innovation_count WHERE regency_id = $1 AND innovation_id = $2 AND id = $3`, regency, id, part))
		case "effect":
			return gone(tx.Exec(`DELETE FROM innovation_effect WHERE regency_id = $1 AND innovation_id = $2 AND id = $3`, regency, id, part))
		case "budget":
			year, _ := whole(part)
			return gone(tx.Exec(`DELETE FROM innovation_budget WHERE regency_id = $1 AND innovation_id = $2 AND year = $3`, regency, id, year))
		}
		return errs.E(errs.NotFound, "innovation.error.gone", nil)
	})
}

// Gain is what an effect adds up to in a year. Percent is the saving, nil when nothing was there before.
type Gain struct {
	Hours, Rupiah, People *big.Rat
	Percent               *big.Rat
}

// Gain computes an effect: hours and rupiah saved in a year, or more people served.
func (e Effect) Gain() Gain {
	before, after := rat(e.Before), rat(e.After)
	out := Gain{Hours: new(big.Rat), Rupiah: new(big.Rat), People: new(big.Rat)}
	if before == nil || after == nil {
		return out
	}
	saved := new(big.Rat).Sub(before, after)
	if before.Sign() > 0 {
		out.Percent = new(big.Rat).Quo(saved, before)
		out.Percent.Mul(out.Percent, big.NewRat(100, 1))
	}
	year := new(big.Rat).Mul(saved, big.NewRat(e.Times, 1))
	switch e.Kind {
	case "time":
		out.Hours.Mul(year, map[string]*big.Rat{"minute": big.NewRat(1, 60), "hour": big.NewRat(1, 1), "day": big.NewRat(15, 2)}[e.Unit])
	case "cost":
		out.Rupiah = year
	case "people":
		out.People.Neg(year)
	}
	return out
}

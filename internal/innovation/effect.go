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

// Effect compares before and after: time or cost of one case, or people served. Times is how many cases a year (1 for
// people).
type Effect struct {
	ID, Kind, Name, Before, After, Unit string
	Times                               int64
	Source, Evidence                    string
	By                                  string
	At                                  int64
}

// EffectKinds lists what is compared.
func EffectKinds() []string { return []string{"time", "cost", "people"} }

// TimeUnits lists the units of time; a day is a working day of 7.5 hours (Perpres 21/2023 article 3: 37.5 hours a week of
// five days).
func TimeUnits() []string { return []string{"minute", "hour", "day"} }

// AddEffect keeps a before and after; the two values are as typed.
func (s *Service) AddEffect(ctx context.Context, id string, e Effect, before, after, times string) error {
	i, err := s.working(ctx, id)
	if err != nil {
		return err
	}
	wrong := map[string]errs.Msg{}
	e.Before, e.After = readValue("before", before, wrong), readValue("after", after, wrong)
	e.Name, e.Source, e.Unit = strings.Join(strings.Fields(e.Name), " "), strings.TrimSpace(e.Source), strings.TrimSpace(e.Unit)
	if e.Name == "" || len(e.Name) > 200 {
		wrong["effect"] = errs.M("innovation.error.effect")
	}
	if e.Source == "" || len(e.Source) > 300 {
		wrong["effect_source"] = errs.M("innovation.error.source")
	}
	if err := s.checkEvidence(ctx, e.Evidence, "effect_evidence", wrong); err != nil {
		return err
	}
	e.readKind(times, wrong)
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	e.ID, e.By, e.At = s.NewID(), tenant.From(ctx).UserID, s.now()
	return s.part(ctx, i, "effect.add", e, func(tx *db.Tx, regency int64) error { return s.store.insertEffect(tx, regency, id, e) })
}

// readValue reads one side of a comparison as a plain decimal.
func readValue(name, text string, wrong map[string]errs.Msg) string {
	v, err := instrument.Figure(text, false)
	if err != nil || v.Sign() < 0 || v.Num().BitLen() > 53 {
		wrong[name] = errs.M("innovation.error.value")
		return ""
	}
	return plain(v)
}

// readKind checks the unit and how many cases a year there are.
func (e *Effect) readKind(times string, wrong map[string]errs.Msg) {
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
	case "people":
		if len(e.Unit) > 60 {
			wrong["people_unit"] = errs.M("innovation.error.long", "Most", 60)
		}
	default:
		wrong["effect_kind"] = errs.M("innovation.error.choice")
	}
}

func (e *Effect) readTimes(text string, wrong map[string]errs.Msg) {
	n, ok := whole(text)
	if !ok || n == 0 {
		wrong["times"] = errs.M("innovation.error.times")
	}
	e.Times = n
}

// Gain is what an effect adds up to in a year. Percent is the saving, nil when nothing was there before.
type Gain struct {
	Hours, Rupiah, People *big.Rat
	Percent               *big.Rat
}

// Gain computes an effect: hours and rupiah saved in a year, or more people served.
func (e Effect) Gain() Gain {
	before, after := instrument.Rat(e.Before), instrument.Rat(e.After)
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
		out.Hours.Mul(year, hoursOf(e.Unit))
	case "cost":
		out.Rupiah = year
	case "people":
		out.People.Neg(year)
	}
	return out
}

// hoursOf gives the hours of a unit of time; 0 for another unit.
func hoursOf(unit string) *big.Rat {
	switch unit {
	case "minute":
		return big.NewRat(1, 60)
	case "hour":
		return big.NewRat(1, 1)
	case "day":
		return big.NewRat(15, 2)
	}
	return new(big.Rat)
}

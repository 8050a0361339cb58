package innovation_test

import (
	"context"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
)

// month is a count of January 2026.
func month(kind string) innovation.Count {
	return innovation.Count{Kind: kind, From: day("2026-01-01"), To: day("2026-01-31"), Source: "Buku aduan"}
}

func TestCountsAndRupiahAreReadAsPeopleWriteThem(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, who := o.accepted(t, "staff-hub", nil), o.as("staff-hub")
		for typed, want := range map[string]int64{"1250": 1250, "1.250": 1250, "1,250": 1250, "1.250.000": 1250000, "1,250,000": 1250000, " 0 ": 0, "12,00": 12} {
			if got, err := o.AddCount(who, i.ID, month("users"), typed); err != nil || got != want {
				t.Errorf("count %q: %d %v, want %d", typed, got, err, want)
			}
		}
		for _, typed := range []string{"", "banyak", "-5", "12,5", "1.2.3", "1,25", "99999999999999999999", "1e6"} {
			_, err := o.AddCount(who, i.ID, month("users"), typed)
			wants(t, "count "+typed, err, errs.Invalid, "value")
		}
		for typed, want := range map[string]int64{"Rp 1.250.000.000": 1250000000, "Rp1.250.000.000,-": 1250000000, "1,250,000,000.00": 1250000000, "1.250.000.000,00": 1250000000, "Rp. 500.000": 500000, "0": 0} {
			if got, err := o.SetBudget(who, i.ID, innovation.Budget{Year: 2026, Source: "DPA"}, typed); err != nil || got != want {
				t.Errorf("rupiah %q: %d %v, want %d", typed, got, err, want)
			}
		}
		for _, typed := range []string{"", "1,5 miliar", "-1", "1.250,50"} {
			_, err := o.SetBudget(who, i.ID, innovation.Budget{Year: 2026, Source: "DPA"}, typed)
			wants(t, "rupiah "+typed, err, errs.Invalid, "amount")
		}
		if n, err := o.Numbers(who, i.ID); err != nil || len(n.Budgets) != 1 {
			t.Errorf("one row a year: %+v %v", n.Budgets, err)
		}
	})
}

func TestComplaintsResolvedNeverExceedThoseThatCame(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, who := o.accepted(t, "staff-hub", nil), o.as("staff-hub")
		add := func(kind, value string) error { _, err := o.AddCount(who, i.ID, month(kind), value); return err }
		wants(t, "resolved before any came", add("resolved", "1"), errs.Invalid, "kind")
		must(t, add("complaints", "10"))
		wants(t, "more than came", add("resolved", "11"), errs.Invalid, "value")
		must(t, add("resolved", "9"))
		wants(t, "fewer than were resolved", add("complaints", "8"), errs.Invalid, "value")
		other := month("resolved")
		other.To = day("2026-01-30")
		_, err := o.AddCount(who, i.ID, other, "1")
		wants(t, "another period", err, errs.Invalid, "kind")
		n, err := o.Numbers(who, i.ID)
		must(t, err)
		for _, c := range n.Counts {
			if c.Kind == "complaints" {
				wants(t, "removing what came first", o.RemovePart(who, i.ID, "count", c.ID), errs.Conflict)
			}
		}
		for _, kind := range []string{"resolved", "complaints"} {
			for _, c := range n.Counts {
				if c.Kind == kind {
					must(t, o.RemovePart(who, i.ID, "count", c.ID))
				}
			}
		}
		if n, err = o.Numbers(who, i.ID); err != nil || len(n.Counts) != 0 {
			t.Errorf("left: %+v %v", n.Counts, err)
		}
	})
}

func TestACountNeedsPeriodSourceAndItsTime(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, who := o.accepted(t, "staff-hub", nil), o.as("staff-hub")
		for what, c := range map[string]struct {
			change func(*innovation.Count)
			fields []string
		}{
			"no kind":                   {func(c *innovation.Count) { c.Kind = "" }, []string{"kind"}},
			"no source":                 {func(c *innovation.Count) { c.Source = " " }, []string{"source"}},
			"no period":                 {func(c *innovation.Count) { c.From, c.To = 0, 0 }, []string{"to"}},
			"an end before it begins":   {func(c *innovation.Count) { c.To = day("2025-12-31") }, []string{"to"}},
			"an end that has not come":  {func(c *innovation.Count) { c.To = day("2026-03-03") }, []string{"to"}},
			"a proof that is not there": {func(c *innovation.Count) { c.Evidence = "tidak-ada" }, []string{"evidence"}},
		} {
			count := month("users")
			c.change(&count)
			_, err := o.AddCount(who, i.ID, count, "1")
			wants(t, what, err, errs.Invalid, c.fields...)
		}
		must(t, func() error { _, err := o.AddCount(who, i.ID, month("users"), "412"); return err }())
		n, err := o.Numbers(who, i.ID)
		if err != nil || n.Counts[0].At != o.time.ms() || n.Counts[0].By != "staff-hub" {
			t.Errorf("the time of entry and who: %+v %v", n.Counts, err)
		}
		for year, ok := range map[int]bool{1999: false, 2000: true, 2028: true, 2029: false} {
			if _, err := o.SetBudget(who, i.ID, innovation.Budget{Year: year, Source: "DPA"}, "1"); (err == nil) != ok {
				t.Errorf("budget of %d: %v", year, err)
			}
		}
		_, err = o.SetBudget(who, i.ID, innovation.Budget{Year: 2026}, "1")
		wants(t, "no document", err, errs.Invalid, "budget_source")
	})
}

func TestNumbersGoOnWhileTheDossierIsOnItsWay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		add := func(ctx context.Context) error { _, err := o.AddCount(ctx, i.ID, month("users"), "1"); return err }
		for _, step := range o.way() {
			must(t, add(o.as("staff-hub")))
			must(t, o.Move(o.as(step.who), i.ID, step.to, o.now(t, i.ID).Rev, ""))
		}
		wants(t, "after it was sent", add(o.as("staff-hub")), errs.Conflict)
		wants(t, "somebody else", add(o.as("staff-kes")), errs.Forbidden)
		wants(t, "another regency", add(elsewhere(o.as("staff-hub"))), errs.NotFound)
	})
}

func TestBeforeAndAfter(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, who := o.accepted(t, "staff-hub", nil), o.as("staff-hub")
		add := func(e innovation.Effect, before, after, times string) error {
			e.Name, e.Source = "Lama menunggu", "Studi waktu"
			return o.AddEffect(who, i.ID, e, before, after, times)
		}
		wants(t, "no unit of time", add(innovation.Effect{Kind: "time", Unit: "abad"}, "3", "1", "10"), errs.Invalid, "unit")
		wants(t, "no times", add(innovation.Effect{Kind: "time", Unit: "hour"}, "3", "1", "0"), errs.Invalid, "times")
		wants(t, "no kind", add(innovation.Effect{}, "3", "1", "1"), errs.Invalid, "effect_kind")
		wants(t, "no numbers", add(innovation.Effect{Kind: "people"}, "tiga", "-1", ""), errs.Invalid, "after", "before")
		wants(t, "no name, no source", o.AddEffect(who, i.ID, innovation.Effect{Kind: "people"}, "1", "2", ""), errs.Invalid, "effect", "effect_source")
		wants(t, "a proof that is not there", add(innovation.Effect{Kind: "people", Evidence: "tidak-ada"}, "1", "2", ""), errs.Invalid, "effect_evidence")
		must(t, add(innovation.Effect{Kind: "time", Unit: "minute"}, "180", "30", "12.000"))
		must(t, add(innovation.Effect{Kind: "time", Unit: "day"}, "2,5", "1", "10"))
		must(t, add(innovation.Effect{Kind: "cost"}, "Rp 2.500", "500", "1,000"))
		must(t, add(innovation.Effect{Kind: "people", Unit: "pasien"}, "0", "412", ""))
		n, err := o.Numbers(who, i.ID)
		must(t, err)
		got := map[string]string{}
		for _, e := range n.Effects {
			g := e.Gain()
			percent := "none"
			if g.Percent != nil {
				percent = g.Percent.FloatString(1)
			}
			got[e.Kind+" "+e.Unit] = g.Hours.FloatString(1) + " " + g.Rupiah.FloatString(0) + " " + g.People.FloatString(0) + " " + percent
		}
		for name, want := range map[string]string{"time minute": "30000.0 0 0 83.3", "time day": "112.5 0 0 60.0", "cost rupiah": "0.0 2000000 0 80.0", "people pasien": "0.0 0 412 none"} {
			if got[name] != want {
				t.Errorf("%s: %q, want %q", name, got[name], want)
			}
		}
		must(t, o.RemovePart(who, i.ID, "effect", n.Effects[0].ID))
		wants(t, "twice", o.RemovePart(who, i.ID, "effect", n.Effects[0].ID), errs.NotFound)
		wants(t, "a kind that is not there", o.RemovePart(who, i.ID, "semua", "1"), errs.NotFound)
	})
}

// TestAGainOfNothing gives a defined result where a division would fail.
func TestAGainOfNothing(t *testing.T) {
	t.Parallel()
	for what, e := range map[string]innovation.Effect{"nothing before": {Kind: "cost", Before: "0", After: "10", Times: 1}, "an unknown unit": {Kind: "time", Before: "2", After: "1", Unit: "abad", Times: 1}, "no numbers": {Kind: "time", Unit: "hour"}} {
		g := e.Gain()
		if g.Hours.Sign() != 0 || g.People.Sign() != 0 || what == "nothing before" && (g.Percent != nil || g.Rupiah.Sign() >= 0) {
			t.Errorf("%s: %v", what, g)
		}
	}
}

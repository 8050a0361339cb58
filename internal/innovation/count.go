package innovation

import (
	"context"
	"regexp"
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

// CountKinds lists what is counted.
func CountKinds() []string { return []string{"users", "complaints", "resolved"} }

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

var oneGroup = regexp.MustCompile(`^[0-9]{1,3},[0-9]{3}$`)

// whole reads a count or an amount with Indonesian or English separators. A single comma before three digits can only divide
// thousands, because nothing here has a fraction.
func whole(text string) (int64, bool) {
	if text = strings.TrimSpace(text); oneGroup.MatchString(text) {
		text = strings.Replace(text, ",", "", 1)
	}
	v, err := instrument.Figure(text, false)
	if err != nil || !v.IsInt() || v.Sign() < 0 || v.Num().BitLen() > 53 {
		return 0, false
	}
	return v.Num().Int64(), true
}

// money reads rupiah as they stand in a letter: "Rp. 1.250.000,-".
func money(text string) (int64, bool) {
	text = strings.NewReplacer("Rp.", "", "Rp", "", "rp", "", "IDR", "", " ", "", "\u00a0", "").Replace(text)
	return whole(strings.TrimSuffix(text, ",-"))
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
	if err := s.checkEvidence(ctx, c.Evidence, "evidence", wrong); err != nil {
		return 0, err
	}
	if c.Kind != "users" && ok {
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

// latest gives the last entry of a kind for a period, -1 when there is none. all is newest first.
func latest(all []Count, kind string, from, to int64) int64 {
	for _, one := range all {
		if one.Kind == kind && one.From == from && one.To == to {
			return one.Value
		}
	}
	return -1
}

// checkResolved wants the complaints of the same period first: more cannot be resolved than came, nor fewer have come than
// were resolved.
func (s *Service) checkResolved(ctx context.Context, id string, c Count, wrong map[string]errs.Msg) error {
	all, err := s.store.counts(ctx, tenant.From(ctx).Regency, id)
	came, resolved := latest(all, "complaints", c.From, c.To), latest(all, "resolved", c.From, c.To)
	switch {
	case c.Kind == "complaints" && c.Value < resolved:
		wrong["value"] = errs.M("innovation.error.complaints_least", "Least", resolved)
	case c.Kind == "complaints":
	case came < 0:
		wrong["kind"] = errs.M("innovation.error.complaints_first")
	case c.Value > came:
		wrong["value"] = errs.M("innovation.error.resolved_most", "Most", came)
	}
	return err
}

// checkRemoved keeps the complaints of a period as long as resolved ones of it stand beside them.
func (s *Service) checkRemoved(ctx context.Context, id, part string) error {
	all, err := s.store.counts(ctx, tenant.From(ctx).Regency, id)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(c Count) bool { return c.ID == part })
	if at < 0 || all[at].Kind != "complaints" {
		return nil
	}
	rest := slices.Delete(slices.Clone(all), at, at+1)
	if latest(rest, "resolved", all[at].From, all[at].To) > latest(rest, "complaints", all[at].From, all[at].To) {
		return errs.E(errs.Conflict, "innovation.error.resolved_stands", nil)
	}
	return nil
}

// working gives an innovation on whose numbers the actor may work: also while the dossier is on its way, because the work
// goes on; not when it was sent or merged.
func (s *Service) working(ctx context.Context, id string) (Innovation, error) {
	i, err := s.ours(ctx, id)
	switch {
	case err != nil:
		return i, err
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
	v, ok := money(amount)
	if !ok {
		wrong["amount"] = errs.M("innovation.error.rupiah")
	}
	b.Amount, b.Source = v, strings.TrimSpace(b.Source)
	if year := s.Now().In(s.Zone(ctx)).Year(); b.Year < 2000 || b.Year > year+2 {
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

// RemovePart takes a count, budget year or effect away again; the audit trail keeps it.
func (s *Service) RemovePart(ctx context.Context, id, kind, part string) error {
	i, err := s.working(ctx, id)
	if err != nil {
		return err
	}
	if kind == "count" {
		if err := s.checkRemoved(ctx, id, part); err != nil {
			return err
		}
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

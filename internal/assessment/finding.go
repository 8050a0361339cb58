package assessment

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Kinds of a finding, in the order of the letter.
const (
	Strength       = "strength"
	Weakness       = "weakness"
	Recommendation = "recommendation"
)

// Kinds lists the kinds of findings in the order of the letter.
func Kinds() []string { return []string{Strength, Weakness, Recommendation} }

// Finding is what one assessor says of a round. Assessor is their number; Item is a question, a component or "".
type Finding struct {
	ID, Round string
	Assessor  int
	Kind      string
	Item      string
	Text      string
	By        string
	At        int64
}

// Findings lists what assessors said of a round, as far as the actor may see it: an assessor sees the own ones while the
// assessment runs, readers see all of it afterwards, who may watch at once.
func (s *Service) Findings(ctx context.Context, round string) ([]Finding, error) {
	a := tenant.From(ctx)
	r, err := s.Rounds.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	invited, err := s.Invited(ctx, round)
	if err != nil {
		return nil, err
	}
	if !invited && !a.Can(Read, "") {
		return nil, errs.E(errs.NotFound, "assessment.error.not_invited", nil)
	}
	all, err := s.store.findings(ctx, a.Regency, round)
	if r.State == roundDone || a.Can(Watch, "") && !invited {
		return all, err
	}
	return slices.DeleteFunc(all, func(f Finding) bool { return f.By != a.UserID }), err
}

// AddFinding writes a finding. An assessor writes under the own number while the round is assessed; the coordinator
// enters what a letter says under any number, until the round ends: what stands then as said by an assessor was said before.
func (s *Service) AddFinding(ctx context.Context, f Finding) (string, error) {
	a := tenant.From(ctx)
	if !a.Can(Manage, "") {
		r, i, err := s.asAssessor(ctx, f.Round)
		if err != nil {
			return "", err
		}
		if r.State != roundAssess {
			return "", errs.E(errs.Conflict, "assessment.error.not_assess", nil)
		}
		f.Assessor = i.Number
	}
	p, err := s.Rounds.PackOf(ctx, f.Round)
	if err != nil {
		return "", err
	}
	wrong := map[string]errs.Msg{}
	var fits bool
	if f.Text, fits = text(f.Text, mostComment); f.Text == "" || !fits {
		wrong["text"] = errs.M("assessment.error.finding", "Most", mostComment)
	}
	if !slices.Contains(Kinds(), f.Kind) {
		wrong["kind"] = errs.M("assessment.error.kind")
	}
	if f.Assessor < 1 || f.Assessor > 99 {
		wrong["assessor"] = errs.M("assessment.error.number")
	}
	_, _, question := p.Question(f.Item)
	if _, component := p.Component(f.Item); f.Item != "" && !question && !component {
		wrong["item"] = errs.M("assessment.error.item")
	}
	if len(wrong) > 0 {
		return "", errs.InvalidFields(wrong)
	}
	f.ID, f.By, f.At = s.NewID(), a.UserID, s.now()
	return f.ID, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.holdNotDone(ctx, tx, f.Round); err != nil {
			return err
		}
		return s.keepFinding(ctx, tx, f)
	})
}

// holdNotDone refuses findings of a round that has ended, and keeps it from ending until the transaction is over.
func (s *Service) holdNotDone(ctx context.Context, tx *db.Tx, round string) error {
	r, err := s.Rounds.Hold(ctx, tx, round)
	if err == nil && r.State == roundDone {
		err = errs.E(errs.Conflict, "assessment.error.finding_sealed", nil, "Round", r.Title)
	}
	return err
}

func (s *Service) keepFinding(ctx context.Context, tx *db.Tx, f Finding) error {
	if err := s.store.insertFinding(tx, tenant.From(ctx).Regency, f); err != nil {
		return err
	}
	return s.record(ctx, tx, "finding.add", "finding", f.ID, "", "", nil, f)
}

// RemoveFinding takes a finding back: the coordinator any, an assessor the own ones while the round is assessed. One that
// became a follow-up stays, and so does what was said of a round that has ended.
func (s *Service) RemoveFinding(ctx context.Context, round, id string) error {
	a := tenant.From(ctx)
	if !a.Can(Manage, "") {
		r, _, err := s.asAssessor(ctx, round)
		if err != nil {
			return err
		}
		if r.State != roundAssess {
			return errs.E(errs.Conflict, "assessment.error.not_assess", nil)
		}
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.holdNotDone(ctx, tx, round); err != nil {
			return err
		}
		f, err := s.store.finding(ctx, tx, a.Regency, round, id)
		if err != nil {
			return err
		}
		if !a.Can(Manage, "") && f.By != a.UserID {
			return notFound(nil)
		}
		n, err := s.store.followupsFrom(ctx, tx, a.Regency, id)
		if err != nil {
			return err
		}
		if n > 0 {
			return errs.E(errs.Conflict, "assessment.error.followed", nil)
		}
		if err := s.store.deleteFinding(tx, a.Regency, round, id); err != nil {
			return err
		}
		return s.record(ctx, tx, "finding.remove", "finding", id, "", "", f, nil)
	})
}

package innovation

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Import writes a plan: all lines or none, each record at the stage it claims, with its history marked by note ("impor:
// daftar.xlsx") and an entry in the audit trail. Nothing is told to other programs: what is imported happened before. Gives
// how many records were written.
func (s *Service) Import(ctx context.Context, p Plan, note string) (int, error) {
	if err := mayImport(ctx); err != nil {
		return 0, err
	}
	checked, err := s.CheckImport(ctx, p)
	if err != nil {
		return 0, err
	}
	if wrong := checked.Wrong(); wrong > 0 {
		return 0, errs.E(errs.Invalid, "innovation.import.error.wrong", nil, "N", wrong)
	}
	if len(checked.Ready) == 0 {
		return 0, errs.E(errs.Invalid, "innovation.import.error.empty", nil)
	}
	return len(checked.Ready), s.DB.Tx(ctx, func(tx *db.Tx) error { return s.keepImport(ctx, tx, checked.Ready, note) })
}

// keepImport writes the records under the next numbers. Titles are compared once more: a form sent twice writes once.
func (s *Service) keepImport(ctx context.Context, tx *db.Tx, all []ReadyLine, note string) error {
	regency := tenant.From(ctx).Regency
	last, err := s.store.lastNumber(ctx, tx, regency)
	if err != nil {
		return err
	}
	known, err := s.store.titles(ctx, tx, regency)
	if err != nil {
		return err
	}
	for _, one := range all {
		if len(known[titleKey(one.Record.Title)]) > 0 {
			return errs.E(errs.Conflict, "innovation.import.error.meanwhile", nil, "Title", one.Record.Title)
		}
		last++
		if err := s.keepImported(ctx, tx, regency, one, last, note); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) keepImported(ctx context.Context, tx *db.Tx, regency int64, one ReadyLine, number int64, note string) error {
	i, now, user := one.Record, s.now(), tenant.From(ctx).UserID
	i.ID, i.Number, i.Proposer, i.Origin, i.State = s.NewID(), number, user, "agency", Draft
	i.Answer, i.AnswerReason, i.AnsweredBy, i.AnsweredAt = AnswerAccept, note, user, now
	i.CreatedAt, i.ChangedAt, i.StepAt = now, now, stepDay(i, now)
	if err := s.store.insert(ctx, tx, regency, &i); err != nil {
		return err
	}
	for _, st := range slices.Backward(importedSteps(i, now)) { // of two steps on one day the history shows the first id first
		st.ID, st.EnteredAt, st.User, st.Note = s.NewID(), now, user, note
		if err := s.store.insertStep(tx, regency, i.ID, st); err != nil {
			return err
		}
	}
	if c := one.Users; c != nil {
		c.ID, c.By, c.At, c.Source = s.NewID(), user, now, orNote(c.Source, note)
		if err := s.store.insertCount(tx, regency, i.ID, *c); err != nil {
			return err
		}
	}
	for _, b := range one.Budgets {
		b.By, b.At, b.Source = user, now, note
		if err := s.store.putBudget(tx, regency, i.ID, b); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "import", i, note, nil, importedEntry{i.Number, i.Title, i.Stage, i.TrialAt, i.LiveAt})
}

// importedEntry is what the audit trail keeps of an imported record: no personal data.
type importedEntry struct {
	Number  int64  `json:"number"`
	Title   string `json:"title"`
	Stage   string `json:"stage"`
	TrialAt int64  `json:"trial_at,omitempty"`
	LiveAt  int64  `json:"live_at,omitempty"`
}

func orNote(text, note string) string {
	if text != "" {
		return text
	}
	return note
}

// stepDay is when the record really took its last step. One that only begins takes it now: it enters the register. When it
// was proposed nobody knows; that stays empty.
func stepDay(i Innovation, now int64) int64 {
	if last := max(i.TrialAt, i.LiveAt); last != 0 {
		return last
	}
	return now
}

// importedSteps is the way to the stage that is claimed, on the days that are claimed.
func importedSteps(i Innovation, now int64) []Step {
	first := now
	for _, at := range []int64{i.LiveAt, i.TrialAt} {
		if at != 0 {
			first = at
		}
	}
	all := []Step{{Kind: KindStage, To: Idea, At: first}}
	if i.TrialAt != 0 {
		all = append(all, Step{Kind: KindStage, From: Idea, To: Trial, At: i.TrialAt})
	}
	if i.Stage == Live {
		all = append(all, Step{Kind: KindStage, From: all[len(all)-1].To, To: Live, At: i.LiveAt})
	}
	return all
}

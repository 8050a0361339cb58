package evaluation

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Entry is what an agency types for a question.
type Entry struct {
	Answer, SelfMark, Note string
	Rev                    int64
}

// Save keeps what was typed. It may be called on every pause of the keys. Gives the new revision.
func (s *Service) Save(ctx context.Context, round, code string, e Entry) (int64, error) {
	before, after, err := s.typed(ctx, round, code, e)
	if err != nil {
		return 0, err
	}
	return e.Rev + 1, s.put(ctx, "item.save", round, before, after, "")
}

// typed gives an item before and after what was typed.
func (s *Service) typed(ctx context.Context, round, code string, e Entry) (before, after Item, err error) {
	if before, err = s.inRound(ctx, round, code); err != nil {
		return before, after, err
	}
	if _, err := s.answers().Take(ctx, moveSave, before, ""); err != nil {
		return before, after, err
	}
	after = before
	after.Answer, after.Note, after.Rev = strings.TrimSpace(e.Answer), strings.TrimSpace(e.Note), e.Rev
	if after.SelfMark, err = s.mark(ctx, round, e.SelfMark); err != nil {
		return before, after, err
	}
	if utf8.RuneCountInString(after.Answer) > 8000 || utf8.RuneCountInString(after.Note) > 4000 {
		return before, after, errs.InvalidFields(map[string]errs.Msg{"answer": errs.M("evaluation.error.long")})
	}
	after.AnsweredBy = tenant.From(ctx).UserID
	if before.State == Empty {
		after.State = Drafted
	}
	return before, after, nil
}

// SaveAndSubmit keeps what was typed and hands it to the head of the agency, both or neither. What cannot be handed over yet
// is kept all the same, and the error says what is missing.
func (s *Service) SaveAndSubmit(ctx context.Context, round, code string, e Entry) error {
	before, saved, err := s.typed(ctx, round, code, e)
	if err != nil {
		return err
	}
	saved.Rev = e.Rev + 1
	from, sent, wrong := s.handed(ctx, round, saved, saved.Rev)
	saved.Rev = e.Rev
	if wrong != nil {
		if err := s.put(ctx, "item.save", round, before, saved, ""); err != nil {
			return err
		}
		return wrong
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.holdOpen(ctx, tx, round); err != nil {
			return err
		}
		if err := s.write(ctx, tx, "item.save", round, before, saved, ""); err != nil {
			return err
		}
		return s.write(ctx, tx, "item.submit", round, from, sent, "")
	})
}

// mark reads a self mark against the scale of the round's instrument and gives it as a plain decimal.
func (s *Service) mark(ctx context.Context, round, text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	p, err := s.PackOf(ctx, round)
	if err != nil {
		return "", err
	}
	v, err := p.ParseMark(text)
	if err != nil {
		return "", errs.InvalidFields(map[string]errs.Msg{"mark": errs.M("evaluation.error.mark", "Min", p.Scale.Min, "Max", p.Scale.Max)})
	}
	return trimDecimal(v), nil
}

// Submit hands an answer to the head of the agency.
func (s *Service) Submit(ctx context.Context, round, code string, rev int64) error {
	before, err := s.inRound(ctx, round, code)
	if err != nil {
		return err
	}
	before, after, err := s.handed(ctx, round, before, rev)
	if err != nil {
		return err
	}
	return s.put(ctx, "item.submit", round, before, after, "")
}

// handed gives an item before and after it is handed to the head, or says what is missing.
func (s *Service) handed(ctx context.Context, round string, i Item, rev int64) (before, after Item, err error) {
	if before, err = s.levelled(ctx, round, i); err != nil {
		return i, i, err
	}
	step, err := s.answers().Take(ctx, moveSubmit, before, "")
	if err != nil {
		return before, before, err
	}
	after = before
	after.State, after.Rev, after.SubmittedBy, after.Reason = step.To, rev, tenant.From(ctx).UserID, ""
	return before, after, nil
}

// levelled gives an item its mark where that follows from the accepted evidence in its slots.
func (s *Service) levelled(ctx context.Context, round string, i Item) (Item, error) {
	p, err := s.PackOf(ctx, round)
	if err != nil {
		return i, err
	}
	q, _, _ := p.Question(i.Code)
	if len(q.Slots) == 0 || q.External {
		return i, nil
	}
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(round))
	i.SelfMark = ownMark(q, i, counts)
	return i, err
}

// Approve lets an answer leave the agency. Nobody approves what they wrote or submitted.
func (s *Service) Approve(ctx context.Context, round, code string, rev int64) error {
	before, err := s.inRound(ctx, round, code)
	if err != nil {
		return err
	}
	return s.take(ctx, round, moveApprove, before, rev, "", func(after *Item) { after.ApprovedBy = tenant.From(ctx).UserID })
}

// Return sends an answer back to the agency with a reason: the head before it leaves, the team afterwards.
func (s *Service) Return(ctx context.Context, round, code string, rev int64, reason string) error {
	before, err := s.inRound(ctx, round, code)
	if err != nil {
		return err
	}
	return s.take(ctx, round, moveReturn, before, rev, reason, func(after *Item) { after.Reason, after.ApprovedBy = strings.TrimSpace(reason), "" })
}

// Check marks an approved answer as checked by the team. Nobody checks what they wrote.
func (s *Service) Check(ctx context.Context, round, code string, rev int64) error {
	before, err := s.inRound(ctx, round, code)
	if err != nil {
		return err
	}
	return s.take(ctx, round, moveCheck, before, rev, "", func(after *Item) { after.Reason = "" })
}

// take writes an answer in the state to which a move leads.
func (s *Service) take(ctx context.Context, round, move string, before Item, rev int64, reason string, change func(*Item)) error {
	step, err := s.answers().Take(ctx, move, before, reason)
	if err != nil {
		return err
	}
	after := before
	after.State, after.Rev = step.To, rev
	change(&after)
	return s.put(ctx, "item."+step.Move, round, before, after, step.Reason)
}

// inRound gives an item of a round that is open.
func (s *Service) inRound(ctx context.Context, round, code string) (Item, error) {
	r, err := s.Round(ctx, round)
	if err != nil {
		return Item{}, err
	}
	i, err := s.Item(ctx, round, code)
	if err == nil && r.State != Open {
		err = errNotOpen(r)
	}
	return i, err
}

// put writes an item of an open round with its audit entry and tells the house when its state changed.
func (s *Service) put(ctx context.Context, action, round string, before, after Item, why string) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.holdOpen(ctx, tx, round); err != nil {
			return err
		}
		return s.write(ctx, tx, action, round, before, after, why)
	})
}

func (s *Service) write(ctx context.Context, tx *db.Tx, action, round string, before, after Item, why string) error {
	after.ChangedAt = s.now()
	if err := s.bindItem(ctx, tx, round, before, &after); err != nil {
		return err
	}
	if err := s.store.updateItem(tx, tenant.From(ctx).Regency, round, after); err != nil {
		return err
	}
	var entry any = after
	if before.DecidedHash != after.DecidedHash || after.DecidedHash != "" {
		entry = boundItem{after, after.DecidedHash}
	}
	if err := s.record(ctx, tx, action, "item", round+"/"+after.Code, after.Lead, why, before, entry); err != nil {
		return err
	}
	if before.State == after.State {
		return nil
	}
	return s.Bus.Publish(ctx, tx, "evaluation.item.state", map[string]string{"round": round, "item": after.Code, "state": after.State})
}

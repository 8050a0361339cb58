package evaluation

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// An approved answer is bound to what was approved: its text, its mark and the files and addresses of its proofs. A round
// that has ended is bound to everything in it. Both fingerprints stand in the row and in the audit trail, written by the
// transaction that decides.

// roundLock is what everything holds that changes a round or something in it.
func roundLock(regency int64, id string) string {
	return "evaluation round " + strconv.FormatInt(regency, 10) + " " + id
}

// boundItem is an answer in the audit trail with the fingerprint that was decided on.
type boundItem struct {
	Item
	Decided string `json:"decided"`
}

// answerHash gives the fingerprint of an answer as it stands with its proofs.
func (s *Service) answerHash(ctx context.Context, q db.Queryer, round string, i Item) (string, error) {
	proofs, err := s.Evidence.ItemLines(ctx, q, proof.OfRound(round), i.Code)
	return seal.New("answer").Text("round", round).Text("code", i.Code).Text("answer", i.Answer).Text("mark", i.SelfMark).List("proof", proofs).Hash(), err
}

// bindItem gives an answer the fingerprint that goes with its new state: approval binds, the check wants what was approved,
// everything else takes the binding away.
func (s *Service) bindItem(ctx context.Context, tx *db.Tx, round string, before Item, after *Item) error {
	if after.State != Approved && after.State != Checked {
		after.DecidedHash = ""
		return nil
	}
	hash, err := s.answerHash(ctx, tx, round, *after)
	if err != nil {
		return err
	}
	if after.State == Checked && seal.Bound(before.DecidedHash) && hash != before.DecidedHash {
		return errs.E(errs.Conflict, "evaluation.error.not_as_approved", nil)
	}
	after.DecidedHash = hash
	return nil
}

// Intact reports whether an approved answer still is what was approved.
func (s *Service) Intact(ctx context.Context, round string, i Item) (bool, error) {
	if !seal.Bound(i.DecidedHash) {
		return i.State != Approved && i.State != Checked, nil
	}
	hash, err := s.answerHash(ctx, s.DB, round, i)
	return err != nil || hash == i.DecidedHash, err
}

// errNotOpen says why nothing in a round may change, and what to do.
func errNotOpen(r Round) error {
	if r.State == Done {
		return errs.E(errs.Conflict, "evaluation.error.sealed", nil, "Round", r.Title)
	}
	return errs.E(errs.Conflict, "evaluation.error.closed", nil)
}

// HoldRound gives a round as it stands within a transaction and keeps its state until that ends.
func (s *Service) HoldRound(ctx context.Context, tx *db.Tx, round string) (Round, error) {
	regency := tenant.From(ctx).Regency
	if err := tx.Hold(roundLock(regency, round)); err != nil {
		return Round{}, err
	}
	return s.store.round(ctx, tx, regency, round)
}

// holdOpen wants an open round, and keeps it open until the transaction ends.
func (s *Service) holdOpen(ctx context.Context, tx *db.Tx, round string) error {
	r, err := s.HoldRound(ctx, tx, round)
	if err == nil && r.State != Open {
		err = errNotOpen(r)
	}
	return err
}

// roundHash gives the fingerprint of a round with all it holds.
func (s *Service) roundHash(ctx context.Context, q db.Queryer, r Round) (string, error) {
	regency := tenant.From(ctx).Regency
	items, err := s.store.itemsIn(ctx, q, regency, r.ID)
	if err != nil {
		return "", err
	}
	var answers, phases []string
	for _, i := range items {
		answers = append(answers, seal.New("line").Text("code", i.Code).Text("lead", i.Lead).Text("state", i.State).Text("answer", i.Answer).Text("mark", i.SelfMark).
			Text("decided", i.DecidedHash).Hash())
	}
	marks, err := s.store.phasesIn(ctx, q, regency, r.ID)
	if err != nil {
		return "", err
	}
	for _, m := range marks {
		phases = append(phases, m.Code+" "+m.Phase+" "+m.Value)
	}
	proofs, err := s.Evidence.Lines(ctx, q, proof.OfRound(r.ID))
	if err != nil {
		return "", err
	}
	given, err := s.Marks.RoundLines(ctx, q, r.ID)
	if err != nil {
		return "", err
	}
	return seal.New("round").Text("id", r.ID).Text("title", r.Title).Number("year", int64(r.Year)).Text("instrument", r.Pack).Text("choices", choicesText(r.Choices)).
		List("answer", answers).List("phase", phases).List("proof", proofs).List("mark", given).Hash(), nil
}

// sealRound binds a round that ends, or frees one that is opened again; it gives the fingerprint, "" when freed.
func (s *Service) sealRound(ctx context.Context, tx *db.Tx, r Round, end bool) (hash string, err error) {
	regency := tenant.From(ctx).Regency
	if end {
		if err := s.Evidence.Seal(ctx, tx, proof.OfRound(r.ID)); err != nil {
			return "", err
		}
		if hash, err = s.roundHash(ctx, tx, r); err != nil {
			return "", err
		}
	} else if err := s.Evidence.Unseal(ctx, tx, proof.OfRound(r.ID)); err != nil {
		return "", err
	}
	_, err = tx.Exec(`UPDATE evaluation_round SET seal = $3 WHERE regency_id = $1 AND id = $2`, regency, r.ID, hash)
	return hash, err
}

// RoundIntact reports whether a round that has ended still holds what it held at its end.
func (s *Service) RoundIntact(ctx context.Context, r Round) (bool, error) {
	if !seal.Bound(r.Seal) {
		return r.State != Done, nil
	}
	hash, err := s.roundHash(ctx, s.DB, r)
	return err != nil || hash == r.Seal, err
}

// Decisions compares every approved answer and every ended round of the regency with what was decided on and with the audit
// trail. It gives how many were looked at and what no longer fits.
func (s *Service) Decisions(ctx context.Context) (n int, wrong []seal.Mismatch, err error) {
	rounds, err := s.Rounds(ctx)
	if err != nil {
		return 0, nil, err
	}
	answers, err := seal.Begin(ctx, s.Audit, "evaluation_item")
	if err != nil {
		return 0, nil, err
	}
	ends, err := seal.Begin(ctx, s.Audit, "evaluation_round")
	if err != nil {
		return 0, nil, err
	}
	for _, r := range rounds {
		if err := s.checkAnswers(ctx, answers, r); err != nil {
			return 0, nil, err
		}
		if r.State != Done {
			continue
		}
		found, err := s.roundHash(ctx, s.DB, r)
		if err != nil {
			return 0, nil, err
		}
		ends.Add(r.ID, r.Title, r.Seal, found)
	}
	n, wrong = seal.Sum(answers, ends)
	return n, wrong, nil
}

// checkAnswers looks at the approved answers of a round.
func (s *Service) checkAnswers(ctx context.Context, answers *seal.Check, r Round) error {
	items, err := s.store.itemsIn(ctx, s.DB, tenant.From(ctx).Regency, r.ID)
	if err != nil {
		return err
	}
	for _, i := range items {
		if i.State != Approved && i.State != Checked {
			continue
		}
		found, err := s.answerHash(ctx, s.DB, r.ID, i)
		if err != nil {
			return err
		}
		answers.Add(r.ID+"/"+i.Code, r.Title+" · "+i.Code, i.DecidedHash, found)
	}
	return nil
}

// Old is what may have been decided here before decisions carried a fingerprint: answers first, a round holds theirs.
func (s *Service) Old() []seal.Old {
	return []seal.Old{
		{Object: "evaluation_item", Bind: s.bindAnswer, Find: func(ctx context.Context) ([]seal.Key, error) {
			rows, err := s.DB.Query(ctx, `SELECT regency_id, round_id, code FROM evaluation_item WHERE regency_id > 0 AND decided_hash = 'unbound'`)
			return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) {
				var code string
				err = r.Scan(&k.Regency, &k.ID, &code)
				k.ID += "/" + code
				return k, err
			})
		}},
		{Object: "evaluation_round", Bind: s.bindEnd, Find: func(ctx context.Context) ([]seal.Key, error) {
			rows, err := s.DB.Query(ctx, `SELECT regency_id, id FROM evaluation_round WHERE regency_id > 0 AND seal = 'unbound'`)
			return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) { return k, r.Scan(&k.Regency, &k.ID) })
		}},
	}
}

func (s *Service) bindAnswer(ctx context.Context, tx *db.Tx, id string) error {
	regency := tenant.From(ctx).Regency
	round, code, _ := strings.Cut(id, "/")
	i, err := s.store.item(ctx, tx, regency, round, code)
	if err != nil || i.DecidedHash != seal.Unbound {
		return err
	}
	if i.DecidedHash, err = s.answerHash(ctx, tx, round, i); err != nil {
		return err
	}
	if err := s.store.updateItem(tx, regency, round, i); err != nil {
		return err
	}
	return s.record(ctx, tx, "item.bound", "item", id, i.Lead, "", nil, seal.Decision{State: i.State, Decided: i.DecidedHash})
}

func (s *Service) bindEnd(ctx context.Context, tx *db.Tx, id string) error {
	r, err := s.store.round(ctx, tx, tenant.From(ctx).Regency, id)
	if err != nil || r.Seal != seal.Unbound {
		return err
	}
	hash, err := s.sealRound(ctx, tx, r, true)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "round.bound", "round", id, "", "", nil, seal.Decision{State: r.State, Decided: hash})
}

// itemsIn lists the answers of a round within a transaction, without their supporting agencies.
func (s store) itemsIn(ctx context.Context, q db.Queryer, regency int64, round string) ([]Item, error) {
	rows, err := q.Query(ctx, `SELECT `+itemColumns+` FROM evaluation_item WHERE regency_id = $1 AND round_id = $2`, regency, round)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (Item, error) { return scanItem(r) })
	slices.SortFunc(all, func(a, b Item) int { return strings.Compare(a.Code, b.Code) })
	return all, err
}

package assessment

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"github.com/pendapa/pendapa/internal/tenant"
)

// proofAge is how old the last proven restore may be before the leader sees it in red: 48 hours.
const proofAge = 2 * day

// Weak is a question with a low mean and who owns it.
type Weak struct {
	Code, Text, Component string
	Value                 *big.Rat
	Agency                string // id, may be ""
}

// Board is everything the leader reads at one glance. Known is false until a round has an index.
type Board struct {
	Known     bool
	Now       Result
	Before    Result
	Compared  bool  // Before holds a result on the same instrument kind
	Running   Round // the newest round that is not done; ID "" when none
	Weakest   []Weak
	Requests  []Overdue
	RequestOf string // round the requests belong to
	Late      []Followup
	ProofAt   int64
	ProofBad  bool   // no proven restore within 48 hours
	Plain     bool   // backups are not encrypted
	Copied    bool   // there is a continuous copy
	CopyAge   int64  // seconds it is behind, -1 not begun
	CopyBad   bool   // more than a minute
	Outside   string // how the audit trail stands outside: ok, late, differs, none
	OutsideAt int64  // seconds since a place outside last agreed, -1 never
}

// OutsideMinutes is the age of the last agreement outside in whole minutes.
func (b Board) OutsideMinutes() int64 { return b.OutsideAt / 60 }

const mostWeak = 6

// Board gathers the leader's page.
func (s *Service) Board(ctx context.Context, lang string) (b Board, err error) {
	if err := allow(ctx, Lead); err != nil {
		return b, err
	}
	rounds, err := s.Rounds.Rounds(ctx)
	if err != nil {
		return b, err
	}
	slices.SortStableFunc(rounds, func(x, y Round) int { return cmp.Compare(y.Year, x.Year) })
	for _, r := range rounds {
		if !r.smart() {
			continue
		}
		if r.State != roundDone && r.State != "draft" && b.Running.ID == "" {
			b.Running = r
		}
		if !b.Known && r.State == roundDone {
			if b.Now, err = s.result(ctx, r); err != nil {
				return b, err
			}
			b.Known = b.Now.Official() != nil
		}
	}
	if b.Known {
		if b.Before, b.Compared, err = s.Before(ctx, b.Now.Round); err != nil {
			return b, err
		}
		if b.Weakest, err = s.weakest(ctx, b.Now, lang); err != nil {
			return b, err
		}
	}
	return b, s.waiting(ctx, &b)
}

// waiting adds what is overdue and the age of the backup.
func (s *Service) waiting(ctx context.Context, b *Board) (err error) {
	if b.Running.ID != "" {
		b.RequestOf = b.Running.ID
		if b.Requests, err = s.Requests.Overdue(ctx, b.Running.ID); err != nil {
			return err
		}
		slices.SortStableFunc(b.Requests, func(x, y Overdue) int { return cmp.Compare(x.Due, y.Due) })
	}
	all, err := s.store.followups(ctx, "TRUE", []any{tenant.From(ctx).Regency})
	if err != nil {
		return err
	}
	now := s.now()
	b.Late = slices.DeleteFunc(all, func(f Followup) bool { return !f.Late(now) })
	at, ok, err := s.Backups.Proof(ctx)
	if err != nil {
		return err
	}
	b.Plain, b.Copied, b.CopyAge = s.Backups.Safety()
	b.CopyBad = b.Copied && (b.CopyAge < 0 || b.CopyAge > 60)
	if b.Outside, b.OutsideAt, err = s.Backups.Outside(ctx); err != nil {
		return err
	}
	b.ProofAt, b.ProofBad = at, !ok || now-at > proofAge
	if !ok {
		b.ProofAt = 0
	}
	return nil
}

func (s *Service) weakest(ctx context.Context, r Result, lang string) ([]Weak, error) {
	items, err := s.Rounds.Items(ctx, r.Round.ID)
	if err != nil {
		return nil, err
	}
	owner := map[string]string{}
	for _, i := range items {
		owner[i.Code] = i.Lead
	}
	var all []Weak
	for i, c := range r.Sum.Components {
		for j, q := range c.Questions {
			if q.Value != nil {
				all = append(all, Weak{Code: q.Code, Text: r.Pack.Components[i].Questions[j].Text.In(lang), Component: c.Name.In(lang), Value: q.Value, Agency: owner[q.Code]})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Weak) int { return x.Value.Cmp(y.Value) })
	return all[:min(mostWeak, len(all))], nil
}

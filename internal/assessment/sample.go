package assessment

import (
	"context"
	"maps"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The Sample functions fill a sample regency as the program itself. They check what they write and skip what only a
// person in a running round may do, such as the state of the round.

func onlySystem(ctx context.Context) error {
	if !tenant.From(ctx).System {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// SampleInvite invites people in this order, so that the first is assessor 1.
func (s *Service) SampleInvite(ctx context.Context, round string, until int64, users ...string) error {
	if err := onlySystem(ctx); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, user := range users {
			i := Invite{Round: round, User: user, Until: until, InvitedAt: s.now()}
			if err := s.store.putInvite(tx, tenant.From(ctx).Regency, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// SampleMarks submits marks: user -> question -> value. Values ending in "?" are left as drafts.
func (s *Service) SampleMarks(ctx context.Context, round string, marks map[string]map[string]string) error {
	if err := onlySystem(ctx); err != nil {
		return err
	}
	p, err := s.Rounds.PackOf(ctx, round)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, user := range slices.Sorted(maps.Keys(marks)) {
			for _, item := range slices.Sorted(maps.Keys(marks[user])) {
				value, state := marks[user][item], Submitted
				if n := len(value); n > 0 && value[n-1] == '?' {
					value, state = value[:n-1], Draft
				}
				v, err := p.ParseMark(value)
				if err != nil {
					return err
				}
				m := Mark{Item: item, Assessor: user, Value: exact(v), State: state, At: s.now()}
				m.keepFirst(Mark{}, round)
				if state == Submitted {
					m.DecidedHash = seal.Unbound
				}
				if err := s.store.putMark(tx, tenant.From(ctx).Regency, round, m); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// SamplePublished enters the letter of a round.
func (s *Service) SamplePublished(ctx context.Context, p Published) error {
	if err := onlySystem(ctx); err != nil {
		return err
	}
	return s.Publish(ctx, p)
}

// SampleFindings enters findings and gives their ids in order.
func (s *Service) SampleFindings(ctx context.Context, all ...Finding) ([]string, error) {
	if err := onlySystem(ctx); err != nil {
		return nil, err
	}
	var ids []string
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		ids = nil // a change may run again
		for _, f := range all {
			f.ID, f.By, f.At = s.NewID(), tenant.From(ctx).UserID, s.now()
			if err := s.keepFinding(ctx, tx, f); err != nil {
				return err
			}
			ids = append(ids, f.ID)
		}
		return nil
	})
	return ids, err
}

// SampleFollowups makes follow-ups in the state they name.
func (s *Service) SampleFollowups(ctx context.Context, all ...Followup) ([]string, error) {
	if err := onlySystem(ctx); err != nil {
		return nil, err
	}
	var ids []string
	for _, f := range all {
		state := f.Status
		id, err := s.AddFollowup(ctx, f)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
		if state == "" || state == FollowOpen {
			continue
		}
		f.ID, f.Rev = id, 1
		if err := s.EditFollowup(ctx, f); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

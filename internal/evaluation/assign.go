package evaluation

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Owner says who leads and supports a question and until when. Lead "" takes the owner away; nil Support leaves it.
type Owner struct {
	Code, Lead string
	Support    []string
	Due        int64
}

// Assign sets the owners of several questions at once; all or nothing.
func (s *Service) Assign(ctx context.Context, round string, owners []Owner) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	r, err := s.Round(ctx, round)
	if err != nil {
		return err
	}
	if r.State != Draft && r.State != Open {
		return errs.E(errs.Conflict, "evaluation.error.closed", nil)
	}
	known, err := s.agencies(ctx)
	if err != nil {
		return err
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, o := range owners {
			if err := s.assign(ctx, tx, regency, round, o, known); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) assign(ctx context.Context, tx *db.Tx, regency int64, round string, o Owner, known map[string]tenant.Agency) error {
	before, err := s.store.item(ctx, tx, regency, round, o.Code)
	if err != nil {
		return err
	}
	after := before
	after.Lead, after.Due = o.Lead, o.Due
	if o.Support != nil {
		after.Support = slices.DeleteFunc(slices.Clone(o.Support), func(id string) bool { return id == o.Lead || id == "" })
	}
	for _, id := range append([]string{after.Lead}, after.Support...) {
		if _, ok := known[id]; id != "" && !ok {
			return errs.E(errs.Invalid, "evaluation.error.agency", nil, "Code", o.Code)
		}
	}
	if after.Lead == before.Lead && after.Due == before.Due && slices.Equal(after.Support, before.Support) {
		return nil
	}
	if err := s.store.updateItem(tx, regency, round, after); err != nil {
		return err
	}
	if err := s.store.setSupport(tx, regency, round, o.Code, after.Support); err != nil {
		return err
	}
	return s.record(ctx, tx, "item.assign", "item", round+"/"+o.Code, after.Lead, "", ownerOf(before), ownerOf(after))
}

func ownerOf(i Item) Owner {
	return Owner{Code: i.Code, Lead: i.Lead, Support: i.Support, Due: i.Due}
}

// CopyOwners fills questions without an owner from the round before. Gives how many were filled.
func (s *Service) CopyOwners(ctx context.Context, round string) (int, error) {
	r, err := s.Round(ctx, round)
	if err != nil {
		return 0, err
	}
	p, err := s.PackOf(ctx, round)
	if err != nil {
		return 0, err
	}
	items, err := s.Items(ctx, round)
	if err != nil {
		return 0, err
	}
	old, err := s.owners(ctx, p, r.Previous)
	if err != nil {
		return 0, err
	}
	var owners []Owner
	for _, i := range items {
		if was := old[i.Code]; i.Lead == "" && was.Lead != "" {
			owners = append(owners, Owner{Code: i.Code, Lead: was.Lead, Support: was.Support, Due: i.Due})
		}
	}
	return len(owners), s.Assign(ctx, round, owners)
}

func (s *Service) agencies(ctx context.Context) (map[string]tenant.Agency, error) {
	all, err := s.Dir.Agencies(ctx)
	out := map[string]tenant.Agency{}
	for _, a := range all {
		out[a.ID] = a
	}
	return out, err
}

package evidence

import (
	"context"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Add keeps a new proof, hung at once on the given places; reason answers a warning of theirs. A file must be in the blob store
// already, put there by Keep.
// When the same file is in the library, that proof is linked instead and known is true; of several who add the same file at
// the same moment one adds the card.
func (s *Service) Add(ctx context.Context, i Item, reason string, places ...proof.Place) (out Item, known bool, err error) {
	added, n, err := s.AddAll(ctx, []Item{i}, reason, places...)
	if err != nil {
		return i, false, err
	}
	return added[0], n > 0, nil
}

// AddAll is Add for all proofs of an upload: every one of them or none. known is how many were in the library.
func (s *Service) AddAll(ctx context.Context, all []Item, reason string, places ...proof.Place) (added []Item, known int, err error) {
	a, at := tenant.From(ctx), make([][]hanging, len(all))
	for n := range all {
		i := &all[n]
		if !mayWrite(ctx, i.Agency) {
			return nil, 0, errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
		}
		if err := i.tidy(); err != nil {
			return nil, 0, err
		}
		i.ID, i.State, i.CreatedBy, i.CreatedAt, i.ChangedAt, i.Rev = s.NewID(), Draft, a.UserID, s.now(), s.now(), 1
		if len(places) > 0 {
			i.State = Submitted
		}
		if at[n], err = s.hangings(ctx, *i, reason, places); err != nil {
			return nil, 0, err
		}
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		added, known = nil, 0 // a change may run again
		if err := s.holdAll(ctx, tx, all); err != nil {
			return err
		}
		for _, i := range all {
			out, was, err := s.add(ctx, tx, i)
			if err != nil {
				return err
			}
			added = append(added, out)
			if was {
				known++
			}
		}
		if err := s.holdKnown(ctx, tx, all, added); err != nil {
			return err
		}
		return s.hangAll(ctx, tx, added, at)
	})
	return added, known, err
}

// holdKnown holds the cards that were in the library, in the order of their ids as everybody does who holds several.
func (s *Service) holdKnown(ctx context.Context, tx *db.Tx, all, added []Item) (err error) {
	var known []int
	for n := range added {
		if added[n].ID != all[n].ID {
			known = append(known, n)
		}
	}
	slices.SortFunc(known, func(a, b int) int { return strings.Compare(added[a].ID, added[b].ID) })
	for _, n := range known {
		if added[n], err = s.hold(ctx, tx, added[n].ID); err != nil {
			return err
		}
	}
	return nil
}

// hangAll hangs every proof of an upload on its places. A card that was in the library is not the one that the rooms were
// asked about, so they are asked about that.
func (s *Service) hangAll(ctx context.Context, tx *db.Tx, all []Item, at [][]hanging) error {
	for n, i := range all {
		for _, h := range at[n] {
			if err := s.hangAsked(ctx, tx, i, h); err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds a card, or gives the one that the library has of the same file.
func (s *Service) add(ctx context.Context, tx *db.Tx, i Item) (out Item, known bool, err error) {
	if i.HasFile() {
		same, err := s.addFile(ctx, tx, i)
		if err != nil {
			return i, false, err
		}
		if same.ID != i.ID {
			return same, true, nil
		}
	}
	return i, false, s.insert(ctx, tx, i)
}

// holdAll holds what adding these cards needs, in the order that everybody keeps: files, then quotas.
func (s *Service) holdAll(ctx context.Context, tx *db.Tx, all []Item) error {
	limits, err := s.limits(ctx)
	if err != nil {
		return err
	}
	var files, quotas []string
	for _, i := range all {
		if i.HasFile() {
			files, quotas = append(files, fileLock(i.FileHash)), append(quotas, quotaLocks(i.Agency, limits)...)
		}
	}
	slices.Sort(files)
	slices.Sort(quotas)
	for _, name := range slices.Concat(files, quotas) {
		if err := tx.Hold(name); err != nil {
			return err
		}
	}
	return nil
}

// hangings asks the rooms that own the places of a proof that is not in the library yet.
func (s *Service) hangings(ctx context.Context, i Item, reason string, places []proof.Place) (out []hanging, err error) {
	for _, p := range places {
		h, err := s.ask(ctx, i, p, reason)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// addFile gives the card that the library has of the same file already, or the new one when there is none and the quota
// has room for it. The caller holds both.
func (s *Service) addFile(ctx context.Context, tx *db.Tx, i Item) (Item, error) {
	regency := tenant.From(ctx).Regency
	limits, err := s.limits(ctx)
	if err != nil {
		return i, err
	}
	if err := s.consume(tx, regency, i); err != nil {
		return i, err
	}
	if same, err := s.sameFile(ctx, tx, i.FileHash); err != nil || same.ID != "" {
		return same, err
	}
	return i, s.room(ctx, tx, limits, i.Agency, i.claim.upload, i.FileSize)
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, i Item) error {
	regency := tenant.From(ctx).Regency
	if err := s.store.insert(tx, regency, i); err != nil {
		return err
	}
	if err := s.store.addWords(tx, regency, i.ID, "card", i.words()); err != nil {
		return err
	}
	if i.isRead() {
		if err := jobs.Enqueue(ctx, tx, regency, "evidence.read", map[string]string{"id": i.ID}, s.Now()); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "add", i, "", nil, i)
}

func (i Item) words() []string {
	return Words(strings.Join([]string{i.Title, i.Number, i.Note, i.FileName, i.Page, i.URL}, " "))
}

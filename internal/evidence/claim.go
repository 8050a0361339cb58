package evidence

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// claimTime is how long a file waits for its card before it may be swept away: longer than any upload lasts.
const claimTime = 24 * time.Hour

// claimed is a claim as it stands on a file that waits for its card: its own name and that of the upload it came with.
type claimed struct{ id, upload string }

// fileLock is what everything holds that adds a card for a file or removes the file.
func fileLock(hash string) string { return "evidence file " + hash }

// claim writes down that a file is about to be named. The file of an upload with room of its own weighs nothing more.
func (s *Service) claim(ctx context.Context, c claimed, ref blob.Ref) error {
	size := ref.Size
	if c.upload != "" {
		size = 0
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := tx.Hold(fileLock(ref.Hash)); err != nil {
			return err
		}
		return s.insertClaim(ctx, tx, c, ref.Hash, tenant.From(ctx).Agency, size)
	})
}

func (s *Service) insertClaim(ctx context.Context, tx *db.Tx, c claimed, hash, agency string, size int64) error {
	a, now := tenant.From(ctx), s.Now()
	_, err := tx.Exec(`INSERT INTO evidence_claim (regency_id, id, upload, agency_id, file_hash, size, claimed_by, at, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, a.Regency, c.id, c.upload, agency, hash, size, a.UserID, now.UnixMilli(), now.Add(claimTime).UnixMilli())
	return err
}

// reserve books room for an upload before its first byte is read and says how many bytes may come. size is what the sender
// announced, below zero when nothing was said. Uploads that come in at the same time cannot share the same room.
func (s *Service) reserve(ctx context.Context, size int64) (upload string, most int64, err error) {
	limits, err := s.limits(ctx)
	if err != nil {
		return "", 0, err
	}
	most = limits.File*mostFiles + formRoom
	if size >= 0 {
		most = min(most, size)
	}
	a, upload := tenant.From(ctx), s.NewID()
	if limits.Agency <= 0 && limits.Regency <= 0 {
		return upload, most, nil
	}
	return upload, most, s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, name := range quotaLocks(a.Agency, limits) {
			if err := tx.Hold(name); err != nil {
				return err
			}
		}
		if size < 0 {
			used, err := s.store.used(ctx, tx, a.Regency, a.Agency, upload, s.now())
			if err != nil {
				return err
			}
			if most = limits.File + formRoom; limits.Agency > 0 {
				most = min(limits.File, max(limits.Agency-used, 0)) + formRoom
			}
		}
		room := max(most-formRoom, 0)
		if room > 0 {
			if err := s.room(ctx, tx, limits, a.Agency, upload, room); err != nil {
				return err
			}
		}
		return s.insertClaim(ctx, tx, claimed{upload, upload}, "", a.Agency, room)
	})
}

// quotaLocks names what is held while room is booked: the quota of the agency, and of the regency when it has one.
func quotaLocks(agency string, l Limits) []string {
	names := []string{"evidence quota " + agency}
	if l.Regency > 0 {
		names = append(names, "evidence quota of the regency")
	}
	return names
}

// settle ends an upload: its room is free again, and a file that came with it and got no card is removed at once. It runs
// also when the sender has gone. What it cannot do now, the daily sweep does.
func (s *Service) settle(ctx context.Context, upload string) error {
	return s.letGo(ctx, `upload = $2`, upload)
}

// end settles an upload after its answer was decided; a failure is no reason to answer otherwise, the sweep comes later.
func (s *Service) end(ctx context.Context, f form) {
	if f.upload != "" {
		_ = s.settle(ctx, f.upload)
	}
}

// letGo removes the claims that fit a condition, and the files that nothing names any more.
func (s *Service) letGo(ctx context.Context, where, value string) error {
	ctx = context.WithoutCancel(ctx)
	regency := tenant.From(ctx).Regency
	var hashes []string
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT file_hash FROM evidence_claim WHERE regency_id = $1 AND `+where, regency, value)
		if hashes, err = db.Collect(rows, err, scanText); err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM evidence_claim WHERE regency_id = $1 AND `+where, regency, value)
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(hashes)
	for _, hash := range slices.Compact(hashes) {
		if err := s.removeUnnamed(ctx, hash); err != nil {
			return err
		}
	}
	return nil
}

// removeUnnamed removes a file that no card and no claim of any regency names. A card whose removal is not durable yet still
// counts: after a power cut it would be there again, without its file.
func (s *Service) removeUnnamed(ctx context.Context, hash string) error {
	if hash == "" {
		return nil
	}
	return s.DB.Settled(ctx, fileLock(hash), func(q db.Queryer) error {
		var cards, claims int
		err := q.QueryRow(ctx, `SELECT count(*) FROM evidence_item WHERE regency_id > 0 AND file_hash = $1`, hash).Scan(&cards)
		if err != nil {
			return err
		}
		err = q.QueryRow(ctx, `SELECT count(*) FROM evidence_claim WHERE regency_id > 0 AND file_hash = $1 AND until >= $2`,
			hash, s.now()).Scan(&claims)
		if err != nil || cards+claims > 0 {
			return err
		}
		return s.Blobs.Remove(hash)
	})
}

// consume ends the claim of a file in the transaction that adds its card, and wants the file in its place.
func (s *Service) consume(tx *db.Tx, regency int64, i Item) error {
	if !s.Blobs.Has(i.FileHash) {
		return errs.E(errs.Conflict, "evidence.error.file_gone", nil)
	}
	if i.claim.id == "" {
		return nil
	}
	_, err := tx.Exec(`DELETE FROM evidence_claim WHERE regency_id = $1 AND id = $2`, regency, i.claim.id)
	return err
}

// sameFile finds, within the transaction that would add a card, the proof that has the same bytes already.
func (s *Service) sameFile(ctx context.Context, tx *db.Tx, hash string) (Item, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM evidence_item e WHERE e.regency_id = $1 AND e.file_hash = $2 AND e.state <> 'rejected' ORDER BY e.created_at, e.id`,
		tenant.From(ctx).Regency, hash)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (Item, error) { return scan(r) })
	if err != nil {
		return Item{}, err
	}
	for _, i := range all {
		if ok, err := s.visible(ctx, i); err != nil || ok {
			return i, err
		}
	}
	return Item{}, nil
}

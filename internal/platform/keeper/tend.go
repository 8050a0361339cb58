package keeper

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// again is how long a file that no copy could mend waits for the next try.
const again = 10 * time.Minute

// Tend writes down the bad files that were heard of and tries to mend all that are due.
func (k *Keeper) Tend(ctx context.Context) error {
	return k.tend(ctx, k.Now().Add(-again))
}

// MendAll tries to mend every bad file now, whenever it was last tried, and gives those that stay bad.
func (k *Keeper) MendAll(ctx context.Context) ([]Bad, error) {
	if err := k.tend(ctx, k.Now().Add(again)); err != nil {
		return nil, err
	}
	return k.List(ctx)
}

func (k *Keeper) tend(ctx context.Context, before time.Time) error {
	if err := k.writeDown(ctx); err != nil {
		return err
	}
	all, err := k.List(ctx)
	if err != nil {
		return err
	}
	for _, b := range all {
		if b.TriedAt > before.UnixMilli() {
			continue
		}
		if err := k.mend(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// writeDown keeps what was heard. What was heard meanwhile waits for the next time.
func (k *Keeper) writeDown(ctx context.Context) error {
	k.mu.Lock()
	heard := maps.Clone(k.heard)
	k.mu.Unlock()
	for _, hash := range slices.Sorted(maps.Keys(heard)) {
		write := k.note
		if heard[hash] == "" {
			write = k.due
		}
		if err := write(ctx, hash, heard[hash]); err != nil {
			return err
		}
		k.mu.Lock()
		if k.heard[hash] == heard[hash] {
			delete(k.heard, hash)
		}
		k.mu.Unlock()
	}
	return nil
}

// note writes a bad file down, when a row names it: what no row names needs nobody.
func (k *Keeper) note(ctx context.Context, hash, state string) error {
	return k.DB.Tx(ctx, func(tx *db.Tx) error {
		owners, err := k.owners(ctx, tx, hash)
		if err != nil || len(owners) == 0 {
			return err
		}
		n, err := tx.Exec(`INSERT INTO keeper_bad (regency_id, hash, state, found_at, tried_at) VALUES (0, $1, $2, $3, 0)
			ON CONFLICT (regency_id, hash) DO UPDATE SET state = excluded.state WHERE keeper_bad.state <> excluded.state`,
			hash, state, k.Now().UnixMilli())
		if err != nil || n == 0 {
			return err
		}
		k.Log.ErrorContext(ctx, "a kept file is not as it was put", "file", hash, "state", state)
		return k.record(ctx, tx, owners, "keeper."+state, hash, "")
	})
}

// due makes a file that was put anew be looked at now, when it is known to be bad.
func (k *Keeper) due(ctx context.Context, hash, _ string) error {
	var n int
	err := k.DB.QueryRow(ctx, `SELECT count(*) FROM keeper_bad WHERE regency_id = 0 AND hash = $1`, hash).Scan(&n)
	if err != nil || n == 0 {
		return err
	}
	return k.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE keeper_bad SET tried_at = 0 WHERE regency_id = 0 AND hash = $1`, hash)
		return err
	})
}

func (k *Keeper) record(ctx context.Context, tx *db.Tx, owners []int64, action, hash, why string) error {
	for _, regency := range owners {
		err := k.Audit.Record(ctx, tx, audit.Entry{Regency: regency, Action: action, Object: "file", ObjectID: hash, Why: why})
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) mend(ctx context.Context, b Bad) error {
	state, err := k.Store.Check(b.Hash)
	if err != nil {
		return err
	}
	from := "upload"
	if state != "" {
		if from, err = k.fetch(ctx, b.Hash); err != nil {
			k.Log.WarnContext(ctx, "no whole copy of a file was found", "file", b.Hash, "err", err)
		}
	}
	k.mu.Lock()
	delete(k.heard, b.Hash) // the look above was heard too
	k.mu.Unlock()
	if from == "" {
		return k.tried(ctx, b)
	}
	return k.mended(ctx, b, from)
}

func (k *Keeper) tried(ctx context.Context, b Bad) error {
	return k.DB.Tx(ctx, func(tx *db.Tx) error {
		owners, err := k.owners(ctx, tx, b.Hash)
		if err != nil {
			return err
		}
		if len(owners) == 0 {
			_, err = tx.Exec(`DELETE FROM keeper_bad WHERE regency_id = 0 AND hash = $1`, b.Hash)
			return err
		}
		_, err = tx.Exec(`UPDATE keeper_bad SET tried_at = $2 WHERE regency_id = 0 AND hash = $1`, b.Hash, k.Now().UnixMilli())
		return err
	})
}

func (k *Keeper) mended(ctx context.Context, b Bad, from string) error {
	return k.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM keeper_bad WHERE regency_id = 0 AND hash = $1`, b.Hash)
		if err != nil || n == 0 {
			return err
		}
		owners, err := k.owners(ctx, tx, b.Hash)
		if err != nil {
			return err
		}
		k.Log.InfoContext(ctx, "a kept file is whole again", "file", b.Hash, "from", from)
		return k.record(ctx, tx, owners, "keeper.mended", b.Hash, from)
	})
}

// fetch puts a file back from the first copy that is whole and names it; "" when there is none.
func (k *Keeper) fetch(ctx context.Context, hash string) (from string, err error) {
	k.mu.Lock()
	sources := slices.Clone(k.sources)
	k.mu.Unlock()
	var failed []error
	for _, s := range sources {
		err := s.Fetch(ctx, hash, func(r io.Reader, name string) error {
			if from != "" {
				return nil
			}
			if _, err := k.Store.Mend(ctx, hash, r); err != nil {
				return err
			}
			from = name
			return nil
		})
		failed = append(failed, err)
		if from != "" {
			return from, nil
		}
	}
	return "", errors.Join(failed...)
}

// Ears are what the store is told to call so that the keeper hears of bad files.
func (k *Keeper) Ears() blob.Ears { return blob.Ears{Bad: k.Hear, Good: k.HearGood} }

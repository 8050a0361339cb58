package keys

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// Opens reports whether the key that sealed a text is in the key folder. A text that is not sealed needs none.
func (b *Box) Opens(sealed string) bool {
	id, _, ok := strings.Cut(strings.TrimPrefix(sealed, sealedPrefix), ".")
	if !ok || !IsSealed(sealed) {
		return true
	}
	_, err := b.key(id)
	return err == nil
}

// Locked counts the secrets of a column whose key is not in the key folder.
func (c Column) Locked(ctx context.Context, d *db.DB, b *Box) (int, error) {
	cells, err := c.locked(ctx, d, b)
	return len(cells), err
}

func (c Column) locked(ctx context.Context, d *db.DB, b *Box) ([]cell, error) {
	cells, err := c.read(ctx, d)
	return slices.DeleteFunc(cells, func(x cell) bool { return b.Opens(x.text) }), err
}

// Older counts the secrets of a column that are sealed with another key than the newest.
func (c Column) Older(ctx context.Context, d *db.DB, b *Box) (int, error) {
	cells, err := c.read(ctx, d)
	return len(slices.DeleteFunc(cells, func(x cell) bool { return !IsSealed(x.text) || b.Current(x.text) })), err
}

// GiveUp empties every secret of a column whose key is not in the key folder, and sets in its row what Lost says. All of
// a column goes in one transaction, with an entry for each regency. It gives how many were given up.
func (c Column) GiveUp(ctx context.Context, d *db.DB, b *Box, record Record) (n int, err error) {
	cells, err := c.locked(ctx, d, b)
	if err != nil || len(cells) == 0 {
		return 0, err
	}
	err = d.Tx(ctx, func(tx *db.Tx) error {
		given := map[int64]int{}
		for _, x := range cells {
			changed, err := c.empty(tx, x)
			if err != nil {
				return err
			}
			given[x.regency] += changed
		}
		n, err = Tell(ctx, tx, c.Table, given, record)
		return err
	})
	return n, err
}

func (c Column) empty(tx *db.Tx, x cell) (int, error) {
	args := []any{x.regency, x.text, ""}
	for _, part := range x.row {
		args = append(args, part)
	}
	set := c.Name + " = $3"
	if c.Lost != "" {
		set += ", " + c.Lost
	}
	n, err := tx.Exec(`UPDATE `+c.Table+` SET `+set+` WHERE regency_id = $1 AND `+c.Name+` = $2`+c.rowIs(4), args...)
	return int(n), err
}

// Tell leaves one entry for each regency about what was given up there, and gives the sum.
func Tell(ctx context.Context, tx *db.Tx, table string, given map[int64]int, record Record) (n int, err error) {
	for regency, some := range given {
		if some == 0 {
			continue
		}
		if err := record(ctx, tx, regency, table, some); err != nil {
			return n, err
		}
		n += some
	}
	return n, nil
}

// LockedError says that secrets stand in the store whose key is not in the key folder, and what to do.
type LockedError struct {
	Places []string // "table.column: count"
}

// Error names the places.
func (e *LockedError) Error() string {
	return fmt.Sprintf("secrets are sealed with a key that is not in the key folder (%s): bring the key folder back from your copy or "+
		"recovery sheet; pendapa keys replace --accept-loss gives these secrets up and says what must be set up again",
		strings.Join(e.Places, ", "))
}

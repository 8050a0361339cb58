package keys

import (
	"context"
	"fmt"
	"maps"
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

// Locked counts the secrets of a column whose key is not in the key folder, by the id of that key.
func (c Column) Locked(ctx context.Context, d *db.DB, b *Box) (map[string]int, error) {
	cells, err := c.locked(ctx, d, b)
	ids := map[string]int{}
	for _, x := range cells {
		id, _, _ := strings.Cut(strings.TrimPrefix(x.text, sealedPrefix), ".")
		ids[id]++
	}
	return ids, err
}

// IDs names the keys of a box, the newest last.
func (b *Box) IDs() []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	ids := slices.Sorted(maps.Keys(b.open))
	return append(slices.DeleteFunc(ids, func(id string) bool { return id == b.newest }), b.newest)
}

// Missing collects which keys the secrets of columns need and a box does not have; nil when it has all.
func Missing(ctx context.Context, d *db.DB, b *Box, columns []Column, place string) error {
	e := &LockedError{Have: strings.Join(b.IDs(), ", ") + " in " + place}
	for _, c := range columns {
		ids, err := c.Locked(ctx, d, b)
		if err != nil {
			return err
		}
		n := 0
		for id, some := range ids {
			n += some
			if !slices.Contains(e.Needed, id) {
				e.Needed = append(e.Needed, id)
			}
		}
		if n > 0 {
			e.Places = append(e.Places, fmt.Sprintf("%s.%s: %d", c.Table, c.Name, n))
		}
	}
	if len(e.Places) == 0 {
		return nil
	}
	slices.Sort(e.Needed)
	return e
}

func (c Column) locked(ctx context.Context, d *db.DB, b *Box) ([]cell, error) {
	cells, err := c.read(ctx, d)
	return slices.DeleteFunc(cells, func(x cell) bool { return b.Opens(x.text) }), err
}

// Closes counts the secrets of a column that nothing opens when one key alone stays, by its id; "" when none stays.
func (c Column) Closes(ctx context.Context, d *db.DB, stays string) (int, error) {
	cells, err := c.read(ctx, d)
	return len(slices.DeleteFunc(cells, func(x cell) bool { return !IsSealed(x.text) || SealedBy(x.text, stays) })), err
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
	Needed []string // ids of the keys they were sealed with
	Have   string   // ids and file of those that are there
}

// Error names the places.
func (e *LockedError) Error() string {
	return fmt.Sprintf("secrets are sealed with a key that is not in the key folder (%s): needed is the sealing key %s, there is %s. "+
		"Bring the key folder of this house back from your copy or recovery sheet, or name it with the setting keys; "+
		"pendapa keys replace --accept-loss gives these secrets up and says what must be set up again",
		strings.Join(e.Places, ", "), strings.Join(e.Needed, ", "), e.Have)
}

package keys

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
)

// Column is a column of the store that holds sealed secrets. Row names the columns beside regency_id that tell a row
// apart; they are texts, and with them the context of the secret is made: Context(Table, Name, regency, row...).
type Column struct {
	Table, Name string
	Row         []string
	Lost        string // what else is set in a row whose secret no key opens any more: "totp_on = FALSE"; may be empty
}

// Record leaves an audit entry about n secrets of a regency within the transaction that sealed them.
type Record func(ctx context.Context, tx *db.Tx, regency int64, table string, n int) error

const batch = 200

type cell struct {
	regency int64
	row     []string
	text    string
}

// Reseal seals every secret of a column that stands open (from an older version) or is sealed with an older key. It may be
// repeated and interrupted: what is done stays done. It gives how many were sealed.
func (c Column) Reseal(ctx context.Context, d *db.DB, b *Box, record Record) (n int, err error) {
	cells, err := c.read(ctx, d)
	if err != nil {
		return 0, err
	}
	cells = slices.DeleteFunc(cells, func(x cell) bool { return b.Current(x.text) })
	slices.SortStableFunc(cells, func(a, b cell) int { return int(a.regency - b.regency) })
	for len(cells) > 0 {
		end := 1
		for end < len(cells) && end < batch && cells[end].regency == cells[0].regency {
			end++
		}
		done, err := c.reseal(ctx, d, b, cells[:end], record)
		if err != nil {
			return n, err
		}
		n, cells = n+done, cells[end:]
	}
	return n, nil
}

func (c Column) reseal(ctx context.Context, d *db.DB, b *Box, cells []cell, record Record) (n int, err error) {
	err = d.Tx(ctx, func(tx *db.Tx) error {
		n = 0
		for _, x := range cells {
			changed, err := c.replace(tx, b, x)
			if err != nil {
				return err
			}
			n += changed
		}
		if n == 0 {
			return nil
		}
		return record(ctx, tx, cells[0].regency, c.Table, n)
	})
	return n, err
}

func (c Column) replace(tx *db.Tx, b *Box, x cell) (int, error) {
	where, plain := Context(c.Table, c.Name, x.regency, x.row...), []byte(x.text)
	if IsSealed(x.text) {
		var err error
		if plain, err = b.Open(where, x.text); err != nil {
			return 0, err
		}
	}
	args := []any{x.regency, x.text, b.Seal(where, plain)}
	for _, part := range x.row {
		args = append(args, part)
	}
	n, err := tx.Exec(`UPDATE `+c.Table+` SET `+c.Name+` = $3 WHERE regency_id = $1 AND `+c.Name+` = $2`+c.rowIs(4), args...)
	return int(n), err
}

func (c Column) rowIs(first int) string {
	var text strings.Builder
	for i, name := range c.Row {
		text.WriteString(" AND " + name + " = $" + strconv.Itoa(first+i))
	}
	return text.String()
}

func (c Column) read(ctx context.Context, d *db.DB) ([]cell, error) {
	names := strings.Join(append([]string{c.Name}, c.Row...), ", ")
	rows, err := d.Query(ctx, `SELECT regency_id, `+names+` FROM `+c.Table+` WHERE regency_id >= 0 AND `+c.Name+` <> $1`, "")
	return db.Collect(rows, err, func(s *sql.Rows) (x cell, err error) {
		x.row = make([]string, len(c.Row))
		to := []any{&x.regency, &x.text}
		for i := range x.row {
			to = append(to, &x.row[i])
		}
		return x, s.Scan(to...)
	})
}

// Any reports whether a column holds a sealed secret; a table or column that an older program did not have holds none.
func (c Column) Any(ctx context.Context, d *db.DB) (bool, error) {
	tables, err := d.Tables(ctx)
	if err != nil || !slices.Contains(tables, c.Table) {
		return false, err
	}
	columns, err := d.Columns(ctx, c.Table)
	if err != nil || !slices.Contains(columns, c.Name) {
		return false, err
	}
	cells, err := c.read(ctx, d)
	return slices.ContainsFunc(cells, func(x cell) bool { return IsSealed(x.text) }), err
}

// AnyOpen reports whether a column holds a secret that stands open, from an older version.
func (c Column) AnyOpen(ctx context.Context, d *db.DB) (bool, error) {
	cells, err := c.read(ctx, d)
	return slices.ContainsFunc(cells, func(x cell) bool { return !IsSealed(x.text) }), err
}

// Rotate makes a new sealing key. From now on it seals; the ones before still open what they sealed. Run Reseal after it.
func (r *Ring) Rotate(o Options) error {
	text, err := read(o, SealKey)
	if err != nil {
		return err
	}
	if err := r.writable(o); err != nil {
		return err
	}
	line, err := newSeal()
	if err != nil {
		return err
	}
	return r.replaceSeal(o, text+"\n"+line)
}

// Rotated tells how many older sealing keys there are, and when the newest took their place; a folder that was copied since
// may say a later time, never an earlier one.
func (r *Ring) Rotated(o Options) (older int, at time.Time, err error) {
	text, err := read(o, SealKey)
	if err != nil {
		return 0, at, err
	}
	if err := r.writable(o); err != nil {
		return 0, at, err
	}
	info, err := os.Stat(filepath.Join(o.Dir, SealKey))
	if err != nil {
		return 0, at, err
	}
	return strings.Count(strings.TrimSpace(text), "\n"), info.ModTime(), nil
}

// Forget removes all sealing keys but the newest. What is still sealed with an older one, as a letter that waits, stays closed.
func (r *Ring) Forget(o Options) error {
	text, err := read(o, SealKey)
	if err != nil {
		return err
	}
	if err := r.writable(o); err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return r.replaceSeal(o, lines[len(lines)-1])
}

func (r *Ring) replaceSeal(o Options, text string) error {
	fresh, err := parseBox(text)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(o.Dir, SealKey), []byte(text+"\n")); err != nil {
		return err
	}
	r.box.mu.Lock()
	defer r.box.mu.Unlock()
	r.box.open, r.box.newest = fresh.open, fresh.newest
	return nil
}

// writable refuses to change a key that systemd hands in: its file is made elsewhere.
func (r *Ring) writable(o Options) error {
	if o.Credentials == "" {
		return nil
	}
	if _, err := read(Options{Dir: o.Credentials}, SealKey); err == nil {
		return fmt.Errorf("keys: seal.key is a credential of systemd; put the new key into the credential")
	}
	return nil
}

// Sheet gives the secret keys as text, to be printed and locked away: each file with its name above it.
func Sheet(o Options) (string, error) {
	var out strings.Builder
	out.WriteString("Pendapa: recovery sheet. Whoever reads it has the keys. To use it, write each part into the file of its name.\n")
	for _, name := range []string{AuditKey, BackupKey, WitnessKey, SealKey} {
		text, err := read(o, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "\n%s\n%s\n", name, text)
	}
	return out.String(), nil
}

package backup

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// Root is the root of the audit trail of one regency: over its first Size entries.
type Root struct {
	Size int64  `json:"size"`
	Hash string `json:"hash"`
}

// roots gives the roots of all audit trails in a copied store.
func roots(ctx context.Context, d *db.DB, tables []string) (map[string]Root, error) {
	out := map[string]Root{}
	if !slices.Contains(tables, "audit_head") {
		return out, nil
	}
	rows, err := d.Query(ctx, `SELECT regency_id, size FROM audit_head WHERE regency_id >= 0 ORDER BY regency_id`)
	heads, err := db.Collect(rows, err, func(r *sql.Rows) (h [2]int64, err error) { return h, r.Scan(&h[0], &h[1]) })
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		root, err := tlog.TreeHash(h[1], audit.Hashes(ctx, d, h[0]))
		if err != nil {
			return nil, fmt.Errorf("audit trail of regency %d: %w", h[0], err)
		}
		out[strconv.FormatInt(h[0], 10)] = Root{Size: h[1], Hash: root.String()}
	}
	return out, nil
}

// consistent compares the trails of a copied store with the roots of an earlier backup: each must go on from there.
func consistent(ctx context.Context, d *db.DB, before, now map[string]Root) (problems []string, err error) {
	for _, regency := range slices.Sorted(maps.Keys(before)) {
		old, have := before[regency], now[regency]
		if have.Size < old.Size {
			problems = append(problems, fmt.Sprintf("audit trail of regency %s: %d entries, the backup before had %d", regency, have.Size, old.Size))
			continue
		}
		number, err := strconv.ParseInt(regency, 10, 64)
		if err != nil {
			return nil, err
		}
		root, err := tlog.TreeHash(old.Size, audit.Hashes(ctx, d, number))
		if err != nil {
			problems = append(problems, fmt.Sprintf("audit trail of regency %s: %v", regency, err))
		} else if root.String() != old.Hash {
			problems = append(problems, fmt.Sprintf("audit trail of regency %s: its first %d entries are not those of the backup before", regency, old.Size))
		}
	}
	return problems, nil
}

// compare tells what happened since the backup before, and what of it nobody can have done: rows that went without any
// entry of their room in the trail. Row hashes that are missing or changed are a problem as well. path is the copied store. Without a backup before there is nothing to tell.
func compare(ctx context.Context, src Source, root, path string, before *Manifest, now content) (diff map[string]Difference, problems []string, err error) {
	if before == nil || before.Digest == "" {
		return nil, nil, nil
	}
	old, lost := readDigest(root, before.Name, before.Digest)
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, d.Close(), removeLog(path)) }()
	problems, err = consistent(ctx, d, before.Roots, now.roots)
	if err != nil {
		return nil, nil, err
	}
	if lost != nil { // a doubt: who took the hashes away may have taken rows too
		return nil, append(problems, lost.Error()), nil
	}
	acted, err := actors(ctx, d, before.Roots, now.roots)
	if err != nil {
		return nil, nil, err
	}
	diff = map[string]Difference{}
	for _, table := range slices.Sorted(maps.Keys(old)) {
		x := differ(old[table], now.digest[table])
		if x != (Difference{}) {
			diff[table] = x
		}
		if x.Removed > 0 && !src.fleeting(table) && !acted[roomOf(table)] {
			problems = append(problems, fmt.Sprintf("table %s lost %d rows since %s, and no entry of the audit trail says why", table, x.Removed, before.Name))
		}
	}
	for table := range now.digest {
		if _, known := old[table]; !known && len(now.digest[table]) > 0 {
			diff[table] = Difference{Added: int64(len(now.digest[table]))}
		}
	}
	return diff, problems, nil
}

func roomOf(table string) string {
	room, _, _ := strings.Cut(table, "_")
	return room
}

// actors lists the rooms that wrote entries since the roots of before: by the action and by the table they speak of.
func actors(ctx context.Context, d *db.DB, before, now map[string]Root) (map[string]bool, error) {
	out := map[string]bool{}
	for regency := range now {
		number, err := strconv.ParseInt(regency, 10, 64)
		if err != nil {
			return nil, err
		}
		rows, err := d.Query(ctx, `SELECT DISTINCT action, object FROM audit_entry WHERE regency_id = $1 AND seq >= $2`, number, before[regency].Size)
		found, err := db.Collect(rows, err, func(r *sql.Rows) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) })
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			room, _, _ := strings.Cut(x[0], ".")
			out[room], out[roomOf(x[1])] = true, true
		}
	}
	return out, nil
}

// fleeting reports whether rows of a table come and go without an entry in the trail: the waiting work, answers kept for a
// day, sessions, and what is computed from other rows.
func (s Source) fleeting(table string) bool {
	return slices.Contains(s.Fleeting, table) || slices.Contains([]string{"jobs", "idem", "keeper", "store"}, roomOf(table))
}

// marshal writes a manifest; the same manifest gives the same bytes.
func (m Manifest) marshal() ([]byte, error) { return json.MarshalIndent(m, "", "  ") }

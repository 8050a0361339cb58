package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
	_ "modernc.org/sqlite" // reads the database file

	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/platform/trail/plain"
)

// checkDatabase reads the trails in an SQLite file, as the server left it or while it runs. What the file itself says
// of functions and views is not trusted.
func (v *verifier) checkDatabase(path string) (err error) {
	how := "mode=ro&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=temp_store(2)"
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		how += "&immutable=1" // nobody writes: not even the helper files of a reader are made
	}
	d, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: how}).String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	tx, err := d.BeginTx(context.Background(), nil) // everything is of one moment, also while a server writes
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	if err := v.checkStore(tx); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// checkStore reads every log, unless what is read may not be what is kept.
func (v *verifier) checkStore(tx *sql.Tx) error {
	for _, look := range []func(context.Context, plain.Query) ([]trail.Problem, error){plain.Odd, plain.Unlike, plain.TrailValues} {
		problems, err := look(context.Background(), tx.QueryContext)
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			v.problems, v.wants = append(v.problems, problems...), nil
			return nil
		}
	}
	logs, err := logsIn(tx)
	if err != nil {
		return err
	}
	for _, regency := range slices.Sorted(maps.Keys(logs)) {
		if err := v.checkLog(tx, regency, logs[regency]); err != nil {
			return err
		}
	}
	return nil
}

// extent is how far a log reaches: what its head says, how many entries the table holds, and one more than the last
// number.
type extent struct{ head, count, end int64 }

// logsIn finds the logs by all that may belong to one, so that none hides because its head is not there. The entries
// are counted in the table itself, not in an index.
func logsIn(tx *sql.Tx) (map[int64]extent, error) {
	all := map[int64]extent{}
	err := each(tx, `SELECT regency_id, seq FROM audit_entry NOT INDEXED`, func(regency, seq int64) {
		x := all[regency]
		x.count, x.end = x.count+1, max(x.end, seq+1)
		all[regency] = x
	})
	for _, query := range []string{
		`SELECT DISTINCT regency_id, 0 FROM audit_hash`,
		`SELECT DISTINCT regency_id, 0 FROM audit_checkpoint`,
		`SELECT regency_id, size FROM audit_head`,
	} {
		if err == nil {
			err = each(tx, query, func(regency, size int64) {
				x := all[regency]
				x.head = size
				all[regency] = x
			})
		}
	}
	return all, err
}

func each(tx *sql.Tx, query string, take func(regency, n int64)) error {
	rows, err := tx.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var regency, n int64
		if err := rows.Scan(&regency, &n); err != nil {
			return err
		}
		take(regency, n)
	}
	return rows.Err()
}

func notesOf(tx *sql.Tx, regency int64) (all []string, err error) {
	rows, err := tx.Query(`SELECT note FROM audit_checkpoint WHERE regency_id = $1 ORDER BY size`, regency)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

// checkLog reads all entries of one log in order and the stored hashes beside them.
func (v *verifier) checkLog(tx *sql.Tx, regency int64, x extent) error {
	notes, err := notesOf(tx, regency)
	if err != nil {
		return err
	}
	c := v.begin(trail.Origin(regency), notes)
	hashes, err := tx.Query(`SELECT idx, hash FROM audit_hash WHERE regency_id = $1 ORDER BY idx`, regency)
	if err != nil {
		return err
	}
	defer hashes.Close()
	whole, err := readEntries(tx, regency, c, &stored{rows: hashes})
	if err != nil {
		return err
	}
	if whole && x.count != x.end {
		c.Say(trail.Problem{Kind: trail.Head, N: x.head, Have: x.count})
	}
	v.end(trail.Origin(regency), c, x.head)
	return nil
}

// readEntries gives every entry to the checker; false when their numbers have a gap.
func readEntries(tx *sql.Tx, regency int64, c *trail.Checker, s *stored) (whole bool, err error) {
	rows, err := tx.Query(`SELECT seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after
		FROM audit_entry WHERE regency_id = $1 ORDER BY seq`, regency)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var x trail.Row
		if err := rows.Scan(&x.Seq, &x.At, &x.ActorID, &x.ActorName, &x.Via, &x.IP, &x.Action, &x.Object, &x.ObjectID,
			&x.Agency, &x.Why, &x.Before, &x.After); err != nil {
			return false, err
		}
		made, ok := c.Add(x)
		if !ok {
			return false, nil
		}
		if err := s.compare(c, made); err != nil {
			return false, err
		}
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	return true, s.finish(c)
}

// stored compares hashes with those in the store until the first that differs.
type stored struct {
	rows  *sql.Rows
	next  int64
	wrong bool
}

func (s *stored) compare(c *trail.Checker, made []tlog.Hash) error {
	for _, h := range made {
		if s.wrong {
			return nil
		}
		var at int64
		var b []byte
		if s.rows.Next() {
			if err := s.rows.Scan(&at, &b); err != nil {
				return err
			}
		} else if err := s.rows.Err(); err != nil {
			return err
		}
		if at != s.next || !bytes.Equal(b, h[:]) {
			c.Say(trail.Stored(s.next))
			s.wrong = true
		}
		s.next++
	}
	return nil
}

// finish says when more hashes are stored than belong to the entries.
func (s *stored) finish(c *trail.Checker) error {
	want := s.next
	for !s.wrong && s.rows.Next() {
		s.next++
	}
	if !s.wrong && s.next > want {
		c.Say(trail.Problem{Kind: trail.Hashes, N: want, Have: s.next})
	}
	return s.rows.Err()
}

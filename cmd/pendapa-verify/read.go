package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"golang.org/x/mod/sumdb/tlog"
	_ "modernc.org/sqlite" // reads the database file

	"github.com/pendapa/pendapa/internal/platform/trail"
)

// check tells a database file from an exported trail by its first bytes.
func (v *verifier) check(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	begin := make([]byte, 16)
	if _, err := io.ReadFull(f, begin); err == nil && bytes.HasPrefix(begin, []byte("SQLite format 3\x00")) {
		return v.checkDatabase(path)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return v.checkLines(f)
}

// checkLines reads an exported trail.
func (v *verifier) checkLines(r io.Reader) error {
	var now *trail.Checker
	var head trail.LogHead
	broken := false
	end := func() {
		if now != nil {
			v.end(head.Log, now, head.Size)
		}
	}
	err := trail.ReadLines(r, func(h trail.LogHead) error {
		end()
		head, now, broken = h, v.begin(h.Log, h.Checkpoints), false
		return nil
	}, func(seq int64, text []byte) error {
		if now == nil {
			return errors.New(v.say("no_trail"))
		}
		if !broken {
			_, ok := now.AddLeaf(seq, text)
			broken = !ok
		}
		return nil
	})
	end()
	if err == nil && now == nil {
		err = errors.New(v.say("no_trail"))
	}
	return err
}

// checkDatabase reads the trails in an SQLite file, as the server left it or while it runs.
func (v *verifier) checkDatabase(path string) (err error) {
	how := "mode=ro&_pragma=query_only(1)"
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		how += "&immutable=1" // nobody writes: not even the helper files of a reader are made
	}
	d, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: how}).String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	d.SetMaxOpenConns(2) // entries and their stored hashes are read side by side
	heads, err := logsIn(d)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, h := range heads {
		if err := v.checkLog(d, h); err != nil {
			return err
		}
	}
	return nil
}

type logged struct{ regency, size int64 }

func logsIn(d *sql.DB) (all []logged, err error) {
	rows, err := d.Query(`SELECT regency_id, size FROM audit_head WHERE regency_id >= 0 ORDER BY regency_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h logged
		if err := rows.Scan(&h.regency, &h.size); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, rows.Err()
}

func notesOf(d *sql.DB, h logged) (all []string, err error) {
	rows, err := d.Query(`SELECT note FROM audit_checkpoint WHERE regency_id = $1 AND size <= $2 ORDER BY size`, h.regency, h.size)
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

// checkLog reads the entries of one log in order and the stored hashes beside them.
func (v *verifier) checkLog(d *sql.DB, h logged) error {
	notes, err := notesOf(d, h)
	if err != nil {
		return err
	}
	c := v.begin(trail.Origin(h.regency), notes)
	hashes, err := d.Query(`SELECT idx, hash FROM audit_hash WHERE regency_id = $1 ORDER BY idx`, h.regency)
	if err != nil {
		return err
	}
	defer hashes.Close()
	rows, err := d.Query(`SELECT seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after
		FROM audit_entry WHERE regency_id = $1 AND seq < $2 ORDER BY seq`, h.regency, h.size)
	if err != nil {
		return err
	}
	defer rows.Close()
	s := &stored{rows: hashes}
	for rows.Next() {
		var x trail.Row
		if err := rows.Scan(&x.Seq, &x.At, &x.ActorID, &x.ActorName, &x.Via, &x.IP, &x.Action, &x.Object, &x.ObjectID,
			&x.Agency, &x.Why, &x.Before, &x.After); err != nil {
			return err
		}
		made, ok := c.Add(x)
		if !ok {
			break
		}
		if err := s.compare(c, made); err != nil {
			return err
		}
	}
	v.end(trail.Origin(h.regency), c, h.size)
	return rows.Err()
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

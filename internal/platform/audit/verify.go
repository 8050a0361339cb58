package audit

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// Report is what checking the whole log of a regency found. Problems is empty when every entry is as it was written.
type Report struct {
	Regency     int64    `json:"regency"`
	Entries     int64    `json:"entries"`
	Checkpoints int      `json:"checkpoints"`
	Root        string   `json:"root"`
	Problems    []string `json:"problems"`
}

// memory is a tree recomputed from the entries alone.
type memory []tlog.Hash

// ReadHashes implements tlog.HashReader.
func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, idx := range indexes {
		if idx >= int64(len(m)) {
			return nil, fmt.Errorf("no hash %d", idx)
		}
		out[i] = m[idx]
	}
	return out, nil
}

// Verify reads every entry, recomputes the tree and compares it with the stored hashes and every signed checkpoint.
func (l *Log) Verify(ctx context.Context, regency int64) (Report, error) {
	r := Report{Regency: regency}
	rows, err := l.rows(ctx, regency)
	if err != nil {
		return r, err
	}
	var tree memory
	for i, row := range rows {
		if row.Seq != int64(i) {
			r.say("entry %d is missing or stands twice", i)
			return r, nil
		}
		hashes, err := tlog.StoredHashes(row.Seq, row.leaf(), tree)
		if err != nil {
			return r, err
		}
		tree = append(tree, hashes...)
	}
	r.Entries = int64(len(rows))
	if err := l.compareHead(ctx, &r); err != nil {
		return r, err
	}
	if err := l.compareHashes(ctx, &r, tree); err != nil {
		return r, err
	}
	if err := l.compareCheckpoints(ctx, &r, tree); err != nil {
		return r, err
	}
	if r.Entries > 0 {
		root, err := tlog.TreeHash(r.Entries, tree)
		if err != nil {
			return r, err
		}
		r.Root = root.String()
	}
	return r, nil
}

func (r *Report) say(format string, a ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, a...))
}

func (l *Log) compareHead(ctx context.Context, r *Report) error {
	size, err := l.Size(ctx, r.Regency)
	if err == nil && size != r.Entries {
		r.say("the log should hold %d entries and holds %d", size, r.Entries)
	}
	return err
}

// compareHashes finds the first entry whose own hash is not the one stored when it was written.
func (l *Log) compareHashes(ctx context.Context, r *Report, tree memory) error {
	rows, err := l.d.Query(ctx, `SELECT idx, hash FROM audit_hash WHERE regency_id = $1 ORDER BY idx`, r.Regency)
	stored, err := db.Collect(rows, err, func(s *sql.Rows) (h tlog.Hash, err error) {
		var idx int64
		var b []byte
		err = s.Scan(&idx, &b)
		copy(h[:], b)
		return h, err
	})
	if err != nil {
		return err
	}
	if len(stored) != len(tree) {
		r.say("%d hashes are stored, %d belong to the entries", len(stored), len(tree))
	}
	for i := range min(len(stored), len(tree)) {
		if stored[i] != tree[i] {
			level, n := tlog.SplitStoredHashIndex(int64(i))
			if level == 0 {
				r.say("entry %d was changed", n)
			} else {
				r.say("hash %d of level %d was changed", n, level)
			}
			return nil
		}
	}
	return nil
}

func (l *Log) compareCheckpoints(ctx context.Context, r *Report, tree memory) error {
	rows, err := l.d.Query(ctx, `SELECT note FROM audit_checkpoint WHERE regency_id = $1 ORDER BY size`, r.Regency)
	notes, err := db.Collect(rows, err, func(s *sql.Rows) (text string, err error) { return text, s.Scan(&text) })
	if err != nil {
		return err
	}
	r.Checkpoints = len(notes)
	for _, text := range notes {
		if err := l.checkNote(r.Regency, text, tree); err != nil {
			r.say("checkpoint: %v", err)
		}
	}
	return nil
}

func (l *Log) checkNote(regency int64, text string, tree memory) error {
	if l.signer == nil {
		return nil
	}
	n, err := note.Open([]byte(text), note.VerifierList(l.signer.verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 3 || lines[0] != origin(regency) {
		return fmt.Errorf("speaks of %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return fmt.Errorf("of %d entries cannot be recomputed: %w", size, err)
	}
	if root.String() != lines[2] {
		return fmt.Errorf("of %d entries does not fit: an entry before it was changed", size)
	}
	return nil
}

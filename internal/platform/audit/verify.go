package audit

import (
	"context"
	"database/sql"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/platform/trail/plain"
)

// Report is what checking the whole log of a regency found. Problems is empty when every entry is as it was written.
type Report struct {
	Regency     int64    `json:"regency"`
	Entries     int64    `json:"entries"`
	Checkpoints int      `json:"checkpoints"`
	Outside     int      `json:"outside"` // checkpoints from outside that were compared
	Root        string   `json:"root"`
	Problems    []string `json:"problems"`
}

// Verify reads every entry, recomputes the tree and compares it with the stored hashes and every signed checkpoint. What is
// compared lies in one store: whoever owns it all can forge it all. VerifySince compares with what left the machine.
func (l *Log) Verify(ctx context.Context, regency int64) (Report, error) {
	return l.VerifySince(ctx, regency, nil)
}

// VerifySince also compares with checkpoints from outside: the trail must hold what they speak of, unchanged.
func (l *Log) VerifySince(ctx context.Context, regency int64, outside []trail.Want) (Report, error) {
	odd, err := l.odd(ctx)
	if err != nil {
		return Report{}, err
	}
	return l.verify(ctx, regency, outside, odd)
}

// verify checks one log, unless odd says that what is read may not be what is kept.
func (l *Log) verify(ctx context.Context, regency int64, outside []trail.Want, odd []string) (Report, error) {
	r := Report{Regency: regency, Outside: len(outside), Problems: odd}
	if len(odd) > 0 {
		return r, nil
	}
	own, problems, err := l.checkpoints(ctx, regency)
	if err != nil {
		return r, err
	}
	r.Checkpoints = len(own) + len(problems)
	size, end, err := l.extent(ctx, regency)
	if err != nil {
		return r, err
	}
	c := trail.Begin(trail.Origin(regency), append(own, outside...))
	c.Problems = append(c.Problems, problems...)
	whole, err := l.readAll(ctx, regency, c, end)
	if err != nil {
		return r, err
	}
	var root tlog.Hash
	r.Entries, root = c.Finish()
	if whole && size != r.Entries {
		c.Say(trail.Problem{Kind: trail.Head, N: size, Have: r.Entries})
	}
	if r.Entries > 0 {
		r.Root = root.String()
	}
	for _, p := range c.Problems {
		r.Problems = append(r.Problems, p.Words("en"))
	}
	return r, nil
}

// odd says what stands in the tables of the trail in SQLite, or in their place, and would show other values than are kept or
// hide them from whoever looks for them.
func (l *Log) odd(ctx context.Context) (all []string, err error) {
	if l.d.Dialect() != db.SQLite {
		return nil, nil
	}
	problems, err := plain.Odd(ctx, l.d.Query)
	if err == nil && len(problems) == 0 {
		problems, err = plain.TrailValues(ctx, l.d.Query)
	}
	for _, p := range problems {
		all = append(all, p.Words("en"))
	}
	return all, err
}

// extent gives how many entries the log says it holds, and one more than the number of the last; both of one moment.
func (l *Log) extent(ctx context.Context, regency int64) (size, end int64, err error) {
	err = l.d.QueryRow(ctx, `SELECT coalesce((SELECT size FROM audit_head WHERE regency_id = $1), 0),
		coalesce((SELECT max(seq) + 1 FROM audit_entry WHERE regency_id = $1), 0)`, regency).Scan(&size, &end)
	return size, end, err
}

// page is how many entries are in memory at a time.
const page = 5000

// readAll gives every entry before end to the checker and compares the stored hashes; false when the numbers have a gap.
func (l *Log) readAll(ctx context.Context, regency int64, c *trail.Checker, end int64) (bool, error) {
	hashes, wrong := int64(0), false
	for from := int64(0); from < end; {
		entries, err := l.pageOf(ctx, regency, from, end)
		if err != nil {
			return false, err
		}
		if len(entries) == 0 {
			break
		}
		var made []tlog.Hash
		for _, e := range entries {
			some, ok := c.Add(e)
			if !ok {
				return false, nil
			}
			made = append(made, some...)
		}
		if !wrong {
			if wrong, err = l.compareHashes(ctx, regency, c, hashes, made); err != nil {
				return false, err
			}
		}
		hashes, from = hashes+int64(len(made)), entries[len(entries)-1].Seq+1
	}
	return true, l.countHashes(ctx, regency, c, hashes, end)
}

// compareHashes finds the first entry whose own hash is not the one stored when it was written.
func (l *Log) compareHashes(ctx context.Context, regency int64, c *trail.Checker, from int64, made []tlog.Hash) (bool, error) {
	rows, err := l.d.Query(ctx, `SELECT idx, hash FROM audit_hash WHERE regency_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
		regency, from, from+int64(len(made)))
	type kept struct {
		at   int64
		hash tlog.Hash
	}
	stored, err := db.Collect(rows, err, func(s *sql.Rows) (k kept, err error) {
		var b []byte
		err = s.Scan(&k.at, &b)
		copy(k.hash[:], b)
		return k, err
	})
	if err != nil {
		return false, err
	}
	for i := range min(len(stored), len(made)) {
		if stored[i].at != from+int64(i) || stored[i].hash != made[i] {
			c.Say(trail.Stored(from + int64(i)))
			return true, nil
		}
	}
	return false, nil
}

func (l *Log) countHashes(ctx context.Context, regency int64, c *trail.Checker, want, end int64) error {
	var n int64
	err := l.d.QueryRow(ctx, `SELECT count(*) FROM audit_hash WHERE regency_id = $1 AND idx < $2`, regency,
		tlog.StoredHashIndex(0, end)).Scan(&n)
	if err == nil && n != want {
		c.Say(trail.Problem{Kind: trail.Hashes, N: want, Have: n})
	}
	return err
}

// checkpoints gives what was signed in this store, and a problem for each that the key did not sign.
func (l *Log) checkpoints(ctx context.Context, regency int64) (own []trail.Want, problems []trail.Problem, err error) {
	rows, err := l.d.Query(ctx, `SELECT size, note FROM audit_checkpoint WHERE regency_id = $1 ORDER BY size`, regency)
	type kept struct {
		size int64
		text string
	}
	notes, err := db.Collect(rows, err, func(s *sql.Rows) (k kept, err error) { return k, s.Scan(&k.size, &k.text) })
	if err != nil || l.signer == nil {
		return nil, nil, err
	}
	for _, k := range notes {
		from := fmt.Sprintf("checkpoint of %d entries in the store", k.size)
		c, err := trail.OpenCheckpoint(k.text, l.signer.known())
		if err == nil && c.Size != k.size {
			err = fmt.Errorf("it speaks of %d entries", c.Size)
		}
		if err != nil {
			problems = append(problems, trail.Problem{Kind: trail.Signature, N: k.size, From: from, More: err.Error()})
			continue
		}
		own = append(own, trail.Want{Checkpoint: c, From: from})
	}
	return own, problems, nil
}

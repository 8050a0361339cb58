package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
)

// Look gives a text for what a store holds at one moment, to be compared: for example the hashes of all rows.
type Look func(ctx context.Context, q db.Queryer, tables []string) (string, error)

// Prove restores the copy into a scratch folder and compares it with the living house: not with what the house is now, but
// with the very moment up to which the log was read. more looks at the restored store, for example at its audit trail.
// It gives what is wrong; nothing means the copy is proven.
func (s *Shipper) Prove(ctx context.Context, scratch string, look Look, more func(ctx context.Context, d *db.DB) ([]string, error), trust Trust) (problems []string, err error) {
	s.proof.Lock() // two at once would work in the same scratch folder
	defer s.proof.Unlock()
	defer func() {
		if ctx.Err() == nil && !errors.Is(err, errNotWhole) { // a proof that did not take place is no failed one
			s.proven(problems, err)
		}
	}()
	if !s.rows() {
		return s.proveFiles(ctx)
	}
	tables, err := s.DB.Tables(ctx)
	if err != nil {
		return nil, err
	}
	var until Until
	var want string
	err = s.DB.Snapshot(ctx, func(q db.Queryer) error {
		if until, err = s.moment(ctx, q); err != nil {
			return err
		}
		want, err = look(ctx, q, tables)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.Send(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(os.RemoveAll(scratch), durable.MkdirAll(scratch)); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	path := filepath.Join(scratch, "app.db")
	if _, err := Rows(ctx, s.Dest, path, until, trust); err != nil {
		return []string{"the copy cannot be restored: " + err.Error()}, ctx.Err()
	}
	if problems, err = compare(ctx, path, tables, want, look, more); err != nil {
		return nil, err
	}
	files, err := s.proveFiles(ctx)
	return append(problems, files...), err
}

// errNotWhole is a copy that was just begun; it is proven when the job comes again.
var errNotWhole = errors.New("the copy is not whole yet; it begins with all pages and goes on by itself")

// moment fixes what q sees and reads the log to exactly there, while no change runs.
func (s *Shipper) moment(ctx context.Context, q db.Queryer) (until Until, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Generation == "" || s.state.BaseAt == 0 {
		return until, errNotWhole
	}
	err = s.DB.Alone(ctx, func(*sql.DB) error {
		var n int
		if err := q.QueryRow(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
			return err
		}
		return s.readOn()
	})
	return Until{Generation: s.state.Generation, Number: s.state.Next - 1}, err
}

func compare(ctx context.Context, path string, tables []string, want string, look Look, more func(context.Context, *db.DB) ([]string, error)) (problems []string, err error) {
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return []string{"the restored database cannot be opened: " + err.Error()}, ctx.Err()
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.IntegrityCheck(ctx); err != nil {
		return []string{"the restored database: " + err.Error()}, ctx.Err()
	}
	got, err := look(ctx, d, tables)
	if err != nil {
		return []string{"the restored database: " + err.Error()}, ctx.Err()
	}
	if got != want {
		problems = append(problems, "the restored rows are not those of the house")
	}
	if more != nil {
		found, err := more(ctx, d)
		return append(problems, found...), err
	}
	return problems, nil
}

// proveFiles tells which files are named by rows and do not lie at the other place although they are whole here.
func (s *Shipper) proveFiles(ctx context.Context) (problems []string, err error) {
	if err := s.AllFiles(ctx); err != nil {
		return nil, err
	}
	there, err := s.Dest.List(ctx, "files/")
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, o := range there {
		have[hashOf(o.Name)] = true
	}
	named, err := s.named(ctx)
	if err != nil {
		return nil, err
	}
	missing := 0
	for hash := range named {
		if !have[hash] {
			missing++
		}
	}
	if missing > 0 {
		problems = append(problems, fmt.Sprintf("%d files are not in the copy", missing))
	}
	return problems, nil
}

func (s *Shipper) proven(problems []string, err error) {
	var x Status
	if old := s.status.Load(); old != nil {
		x = *old
	}
	switch x.Problems = ""; {
	case err != nil:
		x.Problems = err.Error()
	case len(problems) > 0:
		x.Problems = problems[0]
	default:
		x.ProvenAt = s.Now().UnixMilli()
	}
	s.status.Store(&x)
	data, err := json.Marshal(proof{x.ProvenAt, x.Problems})
	if err == nil {
		err = durable.WriteFile(s.proofPath(), data)
	}
	if err != nil {
		s.Log.Error("continuous copy: its proof could not be kept", "err", err)
	}
}

// proof is what the next start knows of the last proof.
type proof struct {
	At       int64  `json:"at"`
	Problems string `json:"problems"`
}

func (s *Shipper) proofPath() string { return filepath.Join(s.Spool, "proof.json") }

// remember takes over what an earlier run found; without it the copy is unproven.
func (s *Shipper) remember() {
	var p proof
	if data, err := os.ReadFile(s.proofPath()); err == nil && json.Unmarshal(data, &p) == nil {
		s.status.Store(&Status{ProvenAt: p.At, Problems: p.Problems})
	}
}

package db

import (
	"context"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/fstest"
)

// TestSettledSeesOnlyWhatIsDurable lets a change and a look wait for the same turn: what the look sees of the change must be
// what everybody sees, never a change whose commit is still to come.
func TestSettledSeesOnlyWhatIsDurable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "app.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	tables := fstest.MapFS{"migrations/0001_t.sql": {Data: []byte("-- +goose Up\nCREATE TABLE t_row (regency_id BIGINT, n BIGINT);\n")}}
	if err := d.Migrate(ctx, "t", tables); err != nil {
		t.Fatal(err)
	}
	count := func(q Queryer) (n int) {
		if err := q.QueryRow(ctx, "SELECT count(*) FROM t_row WHERE regency_id = 1").Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	for round := range 20 {
		begun, free := make(chan bool), make(chan bool)
		var all sync.WaitGroup
		all.Go(func() { _ = d.Tx(ctx, func(*Tx) error { close(begun); <-free; return nil }) })
		<-begun
		all.Go(func() {
			if err := d.Tx(ctx, func(tx *Tx) error {
				_, err := tx.Exec("INSERT INTO t_row (regency_id, n) VALUES (1, $1)", round)
				return err
			}); err != nil {
				t.Error(err)
			}
		})
		for len(d.writer.queue) == 0 { // until the change waits
			runtime.Gosched()
		}
		all.Go(func() {
			if err := d.Settled(ctx, "row", func(q Queryer) error {
				if sees, durable := count(q), count(d); sees != durable {
					t.Errorf("it sees %d rows, %d are durable", sees, durable)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
		for len(d.writer.queue) < 2 { // until the look waits behind it
			runtime.Gosched()
		}
		close(free)
		all.Wait()
	}
}

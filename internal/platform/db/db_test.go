package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

func table() fstest.MapFS {
	return fstest.MapFS{"migrations/0001_t.sql": {Data: []byte(
		"-- +goose Up\nCREATE TABLE t (regency_id BIGINT NOT NULL, id TEXT NOT NULL, yes BOOLEAN NOT NULL, data BYTEA, PRIMARY KEY (regency_id, id));\n")}}
}

func insert(tx *db.Tx, id string) error {
	_, err := tx.Exec("INSERT INTO t (regency_id, id, yes, data) VALUES ($1, $2, $3, $4)", 3509, id, true, []byte{1})
	return err
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.QueryRow(context.Background(), "SELECT count(*) FROM t WHERE regency_id = $1", 3509).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTx(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		storetest.Migrate(t, d, "t", table())
		storetest.Migrate(t, d, "t", table()) // a second start changes nothing
		if err := d.Tx(ctx, func(tx *db.Tx) error { return insert(tx, "a") }); err != nil {
			t.Fatal(err)
		}
		broken := errors.New("broken")
		err := d.Tx(ctx, func(tx *db.Tx) error { return errors.Join(insert(tx, "b"), broken) })
		if !errors.Is(err, broken) {
			t.Fatalf("error = %v, want broken", err)
		}
		err = d.Tx(ctx, func(tx *db.Tx) error { return insert(tx, "a") })
		if !db.IsUnique(err) {
			t.Fatalf("error = %v, want a unique violation", err)
		}
		if n := count(t, d); n != 1 {
			t.Fatalf("rows = %d, want 1", n)
		}
		var yes bool
		if err := d.QueryRow(ctx, "SELECT yes FROM t WHERE regency_id = $1 AND id = $2", 3509, "a").Scan(&yes); err != nil || !yes {
			t.Fatalf("yes = %v, %v", yes, err)
		}
	})
}

func TestTextsThatOneStoreRefuses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "t", table())
		if err := d.Tx(context.Background(), func(tx *db.Tx) error { return insert(tx, "a\x00b\xff") }); err != nil {
			t.Fatal(err)
		}
		var id string
		if err := d.QueryRow(context.Background(), "SELECT id FROM t WHERE regency_id = $1 AND id = $2", 3509, "ab\x00\uFFFD").Scan(&id); err != nil || id != "ab\uFFFD" {
			t.Errorf("kept %q, %v", id, err)
		}
	})
}

func TestTxTogether(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "t", table())
		var wait sync.WaitGroup
		for i := range 200 {
			wait.Go(func() {
				err := d.Tx(context.Background(), func(tx *db.Tx) error {
					if err := insert(tx, fmt.Sprint(i)); err != nil || i%10 != 0 {
						return err
					}
					return errors.New("one of ten gives up and takes nobody with it")
				})
				if (err != nil) != (i%10 == 0) {
					t.Errorf("change %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		if n := count(t, d); n != 180 {
			t.Fatalf("rows = %d, want 180", n)
		}
	})
}

func TestTxPanicUndoesAndReachesCaller(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "t", table())
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = d.Tx(context.Background(), func(tx *db.Tx) error { _ = insert(tx, "a"); panic("mistake") })
		}()
		if n := count(t, d); n != 0 {
			t.Fatalf("rows = %d, want 0", n)
		}
	})
}

func TestTables(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "t", table())
		names, err := d.Tables(context.Background())
		if err != nil || len(names) != 2 || names[0] != "schema_t" || names[1] != "t" {
			t.Fatalf("tables = %v, %v", names, err)
		}
		rows, err := d.Query(context.Background(), "SELECT id FROM t WHERE regency_id = $1", 1)
		ids, err := db.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
		if err != nil || ids != nil {
			t.Fatalf("ids = %v, %v", ids, err)
		}
	})
}

package db_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// tables gives the files of a module up to a migration.
func tables(most int) fs.FS {
	out := fstest.MapFS{}
	for n, text := range []string{"CREATE TABLE m_a (regency_id BIGINT NOT NULL)", "CREATE TABLE m_b (regency_id BIGINT NOT NULL)", "CREATE TABLE m_c (regency_id BIGINT NOT NULL)"} {
		if n < most {
			out["migrations/000"+string(rune('1'+n))+"_x.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text + ";\n")}
		}
	}
	return out
}

// TestTablesOfANewerProgramAreRefused: an older program changes nothing in them, and says how far they are.
func TestTablesOfANewerProgramAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		storetest.Migrate(t, d, "m", tables(2))
		err := d.Migrate(ctx, "m", tables(1))
		newer, is := errors.AsType[*db.NewerError](err)
		if !is || *newer != (db.NewerError{Module: "m", Have: 2, Known: 1}) || !strings.Contains(err.Error(), "the tables of m are at 2, this program knows 1") {
			t.Errorf("an older program: %v", err)
		}
		if err := d.Migrate(ctx, "m", tables(2)); err != nil {
			t.Errorf("the program that made them: %v", err)
		}
		if err := d.Migrate(ctx, "m", tables(3)); err != nil {
			t.Errorf("a newer program: %v", err)
		}
		if names, err := d.Tables(ctx); err != nil || !slices.Contains(names, "m_c") {
			t.Errorf("%v %v", names, err)
		}
	})
}

// TestAnotherStoreIsComparedBeforeItIsTaken: a backup or a copy of a newer program, and one with a room that is not known here.
func TestAnotherStoreIsComparedBeforeItIsTaken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		storetest.Migrate(t, d, "m", tables(2))
		for name, c := range map[string]struct {
			module string
			made   int
			want   *db.NewerError
		}{
			"older": {"m", 1, nil}, "the same": {"m", 2, nil}, "newer": {"m", 3, &db.NewerError{Module: "m", Have: 3, Known: 2}},
			"another room": {"later", 1, &db.NewerError{Module: "later"}},
		} {
			other := storetest.SQLite(t)
			storetest.Migrate(t, other, c.module, tables(c.made))
			err := d.Newer(ctx, other)
			got, is := errors.AsType[*db.NewerError](err)
			if is != (c.want != nil) || is && *got != *c.want || !is && err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := d.Newer(ctx, d); err != nil {
			t.Errorf("itself: %v", err)
		}
	})
}

package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keeper"
	"github.com/pendapa/pendapa/internal/storetest"
)

type shelf map[string][]string

func (s shelf) Fetch(_ context.Context, hash string, try func(io.Reader, string) error) error {
	var failed []error
	for n, body := range s[hash] {
		err := try(strings.NewReader(body), "copy "+strconv.Itoa(n))
		if err == nil {
			return nil
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

type fixture struct {
	*keeper.Keeper
	log   *audit.Log
	store *blob.Store
	clock time.Time
	read  int64
}

func watch(t *testing.T, d *db.DB) *fixture {
	t.Helper()
	f := &fixture{clock: time.UnixMilli(1_800_000_000_000)}
	now := func() time.Time { return f.clock }
	var err error
	if f.store, err = blob.New(filepath.Join(t.TempDir(), "files")); err != nil {
		t.Fatal(err)
	}
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "keeper", keeper.Files)
	storetest.Migrate(t, d, "demo", fstest.MapFS{"migrations/0001_demo.sql": {Data: []byte("-- +goose Up\n" +
		"CREATE TABLE demo (regency_id BIGINT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (regency_id, id));\n" +
		"CREATE TABLE other (regency_id BIGINT NOT NULL, id TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (regency_id, id));\n")}})
	f.log = audit.New(d, now, nil)
	f.Keeper = keeper.New(keeper.Deps{DB: d, Store: f.store, Audit: f.log, Log: slog.New(slog.DiscardHandler), Now: now,
		Columns: []blob.Column{{Table: "demo", Column: "hash"}, {Table: "other", Column: "file"}}, Pace: func(_ context.Context, n int64) { f.read += n }})
	f.store.Listen(f.Ears())
	return f
}

// keep puts a file and a row that names it.
func (f *fixture) keep(t *testing.T, regency int64, table, body string) (hash, path string) {
	t.Helper()
	ref, err := f.store.Put(context.Background(), strings.NewReader(body), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	err = f.DB.Tx(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO "+table+" VALUES ($1, $2, $3)", regency, body, ref.Hash)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ref.Hash, filepath.Join(f.store.Dir(), ref.Hash[:2], ref.Hash[2:])
}

// spoil changes the bytes but not size and time.
func spoil(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Repeat([]byte("x"), int(info.Size()))
	if err := errors.Join(os.WriteFile(path, body, 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) trail(t *testing.T, regency int64) (out []string) {
	t.Helper()
	rows, _, err := f.log.List(context.Background(), regency, audit.Filter{}, 50, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, r.Action+" "+r.Why)
	}
	return out
}

func TestTheScrubFindsAndMendsWhatNobodyReads(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		f, ctx := watch(t, d), context.Background()
		f.keep(t, 1, "demo", "utuh")
		rotten, rottenAt := f.keep(t, 1, "demo", "bukti satu")
		f.keep(t, 2, "other", "bukti satu")
		gone, goneAt := f.keep(t, 2, "other", "bukti dua")
		lost, lostAt := f.keep(t, 2, "other", "bukti tiga")
		spoil(t, rottenAt)
		if err := errors.Join(os.Remove(goneAt), os.Remove(lostAt)); err != nil {
			t.Fatal(err)
		}
		f.AddSource(shelf{rotten: {"bukti tua", "bukti satu"}})
		f.AddSource(shelf{gone: {"bukti dua"}, lost: {"rusak juga"}})
		if err := f.Scrub(ctx); err != nil {
			t.Fatal(err)
		}
		r, err := f.Report(ctx)
		if err != nil || r.Damaged != 0 || r.Missing != 1 || r.Ended < 4 || r.EndedAt == 0 || f.read < 14 {
			t.Errorf("report %+v, %d bytes, %v", r, f.read, err)
		}
		for hash, want := range map[string]string{rotten: "", gone: "", lost: blob.Missing} {
			if state, err := f.State(ctx, hash); err != nil || state != want {
				t.Errorf("%s is %q, want %q, %v", hash[:6], state, want, err)
			}
		}
		if state, err := f.store.Check(rotten); err != nil || state != "" {
			t.Errorf("the file is still %s %v", state, err)
		}
		if got := strings.Join(f.trail(t, 1), ","); got != "keeper.mended copy 1,keeper.damaged " {
			t.Errorf("trail of the first regency: %s", got)
		}
		if _, err := f.store.Put(ctx, strings.NewReader("bukti tiga"), 100); err != nil { // the people upload it again
			t.Fatal(err)
		}
		if state, _ := f.State(ctx, lost); state != "" {
			t.Errorf("the card still says %q after the upload", state)
		}
		if err := f.Tend(ctx); err != nil {
			t.Fatal(err)
		}
		if left, err := f.List(ctx); err != nil || len(left) != 0 {
			t.Errorf("left %v %v", left, err)
		}
	})
}

func TestABadFileIsHeardOfWhenItIsRead(t *testing.T) {
	t.Parallel()
	f, ctx := watch(t, storetest.SQLite(t)), context.Background()
	hash, path := f.keep(t, 1, "demo", "bukti")
	spoil(t, path)
	if _, err := f.store.Open(hash); err == nil {
		t.Fatal("a damaged file was opened")
	}
	if state, err := f.State(ctx, hash); err != nil || state != blob.Damaged {
		t.Errorf("at once: %q %v", state, err)
	}
	if err := f.Tend(ctx); err != nil {
		t.Fatal(err)
	}
	if state, err := f.State(ctx, hash); err != nil || state != blob.Damaged {
		t.Errorf("written down: %q %v", state, err)
	}
	f.AddSource(shelf{hash: {"bukti"}})
	if err := f.Tend(ctx); err != nil {
		t.Fatal(err)
	}
	if state, _ := f.State(ctx, hash); state != blob.Damaged {
		t.Error("the disk is asked again every minute for what was not found")
	}
	f.clock = f.clock.Add(11 * time.Minute)
	if err := f.Tend(ctx); err != nil {
		t.Fatal(err)
	}
	if state, _ := f.State(ctx, hash); state != "" {
		t.Errorf("after a copy was found: %q", state)
	}
}

func TestTheScrubGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	f, ctx := watch(t, storetest.SQLite(t)), context.Background()
	for n := range 450 {
		f.keep(t, 1, "demo", "berkas "+strconv.Itoa(n))
	}
	steps := 0
	f.Pace = func(context.Context, int64) {
		if steps++; steps%250 == 0 {
			f.clock = f.clock.Add(3 * time.Minute) // the time of this run is over
		}
	}
	if err := f.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	if r, err := f.Report(ctx); err != nil || r.EndedAt != 0 || r.Files != 400 || r.BeganAt == 0 {
		t.Errorf("after one run: %+v %v", r, err)
	}
	if err := f.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	if r, err := f.Report(ctx); err != nil || r.Ended != 450 || r.Files != 0 {
		t.Errorf("after the second run: %+v %v", r, err)
	}
}

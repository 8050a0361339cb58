package app

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// wornHouse is a sample house at rest whose disk loses bits.
type wornHouse struct {
	t    *testing.T
	c    Config
	good []byte // the database file as it was
}

func wearOut(t *testing.T) *wornHouse {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	h := &wornHouse{t: t, c: Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true, Hosts: "example.com",
		Keys: filepath.Join(t.TempDir(), "keys")}}
	a, err := h.start()
	h.do(err)
	h.do(a.LoadSample(t.Context()), a.Close())
	h.good, err = os.ReadFile(h.path())
	h.do(err)
	return h
}

func (h *wornHouse) path() string { return strings.TrimPrefix(h.c.Database, "sqlite:") }

func (h *wornHouse) do(all ...error) {
	h.t.Helper()
	if err := errors.Join(all...); err != nil {
		h.t.Fatal(err)
	}
}

func (h *wornHouse) start() (*App, error) {
	return New(h.t.Context(), h.c, slog.New(slog.DiscardHandler))
}

// damage changes so many bytes in the middle of every page of a table.
func (h *wornHouse) damage(table string, n int) {
	h.t.Helper()
	h.do(os.WriteFile(h.path(), h.good, 0o600), os.RemoveAll(h.path()+"-damage"))
	d, err := db.OpenRead(h.t.Context(), h.path())
	h.do(err)
	rows, err := d.Query(h.t.Context(), "SELECT pageno FROM dbstat WHERE name = $1", table)
	pages, err := db.Collect(rows, err, func(r *sql.Rows) (no int, err error) { return no, r.Scan(&no) })
	h.do(err, d.Close())
	data := bytes.Clone(h.good)
	for _, no := range pages {
		for i := range n {
			data[(no-1)*4096+2000+i] ^= 4
		}
	}
	h.do(os.WriteFile(h.path(), data, 0o600))
}

// says wants a text that names the damaged table and the way back.
func (h *wornHouse) says(text, table string) {
	h.t.Helper()
	for _, want := range []string{"rusak", "table " + table, "pendapa repair", "docs/operations/repair.md"} {
		if !strings.Contains(text, want) {
			h.t.Errorf("%q is not in: %s", want, text)
		}
	}
}

// TestAStartThatMeetsDamageNamesIt: the ledger of the migrations of a room is read at every start.
func TestAStartThatMeetsDamageNamesIt(t *testing.T) {
	t.Parallel()
	h := wearOut(t)
	const ledger = "schema_innovation"
	h.damage(ledger, 300)
	a, err := h.start()
	if err == nil {
		h.do(a.Close())
		t.Fatal("it started")
	}
	h.says(err.Error(), ledger)
	found := ""
	for _, f := range Look(t.Context(), h.c, time.Now(), readLedger) {
		if f.Do == damagedDo {
			found += f.Text
		}
	}
	h.says(found, ledger)

	h.damage(ledger, 1)
	a, err = h.start()
	h.do(err)
	if state, reason := a.DB.State(); state != "ok" {
		t.Errorf("one lost bit: %s %s", state, reason)
	}
	h.do(a.Close())
}

// TestAPageThatMeetsDamageNamesIt: people and programs are told the same.
func TestAPageThatMeetsDamageNamesIt(t *testing.T) {
	t.Parallel()
	h := wearOut(t)
	const table = "innovation_innovation"
	h.damage(table, 300)
	a, err := h.start()
	h.do(err)
	t.Cleanup(func() { _ = a.Close() })
	v := signIn(t, a, "Bappeda", "id")
	res, body := v.do("GET", "/inovasi", nil)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "of app.db is damaged") {
		t.Errorf("the first to meet it: %d %s", res.StatusCode, body)
	}
	_, err = a.DB.Query(t.Context(), "SELECT title FROM "+table+" WHERE regency_id > 0")
	h.says(a.DB.Explain(err).Error(), table)
	for path, kind := range map[string]string{"/inovasi": "text/html", "/api/v1/innovations": "application/problem+json"} {
		res, body := v.do("GET", path, nil)
		if res.StatusCode != http.StatusServiceUnavailable || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		h.says(body, table)
	}
}

func readLedger(ctx context.Context, d *db.DB) error {
	var n int
	return d.QueryRow(ctx, "SELECT max(version_id) FROM schema_innovation").Scan(&n)
}

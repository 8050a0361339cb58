package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/disk"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// lookedAt is a house at rest that is damaged and looked at.
type lookedAt struct {
	t   *testing.T
	c   Config
	now time.Time
}

func (h *lookedAt) path(name string) string { return filepath.Join(h.c.DataDir, name) }

func (h *lookedAt) do(all ...error) {
	h.t.Helper()
	if err := errors.Join(all...); err != nil {
		h.t.Fatal(err)
	}
}

// expect wants one finding of a part that is wrong and says this, or none at all where want is "".
func (h *lookedAt) expect(what, want string) {
	h.t.Helper()
	newer := func(_ context.Context, d *db.DB) error {
		var n int
		err := d.QueryRow(h.t.Context(), "SELECT max(version_id) FROM schema_admin").Scan(&n)
		if err == nil && n > 9000 {
			return &db.NewerError{Module: "admin", Have: int64(n), Known: 1}
		}
		return err
	}
	var wrong []string
	for _, f := range Look(h.t.Context(), h.c, h.now, newer) {
		if f.Do != "" {
			wrong = append(wrong, f.What+": "+f.Text)
		}
	}
	all := strings.Join(wrong, "\n")
	one := len(wrong) == 1 && strings.Contains(all, want) && strings.HasPrefix(all, what+":")
	if want == "" && all != "" || want != "" && !one {
		h.t.Errorf("want %s: %q, found %d:\n%s", what, want, len(wrong), all)
	}
}

func (h *lookedAt) use(f func(a *App) error) {
	h.t.Helper()
	a, err := New(h.t.Context(), h.c, slog.New(slog.DiscardHandler))
	h.do(err)
	h.do(f(a), a.Close(), durable.Private(h.c.DataDir)) // the program closes what it makes by its umask
}

// TestALookFindsWhatIsWrong damages a house in every way that pendapa check knows, one after the other.
func TestALookFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	h := &lookedAt{t: t, now: time.Now(), c: Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"),
		Keys: dir + "-keys", Backups: filepath.Join(dir, "backups"), Copy: replica.Address{URL: t.TempDir()}}}
	h.expect("", "")
	h.use(func(*App) error { return nil })
	h.c.Copy.URL = ""
	h.expect("backup", "none was ever proven")
	h.c.Copy.URL = t.TempDir()
	h.use(func(a *App) error {
		_, err := a.Admin.MakeAndProve(t.Context())
		return err
	})
	h.expect("copy", "has not begun")
	h.use(func(a *App) error { return errors.Join(a.Copy.Flush(t.Context()), a.ProveCopy(t.Context())) })
	h.expect("", "")

	h.now = h.now.Add(47 * time.Hour)
	h.expect("", "")
	h.now = h.now.Add(2 * time.Hour)
	copied := h.c.Copy.URL
	h.c.Copy.URL = ""
	h.expect("backup", "old")
	h.c.Copy.URL = copied
	h.now = h.now.Add(-49 * time.Hour)
	waits := h.path("copy/g_0000000009_1000.seg")
	h.do(os.WriteFile(waits, nil, 0o600))
	h.waiting(copied)
	h.do(os.Remove(waits), os.Chmod(h.path("files"), 0o755))
	h.expect("modes", h.path("files"))
	h.do(os.Chmod(h.path("files"), 0o700), os.Rename(h.c.Keys, h.c.Keys+"-away"), os.MkdirAll(h.c.Keys, 0o700),
		os.CopyFS(h.c.Keys, os.DirFS(h.c.Keys+"-away")), os.Remove(filepath.Join(h.c.Keys, "seal.key")))
	h.privateKeys()
	h.expect("keys", "seal.key is gone")
	h.do(os.RemoveAll(h.c.Keys), os.Rename(h.c.Keys+"-away", h.c.Keys))
	h.expect("", "")

	h.change("INSERT INTO schema_admin (version_id, is_applied) VALUES (9999, 1)")
	h.expect("tables", "the tables of admin are at 9999")
	h.change("DELETE FROM schema_admin WHERE version_id = 9999")
	h.expect("", "")
	h.decided()
	h.lost()
}

// decided wants decisions that no longer fit, and a comparison that does not run, to be told of.
func (h *lookedAt) decided() {
	h.t.Helper()
	at := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	h.change("INSERT INTO admin_decision (regency_id, at, looked, wrong) VALUES (7, " + at(h.now) + ", 5, 0)")
	h.expect("", "")
	h.change("UPDATE admin_decision SET wrong = 2 WHERE regency_id = 7")
	h.expect("bound", "2 of 5 decisions are no longer")
	h.change("UPDATE admin_decision SET wrong = 0, at = " + at(h.now.Add(-49*time.Hour)) + " WHERE regency_id = 7")
	h.expect("bound", "last compared 49h")
	h.change("DELETE FROM admin_decision WHERE regency_id = 7")
}

// waiting wants the part that waits to be told of.
func (h *lookedAt) waiting(copied string) {
	h.t.Helper()
	x, err := replica.LeftIn(h.path("copy"))
	if err != nil || x.Waiting != 1 || x.Oldest != 1000 || !x.Begun || x.ProvenAt == 0 || copied == "" {
		h.t.Errorf("%+v, %v", x, err)
	}
	h.expect("copy", "1 parts wait")
}

func (h *lookedAt) privateKeys() {
	entries, err := os.ReadDir(h.c.Keys)
	h.do(err)
	for _, e := range entries {
		h.do(os.Chmod(filepath.Join(h.c.Keys, e.Name()), 0o600))
	}
}

func (h *lookedAt) change(text string) {
	d, err := db.Open(h.t.Context(), h.c.Database)
	h.do(err)
	h.do(d.Tx(h.t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }), d.Close())
}

// lost takes files of the store away, one after the other, and leaves each as it was.
func (h *lookedAt) lost() {
	h.t.Helper()
	for _, x := range []struct{ file, what, want string }{
		{"app.db-sum", "sums", "no page can be compared"},
		{"app.db", "store", "there is no database"},
	} {
		h.do(os.Rename(h.path(x.file), h.path("away")))
		h.expect(x.what, x.want)
		h.do(os.Rename(h.path("away"), h.path(x.file)))
	}
	h.expect("", "")
	d, err := db.Open(h.t.Context(), h.c.Database)
	h.do(err)
	for range 3 {
		h.do(d.Tx(h.t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO admin_scrub (regency_id, at, took, pages, bad)
				SELECT coalesce(max(regency_id), 0) + 1, 0, 0, 0, 0 FROM admin_scrub`)
			return err
		}))
	}
	log, err := os.ReadFile(h.path("app.db-wal"))
	h.do(err)
	mark, err := os.ReadFile(h.path("app.db-mark"))
	h.do(err, d.Close())
	h.do(os.WriteFile(h.path("app.db-wal"), log[:len(log)-5000], 0o600), os.WriteFile(h.path("app.db-mark"), mark, 0o600))
	h.expect("log", "would drop")
}

func TestRoomIsComparedWithWhatADayNeeds(t *testing.T) {
	t.Parallel()
	files := disk.Used{Bytes: 1000 << 20, Files: 20_000}
	for name, x := range map[string]struct {
		room  disk.Room
		text  string
		wrong bool
	}{
		"room":            {disk.Room{Free: 500 << 20, Whole: 1 << 40, Names: 5000, Places: 9000}, "500 MB are free", false},
		"little room":     {disk.Room{Free: 363 << 20, Whole: 1 << 40}, "364 MB are needed", true},
		"few inodes":      {disk.Room{Free: 500 << 20, Whole: 1 << 40, Names: 2999, Places: 9000}, "2999 more files", true},
		"no inodes known": {disk.Room{Free: 500 << 20, Whole: 1 << 40}, "500 MB are free", false},
		"nothing known":   {disk.Room{}, "", false},
	} {
		f := roomFor("/x", x.room, 100<<20, files)
		if !strings.Contains(f.Text, x.text) || (f.Do != "") != x.wrong || x.text == "" && f.Text != "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

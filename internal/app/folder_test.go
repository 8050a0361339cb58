package app

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/db/guard"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/lock"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// TestTheDataFolderIsHeldAndClosedToOthers: a second program is refused, and what an earlier one left open is closed.
func TestTheDataFolderIsHeldAndClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Keys: filepath.Join(t.TempDir(), "keys")}
	open := func() (*App, error) { return New(t.Context(), c, slog.New(slog.DiscardHandler)) }
	a, err := open()
	if err != nil {
		t.Fatal(err)
	}
	_, err = open()
	if held, is := errors.AsType[*lock.Held](err); !is || held.By.PID != os.Getpid() {
		t.Errorf("a second program on the folder: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Join(dir, "files"), 0o755), os.Chmod(filepath.Join(dir, "app.db"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if a, err = open(); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "files": 0o700, "app.db": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q is %v, want %o: %v", name, info.Mode(), want, err)
		}
	}
}

// TestAStartSweepsWhatARestoreLeft: a killed restore leaves a whole house beside the folder; one that runs is not disturbed.
func TestAStartSweepsWhatARestoreLeft(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Keys: filepath.Join(t.TempDir(), "keys")}
	part, running, err := lock.Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), c, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "restore") {
		t.Errorf("a start beside a running restore: %v", err)
	}
	if err := errors.Join(running.Release(), os.WriteFile(filepath.Join(part, "app.db"), []byte("rows"), 0o600)); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	a, err := New(t.Context(), c, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(part); !errors.Is(err, os.ErrNotExist) || !strings.Contains(said.String(), "unfinished restore") {
		t.Errorf("%v; the log: %s", err, &said)
	}
}

// TestAStopEndsInFifteenSeconds adds up what a stop waits for: requests and jobs at the same time, the counts of the trail, the
// continuous copy, and two seconds for the store.
func TestAStopEndsInFifteenSeconds(t *testing.T) {
	t.Parallel()
	work := jobs.DefaultPace()
	if all := max(drain, work.Grace+work.Last) + settle + replica.LastWait; all > 14*time.Second {
		t.Errorf("a stop may take %v before the store is closed; the documents promise 15 s in all", all)
	}
}

// TestTheFirstSumsCompareTheTrail starts on the folder of an older program, once whole and once with an entry that was
// changed: the trail says what was found, and the house stands.
func TestTheFirstSumsCompareTheTrail(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(dir, "app.db")
	c := Config{DataDir: dir, Database: "sqlite:" + path, Keys: filepath.Join(t.TempDir(), "keys"), Sample: true}
	use := func(f func(a *App) error) {
		t.Helper()
		a, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f(a), a.Close()); err != nil {
			t.Fatal(err)
		}
	}
	latest := func(a *App) (text string, err error) {
		err = a.DB.QueryRow(t.Context(), `SELECT after FROM audit_entry WHERE regency_id > 0 AND action = 'store.sums'
			ORDER BY seq DESC LIMIT 1`).Scan(&text)
		return text, err
	}
	use(func(a *App) error { return a.LoadSample(t.Context()) })
	for _, tampered := range []bool{false, true} {
		if tampered {
			use(func(a *App) error {
				return a.DB.Tx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec("UPDATE audit_entry SET action = 'x' WHERE regency_id > 0 AND seq = 1")
					return err
				})
			})
		}
		if err := guard.Forget(path); err != nil {
			t.Fatal(err)
		}
		use(func(a *App) error {
			text, err := latest(a)
			if !strings.Contains(text, "unproven_before") || strings.Contains(text, `"problems"`) != tampered {
				t.Errorf("tampered %v: %s", tampered, text)
			}
			return err
		})
	}
}

// ended is a log that ends a command at the first line it hears.
type ended struct {
	bytes.Buffer
	command *lock.Lock
}

func (e *ended) Write(p []byte) (int, error) {
	n, _ := e.Buffer.Write(p)
	return n, e.command.Release()
}

// TestAServerStartsWhenTheCommandHasEnded: a backup that began while the server was down does not keep it down.
func TestAServerStartsWhenTheCommandHasEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Keys: filepath.Join(t.TempDir(), "keys")}
	command, err := lock.Take(dir, "backup", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	heard := &ended{command: command}
	held, err := holdFolder(t.Context(), c, slog.New(slog.NewTextHandler(heard, nil)))
	if err != nil || strings.Count(heard.String(), "pendapa backup") != 1 {
		t.Fatalf("%v: %s", err, heard)
	}
	second := c
	second.Purpose = "user"
	_, err = holdFolder(t.Context(), second, slog.New(slog.DiscardHandler))
	if by, is := errors.AsType[*lock.Held](err); !is || !by.By.Serves() {
		t.Errorf("a command beside the server: %v", err)
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
}

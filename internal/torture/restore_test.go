//go:build linux

package torture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// restoredHouse restores a backup or a continuous copy into an empty folder, or looks at what an earlier restore left
// there: nothing, or a whole house.
func restoredHouse(ctx context.Context, dir string) error {
	data := filepath.Join(dir, "new", "data")
	if os.Getenv("PENDAPA_TEST_LOOK") != "" {
		entries, err := os.ReadDir(data)
		if len(entries) == 0 && (err == nil || errors.Is(err, fs.ErrNotExist)) {
			fmt.Println("nothing")
			return nil
		}
		return errors.Join(err, wholeHouse(ctx, data))
	}
	if to := os.Getenv("PENDAPA_TEST_PLACE"); to != "" {
		dest, err := replica.Address{URL: to}.Open()
		if err != nil {
			return err
		}
		_, err = replica.Restore(ctx, dest, data, replica.Until{}, replica.Trust{})
		return errors.Join(err, dest.Close())
	}
	_, err := backup.Restore(ctx, os.Getenv("PENDAPA_TEST_BACKUP"), data, "", nil, backup.Check{})
	return err
}

// wholeHouse opens a restored house and misses neither a file nor a row of the backup.
func wholeHouse(ctx context.Context, data string) error {
	m, err := backup.Open(os.Getenv("PENDAPA_TEST_BACKUP"))
	if err != nil {
		return err
	}
	for name, f := range m.Files {
		if !strings.HasPrefix(name, "files/") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(data, filepath.FromSlash(name)))
		if sum := sha256.Sum256(content); err != nil || hex.EncodeToString(sum[:]) != f.SHA256 {
			return fmt.Errorf("half a house: file %s: %w", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(data, "app.db")); err != nil {
		return fmt.Errorf("half a house: %w", err)
	}
	c := app.Config{DataDir: data, Keys: os.Getenv("PENDAPA_TEST_KEYS"), Database: "sqlite:" + filepath.Join(data, "app.db")}
	a, err := app.New(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	n, err := people(ctx, a)
	if err == nil && strconv.Itoa(n) != os.Getenv("PENDAPA_TEST_PEOPLE") {
		err = fmt.Errorf("half a house: %d people", n)
	}
	return errors.Join(err, a.DB.IntegrityCheck(ctx), a.Close())
}

func people(ctx context.Context, a *app.App) (n int, err error) {
	err = a.DB.QueryRow(ctx, "SELECT count(*) FROM access_user WHERE regency_id > 0").Scan(&n)
	return n, err
}

// saved makes a house with people and files, backs it up and copies it, and gives what a child must know of it.
func saved(t *testing.T) (fromBackup, fromCopy []string) {
	t.Helper()
	ctx, dir, to := t.Context(), t.TempDir(), t.TempDir()
	c := app.Config{DataDir: filepath.Join(dir, "a"), Keys: filepath.Join(dir, "keys"), Sample: true,
		Backups: filepath.Join(dir, "backups"), Database: "sqlite:" + filepath.Join(dir, "a", "app.db"),
		Copy: replica.Address{URL: to}}
	a, err := app.New(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.LoadSample(ctx); err != nil {
		t.Fatal(err)
	}
	run, err := a.Admin.MakeAndProve(ctx)
	if err != nil || run.State != "proven" {
		t.Fatalf("%+v: %v", run, err)
	}
	n, err := people(ctx, a)
	if err := errors.Join(err, a.Copy.Flush(ctx), a.Close()); err != nil {
		t.Fatal(err)
	}
	fromBackup = []string{"PENDAPA_TEST_BACKUP=" + filepath.Join(c.Backups, run.Name), "PENDAPA_TEST_KEYS=" + c.Keys,
		"PENDAPA_TEST_PEOPLE=" + strconv.Itoa(n)}
	return fromBackup, append([]string{"PENDAPA_TEST_PLACE=" + to}, fromBackup...)
}

// cutRestore cuts the power at a change of a restore, 0 is after its end, and says what was left: "nothing", with which a
// restore must be able to begin anew, or "" for a whole house.
func cutRestore(t *testing.T, on *tree, limit int, environ []string) (left string, ok bool) {
	t.Helper()
	on.limit = limit
	said, done := startOn(t, on, environ...)
	if limit == 0 && !done {
		t.Fatalf("a restore without any cut failed: %s", said)
	}
	after := on.cut()
	said, ok = startOn(t, after, append([]string{"PENDAPA_TEST_LOOK=1"}, environ...)...)
	if left = strings.TrimSpace(said); left != "nothing" || on.lies {
		return left, ok
	}
	if said, ok = startOn(t, after, environ...); !ok {
		return "no restore since: " + said, false
	}
	said, ok = startOn(t, after, append([]string{"PENDAPA_TEST_LOOK=1"}, environ...)...)
	return left + strings.TrimSpace(said), ok
}

// TestPowerCutsInARestore cuts the power at any change of a restore: what is found afterwards is nothing, so that the next
// restore or start may begin anew, or a whole house. After the restore has ended it is the whole house.
func TestPowerCutsInARestore(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	n := times("PENDAPA_TEST_STARTS", 2)
	fromBackup, fromCopy := saved(t)
	for from, environ := range map[string][]string{"backup": fromBackup, "copy": fromCopy} {
		for _, strict := range []bool{false, true} {
			whole := newTree(strict)
			if left, ok := cutRestore(t, whole, 0, environ); !ok || left != "" {
				t.Errorf("%s, strict %v: a restore that had ended left %q", from, strict, left)
			}
			nothing := 0
			for i := range n {
				limit := 1 + luck.IntN(whole.changes)
				if i == 0 {
					limit = whole.changes - 1 // between the name and its sync
				}
				left, ok := cutRestore(t, newTree(strict), limit, environ)
				if !ok {
					t.Errorf("%s, strict %v: cut at change %d of %d: %s", from, strict, limit, whole.changes, left)
				}
				if left == "nothing" {
					nothing++
				}
			}
			t.Logf("%s, strict %v: %d cuts within %d changes: nothing %d times, else a whole house",
				from, strict, n, whole.changes, nothing)
		}
	}
}

// TestTheTreeSeesAMissingSync is the control: on a disk that says it synced and did not, half a house must be found.
func TestTheTreeSeesAMissingSync(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	_, environ := saved(t)
	for range 20 {
		on := newTree(true)
		on.lies = true
		if left, ok := cutRestore(t, on, 0, environ); !ok || left != "" {
			t.Logf("seen: %q", left)
			return
		}
	}
	t.Error("no restore was ever lost on a disk that syncs nothing: the model is blind")
}

// TestARenamedFolderGoesBackWhole: what stands in a folder whose new name a cut takes back is found under the old one.
func TestARenamedFolderGoesBackWhole(t *testing.T) {
	t.Parallel()
	for range 200 {
		on := newTree(true)
		on.names["b"] = &name{was: "a"}
		on.names["b/c"] = &name{durable: true}
		on.names["b/c/d"] = &name{durable: true, file: &inode{}}
		after := on.cut()
		_, there := after.names["b/c/d"]
		if _, back := after.names["a/c/d"]; back == there || len(after.names) != 4 {
			t.Fatalf("half of a folder was moved: %v", after.names)
		}
	}
}

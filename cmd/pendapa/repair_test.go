package main

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// statement changes a store past the program.
func statement(t *testing.T, data, text string) {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(data, "app.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func overwrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// refused runs a command that must fail with words.
func refused(t *testing.T, want string, args ...string) string {
	t.Helper()
	code, said := pendapa(t, args...)
	if code != 1 || !strings.Contains(said, want) {
		t.Fatalf("pendapa %s: %d, want %q in:\n%s", strings.Join(args, " "), code, want, said)
	}
	return said
}

func TestADamagedDatabaseIsRepaired(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	must(t, "nothing to repair", "repair", "--data", data)
	path := filepath.Join(data, "app.db")
	good := contents(t, path)

	one := bytes.Clone(good)
	one[5*4096+77] ^= 4
	overwrite(t, path, one)
	must(t, "page 6: one lost bit was put back", "repair", "--data", data)

	good = contents(t, path) // the entry of the repair stands in it
	copied := filepath.Join(t.TempDir(), "copy.db")
	overwrite(t, copied, good)
	many := bytes.Clone(good)
	for i := range 512 {
		many[9*4096+i] ^= 0x5a
	}
	overwrite(t, path, many)
	refused(t, "page 10 is damaged in more than one bit", "repair", "--data", data)
	must(t, "page 10: taken from the copy", "repair", "--data", data, "--from", copied)

	if err := os.Remove(path + "-sum"); err != nil {
		t.Fatal(err)
	}
	refused(t, "repair --rebuild-sums", "user", "list", "--data", data)
	must(t, "taken anew", "repair", "--data", data, "--rebuild-sums")
	must(t, "operator.dishub", "user", "list", "--data", data)
	must(t, `"problems":null`, "audit", "verify", "--data", data)
}

func TestALogThatLostChangesIsRefusedAndRepaired(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "a")
	must(t, "ready", "sample", "--data", data)
	path := filepath.Join(data, "app.db")
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO admin_scrub (regency_id, at, took, pages, bad) VALUES ($1, 0, 0, 0, 0)", n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	killed := map[string][]byte{} // the files as a kill leaves them
	for _, end := range []string{"", "-wal", "-sum", "-mark"} {
		killed[end] = contents(t, path+end)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	lay := func() {
		for end, data := range killed {
			overwrite(t, path+end, data)
		}
		_ = os.Remove(path + "-shm")
	}
	lay()
	flipped := bytes.Clone(killed["-wal"])
	flipped[32+24+100] ^= 1
	overwrite(t, path+"-wal", flipped)
	refused(t, "acknowledged changes, so nothing was opened", "user", "list", "--data", data)
	must(t, "was put back", "repair", "--data", data)

	lay()
	overwrite(t, path+"-wal", killed["-wal"][:len(killed["-wal"])-5000])
	refused(t, "drop 1 acknowledged changes", "user", "list", "--data", data)
	refused(t, "1 acknowledged changes would be lost", "repair", "--data", data)
	said := must(t, "dropped as asked", "repair", "--data", data, "--accept-loss")
	if !strings.Contains(said, "the old log is kept in") {
		t.Errorf("the old log was not kept: %s", said)
	}
	must(t, "operator.dishub", "user", "list", "--data", data)
	must(t, `"problems":null`, "audit", "verify", "--data", data)
	statement(t, data, "DELETE FROM admin_scrub WHERE regency_id > 0") // the store takes writes again
}

// TestACommandThatMeetsDamageNamesIt damages the table that the command reads, and then the one that every start reads.
func TestACommandThatMeetsDamageNamesIt(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	path := filepath.Join(data, "app.db")
	good := contents(t, path)
	pages := func(table string) (all []int) {
		d, err := db.OpenRead(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := d.Query(t.Context(), "SELECT pageno FROM dbstat WHERE name = $1", table)
		all, err = db.Collect(rows, err, func(r *sql.Rows) (no int, err error) { return no, r.Scan(&no) })
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		return all
	}
	for table, args := range map[string][]string{
		"access_user": {"user", "list"}, "audit_head": {"audit", "verify"}, "schema_access": {"serve"}, "schema_jobs": {"user", "list"},
	} {
		bad := bytes.Clone(good)
		for _, no := range pages(table) {
			for i := range 300 {
				bad[(no-1)*4096+2000+i] ^= 4
			}
		}
		overwrite(t, path, bad)
		said := refused(t, "table "+table, append(args, "--data", data)...)
		for _, want := range []string{"damaged (rusak)", "pendapa repair", "docs/operations/repair.md"} {
			if !strings.Contains(said, want) {
				t.Errorf("%v: %q is not in %s", args, want, said)
			}
		}
		overwrite(t, path, good)
		_ = os.Remove(path + "-damage")
	}
}

// TestPagesAreTakenAsTheyAre: one bit that differs stays when all pages are to be taken as they are.
func TestPagesAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	path := filepath.Join(data, "app.db")
	file := contents(t, path)
	at := bytes.LastIndex(file, make([]byte, 1024)) + 512 // room of a page that holds nothing: SQLite finds it sound
	if at < 4096 {
		t.Fatal("no page has room")
	}
	file[at] ^= 4
	overwrite(t, path, file)
	must(t, "taken anew", "repair", "--data", data, "--rebuild-sums")
	if contents(t, path)[at] != 4 {
		t.Error("a bit was put back")
	}
	must(t, "nothing to repair", "repair", "--data", data)
}

// TestARepairLeavesTheDataOfANewerProgramAlone: it is refused before the sums are taken.
func TestARepairLeavesTheDataOfANewerProgramAlone(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	statement(t, data, "INSERT INTO schema_admin (version_id, is_applied) VALUES (9999, 1)")
	path := filepath.Join(data, "app.db")
	if err := os.Remove(path + "-sum"); err != nil {
		t.Fatal(err)
	}
	was := contents(t, path)
	for _, how := range []string{"--rebuild-sums", "--accept-loss"} {
		refused(t, "made by a newer Pendapa", "repair", "--data", data, how)
	}
	if _, err := os.Stat(path + "-sum"); !errors.Is(err, os.ErrNotExist) || !bytes.Equal(contents(t, path), was) {
		t.Errorf("something was changed: %v", err)
	}
}

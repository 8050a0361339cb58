package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/testdata"
)

// pendapa runs a command as a shell would and gives status and output.
func pendapa(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out, errs bytes.Buffer
	status := run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return status, out.String() + errs.String()
}

func must(t *testing.T, want string, args ...string) string {
	t.Helper()
	status, out := pendapa(t, args...)
	if status != 0 || !strings.Contains(out, want) {
		t.Fatalf("pendapa %s: status %d, want %q in:\n%s", strings.Join(args, " "), status, want, out)
	}
	return out
}

func TestAHouseIsBackedUpAndRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, again, ring := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "a-keys")
	must(t, "sample regency ready", "sample", "--data", data)
	must(t, "operator.dishub@jember.example", "user", "list", "--data", data)
	must(t, `"problems":null`, "audit", "verify", "--data", data)
	must(t, "decisions, 0 no longer what was decided on", "audit", "decisions", "--data", data)
	must(t, "proven", "backup", "--data", data)
	found, err := filepath.Glob(filepath.Join(data, "backups", "pendapa-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("backups: %v %v", found, err)
	}
	folder := found[0]
	must(t, "proven: every row and file", "verify", folder, "--data", data)
	must(t, "holds no keys", "restore", folder, "--data", again, "--key", filepath.Join(ring, "backup.pub"))
	if status, out := pendapa(t, "audit", "verify", "--data", again); status != 1 || !strings.Contains(out, "recovery sheet") {
		t.Errorf("a restored house without its keys: %d %s", status, out)
	}
	must(t, `"problems":null`, "audit", "verify", "--data", again, "--keys", ring)
	if status, out := pendapa(t, "restore", folder, "--data", again, "--key", filepath.Join(ring, "backup.pub")); status != 1 || !strings.Contains(out, "not empty") {
		t.Errorf("restored over a house: %d %s", status, out)
	}
	must(t, "works once", "user", "reset", "admin@jember.example", "--data", again, "--keys", ring)
	must(t, "works once", "user", "add", "Operator Dinsos", "dinsos@jember.example", "operator", "1.06.0.00.0.00.1", "--data", again, "--keys", ring)
	if status, _ := pendapa(t, "user", "add", "X", "x@y.z", "raja", "--data", again); status != 1 {
		t.Errorf("an unknown role: %d", status)
	}
	must(t, "0 wrong", "import", "agencies", filepath.Join(testdata.Dir(t), "4_jember", "rkpd_skpd.csv"), "--data", again, "--keys", ring)
}

func TestABackupMovesToPostgreSQL(t *testing.T) {
	t.Parallel()
	server := os.Getenv("PENDAPA_TEST_POSTGRES")
	if server == "" {
		return // the store tests say the same: PostgreSQL runs in make test
	}
	dir := t.TempDir()
	must(t, "ready", "sample", "--data", filepath.Join(dir, "a"))
	must(t, "proven", "backup", "--data", filepath.Join(dir, "a"))
	folders, _ := filepath.Glob(filepath.Join(dir, "a", "backups", "pendapa-*"))
	url := storetest.Schema(t)
	must(t, "restored", "restore", folders[0], "--data", filepath.Join(dir, "b"), "--database", url, "--key", filepath.Join(dir, "a-keys", "backup.pub"))
	must(t, "operator.dishub@jember.example", "user", "list", "--data", filepath.Join(dir, "b"), "--database", url, "--keys", filepath.Join(dir, "a-keys"))
	must(t, "proven", "backup", "--data", filepath.Join(dir, "b"), "--database", url, "--keys", filepath.Join(dir, "a-keys"))
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	must(t, "max_file_mb", "check")
	if status, out := pendapa(t, "check", "--database", "mysql://x"); status != 2 || !strings.Contains(out, "sqlite:") {
		t.Errorf("%d %s", status, out)
	}
	if status, out := pendapa(t, "apa"); status != 2 || !strings.Contains(out, "backup") {
		t.Errorf("an unknown command: %d %s", status, out)
	}
}

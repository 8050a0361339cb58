package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pendapa/pendapa/internal/testdata"
)

// spoken is an output that others may read while it is written; said is closed once the server answers.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
	once sync.Once
	said chan struct{}
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.text.Write(p)
	if strings.Contains(s.text.String(), "Pendapa: http") { // it answers
		s.once.Do(func() { close(s.said) })
	}
	return n, err
}

// TestCommandsRunInsideAServingHouse: a second server is refused with words, commands of the operator answer through the
// one that serves, and uploads that are under way are not touched.
func TestCommandsRunInsideAServingHouse(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	upload := filepath.Join(data, "files", "tmp", "in-1")
	ctx, stop := context.WithCancel(t.Context())
	out, ended := &spoken{said: make(chan struct{})}, make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, strings.NewReader(""), out, out)
	}()
	select {
	case <-out.said:
	case code := <-ended:
		t.Fatalf("the server ended with %d: %s", code, out.text.String())
	}
	if err := os.WriteFile(upload, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := pendapa(t, "serve", "--data", data, "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(said, "in use by process") {
		t.Errorf("a second server: %d %s", code, said)
	}
	must(t, "operator.dishub@jember.example", "user", "list", "--data", data)
	must(t, `"problems":null`, "audit", "verify", "--data", data)
	must(t, "proven", "backup", "--data", data)
	must(t, "0 wrong", "import", "agencies", filepath.Join(testdata.Dir(t), "4_jember", "rkpd_skpd.csv"), "--data", data)
	if code, said := pendapa(t, "user", "add", "X", "x@y.z", "raja", "--data", data); code != 1 || !strings.Contains(said, "no role") {
		t.Errorf("an unknown role: %d %s", code, said)
	}
	if got, err := os.ReadFile(upload); err != nil || string(got) != "half" {
		t.Errorf("a command took an upload away: %v", err)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("the server ended with %d: %s", code, out.text.String())
	}
	must(t, "operator.dishub@jember.example", "user", "list", "--data", data)
}

func TestAFolderOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	statement(t, data, "CREATE TABLE schema_later (id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER, tstamp TIMESTAMP)")
	if code, said := pendapa(t, "user", "list", "--data", data); code != 1 || !strings.Contains(said, "made by a newer Pendapa: its room later") {
		t.Errorf("a room that is not known: %d %s", code, said)
	}
	statement(t, data, "DROP TABLE schema_later")
	must(t, "operator.dishub", "user", "list", "--data", data)
	statement(t, data, "INSERT INTO schema_admin (version_id, is_applied) VALUES (9999, 1)")
	if code, said := pendapa(t, "user", "list", "--data", data); code != 1 || !strings.Contains(said, "the tables of admin are at 9999") {
		t.Errorf("newer tables: %d %s", code, said)
	}
}

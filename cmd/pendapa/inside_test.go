package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/control"
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

// serving runs f while a server has the folder.
func serving(t *testing.T, data string, f func()) {
	t.Helper()
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
	f()
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("the server ended with %d: %s", code, out.text.String())
	}
}

// TestCommandsRunInsideAServingHouse: a second server is refused with words, commands of the operator answer through the
// one that serves, and uploads that are under way are not touched.
func TestCommandsRunInsideAServingHouse(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	upload := filepath.Join(data, "files", "tmp", "in-1")
	serving(t, data, func() {
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
	})
	must(t, "operator.dishub@jember.example", "user", "list", "--data", data)
}

// TestFilesOfACommandAreThoseOfItsCaller: what a command reads and writes lies where it was typed, not where the server runs.
func TestFilesOfACommandAreThoseOfItsCaller(t *testing.T) {
	dir := t.TempDir()
	data, here, server := filepath.Join(dir, "a"), filepath.Join(dir, "here"), filepath.Join(dir, "server")
	must(t, "ready", "sample", "--data", data)
	for _, folder := range []string{here, server} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	key, err := os.ReadFile(filepath.Join(dir, "a-keys", "audit.pub"))
	if err != nil {
		t.Fatal(err)
	}
	since := must(t, "pendapa/", "audit", "checkpoint", "--data", data)
	for name, text := range map[string]string{"titik.txt": since, "audit.pub": string(key)} {
		if err := os.WriteFile(filepath.Join(here, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(here)
	serving(t, data, func() {
		must(t, "", "audit", "export", "jejak.jsonl", "--data", data)
		must(t, `"problems":null`, "audit", "verify", "--since", "titik.txt", "--key", "audit.pub", "--data", data)
		asIfElsewhere(t, data, server)
	})
	if text, err := os.ReadFile("jejak.jsonl"); err != nil || !strings.HasPrefix(string(text), `{"log":`) {
		t.Errorf("the exported trail: %.80s %v", text, err)
	}
	if code, said := pendapa(t, "audit", "export", "jejak.jsonl", "--data", data); code != 1 || !strings.Contains(said, "exists") {
		t.Errorf("written over: %d %s", code, said)
	}
	if code, _ := pendapa(t, "audit", "export", "lain.jsonl", "--data", filepath.Join(dir, "tiada")); code != 1 {
		t.Errorf("a folder without a house: %d", code)
	}
	if _, err := os.Stat("lain.jsonl"); err == nil {
		t.Error("a failed export left a file")
	}
}

// asIfElsewhere sends the server the words of a command as an older program does, with the name of a file in them: the
// server refuses to write it.
func asIfElsewhere(t *testing.T, data, folder string) {
	t.Helper()
	file := filepath.Join(folder, "jejak.jsonl")
	var out bytes.Buffer
	code, err := control.Call(t.Context(), data, control.Request{Name: "audit", Args: []string{"export", file}}, &out, &out)
	if _, there := os.Stat(file); err != nil || code != 2 || there == nil {
		t.Errorf("the server wrote a file: %d %v %s", code, err, out.String())
	}
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

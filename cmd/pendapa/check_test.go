package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckLooksAtAHouse: nothing yet, a house that was never backed up, one beside a server, and one with a lost log.
func TestCheckLooksAtAHouse(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "the first start makes it", "check", "--data", data)
	if _, err := os.Stat(data); err == nil {
		t.Fatal("a look made the folder")
	}
	must(t, "ready", "sample", "--data", data)
	said := refused(t, "one thing is wrong with the house", "check", "--data", data)
	if !strings.Contains(said, "none was ever proven") || !strings.Contains(said, "what to do: pendapa backup") {
		t.Error(said)
	}
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
	must(t, "proven", "backup", "--data", data)
	said = must(t, "all is well", "check", "--data", data)
	if !strings.Contains(said, "(pendapa serve, since") || !strings.Contains(said, "no newer program has been there") {
		t.Error(said)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Fatalf("the server ended with %d: %s", code, out.text.String())
	}
	must(t, "nobody uses "+data, "check", "--data", data)
	statement(t, data, "INSERT INTO schema_admin (version_id, is_applied) VALUES (9999, 1)")
	refused(t, "the tables of admin are at 9999", "check", "--data", data)
}

package torture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// looker has a database open until its input ends, and does not hold the folder.
func looker(ctx context.Context, path string) error {
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	fmt.Println("open")
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, d.Close())
}

// closes is a log that lets the looker go at the first line it hears.
type closes struct{ in io.Closer }

func (c closes) Write(p []byte) (int, error) { return len(p), c.in.Close() }

// TestALookDoesNotKeepAHouseDown: a server that starts while a check looks at the house waits for the end of the look.
func TestALookDoesNotKeepAHouseDown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := startHouse(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PENDAPA_TEST_LOOKER="+filepath.Join(data, "app.db"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	defer in.Close()
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Config{DataDir: data, Keys: filepath.Join(dir, "keys"),
		Database: "sqlite:" + filepath.Join(data, "app.db")}, slog.New(slog.NewTextHandler(closes{in}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

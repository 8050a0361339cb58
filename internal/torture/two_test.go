package torture

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// reader reads all rows again and again while another process writes and moves its log into the database.
func reader(ctx context.Context, path string) error {
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	last := 0
	for range 120 {
		_, n, err := rowsOf(ctx, d)
		if err != nil {
			return err
		}
		if n < last {
			return fmt.Errorf("%d rows after %d", n, last)
		}
		last = n
	}
	fmt.Println("read", last)
	return d.Close()
}

// TestTwoProcesses lets a second process read during many checkpoints: what is being written is never taken for damage.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), "t", tables()); err != nil {
		t.Fatal(err)
	}
	if err := put1(t.Context(), d, 1); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PENDAPA_TEST_READER="+path)
	ended := make(chan string, 1)
	go func() {
		out, err := cmd.CombinedOutput()
		ended <- fmt.Sprintf("%v %s", err, out)
	}()
	moved := 0
	for n := int64(2); ; n++ {
		if err := put1(t.Context(), d, n); err != nil {
			t.Fatal(err)
		}
		var busy, frames, done int
		if err := d.SQL().QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &done); err != nil {
			t.Fatal(err)
		}
		moved++
		select {
		case said := <-ended:
			if said[:5] != "<nil>" {
				t.Fatalf("after %d checkpoints: %s", moved, said)
			}
			if state, why := d.State(); state != "ok" {
				t.Fatalf("%s: %s", state, why)
			}
			t.Logf("%d checkpoints while another process read: %s", moved, said)
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			return
		default:
		}
	}
}

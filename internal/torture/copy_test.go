package torture

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// mostBehind is how old an acknowledged change may be and yet not be in the copy.
const mostBehind = 5 * time.Second

func copyOptions() []db.Option {
	if os.Getenv("PENDAPA_TEST_COPY") == "" {
		return nil
	}
	return []db.Option{db.OwnCheckpoints()}
}

// startCopy gives the victim a continuous copy when the test asks for one.
func startCopy(ctx context.Context, d *db.DB, path string) error {
	to := os.Getenv("PENDAPA_TEST_COPY")
	if to == "" {
		return nil
	}
	dest, err := replica.OpenFolder(to)
	if err != nil {
		return err
	}
	files, err := blob.New(filepath.Join(filepath.Dir(path), "files"))
	if err != nil {
		return err
	}
	s, err := replica.New(replica.Deps{DB: d, Dest: dest, Spool: filepath.Join(filepath.Dir(path), "copy"), Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: id.New, Store: files})
	if err != nil {
		return err
	}
	go func() { _ = s.Run(ctx) }()
	return nil
}

// ack is a change that the victim acknowledged, and when its parent heard of it.
type ack struct {
	writer, n int64
	at        time.Time
}

// copied runs a victim with a continuous copy and kills it.
func copied(t *testing.T, path, to string, after time.Duration) (acks []ack, killed time.Time) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PENDAPA_TEST_VICTIM="+path, "PENDAPA_TEST_COPY="+to)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(60*time.Second, func() { _ = cmd.Process.Kill() })
	for in := bufio.NewScanner(out); in.Scan(); {
		switch f := strings.Fields(in.Text()); {
		case len(f) == 1 && f[0] == "ready":
			kill.Stop()
			kill = time.AfterFunc(after, func() { killed = time.Now(); _ = cmd.Process.Kill() })
		case len(f) == 3 && f[0] == "ack":
			acks = append(acks, ack{number(f[1]), number(f[2]), time.Now()})
		case len(f) > 0 && f[0] == "end":
			t.Fatal(in.Text())
		}
	}
	_ = cmd.Wait() // killed
	return acks, killed
}

// inCopy restores the copy and gives the last change of each writer; what is half done or out of order is an error.
func inCopy(t *testing.T, to string) (last [writers]int64, err error) {
	t.Helper()
	dest, err := replica.OpenFolder(to)
	if err != nil {
		return last, err
	}
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "app.db")
	if _, err := replica.Rows(ctx, dest, path, replica.Until{}, replica.Trust{}); err != nil {
		return last, err
	}
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return last, err
	}
	defer d.Close()
	if err := d.IntegrityCheck(ctx); err != nil {
		return last, err
	}
	for w := range writers {
		var heads, parts int64
		err := d.QueryRow(ctx, `SELECT (SELECT count(*) FROM t_head WHERE regency_id = 1 AND writer = $1), (SELECT count(*) FROM t_part WHERE regency_id = 1 AND writer = $1),
			(SELECT coalesce(max(n), 0) FROM t_head WHERE regency_id = 1 AND writer = $1)`, w).Scan(&heads, &parts, &last[w])
		if err == nil && (heads != last[w] || parts != last[w]) {
			err = fmt.Errorf("writer %d: %d heads, %d parts, last %d", w, heads, parts, last[w])
		}
		if err != nil {
			return last, err
		}
	}
	return last, nil
}

// TestKillsWhileTheCopyRuns kills the house while it is copied. What the copy holds is always a moment of the house, and no
// change that was acknowledged five seconds earlier is missing, although the whole machine is taken for lost.
func TestKillsWhileTheCopyRuns(t *testing.T) {
	path, to := filepath.Join(t.TempDir(), "app.db"), t.TempDir()
	kills, total := max(3, times("PENDAPA_TEST_KILLS", 15)/5), 0
	var worst, sum time.Duration
	for i := range kills {
		acks, killed := copied(t, path, to, 2500*time.Millisecond+time.Duration(luck.IntN(2000))*time.Millisecond)
		last, err := inCopy(t, to)
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		var behind time.Duration
		for _, a := range acks {
			if a.n > last[a.writer] {
				behind = max(behind, killed.Sub(a.at))
			}
		}
		if behind > mostBehind {
			t.Errorf("kill %d: a change acknowledged %s before was not in the copy", i, behind)
		}
		worst, sum, total = max(worst, behind), sum+behind, total+len(acks)
	}
	t.Logf("%d kills, %d acknowledged changes, the copy was behind %s on average, %s at most", kills, total, sum/time.Duration(kills), worst)
	if total < kills {
		t.Errorf("only %d changes were acknowledged", total)
	}
}

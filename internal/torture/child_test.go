package torture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
)

const writers = 4

// TestMain becomes the victim when a test starts this binary again.
func TestMain(m *testing.M) {
	if path := os.Getenv("PENDAPA_TEST_VICTIM"); path != "" {
		if err := victim(context.Background(), path); err != nil {
			fmt.Println("end", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv("PENDAPA_TEST_START"); dir != "" {
		start := startHouse
		if os.Getenv("PENDAPA_TEST_OLD") != "" {
			start = oldHouse
		}
		if os.Getenv("PENDAPA_TEST_BACKUP") != "" {
			start = restoredHouse
		}
		if err := start(context.Background(), dir); err != nil {
			fmt.Println("end", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if data := os.Getenv("PENDAPA_TEST_ROWS"); data != "" {
		if err := tellRows(context.Background(), data); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if path := os.Getenv("PENDAPA_TEST_LOOKER"); path != "" {
		if err := looker(context.Background(), path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if path := os.Getenv("PENDAPA_TEST_READER"); path != "" {
		if err := reader(context.Background(), path); err != nil {
			fmt.Println("end", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	luck.tell(code != 0)
	unbuilt()
	os.Exit(code)
}

func tables() fstest.MapFS {
	return fstest.MapFS{"migrations/0001_t.sql": {Data: []byte("-- +goose Up\n" +
		"CREATE TABLE t_head (regency_id BIGINT NOT NULL, writer BIGINT NOT NULL, n BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (regency_id, writer, n));\n" +
		"CREATE TABLE t_part (regency_id BIGINT NOT NULL, writer BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (regency_id, writer, n));\n")}}
}

// victim opens the store, says what it holds, and then writes from several goroutines until it dies. Every change is two
// rows in two tables; its number is printed only after Tx returned.
func victim(ctx context.Context, path string) error {
	d, err := db.Open(ctx, "sqlite:"+path, copyOptions()...)
	if err != nil {
		return err
	}
	if err := startCopy(ctx, d, path); err != nil {
		return err
	}
	if err := d.Migrate(ctx, "t", tables()); err != nil {
		return err
	}
	if err := d.IntegrityCheck(ctx); err != nil {
		return err
	}
	var last [writers]int64
	for w := range writers {
		var heads, parts, most int64
		err := d.QueryRow(ctx, `SELECT (SELECT count(*) FROM t_head WHERE regency_id = 1 AND writer = $1), (SELECT count(*) FROM t_part WHERE regency_id = 1 AND writer = $1),
			(SELECT coalesce(max(n), 0) FROM t_head WHERE regency_id = 1 AND writer = $1)`, w).Scan(&heads, &parts, &most)
		if err != nil {
			return err
		}
		if heads != parts || heads != most {
			return fmt.Errorf("writer %d: %d heads, %d parts, last %d: a change is missing or half done", w, heads, parts, most)
		}
		last[w] = most
		fmt.Println("have", w, most)
	}
	fmt.Println("ready")
	if os.Getenv("PENDAPA_TEST_LOOK") != "" {
		return d.Close()
	}
	var group sync.WaitGroup
	failures := make(chan error, writers)
	for w := range writers {
		group.Go(func() { failures <- write(ctx, d, w, last[w]) })
	}
	group.Wait()
	state, _ := d.State()
	return fmt.Errorf("%s: %w", state, <-failures)
}

func write(ctx context.Context, d *db.DB, w int, n int64) error {
	body := strings.Repeat("x", 300)
	for {
		n++
		err := d.Tx(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec("INSERT INTO t_head (regency_id, writer, n, body) VALUES (1, $1, $2, $3)", w, n, body); err != nil {
				return err
			}
			_, err := tx.Exec("INSERT INTO t_part (regency_id, writer, n) VALUES (1, $1, $2)", w, n)
			return err
		})
		if err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString("ack " + strconv.Itoa(w) + " " + strconv.FormatInt(n, 10) + "\n"); err != nil {
			return err
		}
	}
}

// life is one run of a victim as its parent sees it.
type life struct {
	acked [writers]int64
	have  [writers]int64
	count int
	end   string
}

// live starts a victim and kills it some time after its first answers. during is called once it answers.
func live(t *testing.T, path string, after time.Duration, environ []string, during func()) life {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(environ, "PENDAPA_TEST_VICTIM="+path)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var l life
	kill := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }) // a victim that hangs is killed all the same
	for in := bufio.NewScanner(out); in.Scan(); {
		f := strings.Fields(in.Text())
		switch {
		case len(f) == 3 && f[0] == "have":
			w, n := number(f[1]), number(f[2])
			l.have[w] = n
		case len(f) == 1 && f[0] == "ready":
			kill.Reset(after)
			if during != nil {
				during()
			}
		case len(f) == 3 && f[0] == "ack":
			l.acked[number(f[1])] = number(f[2])
			l.count++
		case len(f) > 0 && f[0] == "end":
			l.end = strings.TrimPrefix(in.Text(), "end ")
		}
	}
	kill.Stop()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && !status.Signaled() && os.Getenv("PENDAPA_TEST_LOOK") == "" && l.end == "" && len(environ) == 0 {
		t.Fatalf("the victim ended by itself: %v", status)
	}
	return l
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// lost counts acknowledged changes that the next life does not have.
func lost(before, now life) (n int64) {
	for w := range writers {
		if before.acked[w] > now.have[w] {
			n += before.acked[w] - now.have[w]
		}
	}
	return n
}

// times gives how often a test repeats: few in make test, as many as the environment asks in make torture.
func times(name string, few int) int {
	if n := int(number(os.Getenv(name))); n > 0 {
		return n
	}
	return few
}

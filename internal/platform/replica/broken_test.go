package replica_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/replica"
)

// shaky is a place whose connection breaks: so many reads and writes of files fail before it answers again.
type shaky struct {
	replica.Dest
	mu         sync.Mutex
	gets, puts int
	half       bool // a read breaks in the middle
}

var errLine = errors.New("the line broke")

func (s *shaky) fails(left *int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	*left--
	return *left >= 0
}

// broken makes the next reads and writes fail.
func (s *shaky) broken(gets, puts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gets, s.puts = gets, puts
}

func (s *shaky) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := s.Dest.Get(ctx, name)
	if !strings.HasPrefix(name, "files/") || errors.Is(err, fs.ErrNotExist) || !s.fails(&s.gets) {
		return r, err
	}
	if !s.half {
		return nil, errors.Join(errLine, err, r.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, 3), r}, err
}

func (s *shaky) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	if strings.HasPrefix(name, "files/") && s.fails(&s.puts) {
		return errLine
	}
	return s.Dest.Put(ctx, name, body, size)
}

func TestABrokenLineIsNoMissingFile(t *testing.T) {
	t.Parallel()
	dest, root := other(t)
	line := &shaky{Dest: dest}
	h := build(t, line)
	first, second := h.keep("satu satu satu"), h.keep("dua dua dua")
	h.write(5)
	h.ship()
	h.must(h.AllFiles(context.Background()))
	trust := replica.Trust{Pause: time.Nanosecond}
	for _, line.half = range []bool{false, true} {
		line.broken(2, 0)
		if p := h.same(trust); len(p.Missing) > 0 {
			t.Errorf("half %v: it was asked for again and is missing: %v", line.half, p.Missing)
		}
		line.broken(1000, 0)
		data := filepath.Join(t.TempDir(), "data")
		_, err := replica.Restore(context.Background(), line, data, replica.Until{}, trust)
		if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), first) && !strings.Contains(err.Error(), second) {
			t.Errorf("half %v: restored over a broken line: %v", line.half, err)
		}
		if left, _ := filepath.Glob(data + "*"); len(left) > 0 {
			t.Errorf("half %v: left %v", line.half, left)
		}
	}
	line.broken(0, 0)
	h.must(os.Remove(filepath.Join(root, "files", first[:2], first[2:])))
	if p := h.same(trust); !slices.Equal(p.Missing, []string{first}) {
		t.Errorf("missing: %v", p.Missing)
	}
	h.must(os.Rename(root, root+"-away"))
	if _, err := dest.Get(context.Background(), "files/"+second[:2]+"/"+second[2:]); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a disk that is away: %v", err)
	}
	if _, err := dest.List(context.Background(), "log/"); err == nil {
		t.Error("a disk that is away holds nothing")
	}
}

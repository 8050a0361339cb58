package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/blob"
)

func store(t testing.TB) *blob.Store {
	t.Helper()
	s, err := blob.New(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheSameFileIsKeptOnce(t *testing.T) {
	t.Parallel()
	s, sum := store(t), sha256.Sum256([]byte("bukti"))
	for range 2 {
		ref, err := s.Put(context.Background(), strings.NewReader("bukti"), 10)
		if err != nil || ref.Hash != hex.EncodeToString(sum[:]) || ref.Size != 5 {
			t.Fatalf("got %+v %v", ref, err)
		}
	}
	n := 0
	if err := s.Each(func(string, int64) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d files, %v; want one", n, err)
	}
	f, err := s.Open(hex.EncodeToString(sum[:]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if body, _ := io.ReadAll(f); string(body) != "bukti" {
		t.Errorf("read %q", body)
	}
}

func TestTooLargeLeavesNothing(t *testing.T) {
	t.Parallel()
	s := store(t)
	if _, err := s.Put(context.Background(), strings.NewReader("12345"), 4); !errs.Is(err, errs.Invalid) {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(filepath.Join(s.Dir(), "tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAChangedFileIsFound(t *testing.T) {
	t.Parallel()
	s := store(t)
	ref, err := s.Put(context.Background(), strings.NewReader("asli"), 10)
	if err != nil || s.Check(ref.Hash) != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.Dir(), ref.Hash[:2], ref.Hash[2:])
	if err := os.WriteFile(path, []byte("lain"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.Check(ref.Hash) == nil {
		t.Error("a changed file passed")
	}
}

func TestOnlyHashesAreNames(t *testing.T) {
	t.Parallel()
	s := store(t)
	for _, name := range []string{"", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("/", 64)} {
		if _, err := s.Open(name); !errs.Is(err, errs.NotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestACancelledUploadStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := store(t).Put(ctx, strings.NewReader("x"), 10); err == nil {
		t.Error("a cancelled upload was kept")
	}
}

// BenchmarkPut50MB reports how much memory an upload takes above what it read from.
func BenchmarkPut50MB(b *testing.B) {
	s := store(b)
	data := bytes.Repeat([]byte("0123456789abcdef"), 50<<20/16)
	b.SetBytes(int64(len(data)))
	var before, after runtime.MemStats
	for i := range b.N {
		data[0] = byte(i)
		data[1] = byte(i >> 8)
		runtime.ReadMemStats(&before)
		if _, err := s.Put(context.Background(), bytes.NewReader(data), 60<<20); err != nil {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1024, "KiB-allocated/upload")
	}
}

package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

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

// put keeps a text and gives its name and its place.
func put(t *testing.T, s *blob.Store, text string) (blob.Ref, string) {
	t.Helper()
	ref, err := s.Put(context.Background(), strings.NewReader(text), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return ref, filepath.Join(s.Dir(), ref.Hash[:2], ref.Hash[2:])
}

// flip changes one bit and leaves size and times as they were, as a failing disk does.
func flip(t *testing.T, path string, at int64) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body[at] ^= 4
	if err := errors.Join(os.WriteFile(path, body, 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedFileIsNeverGivenOut(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("bukti dukung ", 20_000) // several parts
	for _, read := range []bool{false, true} {
		for _, at := range []int64{0, 70_000, int64(len(body)) - 1} {
			s := store(t)
			var told []string
			s.Listen(blob.Ears{Bad: func(hash, state string) { told = append(told, hash+state) }})
			ref, path := put(t, s, body)
			f, err := s.Open(ref.Hash)
			if err != nil {
				t.Fatal(err)
			}
			flip(t, path, at)
			if !read { // a file that was opened whole and then rots
				got, err := io.ReadAll(f)
				if err == nil || string(got) != body[:len(got)] {
					t.Errorf("bit at %d: %d bytes, %v", at, len(got), err)
				}
			}
			_ = f.Close()
			again, err := s.Open(ref.Hash)
			if err == nil {
				got, failed := io.ReadAll(again)
				if err = failed; string(got) != body[:len(got)] {
					t.Errorf("bit at %d: wrong bytes", at)
				}
				_ = again.Close()
			}
			if key, _ := errs.KeyOf(err); key != "web.error.file_damaged" {
				t.Errorf("bit at %d: %v", at, err)
			}
			if state, err := s.Check(ref.Hash); err != nil || state != blob.Damaged || !slices.Contains(told, ref.Hash+blob.Damaged) {
				t.Errorf("bit at %d: state %q, told %v, %v", at, state, told, err)
			}
		}
	}
}

func TestAFreshUploadHealsADamagedFile(t *testing.T) {
	t.Parallel()
	s := store(t)
	var good []string
	ref, path := put(t, s, "asli")
	s.Listen(blob.Ears{Good: func(hash string) { good = append(good, hash) }})
	flip(t, path, 1)
	if state, _ := s.Check(ref.Hash); state != blob.Damaged {
		t.Fatalf("state %q", state)
	}
	put(t, s, "asli")
	if state, err := s.Check(ref.Hash); err != nil || state != "" || !slices.Equal(good, []string{ref.Hash}) {
		t.Errorf("after the same upload: %q %v, told %v", state, err, good)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(ref.Hash); !errs.Is(err, errs.NotFound) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := s.Mend(context.Background(), ref.Hash, strings.NewReader("lain")); err == nil {
		t.Error("another file was taken for a copy")
	}
	if _, err := s.Mend(context.Background(), ref.Hash, strings.NewReader("asli")); err != nil {
		t.Error(err)
	}
	if state, err := s.Check(ref.Hash); err != nil || state != "" {
		t.Errorf("after mending: %q %v", state, err)
	}
}

func TestTheSameUploadMakesAFileYoungAgain(t *testing.T) {
	t.Parallel()
	s := store(t)
	_, path := put(t, s, "asli")
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	put(t, s, "asli")
	if info, err := os.Stat(path); err != nil || info.ModTime().Before(old.Add(time.Hour)) {
		t.Errorf("the file is as old as before: %v %v", info.ModTime(), err)
	}
}

func TestOpeningLeavesAnUploadThatIsComingIn(t *testing.T) {
	t.Parallel()
	s := store(t)
	young, old := filepath.Join(s.Dir(), "tmp", "in-1"), filepath.Join(s.Dir(), "tmp", "in-2")
	long := time.Now().Add(-25 * time.Hour)
	if err := errors.Join(os.WriteFile(young, nil, 0o600), os.WriteFile(old, nil, 0o600), os.Chtimes(old, long, long)); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.New(s.Dir()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("an upload lost its part: %v", err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("a part of yesterday was left")
	}
}

func TestReadingAnywhere(t *testing.T) {
	t.Parallel()
	s := store(t)
	body := strings.Repeat("0123456789", 30_000)
	ref, _ := put(t, s, body)
	f, err := s.Open(ref.Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := iotest.TestReader(f, []byte(body)); err != nil {
		t.Error(err)
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

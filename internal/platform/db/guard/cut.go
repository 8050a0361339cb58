package guard

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// CutLog drops what stands behind the last whole commit of a damaged log, after the report of CheckStart. The old log is
// kept beside the database; kept is its name. The database must not be open.
func CutLog(path string, r Report) (kept string, err error) {
	path = clean(path)
	if opened(path) != nil {
		return "", fmt.Errorf("%s is open", path)
	}
	kept = fmt.Sprintf("%s-old-log-%s", path, time.Now().UTC().Format("20060102-150405.000000"))
	if err := copyFile(path+"-wal", kept); err != nil {
		return "", err
	}
	in, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return "", forgetMark(path)
	}
	if err != nil {
		return kept, err
	}
	length := int64(0)
	if info, err := in.Stat(); err == nil && r.Frames > 0 {
		if l, _ := openLog(in, info.Size()); l != nil {
			length = logHead + int64(r.Frames)*l.size
		}
	}
	if err := errors.Join(in.Truncate(length), in.Sync(), in.Close()); err != nil {
		return kept, err
	}
	return kept, forgetMark(path)
}

// forgetMark removes the mark: nothing more is asked of the log.
func forgetMark(path string) error {
	if err := os.Remove(path + markEnd); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close(), durable.SyncDir(filepath.Dir(to)))
}

// AlreadyKept says of how many pages in whole frames behind a damage the database holds the last content already: a
// checkpoint may have copied them, and then nothing of them is lost.
func AlreadyKept(path string, r Report) (kept, of int, err error) {
	path = clean(path)
	f, err := os.Open(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	l, _ := openLog(f, info.Size())
	if l == nil {
		return 0, 0, nil
	}
	last := map[int64]uint64{}
	for i := r.Frames + 1; i <= l.frames; i++ {
		fits, err := l.fits(i)
		if err != nil {
			return 0, 0, err
		}
		if !fits {
			continue
		}
		frame, err := l.frame(i)
		if err != nil {
			return 0, 0, err
		}
		no := l.pageOf(i)
		last[no] = pageSum(frame[frameHead:], no)
	}
	raw, s, done, err := reader(path)
	if err != nil {
		return 0, len(last), nil //nolint:nilerr // without sums nobody knows what the database holds
	}
	defer func() { err = errors.Join(err, done()) }()
	buf := make([]byte, l.size-frameHead)
	for no, want := range last {
		sum, ok := s.get(no)
		if n, _ := raw.ReadAt(buf, (no-1)*int64(len(buf))); n == len(buf) && ok && sum == want && pageSum(buf, no) == want {
			kept++
		}
	}
	return kept, len(last), l.err
}

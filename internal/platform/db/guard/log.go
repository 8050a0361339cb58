package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Report is what a look at the log of a database found.
type Report struct {
	Frames  int    `json:"frames"`  // whole, up to the last commit
	Commits int    `json:"commits"` // among them
	Lost    int    `json:"lost"`    // acknowledged commits that SQLite would drop
	Frame   int    `json:"frame"`   // where SQLite would stop, when damaged
	Why     string `json:"why"`     // "" when the log is whole
	Mend    *Bit   `json:"mend"`    // the one bit whose flip makes it whole
}

// Bit is a place in a file.
type Bit struct {
	Offset int64 `json:"offset"` // bytes from the start of the file
	Bit    uint  `json:"bit"`
}

// Refused is the error of a database that must not be opened, because that would drop acknowledged commits.
type Refused struct {
	Path   string
	Report Report
}

// Error says how much would be lost and what to do.
func (r *Refused) Error() string {
	return fmt.Sprintf("%s is damaged (%s): opening it would drop %d acknowledged changes, so nothing was opened. "+
		"Run: pendapa repair", r.Path+"-wal", r.Report.Why, r.Report.Lost)
}

// CheckStart looks at the log of a database before SQLite does, which would drop what stands behind a broken frame. The
// error is *Refused when commits are missing. It may run while another process writes.
func CheckStart(path string) (Report, error) {
	path = clean(path)
	for range 10 {
		before, _ := readMark(path + markEnd)
		r, err := checkFile(path+"-wal", before)
		if err != nil {
			return r, err
		}
		if r.Why == "" {
			return r, nil
		}
		if after, _ := readMark(path + markEnd); after == before {
			return r, &Refused{Path: path, Report: r}
		}
	}
	return Report{}, fmt.Errorf("%s: the log never stands still", path)
}

// ScanLog looks at the log of an open database. No commit may run meanwhile. What it finds is told to the watchers too.
func ScanLog(path string) (Report, error) {
	path = clean(path)
	m, _ := readMark(path + markEnd)
	r, err := checkFile(path+"-wal", m)
	if err == nil && r.Why != "" {
		tell(Damage{Path: path, Log: true, Number: int64(r.Frame), Why: r.Why})
	}
	return r, err
}

func checkFile(path string, m mark) (Report, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return checkLog(nil, 0, m)
	}
	if err != nil {
		return Report{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return Report{}, errors.Join(err, f.Close())
	}
	r, err := checkLog(f, info.Size(), m)
	return r, errors.Join(err, f.Close())
}

// checkLog walks the log as SQLite would at recovery, and asks what stands behind the place where SQLite would stop:
//
//   - A commit that is followed by another frame of the same log was synced before that frame was written, so it was
//     acknowledged: the frame before it is damaged. So it is with two commits.
//   - One commit alone may be a torn write, which changes whole sectors. If one bit makes the broken frame fit it is rot.
//   - The commit of the mark must be there.
func checkLog(in io.ReaderAt, size int64, m mark) (r Report, err error) {
	l, head := openLog(in, size)
	if l == nil {
		if bit, ok := mendHead(head); ok {
			r.Why, r.Mend, r.Lost = "the head of the log lost a bit", &bit, int(m.commits)
			return r, nil
		}
		return owed(r, m), nil
	}
	good := 0
	for good < l.frames {
		fits, err := l.fits(good + 1)
		if err != nil {
			return r, err
		}
		if !fits {
			break
		}
		good++
		if l.commits(good) {
			r.Frames = good
			r.Commits++
		}
	}
	if good < l.frames {
		if err := l.behind(good+1, &r); err != nil {
			return r, err
		}
	}
	if n := int(m.frames); r.Why == "" && n > 0 {
		if m.salts != l.salts || n > r.Frames || l.sumAt(n) != m.sum {
			return owed(r, m), l.err
		}
	}
	if r.Why != "" && m.salts == l.salts && int(m.commits) > r.Commits {
		r.Lost = max(r.Lost, int(m.commits)-r.Commits)
	}
	return r, l.err
}

// owed is the report of a log that does not hold the commit of the mark.
func owed(r Report, m mark) Report {
	if m.frames > 0 {
		r.Why = fmt.Sprintf("it ends before frame %d, which was acknowledged", m.frames)
		r.Frame, r.Lost = r.Frames+1, max(1, int(m.commits)-r.Commits)
	}
	return r
}

// behind looks at what stands from a broken frame on.
func (l *logFile) behind(broken int, r *Report) error {
	commits, after := 0, false
	for i := broken + 1; i <= l.frames; i++ {
		fits, err := l.fits(i)
		if err != nil {
			return err
		}
		if !fits {
			continue
		}
		after = after || commits > 0
		if l.commits(i) {
			commits++
		}
	}
	if commits > 1 || after {
		r.Why, r.Frame, r.Lost = fmt.Sprintf("frame %d does not fit and %d commits stand behind it", broken, commits), broken, commits
	}
	bit, ways, err := l.oneBit(broken)
	if err != nil || ways == 0 {
		return err
	}
	if r.Why == "" {
		r.Why, r.Frame, r.Lost = fmt.Sprintf("frame %d lost a bit", broken), broken, max(commits, 1)
	}
	if ways == 1 { // SQLite's checksum is weak: where several bits fit nobody knows which was lost
		r.Mend = &bit
	}
	return nil
}

// MendLog puts back the one bit that a report names; the database must not be open, or no commit may run. The old bytes
// are kept aside first.
func MendLog(path string, bit Bit) error {
	return flip(clean(path)+"-wal", bit)
}

// flip changes one bit of a file and makes it durable.
func flip(path string, bit Bit) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return flipIn(f, bit)
}

func flipIn(f *os.File, bit Bit) error {
	var b [1]byte
	if _, err := f.ReadAt(b[:], bit.Offset); err != nil {
		return err
	}
	b[0] ^= 1 << bit.Bit
	if _, err := f.WriteAt(b[:], bit.Offset); err != nil {
		return err
	}
	return f.Sync()
}

// mendHead looks for the one bit that makes the head of a log fit.
func mendHead(head []byte) (Bit, bool) {
	if len(head) < logHead {
		return Bit{}, false
	}
	at, bit, ok := oneBitOf(head, func() bool { return headFits(head) })
	return Bit{Offset: int64(at), Bit: bit}, ok
}

func headFits(head []byte) bool {
	magic := binary.BigEndian.Uint32(head)
	if magic&^1 != 0x377f0682 || !whole(int32(binary.BigEndian.Uint32(head[8:]))) { //nolint:gosec // a size
		return false
	}
	a, b := logSum(head[:24], 0, 0, magic&1 != 0)
	return a == binary.BigEndian.Uint32(head[24:]) && b == binary.BigEndian.Uint32(head[28:])
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/admin"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/db/guard"
	"github.com/pendapa/pendapa/internal/platform/disk"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/lock"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// Finding is how one part of a house is.
type Finding struct {
	What string // the part, in one word
	Text string // how it is
	Do   string // what to do; "" when all is well
}

// How old the last proof may be: a backup and a proof of the copy are made each day.
const proofAge = 48 * time.Hour

// copyWait is how long something may wait for the place of the continuous copy.
const copyWait = 10 * time.Minute

// Look looks at a house without opening it: nothing is made, changed or migrated, and a server may use it meanwhile.
// newer compares a store with this program. A folder that is not there yet is no fault.
func Look(ctx context.Context, c Config, now time.Time, newer func(context.Context, *db.DB) error) []Finding {
	l := looker{c: c, now: now}
	if _, err := os.Stat(c.DataDir); errors.Is(err, fs.ErrNotExist) {
		l.well("house", "there is none in %s yet; the first start makes it", c.DataDir)
		return l.found
	}
	l.holder(ctx)
	l.modes()
	l.keys()
	l.room()
	l.copy()
	l.store(ctx, newer)
	return l.found
}

type looker struct {
	c     Config
	now   time.Time
	found []Finding
}

func (l *looker) well(what, format string, a ...any) {
	l.found = append(l.found, Finding{What: what, Text: fmt.Sprintf(format, a...)})
}

func (l *looker) wrong(what, do, format string, a ...any) {
	l.found = append(l.found, Finding{What: what, Do: do, Text: fmt.Sprintf(format, a...)})
}

// sqlite is the database file, "" on PostgreSQL.
func (l *looker) sqlite() string {
	path, is := strings.CutPrefix(l.c.Database, "sqlite:")
	if !is {
		return ""
	}
	return path
}

func (l *looker) holder(ctx context.Context) {
	if by, held := lock.Who(l.c.DataDir); held {
		since := time.UnixMilli(by.Since).Format(time.DateTime)
		l.well("lock", "%s is used by process %d (pendapa %s, since %s)", l.c.DataDir, by.PID, by.What, since)
		return
	}
	if pid, open := openElsewhere(ctx, l.sqlite(), slog.New(slog.DiscardHandler)); l.sqlite() != "" && open {
		l.wrong("lock", "stop it: two programs on one folder would damage it",
			"%s is open in process %d, which holds no lock: an older Pendapa or a database tool", l.sqlite(), pid)
		return
	}
	l.well("lock", "nobody uses %s", l.c.DataDir)
}

func (l *looker) modes() {
	exposed, err := durable.Exposed(l.c.DataDir)
	switch {
	case err != nil:
		l.wrong("modes", "run it as the owner of the folder", "%v", err)
	case len(exposed) > 0:
		l.wrong("modes", "chmod go= on it; each start does it too", "others can open %s", strings.Join(exposed, ", "))
	default:
		l.well("modes", "the data folder is closed to others")
	}
}

func (l *looker) keys() {
	wrong := keys.Look(keys.Options{Dir: l.c.Keys, Data: l.c.DataDir, Apart: l.c.apart(), Credentials: l.c.Credentials})
	for _, err := range wrong {
		l.wrong("keys", "see the page on keys in the manual", "%v", err)
	}
	if len(wrong) == 0 {
		l.well("keys", "all keys are in %s, closed to others", l.c.Keys)
	}
}

// room compares the disks with what one day needs there.
func (l *looker) room() {
	files, err := disk.Of(filepath.Join(l.c.DataDir, "files"))
	if err != nil {
		l.wrong("disk", "run it as the owner of the folder", "%v", err)
		return
	}
	var database int64
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(l.sqlite() + end); l.sqlite() != "" && err == nil {
			database += info.Size()
		}
	}
	var before disk.Room
	for _, dir := range []string{l.c.DataDir, l.c.Backups} {
		r, err := disk.RoomOf(dir)
		if errors.Is(err, fs.ErrNotExist) || err == nil && r.Whole == before.Whole && r.Places == before.Places {
			continue // no backup was made yet, or it is the same disk
		}
		if before = r; err != nil {
			l.wrong("disk", "run it as the owner of the folder", "%v", err)
			continue
		}
		if f := roomFor(dir, r, database, files); f.Text != "" {
			l.found = append(l.found, f)
		}
	}
}

// roomFor says whether a disk takes another day: a backup and its proof need the database twice, and files come. A disk
// that does not tell its room is passed over.
func roomFor(dir string, r disk.Room, database int64, files disk.Used) Finding {
	need, names := 2*database+files.Bytes/10+64<<20, files.Files/10+1000
	switch {
	case r.Whole > 0 && r.Free < need:
		return Finding{"disk", fmt.Sprintf("%d MB are free in %s, %d MB are needed: "+
			"twice the database (%d MB) and a tenth of the files (%d MB)",
			r.Free>>20, dir, need>>20, database>>20, files.Bytes>>20), "make room or move the folder to a larger disk"}
	case r.Places > 0 && r.Names < names:
		return Finding{"disk", fmt.Sprintf("the disk of %s takes %d more files (inodes), %d are needed", dir, r.Names, names),
			"remove many small files there or move the folder to another disk"}
	case r.Whole > 0:
		return Finding{What: "disk", Text: fmt.Sprintf("%d MB are free in %s, the database has %d MB, %d files have %d MB",
			r.Free>>20, dir, database>>20, files.Files, files.Bytes>>20)}
	}
	return Finding{}
}

// copy looks at what the continuous copy left in the data folder.
func (l *looker) copy() {
	if l.c.Copy.URL == "" {
		return
	}
	x, err := replica.LeftIn(filepath.Join(l.c.DataDir, "copy"))
	if err != nil {
		l.wrong("copy", "start the server; it begins the copy anew", "%v", err)
		return
	}
	switch {
	case x.Waiting > 0 && l.since(x.Oldest) > copyWait:
		l.wrong("copy", "look whether the place can be reached and has room; the log of the server has the reason",
			"%d parts wait for the other place, the oldest for %s", x.Waiting, l.since(x.Oldest))
	case !x.Begun && l.sqlite() != "":
		l.wrong("copy", "start the server and look again after a minute", "the copy has not begun")
	case x.Problems != "":
		l.wrong("copy", "keep the backups, and look at the disk of the other place", "the last proof failed: %s", x.Problems)
	case x.ProvenAt == 0:
		l.well("copy", "it runs; its first proof comes within a day")
	case l.since(x.ProvenAt) > proofAge:
		l.wrong("copy", "look at the health page why the daily proof does not run",
			"it was last proven %s ago", l.since(x.ProvenAt))
	default:
		l.well("copy", "proven %s ago, %d parts wait", l.since(x.ProvenAt), x.Waiting)
	}
}

func (l *looker) since(at int64) time.Duration {
	return l.now.Sub(time.UnixMilli(at)).Round(time.Second)
}

// damagedDo is the way back from bytes of the store that changed by themselves.
const damagedDo = "stop the server if it runs, then pendapa repair"

// store looks at the database before it opens it for reading.
func (l *looker) store(ctx context.Context, newer func(context.Context, *db.DB) error) {
	d, err := l.open(ctx)
	if d == nil {
		if err != nil {
			l.wrong("store", damagedDo, "%v", err)
		}
		return
	}
	defer func() {
		if err := d.Close(); err != nil {
			l.wrong("store", "look at the disk", "%v", err)
		}
	}()
	for _, w := range d.Warnings() {
		l.wrong("store", "change it on the PostgreSQL server", "%s", w)
	}
	if err := newer(ctx, d); db.IsDamaged(err) {
		l.wrong("store", damagedDo, "%v", d.Explain(err))
	} else if err != nil {
		l.wrong("tables", "use the newer program", "%v", err)
	} else {
		l.well("tables", "no newer program has been there")
	}
	tables, err := d.Tables(ctx)
	if err != nil {
		l.wrong("store", damagedDo, "%v", d.Explain(err))
		return
	}
	l.fits(ctx, d, tables)
	l.backup(ctx, d, tables)
	l.decisions(ctx, d, tables)
}

// open gives the store for reading; nil and no error where it was told why there is none.
func (l *looker) open(ctx context.Context) (*db.DB, error) {
	path := l.sqlite()
	if path == "" {
		return db.Open(ctx, l.c.Database)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		l.wrong("store", "restore a backup, or start the server if this house shall begin anew",
			"there is no database %s in the folder", path)
		return nil, nil
	}
	known, err := guard.Remembered(path)
	if err != nil {
		return nil, err
	}
	for _, x := range known {
		l.wrong("store", damagedDo, "%s", x)
	}
	has, err := guard.Guarded(path)
	if err != nil {
		l.wrong("sums", "stop the server, then pendapa repair --rebuild-sums", "%v", err)
		return nil, nil
	}
	d, err := db.OpenRead(ctx, path)
	if refused, is := errors.AsType[*guard.Refused](err); is {
		l.wrong("log", damagedDo, "%v", refused)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.well("log", "every acknowledged change is in it")
	if has {
		l.well("sums", "every page has one")
	} else {
		l.well("sums", "an older program made this database; the next start takes the sums of its pages")
	}
	return d, nil
}

func (l *looker) backup(ctx context.Context, d *db.DB, tables []string) {
	var at int64
	var ok bool
	var err error
	if slices.Contains(tables, "admin_backup") {
		at, ok, err = admin.New(admin.Deps{DB: d}).Proof(ctx)
	}
	switch {
	case err != nil:
		l.wrong("store", damagedDo, "%v", d.Explain(err))
	case !ok:
		l.wrong("backup", "pendapa backup", "none was ever proven")
	case l.since(at) > proofAge:
		l.wrong("backup", "pendapa backup, and look at the health page why the daily one does not run",
			"the last proven one is %s old", l.since(at))
	default:
		l.well("backup", "the last proven one is %s old", l.since(at))
	}
}

// decisions tells what the daily comparison of all decisions found.
func (l *looker) decisions(ctx context.Context, d *db.DB, tables []string) {
	if !slices.Contains(tables, "admin_decision") {
		return // an older program
	}
	x, err := admin.New(admin.Deps{DB: d}).AllDecisions(ctx)
	switch {
	case err != nil:
		l.wrong("store", damagedDo, "%v", d.Explain(err))
	case x.At == 0:
		l.well("bound", "no decision was compared yet; the server does it each day")
	case x.Wrong > 0:
		l.wrong("bound", "pendapa audit decisions names them; compare them with a backup",
			"%d of %d decisions are no longer what was decided on", x.Wrong, x.Looked)
	case l.since(x.At) > proofAge:
		l.wrong("bound", "look at the health page why the daily comparison does not run",
			"decisions were last compared %s ago", l.since(x.At))
	default:
		l.well("bound", "all %d decisions are what was decided on, compared %s ago", x.Looked, l.since(x.At))
	}
}

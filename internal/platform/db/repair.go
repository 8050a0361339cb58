package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pendapa/pendapa/internal/platform/db/guard"
)

// Repair says how far a repair may go. Without any of these it puts back single lost bits and nothing else.
type Repair struct {
	// Copy is a database file whose pages have the same numbers (from a continuous copy, not from a backup): damaged
	// pages are taken from it if they fit the sum to the bit. "" is none.
	Copy string
	// AcceptLoss drops the changes in the log behind a damaged frame. The old log is kept beside the database.
	AcceptLoss bool
	// RebuildSums takes all pages as they are now, if SQLite finds them sound; no bit is put back then.
	RebuildSums bool
	// Versions looks at the store before anything is changed and refuses one of a newer program with a *NewerError. What it
	// cannot read refuses nothing: that is what a repair is for. nil is none.
	Versions func(ctx context.Context, d *DB) error
}

// Repaired says what a repair did.
type Repaired struct {
	Done []string `json:"done"`           // what was put back, in words
	Open []string `json:"open"`           // what is still damaged
	Lost int      `json:"lost,omitempty"` // acknowledged changes that were dropped
	Kept string   `json:"kept,omitempty"` // where the old log is
}

// mostBits is how many single lost bits of a log are put back in one repair.
const mostBits = 1000

// RepairFile repairs a database file that nobody has open. What it replaces is kept beside the file. Whoever calls it holds
// the folder and writes what was done into the audit trail.
func RepairFile(ctx context.Context, path string, how Repair) (r Repaired, err error) {
	if err := guard.Register(); err != nil {
		return r, err
	}
	if guard.IsOpen(path) {
		return r, fmt.Errorf("%s is open", path)
	}
	if err := how.versions(ctx, path); err != nil {
		return r, err
	}
	if err := repairLog(path, how, &r); err != nil {
		return r, err
	}
	has, err := guard.Guarded(path)
	if err != nil && !how.RebuildSums {
		return r, err
	}
	if has {
		if err := repairPages(ctx, path, how, &r); err != nil {
			return r, err
		}
	}
	if how.RebuildSums && (len(r.Open) > 0 || !has) {
		if err := TakeSums(ctx, path); err != nil {
			return r, err
		}
		r.Done, r.Open = append(r.Done, "the sums of all pages were taken anew; SQLite finds the pages sound"), nil
	}
	if len(r.Open) == 0 {
		err = guard.Remember(path, nil)
	}
	return r, err
}

// versions reads the file as it lies there, past its sums.
func (how Repair) versions(ctx context.Context, path string) error {
	if how.Versions == nil {
		return nil
	}
	d, err := openRead(ctx, path, false)
	if err != nil {
		return nil
	}
	err = how.Versions(ctx, d)
	if _, newer := errors.AsType[*NewerError](err); !newer {
		err = nil
	}
	return errors.Join(err, d.Close())
}

func repairLog(path string, how Repair, r *Repaired) error {
	for range mostBits {
		_, err := guard.CheckStart(path)
		refused, is := errors.AsType[*guard.Refused](err)
		if err == nil {
			return nil
		}
		if !is {
			return err
		}
		found := refused.Report
		if found.Mend != nil {
			if err := guard.MendLog(path, *found.Mend); err != nil {
				return err
			}
			r.Done = append(r.Done, fmt.Sprintf("the log: %s; bit %d of byte %d was put back", found.Why, found.Mend.Bit, found.Mend.Offset))
			continue
		}
		kept, of, err := guard.AlreadyKept(path, found)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("the log: %s; %d acknowledged changes would be lost", found.Why, found.Lost)
		if of > 0 {
			text += fmt.Sprintf(" (of %d pages behind the damage %d stand in the database already)", of, kept)
		}
		if !how.AcceptLoss {
			r.Open = append(r.Open, text)
			return nil
		}
		if r.Kept, err = guard.CutLog(path, found); err != nil {
			return err
		}
		r.Lost += found.Lost
		r.Done = append(r.Done, text+": dropped as asked")
	}
	return errors.New("the log has too many damaged places")
}

func repairPages(ctx context.Context, path string, how Repair, r *Repaired) error {
	var copied io.ReaderAt
	if how.Copy != "" {
		f, err := os.Open(how.Copy)
		if err != nil {
			return err
		}
		defer f.Close()
		copied = f
	}
	if err := mendFirst(path, !how.RebuildSums); err != nil { // a scrub needs the size of pages, which stands in the first
		return err
	}
	if fits, err := guard.CheckPage(path, 1); err == nil && !fits && copied != nil {
		if _, err := guard.TakePage(path, 1, copied); err != nil {
			return err
		}
	}
	for from := int64(1); from > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		bad, next, err := guard.Scrub(path, from, scrubPages)
		if err != nil {
			return err
		}
		for _, no := range bad {
			if err := repairPage(path, no, copied, !how.RebuildSums, r); err != nil {
				return err
			}
		}
		from = next
	}
	return nil
}

func repairPage(path string, no int64, copied io.ReaderAt, bits bool, r *Repaired) error {
	if bits {
		mended, err := guard.MendPage(path, no)
		if err != nil {
			return err
		}
		if mended {
			r.Done = append(r.Done, fmt.Sprintf("page %d: one lost bit was put back", no))
			return nil
		}
	}
	if copied != nil {
		taken, err := guard.TakePage(path, no, copied)
		if err != nil {
			return err
		}
		if taken {
			r.Done = append(r.Done, fmt.Sprintf("page %d: taken from the copy, fits its sum to the bit", no))
			return nil
		}
	}
	text := fmt.Sprintf("page %d is damaged in more than one bit", no)
	if !bits {
		text = fmt.Sprintf("page %d does not fit its sum", no)
	}
	r.Open = append(r.Open, text)
	return nil
}

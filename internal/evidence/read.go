package evidence

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/docx"
	"github.com/pendapa/pendapa/internal/platform/filetype"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/pdf"
	"github.com/pendapa/pendapa/internal/platform/picture"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	mostPages = 300
	mostText  = 1 << 20 // bytes of text taken from one file
)

// Reading is how the reading of a proof's file ended. Failure is a reason of jail, empty when the file was read; Pages is 0
// where a file has none.
type Reading struct {
	Failure string
	Pages   int
	At      int64
	Look    Look
}

// isRead reports whether somebody looks into the file after it came: for its words, or whether it is a picture at all.
func (i Item) isRead() bool {
	return i.FileGroup == filetype.PDF || i.FileGroup == filetype.Image || strings.HasSuffix(i.FileName, ".docx")
}

// read is the job that takes the words out of a file for the search and looks whether a picture is one. A file that cannot
// be read is no failure of the job: the card says why, the file stays, and what was read until then counts. A reader that
// was not free is tried again.
func (s *Service) read(ctx context.Context, j jobs.Job) error {
	var args struct{ ID string }
	if err := j.Decode(&args); err != nil {
		return err
	}
	i, err := s.store.get(ctx, s.DB, j.Regency, args.ID)
	if err != nil {
		return ignoreGone(err)
	}
	f, err := s.Blobs.Open(i.FileHash)
	if err != nil {
		return ignoreGone(err)
	}
	defer f.Close()
	words, pages, err := fileWords(ctx, i, f)
	why := jail.Why(err)
	if err != nil && !jail.Final(why) {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.setWords(tx, j.Regency, i.ID, "file", words); err != nil {
			return err
		}
		return s.keepReading(ctx, tx, i, Reading{Failure: string(why), Pages: pages, At: s.now()})
	})
}

// fileWords gives the words of a file and how many pages it has; with an error those that were read before.
func fileWords(ctx context.Context, i Item, f io.ReaderAt) (words []string, pages int, err error) {
	var text strings.Builder
	switch i.FileGroup {
	case filetype.Image:
		_, err = picture.Head(ctx, f, i.FileSize)
	case filetype.PDF:
		err = pdf.Text(ctx, f, i.FileSize, mostPages, func(p pdf.Page) error {
			pages = p.Pages
			text.WriteString(p.Text[:min(len(p.Text), max(0, mostText-text.Len()))] + " ")
			return nil
		})
	default:
		err = docx.Text(ctx, f, i.FileSize, mostText, func(part string) error {
			text.WriteString(part)
			return nil
		})
	}
	return Words(text.String()), pages, err
}

func (s *Service) keepReading(ctx context.Context, tx *db.Tx, i Item, r Reading) error {
	if err := s.store.setReading(tx, tenant.From(ctx).Regency, i.ID, r); err != nil {
		return err
	}
	if r.Failure == "" && i.hasLook() {
		return lookLater(ctx, tx, s, tenant.From(ctx).Regency, i.ID)
	}
	if r.Failure == "" {
		return nil
	}
	return s.record(ctx, tx, "unreadable", i, "", nil, map[string]string{"failure": r.Failure})
}

// unreadable notes on the card that its file could not be shown, so that nobody's visit tries it again.
func (s *Service) unreadable(ctx context.Context, i Item, why jail.Reason) error {
	a := tenant.From(ctx)
	ctx = tenant.With(ctx, tenant.SystemOf(a.Regency, "reader"))
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.keepReading(ctx, tx, i, Reading{Failure: string(why), At: s.now()})
	})
}

// ReadAgain has a file read once more that could not be read, because a person asks for it.
func (s *Service) ReadAgain(ctx context.Context, id string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if !mayWrite(ctx, i.Agency) {
		return errs.E(errs.Forbidden, "evidence.error.other_agency", nil)
	}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`DELETE FROM evidence_reading WHERE regency_id = $1 AND evidence_id = $2`, regency, id); err != nil {
			return err
		}
		if i.isRead() {
			if err := jobs.Enqueue(ctx, tx, regency, "evidence.read", map[string]string{"id": id}, s.Now()); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "read_again", i, "", nil, nil)
	})
}

// failureText gives the reason for people; a reason that only a later version knows is shown as a broken file.
func failureText(failure string) string {
	known := []jail.Reason{jail.TooBig, jail.TooLong, jail.TooMuchMemory, jail.Crashed, jail.Locked, jail.NotSuch}
	if !slices.Contains(known, jail.Reason(failure)) {
		failure = string(jail.NotSuch)
	}
	return "web.error.read_" + failure
}

package evidence

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/filetype"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/pdf"
	"github.com/pendapa/pendapa/internal/platform/picture"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	lookSide = 240     // pixels of the longer side of a small picture
	mostLook = 1 << 20 // its bytes
	noLook   = "none"  // the file has none, and none will be tried
	mostDue  = 500     // pictures asked for in one round
)

// Look is the small picture of a file: the first page of a document, or the picture itself. Hash names its bytes,
// empty when there is none; Width and Height are pixels.
type Look struct {
	Hash          string
	Width, Height int
}

// hasLook reports whether a file can be shown small.
func (i Item) hasLook() bool { return i.FileGroup == filetype.PDF || i.FileGroup == filetype.Image }

// ready reports whether the picture is made and lies where it should.
func (s *Service) ready(l Look) bool { return l.Hash != "" && l.Hash != noLook && s.Looks.Has(l.Hash) }

func lookLater(ctx context.Context, tx *db.Tx, s *Service, regency int64, id string) error {
	return jobs.Enqueue(ctx, tx, regency, "evidence.look", map[string]string{"id": id}, s.Now())
}

// look is the job that makes the small picture of a file, once. A file that shows none is marked, so that nobody
// tries again.
func (s *Service) look(ctx context.Context, j jobs.Job) error {
	var args struct{ ID string }
	if err := j.Decode(&args); err != nil {
		return err
	}
	i, err := s.store.get(ctx, s.DB, j.Regency, args.ID)
	if err != nil {
		return ignoreGone(err)
	}
	r, err := s.store.reading(ctx, j.Regency, i.ID)
	if err != nil || r.At == 0 || r.Failure != "" || r.Look.Hash == noLook || s.ready(r.Look) || !i.hasLook() {
		return err
	}
	f, err := s.Blobs.Open(i.FileHash)
	if err != nil {
		return ignoreGone(err)
	}
	defer f.Close()
	made, jpeg, err := drawn(ctx, i, f)
	if why := jail.Why(err); err != nil && !jail.Final(why) {
		return err
	}
	if err != nil || len(jpeg) == 0 {
		made = Look{Hash: noLook}
	} else {
		ref, err := s.Looks.Put(ctx, bytes.NewReader(jpeg), mostLook)
		if err != nil {
			return err
		}
		made.Hash = ref.Hash
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE evidence_reading SET look = $3, look_width = $4, look_height = $5
			WHERE regency_id = $1 AND evidence_id = $2`, j.Regency, i.ID, made.Hash, made.Width, made.Height)
		return err
	})
}

func drawn(ctx context.Context, i Item, f io.ReaderAt) (Look, []byte, error) {
	if i.FileGroup == filetype.PDF {
		p, err := pdf.Look(ctx, f, i.FileSize, 1, lookSide)
		return Look{Width: p.Width, Height: p.Height}, p.JPEG, err
	}
	p, err := picture.Small(ctx, f, i.FileSize, lookSide)
	return Look{Width: p.Width, Height: p.Height}, p.JPEG, err
}

// due is what the round of small pictures looks at: a card, and what was made for it.
type due struct {
	regency  int64
	id, hash string
}

func scanDue(r *sql.Rows) (d due, err error) { return d, r.Scan(&d.regency, &d.id, &d.hash) }

// whole reports whether a small picture is as it was made; a damaged one is removed.
func (s *Service) whole(hash string) (bool, error) {
	if hash == "" {
		return false, nil
	}
	switch state, err := s.Looks.Check(hash); {
	case err != nil:
		return false, err
	case state == blob.Damaged:
		return false, s.Looks.Remove(hash)
	default:
		return state == "", nil
	}
}

// looks is the round that asks for pictures that are not there: of cards older than this, or after a restore,
// because the folder of small pictures is in no backup. Pictures that no card names are removed after a day.
func (s *Service) looks(ctx context.Context, _ jobs.Job) error {
	rows, err := s.DB.Query(ctx, `SELECT r.regency_id, r.evidence_id, r.look FROM evidence_reading r
		JOIN evidence_item e ON e.regency_id = r.regency_id AND e.id = r.evidence_id
		WHERE r.regency_id > 0 AND r.failure = '' AND r.look <> $1 AND e.file_group IN ('pdf', 'image')
		ORDER BY r.at DESC`, noLook)
	all, err := db.Collect(rows, err, scanDue)
	if err != nil {
		return err
	}
	named, asked := map[string]bool{}, 0
	for _, d := range all {
		named[d.hash] = true
		whole, err := s.whole(d.hash)
		if err != nil {
			return err
		}
		if whole || asked == mostDue {
			continue
		}
		asked++
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return lookLater(ctx, tx, s, d.regency, d.id) }); err != nil {
			return err
		}
	}
	old := s.Now().Add(-claimTime)
	return s.Looks.Each(func(hash string, _ int64) error {
		info, err := os.Stat(filepath.Join(s.Looks.Dir(), hash[:2], hash[2:]))
		if err != nil || named[hash] || info.ModTime().After(old) {
			return err
		}
		return s.Looks.Remove(hash)
	})
}

// small gives the picture to whoever may see the file.
func (s *Service) small(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	i, err := s.Get(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	reading, err := s.store.reading(ctx, tenant.From(ctx).Regency, i.ID)
	if err != nil {
		return err
	}
	if !s.ready(reading.Look) {
		return errs.E(errs.NotFound, "evidence.error.no_file", nil)
	}
	f, err := s.Looks.Open(reading.Look.Hash)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Disposition", "inline")
	h.Set("Content-Security-Policy",
		"default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("ETag", `"`+reading.Look.Hash+`"`)
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

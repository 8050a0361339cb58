package evidence

import (
	"archive/zip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/filetype"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

func ignoreGone(err error) error {
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	return err
}

func scanText(r *sql.Rows) (text string, err error) { return text, r.Scan(&text) }

// sweep is the daily job that removes files no card names and nobody claims: an upload that was cut off leaves one. It looks
// and removes while it holds the file, so that nobody can claim or name it in between.
func (s *Service) sweep(ctx context.Context, _ jobs.Job) error {
	if err := s.endClaims(ctx); err != nil {
		return err
	}
	old := s.Now().Add(-claimTime)
	return s.Blobs.Each(func(hash string, _ int64) error {
		info, err := os.Stat(filepath.Join(s.Blobs.Dir(), hash[:2], hash[2:]))
		if err != nil || info.ModTime().After(old) {
			return err
		}
		var n int
		if err := s.DB.QueryRow(ctx, `SELECT count(*) FROM evidence_item WHERE regency_id > 0 AND file_hash = $1`, hash).Scan(&n); err != nil || n > 0 {
			return err
		}
		return s.removeUnnamed(ctx, hash)
	})
}

// Package adds the files of a thing to a ZIP below a folder, named by official slot: question or slot, running number, title.
// Links stand in a text file. Only proofs that the actor may see are packed.
func (s *Service) Package(ctx context.Context, t proof.Thing, folder string, z *zip.Writer) error {
	all, err := s.store.held(ctx, tenant.From(ctx).Regency, t)
	if err != nil {
		return err
	}
	var at proof.Spot
	n := 0
	for _, h := range all {
		if ok, err := s.visible(ctx, h.item); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		if n++; h.at != at {
			at, n = h.at, 1
		}
		if err := s.pack(z, folder+SlotName(at, n, h.item), h.item); err != nil {
			return fmt.Errorf("%s %d: %w", at, n, err)
		}
	}
	return nil
}

var (
	lettered = regexp.MustCompile(`^([A-Z])([0-9]+)$`)
	numbered = regexp.MustCompile(`^([0-9]+)([a-z]?)$`)
)

// place gives the folder and the code of a file: C/C01 for a question by letter, 02a/02a for a number, I13/TD_13_01 for a
// slot of a question.
func place(at proof.Spot) (folder, code string) {
	folder, code = at.Item, at.Item
	if m := lettered.FindStringSubmatch(at.Item); m != nil {
		folder, code = m[1], m[1]+padded(m[2])
	} else if m := numbered.FindStringSubmatch(at.Item); m != nil {
		folder, code = padded(m[1])+m[2], padded(m[1])+m[2]
	}
	if at.Slot != "" {
		folder, code = at.Item, at.Slot
	}
	return filetype.CleanName(folder), filetype.CleanName(code)
}

func padded(number string) string {
	if len(number) == 1 {
		return "0" + number
	}
	return number
}

// SlotName is the name of a file in the package: "C/C01-2_Renstra Dishub.pdf", "I13/TD_13_01-1_Matriks aplikasi.xlsx".
func SlotName(at proof.Spot, n int, p Item) string {
	folder, code := place(at)
	ext := filepath.Ext(p.FileName)
	if !p.HasFile() {
		ext = ".txt"
	}
	return folder + "/" + code + "-" + strconv.Itoa(n) + "_" + strings.TrimSuffix(filetype.CleanName(p.Title+ext), ext) + ext
}

func (s *Service) pack(z *zip.Writer, name string, p Item) (err error) {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.UnixMilli(p.CreatedAt)})
	if err != nil {
		return err
	}
	if !p.HasFile() {
		_, err := io.WriteString(w, p.URL+"\r\n")
		return err
	}
	f, err := s.Blobs.Open(p.FileHash)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = io.Copy(w, f)
	return err
}

package filetype

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail"
)

// archives looks into archives in a process of its own.
var archives = jail.Reader{Name: "arsip", Limits: jail.Limits{File: 1 << 30},
	Serve: func(data []byte, _ json.RawMessage, _ jail.Say) error {
		return checkArchive(bytes.NewReader(data), int64(len(data)), 1)
	}}

func init() { jail.Register(&archives) }

const (
	mostEntries  = 10_000
	mostUnpacked = 500 << 20
	mostRatio    = 200 // unpacked to packed, over all entries
	mostDepth    = 2   // an archive in an archive, no deeper
)

// CheckArchive refuses archives that unfold to far more than they hold (zip bombs), that hold too many entries, names that
// climb out of their folder, links, or archives nested too deep. A process of its own looks at the directory and the inner
// archives.
func CheckArchive(ctx context.Context, r io.ReaderAt, size int64) error {
	return archives.Read(ctx, r, size, nil, func(json.RawMessage) error { return nil })
}

func checkArchive(r io.ReaderAt, size int64, depth int) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return errs.E(errs.Invalid, "web.error.archive", err)
	}
	if len(z.File) > mostEntries {
		return errs.E(errs.Invalid, "web.error.archive_bomb", nil)
	}
	var total uint64
	for _, f := range z.File {
		if !filepath.IsLocal(strings.ReplaceAll(f.Name, `\`, "/")) && f.Name != "" {
			return errs.E(errs.Invalid, "web.error.archive_path", nil, "Name", f.Name)
		}
		if f.Mode()&fs.ModeSymlink != 0 {
			return errs.E(errs.Invalid, "web.error.archive_path", nil, "Name", f.Name)
		}
		total += f.UncompressedSize64
		if total > mostUnpacked || f.UncompressedSize64 > 10<<20 && f.UncompressedSize64 > mostRatio*max(f.CompressedSize64, 1) {
			return errs.E(errs.Invalid, "web.error.archive_bomb", nil)
		}
		if strings.EqualFold(filepath.Ext(f.Name), ".zip") {
			if err := inner(f, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

const mostInner = 64 << 20

func inner(f *zip.File, depth int) error {
	if depth >= mostDepth || f.UncompressedSize64 > mostInner {
		return errs.E(errs.Invalid, "web.error.archive_bomb", nil)
	}
	in, err := f.Open()
	if err != nil {
		return errs.E(errs.Invalid, "web.error.archive", err)
	}
	data, err := io.ReadAll(io.LimitReader(in, mostInner+1))
	if err := errors.Join(err, in.Close()); err != nil {
		return errs.E(errs.Invalid, "web.error.archive", err)
	}
	if len(data) > mostInner {
		return errs.E(errs.Invalid, "web.error.archive_bomb", nil)
	}
	return checkArchive(bytes.NewReader(data), int64(len(data)), depth+1)
}

package evidence

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/filetype"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
)

const (
	mostFiles  = 20       // in one upload
	mostFields = 64 << 10 // bytes of one form field
	formRoom   = 1 << 20  // bytes of an upload that are no file: its fields
)

// Keep streams one file into the blob store and gives a card that knows its file: type by content, clean name, size. The
// file is claimed for a day; a refused one leaves nothing behind.
func (s *Service) Keep(ctx context.Context, name string, r io.Reader) (Item, error) {
	return s.keep(ctx, name, r, claimed{id: s.NewID()})
}

func (s *Service) keep(ctx context.Context, name string, r io.Reader, c claimed) (Item, error) {
	name = filetype.CleanName(name)
	in := bufio.NewReaderSize(r, filetype.HeadSize)
	head, err := in.Peek(filetype.HeadSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return Item{}, err
	}
	kind, err := filetype.Detect(name, head)
	if err != nil {
		return Item{}, err
	}
	limits, err := s.limits(ctx)
	if err != nil {
		return Item{}, err
	}
	ref, err := s.Blobs.PutClaimed(ctx, in, limits.File, func(ref blob.Ref) error { return s.claim(ctx, c, ref) })
	if err == nil && strings.HasPrefix(string(head), "PK\x03\x04") {
		err = s.checkArchive(ctx, ref.Hash, ref.Size)
	}
	if err != nil {
		if gone := s.letGo(ctx, `id = $2`, c.id); gone != nil {
			err = errors.Join(err, gone)
		}
		return Item{}, err
	}
	if !strings.EqualFold(filepath.Ext(name), kind.Ext) && kind.Ext != ".jpg" {
		name += kind.Ext
	}
	return Item{FileName: name, FileType: kind.MIME, FileGroup: kind.Group, FileHash: ref.Hash, FileSize: ref.Size, claim: c}, nil
}

func (s *Service) checkArchive(ctx context.Context, hash string, size int64) (err error) {
	f, err := s.Blobs.Open(hash)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return filetype.CheckArchive(ctx, f, size)
}

// form is an upload as it arrived: fields and the files already on the disk.
type form struct {
	values url.Values
	files  []Item
	upload string // the name under which its files are claimed; settle ends it
}

// receive reads a multipart body part by part; files go to the disk as they come, never into memory. Room is booked before
// the first byte is read. Whatever it gives, the caller settles the upload at the end.
func (s *Service) receive(w http.ResponseWriter, r *http.Request) (f form, err error) {
	f.values = url.Values{}
	var most int64
	if f.upload, most, err = s.reserve(r.Context(), r.ContentLength); err != nil {
		return f, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	parts, err := r.MultipartReader()
	if err != nil {
		return f, errs.E(errs.Invalid, "web.error.form", err)
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, web.BodyError(err)
		}
		if err := s.part(r.Context(), &f, p); err != nil {
			return f, err
		}
	}
}

func (s *Service) part(ctx context.Context, f *form, p *multipart.Part) error {
	if p.FileName() == "" {
		text, err := io.ReadAll(io.LimitReader(p, mostFields+1))
		if err != nil {
			return web.BodyError(err)
		}
		if len(text) > mostFields {
			return errs.E(errs.Invalid, "web.error.form", nil)
		}
		if p.FormName() != "files" {
			f.values.Add(p.FormName(), string(text))
		}
		return nil
	}
	if len(f.files) >= mostFiles {
		return errs.E(errs.Invalid, "evidence.error.many", nil, "Most", mostFiles)
	}
	i, err := s.keep(ctx, p.FileName(), incoming{p}, claimed{s.NewID(), f.upload})
	f.files = append(f.files, i)
	return err
}

// incoming is a file on its way: what ends it early is no failure of the disk.
type incoming struct{ io.Reader }

func (i incoming) Read(b []byte) (int, error) {
	n, err := i.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = web.BodyError(err)
	}
	return n, err
}

// cards makes one card per file from the fields; without a file one card for the address. A title is for a single proof,
// else the name of the file serves.
func (f form) cards(day func(name string) (int64, error)) ([]Item, error) {
	v := f.values
	base := Item{Title: v.Get("title"), Kind: v.Get("kind"), Number: v.Get("number"), Agency: v.Get("agency"), Page: v.Get("page"),
		Confidentiality: v.Get("confidentiality"), Supersedes: v.Get("supersedes"), Note: v.Get("note")}
	var failed []error
	for name, to := range map[string]*int64{"date": &base.Date, "from": &base.From, "to": &base.To, "valid_until": &base.ValidUntil} {
		ms, err := day(name)
		*to = ms
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	if base.Confidentiality == "" {
		base.Confidentiality = "internal"
	}
	if len(f.files) == 0 {
		base.URL = v.Get("url")
		if base.Kind == "" {
			base.Kind = "link"
		}
		return []Item{base}, nil
	}
	var out []Item
	for _, file := range f.files {
		i := base
		i.FileName, i.FileType, i.FileGroup, i.FileHash, i.FileSize, i.claim = file.FileName, file.FileType, file.FileGroup, file.FileHash, file.FileSize, file.claim
		if i.Title == "" || len(f.files) > 1 {
			i.Title = titleOf(file.FileName)
		}
		if i.Kind == "" {
			i.Kind = guess(file)
		}
		out = append(out, i)
	}
	return out, nil
}

func titleOf(name string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.TrimSuffix(name, filepath.Ext(name)), "_", " ")), " ")
}

// guess reads the kind from the name as offices write it; the card can be corrected.
func guess(i Item) string {
	words := " " + strings.Join(Words(i.FileName), " ") + " "
	for _, rule := range []struct{ word, kind string }{{"sk", "decree"}, {"keputusan", "decree"}, {"perbup", "regulation"}, {"perda", "regulation"}, {"peraturan", "regulation"},
		{"notulen", "minutes"}, {"undangan", "minutes"}, {"dpa", "budget"}, {"rka", "budget"}, {"anggaran", "budget"}, {"renstra", "plan"}, {"renja", "plan"}, {"masterplan", "plan"},
		{"laporan", "report"}, {"survei", "survey"}, {"mou", "agreement"}, {"pks", "agreement"}} {
		if strings.Contains(words, " "+rule.word+" ") {
			return rule.kind
		}
	}
	if i.FileGroup == filetype.Image {
		return "photo"
	}
	return "other"
}

// places reads the place on which to hang at once.
func (f form) places() []proof.Place {
	if f.values.Get("round") == "" || f.values.Get("item") == "" {
		return nil
	}
	return []proof.Place{{Thing: proof.ParseThing(f.values.Get("round")), Spot: proof.ParseSpot(f.values.Get("item"))}}
}

package evidence_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func readNow(s *evidence.Service, id string) error {
	ctx := tenant.With(context.Background(), tenant.SystemOf(1, "job"))
	return s.Module().Jobs["evidence.read"](ctx, jobs.Job{Regency: 1, Args: []byte(`{"ID":"` + id + `"}`)})
}

func failure(t *testing.T, d *db.DB, id string) (why string, rows int) {
	t.Helper()
	err := d.QueryRow(t.Context(), `SELECT coalesce(max(failure), ''), count(*) FROM evidence_reading WHERE regency_id = 1 AND evidence_id = $1`, id).
		Scan(&why, &rows)
	if err != nil {
		t.Fatal(err)
	}
	return why, rows
}

// TestAHostileFileIsMarkedOnItsCard: the 181 bytes that ended servers end one reader. The card says so, the file stays, the
// job is done and not tried again, and a person may ask for another try.
func TestAHostileFileIsMarkedOnItsCard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Quota = 0
		bad := add(t, s, operator(), "jahat.pdf", string(hostile.PDFs()[0].Data), nil)
		good := add(t, s, operator(), "baik.pdf", string(hostile.ManyPages(3, "Rapat di pendopo")), nil)
		for _, id := range []string{bad.ID, good.ID} {
			if err := readNow(s, id); err != nil {
				t.Fatalf("%s: the job fails and would be tried again: %v", id, err)
			}
		}
		if why, _ := failure(t, d, bad.ID); why != string(jail.NotSuch) {
			t.Errorf("marked %q", why)
		}
		if why, rows := failure(t, d, good.ID); why != "" || rows != 1 {
			t.Errorf("a sound file is marked %q in %d rows", why, rows)
		}
		if now, err := s.Get(operator(), bad.ID); err != nil || !now.HasFile() {
			t.Errorf("the file went: %+v %v", now, err)
		}
		if _, n, err := s.List(operator(), evidence.Filter{Query: "pendopo"}, 10, 0); err != nil || n != 1 {
			t.Errorf("found %d %v", n, err)
		}
		if err := s.ReadAgain(other(), bad.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another agency had it read again: %v", err)
		}
		if err := s.ReadAgain(operator(), bad.ID); err != nil {
			t.Fatal(err)
		}
		if _, rows := failure(t, d, bad.ID); rows != 0 {
			t.Error("the mark stays although another try was asked for")
		}
	})
}

// TestAPictureThatFloodsIsNotShown: its head promises more pixels than a browser should be sent.
func TestAPictureThatFloodsIsNotShown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Quota = 0
		for name, c := range map[string]struct {
			data []byte
			want jail.Reason
		}{"banjir.png": {hostile.Pictures()[0].Data, jail.TooBig}, "foto.jpg": {hostile.Picture("jpeg", 40, 30), ""}} {
			i := add(t, s, operator(), name, string(c.data), nil)
			if err := readNow(s, i.ID); err != nil {
				t.Fatal(err)
			}
			if why, rows := failure(t, d, i.ID); why != string(c.want) || rows != 1 {
				t.Errorf("%s: marked %q in %d rows, want %q", name, why, rows, c.want)
			}
		}
	})
}

func TestWordsOfADocumentAreFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Quota = 0
		body := hostile.Zip(hostile.Entry{Name: "word/document.xml", Data: []byte(`<w:document xmlns:w="w"><w:p><w:t>Berita acara pendopo</w:t></w:p></w:document>`)})
		i := add(t, s, operator(), "notulen.docx", string(body), func(i *evidence.Item) { i.Title = "Dokumen" })
		if err := readNow(s, i.ID); err != nil {
			t.Fatal(err)
		}
		if _, n, err := s.List(operator(), evidence.Filter{Query: "pendopo"}, 10, 0); err != nil || n != 1 {
			t.Errorf("found %d %v", n, err)
		}
	})
}

func TestArchivesThatUnfoldTooFarLeaveNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.MaxFile = 10 << 20
		for _, f := range hostile.Archives() {
			if _, err := s.Keep(operator(), "arsip.zip", strings.NewReader(string(f.Data))); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s was kept: %v", f.Name, err)
			}
		}
		if n := stored(t, s); n != 0 {
			t.Errorf("%d refused files stay on the disk", n)
		}
	})
}

func stored(t *testing.T, s *evidence.Service) (n int) {
	t.Helper()
	if err := s.Blobs.Each(func(string, int64) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

package pdf_test

import (
	"bytes"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/pdf"
)

func text(t testing.TB, data []byte, most int) (all []pdf.Page, err error) {
	t.Helper()
	err = pdf.Text(t.Context(), bytes.NewReader(data), int64(len(data)), most, func(p pdf.Page) error { all = append(all, p); return nil })
	return all, err
}

func TestTextAndLook(t *testing.T) {
	t.Parallel()
	data := hostile.ManyPages(3, "Renstra Dinas Perhubungan")
	all, err := text(t, data, 2)
	if err != nil || len(all) != 2 || all[1].Number != 2 || all[1].Pages != 3 || !strings.Contains(all[1].Text, "Renstra Dinas Perhubungan") {
		t.Fatalf("got %+v %v", all, err)
	}
	picture, err := pdf.Look(t.Context(), bytes.NewReader(data), int64(len(data)), 3, 200)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := jpeg.Decode(bytes.NewReader(picture.JPEG))
	if err != nil || seen.Bounds().Dx() != picture.Width || picture.Height != 200 || picture.Width < 130 || picture.Width > 150 {
		t.Errorf("picture %d x %d, %v", picture.Width, picture.Height, err)
	}
	if _, err := pdf.Look(t.Context(), bytes.NewReader(data), int64(len(data)), 4, 200); jail.Why(err) != jail.NotSuch {
		t.Errorf("a page that is not there: %v", err)
	}
}

// TestHostileFilesEndTheirReaderAlone throws every hostile PDF at the reader. Each must end within its limits and for a
// reason it may end for; afterwards a sound file is read as before.
func TestHostileFilesEndTheirReaderAlone(t *testing.T) {
	t.Parallel()
	sound := hostile.OnePage("masih hidup")
	files := append(hostile.PDFs(), hostile.Common()...)
	for _, f := range append(files, hostile.Mutants("pdf", sound, 6, 7)...) {
		begun := time.Now()
		_, err := text(t, f.Data, 300)
		if why := jail.Why(err); !f.May(why) || err != nil && why == "" {
			t.Errorf("%s: %v", f.Name, err)
		}
		_, err = pdf.Look(t.Context(), bytes.NewReader(f.Data), int64(len(f.Data)), 1, 200)
		if why := jail.Why(err); !f.May(why) || err != nil && why == "" {
			t.Errorf("%s drawn: %v", f.Name, err)
		}
		t.Logf("%s: %d bytes, %v, %.1f s", f.Name, len(f.Data), err, time.Since(begun).Seconds())
	}
	if all, err := text(t, sound, 1); err != nil || !strings.Contains(all[0].Text, "masih hidup") {
		t.Errorf("after all: %v %v", all, err)
	}
}

func BenchmarkOnePage(b *testing.B) {
	data := hostile.OnePage("Renstra")
	for b.Loop() {
		if _, err := text(b, data, 300); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzText looks for files that end their reader in a way that has no reason.
func FuzzText(f *testing.F) {
	f.Add(hostile.OnePage("Renstra"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := text(t, data, 10); err != nil && jail.Why(err) == "" {
			t.Error(err)
		}
	})
}

package docx_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/docx"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
)

func text(t *testing.T, data []byte, most int) (string, error) {
	t.Helper()
	var all strings.Builder
	err := docx.Text(t.Context(), bytes.NewReader(data), int64(len(data)), most, func(part string) error { all.WriteString(part); return nil })
	return all.String(), err
}

func document(body string) []byte {
	return hostile.Zip(hostile.Entry{Name: "word/document.xml", Data: []byte(`<?xml version="1.0"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`)})
}

func TestText(t *testing.T) {
	t.Parallel()
	data := document(`<w:p><w:r><w:t>Berita</w:t></w:r><w:r><w:t xml:space="preserve"> acara &amp; daftar</w:t></w:r></w:p><w:p><w:instrText>HIDDEN</w:instrText><w:t>hadir</w:t></w:p>`)
	if got, err := text(t, data, 1000); err != nil || strings.TrimSpace(got) != "Berita acara & daftar hadir" {
		t.Errorf("got %q %v", got, err)
	}
	long := document(strings.Repeat(`<w:p><w:t>kata</w:t></w:p>`, 400_000))
	if got, err := text(t, long, 10_000); err != nil || len(got) < 10_000 || len(got) > 20_000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestHostileFilesEndTheirReaderAlone(t *testing.T) {
	t.Parallel()
	files := append(hostile.Archives(), hostile.Common()...)
	files = append(files, hostile.Mutants("docx", document("<w:p><w:t>kata</w:t></w:p>"), 6, 3)...)
	for _, f := range append(files, hostile.Texts("word/document.xml")...) {
		if _, err := text(t, f.Data, 1<<20); !f.May(jail.Why(err)) && jail.Why(err) != jail.NotSuch {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

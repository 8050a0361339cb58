package filetype_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/filetype"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
)

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, head, group string }{
		{"renstra.pdf", "%PDF-1.7\n", filetype.PDF},
		{"bukan.txt", "%PDF-1.4\n", filetype.PDF},
		{"foto.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", filetype.Image},
		{"data.csv", "kode,nama\n1,x\n", filetype.Sheet},
		{"cuaca.csv", "BMKG,stasiun\n1,x\n", filetype.Sheet},                      // not a bitmap
		{"surat.txt", "Laporan pemeliharaan jaringan no 3LP-12\n", filetype.Text}, // "LP" stands where a font has its mark
		{"tabel.xlsx", "PK\x03\x04....", filetype.Sheet},
		{"isi.zip", "PK\x03\x04....", filetype.Archive},
		{"lama.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", filetype.Sheet},
	} {
		got, err := filetype.Detect(c.name, []byte(c.head))
		if err != nil || got.Group != c.group {
			t.Errorf("%s: %+v %v, want %s", c.name, got, err, c.group)
		}
	}
	for name, head := range map[string]string{
		"a.pdf": "MZ\x90", "b.pdf": "<html><script>", "c.svg": "<svg onload=x>", "d.txt": "catatan <script>alert(1)</script>", "e.sh": "echo", "f.bin": "\x00\x01\x02\x03", "g.pdf": "",
		"j.bmp": "BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36\x00",
		"h.csv": "#!/bin/sh\n", "i.xlsm": "PK\x03\x04",
	} {
		if got, err := filetype.Detect(name, []byte(head)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s was taken as %+v %v", name, got, err)
		}
	}
}

func archive(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCheckArchive(t *testing.T) {
	t.Parallel()
	check := func(data []byte) error {
		return filetype.CheckArchive(t.Context(), bytes.NewReader(data), int64(len(data)))
	}
	good := archive(t, map[string][]byte{"a/b.txt": []byte("x")})
	if err := check(archive(t, map[string][]byte{"in.zip": good})); err != nil {
		t.Errorf("one archive in another: %v", err)
	}
	bomb := archive(t, map[string][]byte{"a": make([]byte, 32<<20)})
	for name, data := range map[string][]byte{
		"bomb":      bomb,
		"in bomb":   archive(t, map[string][]byte{"in.zip": bomb}),
		"too deep":  archive(t, map[string][]byte{"2.zip": archive(t, map[string][]byte{"1.zip": good})}),
		"climbing":  archive(t, map[string][]byte{"../../etc/passwd": []byte("x")}),
		"not a zip": []byte("PK\x03\x04nonsense"),
	} {
		if err := check(data); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCleanName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`C:\x\..\Renstra 2026.pdf`: "Renstra 2026.pdf", "../../etc/passwd": "passwd", "a\u202egnp.exe": "a_gnp.exe", "...": "berkas", "x\x00y": "x_y",
	} {
		if got := filetype.CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
	if got := filetype.CleanName(strings.Repeat("a", 300) + ".pdf"); !strings.HasSuffix(got, ".pdf") || len(got) > 120 {
		t.Errorf("long name: %q", got)
	}
}

// TestHostileArchivesAreRefused: every one is refused with a text or by the limits of its reader; afterwards a sound one passes.
func TestHostileArchivesAreRefused(t *testing.T) {
	t.Parallel()
	check := func(data []byte) error {
		return filetype.CheckArchive(t.Context(), bytes.NewReader(data), int64(len(data)))
	}
	for _, f := range hostile.Archives() {
		if err := check(f.Data); !errs.Is(err, errs.Invalid) || !f.May(jail.Why(err)) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if err := check(hostile.Zip(hostile.Entry{Name: "a/b.txt", Data: []byte("x")})); err != nil {
		t.Errorf("a sound archive: %v", err)
	}
}

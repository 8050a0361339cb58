package sheet_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/sheet"
)

func read(data []byte, l sheet.Limits) (sheet.Table, error) {
	return sheet.Read(bytes.NewReader(data), int64(len(data)), "daftar", l)
}

func TestReadCSVEncodings(t *testing.T) {
	t.Parallel()
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("kode;nama\n1;Dinas \"A\" é\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"utf8 comma":   "kode,nama\n1,\"Dinas \"\"A\"\" é\"\n",
		"utf8 mark":    "\ufeffkode\tnama\n1\tDinas \"A\" é\n\n",
		"windows 1252": "kode;nama\n1;Dinas \"A\" \xe9\n",
		"utf16":        utf16,
	} {
		got, err := read([]byte(data), sheet.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got.Rows) != 2 || got.Rows[1][1] != `Dinas "A" é` {
			t.Errorf("%s: got %q", name, got.Rows)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ data, key string }{
		"binary":   {"a\x00b", "web.error.sheet_kind"},
		"cut xls":  {"\xd0\xcf\x11\xe0\xa1\xb1", "web.error.sheet_kind"},
		"not xlsx": {"PK\x03\x04nonsense", "web.error.sheet_kind"},
		"rows":     {strings.Repeat("a,b\n", 11), "web.error.sheet_limit"},
		"columns":  {strings.Repeat("a,", 30), "web.error.sheet_limit"},
	} {
		_, err := read([]byte(c.data), sheet.Limits{Rows: 10, Cols: 20, Cells: 100})
		if key, _ := errs.KeyOf(err); key != c.key {
			t.Errorf("%s: got %v, want %s", name, err, c.key)
		}
	}
}

func TestXLSXRoundTripAndFormulas(t *testing.T) {
	t.Parallel()
	b := sheet.NewXLSX()
	if err := b.Sheet("Soal/1", []string{"kode", "nilai"}, [][]any{{"A1", 3.5}, {"=1+1", 2}}); err != nil {
		t.Fatal(err)
	}
	if err := b.Sheet("Lain", []string{"x"}, nil); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if _, err := b.WriteTo(&buf); err != nil {
		t.Fatal(err)
	}
	got, err := read(buf.Bytes(), sheet.Limits{})
	if err != nil || len(got.Rows) != 3 || !slices.Equal(got.Rows[2], []string{"=1+1", "2"}) || len(got.Notes) != 0 {
		t.Fatalf("got %q %v %v: a text must stay a text", got.Rows, got.Notes, err)
	}
	f := excelize.NewFile()
	if err := errors.Join(f.SetCellValue("Sheet1", "A1", "x"), f.SetCellFormula("Sheet1", "B1", "1+1")); err != nil {
		t.Fatal(err)
	}
	buf.Reset()
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	got, err = read(buf.Bytes(), sheet.Limits{})
	if err != nil || len(got.Notes) != 1 || got.Notes[0].Key != "web.sheet.formulas" {
		t.Errorf("formula note: %v %v", got.Notes, err)
	}
}

// No cell of an export begins with a formula, whatever sign a spreadsheet divides the line at.
func TestNoFormulaAtAnySeparator(t *testing.T) {
	hostile := "a;=cmd|' /C calc'!A0;b"
	for _, cell := range []string{hostile, "x\t+1+1", "x\n@SUM(A1)", "x;\"=1+1", "x,  -2+3", "=1", "x|=2"} {
		var out strings.Builder
		if err := sheet.WriteCSV(&out, [][]string{{"judul", cell, "akhir"}}); err != nil {
			t.Fatal(err)
		}
		line := strings.TrimPrefix(out.String(), "\ufeff")
		for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;|\t\r\n", r) }) {
			inner := strings.TrimLeft(part, " \"")
			if inner != "" && strings.ContainsRune("=+-@", rune(inner[0])) {
				t.Errorf("%q is exported with a cell %q", cell, part)
			}
		}
	}
	for _, plain := range []string{"-12,5", "12; -3", "a-b = c", "nama@opd.example", "+62", ""} {
		if got := sheet.Safe(plain); got != plain {
			t.Errorf("%q became %q", plain, got)
		}
	}
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0", "-3,5": "-3,5", "+62": "+62", "@x": "'@x", "Dinas": "Dinas", "-a": "'-a", "": ""} {
		if got := sheet.Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := sheet.WriteCSV(&b, [][]string{{"a", "=1"}}); err != nil || b.String() != "\ufeffa,'=1\n" {
		t.Errorf("got %q %v", b.String(), err)
	}
}

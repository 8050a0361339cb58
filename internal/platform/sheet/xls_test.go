package sheet_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/testdata"
)

// Records of old books, as the published format numbers them.
func number(row, col, kind uint16, v float64) []byte {
	bits := math.Float64bits(v)
	return hostile.Record(0x0203, hostile.U16(row, col, kind), hostile.U32(uint32(bits), uint32(bits>>32)))
}

func shared(row, col uint16, n uint32) []byte {
	return hostile.Record(0x00FD, hostile.U16(row, col, 0), hostile.U32(n))
}

// format writes a number format of its own and the kind of cell that uses it.
func format(n uint16, text string) []byte {
	return slices.Concat(hostile.Record(0x041E, hostile.U16(n), hostile.OldText(text)), kind(n))
}

func kind(n uint16) []byte { return hostile.Record(0x00E0, hostile.U16(0, n), make([]byte, 16)) }

func first(t *testing.T, common []byte, cells ...[]byte) sheet.Table {
	t.Helper()
	got, err := read(hostile.OldBook(common, hostile.OldSheet{Name: "S", Cells: slices.Concat(cells...)}), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestOldBookCells(t *testing.T) {
	t.Parallel()
	rk := func(bits uint32) []byte { return slices.Concat(hostile.U16(0), hostile.U32(bits)) }
	stored := func(col uint16, value ...byte) []byte {
		return hostile.Record(0x0006, hostile.U16(5, col, 0), value, make([]byte, 8))
	}
	texts := [][]byte{hostile.U32(2, 2), hostile.OldText("Dinas \u00a0 Perhubungan"), hostile.OldText("Kab. Jember – 中𐍈")}
	got := first(t, hostile.Record(0x00FC, texts...),
		shared(0, 0, 0), shared(0, 2, 1),
		number(1, 0, 0, -1.5), number(1, 1, 0, 0.1+0.2), number(1, 2, 0, 3509123456789012), number(1, 3, 0, 1e-12),
		hostile.Record(0x027E, hostile.U16(2, 0), rk(uint32(0xFFFFFFF6))),
		hostile.Record(0x00BD, hostile.U16(2, 1), rk(250<<2|3), rk(0x3FF80000), hostile.U16(2)),
		hostile.Record(0x0204, hostile.U16(3, 0, 0), hostile.OldText("label")),
		hostile.Record(0x00D6, hostile.U16(3, 1, 0), hostile.OldText("kaya"), hostile.U16(1, 0, 0)),
		hostile.Record(0x0205, hostile.U16(4, 0, 0), []byte{1, 0}),
		hostile.Record(0x0205, hostile.U16(4, 1, 0), []byte{42, 1}),
		stored(0, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F),
		stored(1, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF),
		hostile.Record(0x04BC, make([]byte, 10)), hostile.Record(0x0207, hostile.OldText("hasil")),
		stored(2, 1, 0, 1, 0, 0, 0, 0xFF, 0xFF),
		stored(3, 2, 0, 7, 0, 0, 0, 0xFF, 0xFF), stored(4, 3, 0, 0, 0, 0, 0, 0xFF, 0xFF))
	want := [][]string{{"Dinas Perhubungan", "", "Kab. Jember – 中𐍈"}, {"-1.5", "0.3", "3509123456789012", "1E-12"},
		{"-3", "2.5", "1.5"},
		{"label", "kaya"}, {"TRUE", "#N/A"}, {"1.5", "hasil", "TRUE", "#DIV/0!"}}
	if !slices.EqualFunc(got.Rows, want, slices.Equal) {
		t.Errorf("got  %q\nwant %q", got.Rows, want)
	}
	if len(got.Notes) != 1 || got.Notes[0].Key != "web.sheet.formulas" || got.Notes[0].Args["N"] != 5 {
		t.Errorf("notes %v", got.Notes)
	}
}

func TestOldBookDaysAndFormats(t *testing.T) {
	t.Parallel()
	formats := []string{"dd/mm/yyyy", `[$-421]dd\ mmmm\ yyyy`, "yyyy-mm-dd hh:mm", "[h]:mm",
		`"hari ke" 0`, "00000", "0.0%", `#,##0_);[Red]\(#,##0\)`, "General"}
	want := []string{"2024-12-31", "2024-12-31", "2024-12-31 12:00", "1095780:00",
		"45657.5", "45657.5", "4565750%", "45657.5", "45657.5"}
	var common, cells []byte
	for n, f := range formats {
		common = append(common, format(uint16(164+n), f)...)
		cells = append(cells, number(0, uint16(n), uint16(n), 45657.5)...)
	}
	for n, built := range []uint16{14, 22, 20, 9} {
		common = append(common, kind(built)...)
		cells = append(cells, number(0, uint16(len(formats)+n), uint16(len(formats)+n), 45657.5)...)
	}
	want = append(want, "2024-12-31", "2024-12-31 12:00", "12:00", "4565750%")
	cells = append(cells, number(0, uint16(len(want)), 5, 42)...)
	want = append(want, "00042")
	if got := first(t, common, cells); len(got.Rows) != 1 || !slices.Equal(got.Rows[0], want) {
		t.Errorf("got  %q\nwant %q", got.Rows, want)
	}
	var days []byte
	for n, v := range []float64{1, 59, 60, 61, -1, 3e6} {
		days = append(days, number(0, uint16(n), 0, v)...)
	}
	want = []string{"1900-01-01", "1900-02-28", "1900-02-29", "1900-03-01", "-1", "3000000"}
	if got := first(t, format(164, "dd/mm/yyyy"), days); !slices.Equal(got.Rows[0], want) {
		t.Errorf("from 1900: %q", got.Rows)
	}
	since := slices.Concat(hostile.Record(0x0022, hostile.U16(1)), format(164, "dd/mm/yyyy"))
	want = []string{"1904-01-01", "2024-12-31"}
	if got := first(t, since, number(0, 0, 0, 0), number(0, 1, 0, 44195)); !slices.Equal(got.Rows[0], want) {
		t.Errorf("from 1904: %q", got.Rows)
	}
}

// TestOldBookTextsGoOnInTheNextRecord: a text cut within its letters says anew how they are packed, one cut
// elsewhere does not.
func TestOldBookTextsGoOnInTheNextRecord(t *testing.T) {
	t.Parallel()
	begun := slices.Concat(hostile.U32(2, 2), hostile.U16(6), []byte{0}, []byte("Rap"))
	more := slices.Concat([]byte{1}, hostile.U16('a', 't', '–'), hostile.U16(2),
		[]byte{0x0C}, hostile.U16(1), hostile.U32(3), []byte("ok"), []byte{0, 0})
	last := slices.Concat([]byte{0, 0}, []byte("abc"))
	common := slices.Concat(hostile.Record(0x00FC, begun), hostile.Record(0x003C, more), hostile.Record(0x003C, last))
	got := first(t, common, shared(0, 0, 0), shared(0, 1, 1))
	if !slices.Equal(got.Rows[0], []string{"Rapat–", "ok"}) {
		t.Errorf("got %q", got.Rows)
	}
}

// TestOldBookShowsWhatIsSeen: hidden sheets, cells below a merged one and charts are not the table.
func TestOldBookShowsWhatIsSeen(t *testing.T) {
	t.Parallel()
	chart := slices.Concat(hostile.Record(0x0809, hostile.U16(0x0600, 0x20, 0, 0), hostile.U32(0, 0)),
		number(0, 0, 0, 99), hostile.Record(0x000A))
	seen := slices.Concat(chart, number(3, 0, 0, 1), number(3, 1, 0, 2), number(4, 0, 0, 3), number(4, 2, 0, 4),
		hostile.Record(0x00E5, hostile.U16(1, 3, 4, 0, 1)))
	data := hostile.OldBook(nil, hostile.OldSheet{Name: "rahasia", State: 1, Cells: number(0, 0, 0, 7)},
		hostile.OldSheet{Name: "kosong"}, hostile.OldSheet{Name: "isi", Cells: seen})
	got, err := read(data, sheet.Limits{})
	if err != nil || !slices.EqualFunc(got.Rows, [][]string{{"1", ""}, {"", "", "4"}}, slices.Equal) {
		t.Errorf("got %q %v", got.Rows, err)
	}
}

func TestOldBookIsBounded(t *testing.T) {
	t.Parallel()
	var long []byte
	for n := range uint16(100) {
		long = append(long, number(n, n%10, 0, 1)...)
	}
	data := hostile.OldBook(nil, hostile.OldSheet{Name: "S", Cells: long})
	for name, l := range map[string]sheet.Limits{"rows": {Rows: 99}, "columns": {Cols: 9}, "cells": {Cells: 500}} {
		_, err := read(data, l)
		if key, _ := errs.KeyOf(err); key != "web.error.sheet_limit" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := read(data, sheet.Limits{Rows: 7, Cut: true}); err != nil || len(got.Rows) != 7 {
		t.Errorf("cut: %d rows %v", len(got.Rows), err)
	}
}

// TestLockedBooksAreNamed: a password is said to be one, in an old book and around a new one.
func TestLockedBooksAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		key  string
	}{
		"old":      {hostile.OldBook(hostile.Record(0x002F, make([]byte, 54))), "web.error.read_locked"},
		"new":      {hostile.Compound("EncryptedPackage", nil), "web.error.read_locked"},
		"excel 95": {hostile.Compound("Book", nil), "web.error.sheet_xls"},
		"biff5":    {hostile.Compound("Workbook", hostile.Record(0x0809, hostile.U16(0x0500, 5))), "web.error.sheet_xls"},
		"a letter": {hostile.Compound("WordDocument", nil), "web.error.sheet_kind"},
	} {
		_, err := read(c.data, sheet.Limits{})
		if key, _ := errs.KeyOf(err); key != c.key {
			t.Errorf("%s: got %v, want %s", name, err, c.key)
		}
		if locked := jail.Why(err) == jail.Locked; locked != (c.key == "web.error.read_locked") {
			t.Errorf("%s: %v", name, jail.Why(err))
		}
	}
}

// TestRealOldBooks reads the books of a regency. The sums were taken when every cell was equal to what xlrd 2.0
// reads.
func TestRealOldBooks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(testdata.Dir(t), "6_lembar", "bagi")
	for name, want := range realBooks() {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatalf("a real file is absent: %v", err)
		}
		got, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{})
		h := sha256.New()
		for _, row := range got.Rows {
			h.Write([]byte(strings.Join(row, "\x00") + "\n"))
		}
		if sum := hex.EncodeToString(h.Sum(nil))[:16]; err != nil || len(got.Rows) != want.rows || sum != want.sum {
			t.Errorf("%s: %d rows, %s, %v; want %d, %s", name, len(got.Rows), sum, err, want.rows, want.sum)
		}
	}
}

type book struct {
	rows int
	sum  string
}

func realBooks() map[string]book {
	return map[string]book{
		"jember_kib_a_tanah.xls":              {9, "8a9cad1fc96927b2"},
		"jember_kib_c_gedung_dinsos_2017.xls": {44, "93ac3968513bb7d2"},
		"jember_kib_d_jalan.xls":              {39, "44738cbaa0607b69"},
		"jember_templat_kib_a.xls":            {3, "7c5d7180e25c13fd"},
		"jember_templat_kib_b.xls":            {2, "4fe6a0d8e2045f11"},
		"jember_templat_kib_d.xls":            {2, "c5761f0bd22604f6"},
		"jember_templat_laporan_aset.xls":     {3, "52d93be8b0f16638"},
	}
}

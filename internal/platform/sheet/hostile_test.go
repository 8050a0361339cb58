package sheet_test

import (
	"slices"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/sheet"
)

// TestHostileTablesEndTheirReaderAlone: each ends with a text for people or is read within its limits; afterwards a sound
// table is read as before.
func TestHostileTablesEndTheirReaderAlone(t *testing.T) {
	t.Parallel()
	sound := hostile.XLSX(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, "<si><t>masih hidup</t></si>")
	all := slices.Concat(hostile.Tables(), hostile.OldBooks(), hostile.Common(), hostile.Mutants("xls", hostile.OldTable("lama"), 30, 13))
	all = append(append(all, hostile.Texts("xl/worksheets/sheet1.xml", hostile.Book()...)...), hostile.Mutants("xlsx", sound, 9, 11)...)
	for _, f := range all {
		limits := sheet.Limits{Rows: 200, Cols: 40, Cells: 8000, Cut: true}
		begun := time.Now()
		table, err := read(f.Data, limits)
		t.Logf("%s: %d bytes, %d rows, %.1f s, %v", f.Name, len(f.Data), len(table.Rows), time.Since(begun).Seconds(), err)
		if err != nil && !errs.Is(err, errs.Invalid) || len(table.Rows) > limits.Rows {
			t.Errorf("%s: %d rows, %v", f.Name, len(table.Rows), err)
		}
	}
	if got, err := read(sound, sheet.Limits{}); err != nil || len(got.Rows) != 1 || got.Rows[0][0] != "masih hidup" {
		t.Errorf("a sound table after all: %q %v", got.Rows, err)
	}
	if got, err := read(hostile.OldTable("masih hidup"), sheet.Limits{}); err != nil || len(got.Rows) != 1 || got.Rows[0][0] != "masih hidup" {
		t.Errorf("a sound old table after all: %q %v", got.Rows, err)
	}
}

// FuzzTable looks for files that are no error of theirs and no table either.
func FuzzTable(f *testing.F) {
	f.Add([]byte("kode;nama\n1;Dinas\n"))
	f.Add(hostile.XLSX(`<row r="1"><c r="A1"><v>1</v></c></row>`, ""))
	f.Add(hostile.OldTable("lama"))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := sheet.Limits{Rows: 50, Cols: 20, Cells: 500, Cut: true}
		if table, err := read(data, limits); err != nil && !errs.Is(err, errs.Invalid) || len(table.Rows) > limits.Rows {
			t.Errorf("%d rows, %v", len(table.Rows), err)
		}
	})
}

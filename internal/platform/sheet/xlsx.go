package sheet

import (
	"bytes"

	"github.com/xuri/excelize/v2"

	"github.com/pendapa/pendapa/internal/errs"
)

const mostUnzipped = 128 << 20

// xlsxOptions bound what is unpacked. A day without a pattern of its own is written 2006-01-02, not with the
// month first.
var xlsxOptions = excelize.Options{UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostUnzipped,
	ShortDatePattern: "yyyy-mm-dd"}

// readXLSX reads the first visible sheet that holds anything. Formula cells give the value that was stored with them.
func readXLSX(data []byte, name string, l Limits) (Table, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), xlsxOptions)
	if err != nil {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_kind", err, "Name", name)
	}
	defer f.Close()
	for _, sheetName := range f.GetSheetList() {
		if seen, err := f.GetSheetVisible(sheetName); err == nil && !seen {
			continue
		}
		t, err := readSheet(f, sheetName, name, l)
		if err != nil || len(t.Rows) > 0 {
			t.Notes = formulas(data, sheetName)
			return t, err
		}
	}
	return Table{}, nil
}

func readSheet(f *excelize.File, sheetName, name string, l Limits) (Table, error) {
	rows, err := f.Rows(sheetName)
	if err != nil {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_kind", err, "Name", name)
	}
	defer rows.Close()
	var t Table
	cells := 0
	for n := 1; rows.Next(); n++ {
		row, err := rows.Columns()
		if err != nil {
			return Table{}, errs.E(errs.Invalid, "web.error.sheet_line", err, "Name", name, "Line", n)
		}
		if l.Cut && len(t.Rows) == l.Rows {
			break
		}
		if cells, err = l.add(n-1, len(row), cells, name); err != nil {
			return Table{}, err
		}
		t.Rows = append(t.Rows, trimmed(row))
	}
	t.Rows = withoutEmpty(t.Rows)
	return t, nil
}

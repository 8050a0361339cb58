package sheet

import (
	"bytes"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/pendapa/pendapa/internal/errs"
)

const mostUnzipped = 128 << 20

// readXLSX reads the first sheet that holds anything. Formula cells give the value that was stored with them.
func readXLSX(data []byte, name string, l Limits) (Table, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: mostUnzipped, UnzipXMLSizeLimit: mostUnzipped})
	if err != nil {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_kind", err, "Name", name)
	}
	defer f.Close()
	for _, sheetName := range f.GetSheetList() {
		t, err := readSheet(f, sheetName, name, l)
		if err != nil || len(t.Rows) > 0 {
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
	cells, formulas := 0, 0
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
	if formulas = countFormulas(f, sheetName, t.Rows); formulas > 0 {
		t.Notes = append(t.Notes, errs.M("web.sheet.formulas", "N", formulas))
	}
	t.Rows = withoutEmpty(t.Rows)
	return t, nil
}

// countFormulas looks at no more than the first 20,000 cells: the note is a hint, not a guard.
func countFormulas(f *excelize.File, sheetName string, rows [][]string) int {
	n, looked := 0, 0
	for y, row := range rows {
		for x := range row {
			if looked++; looked > 20_000 {
				return n
			}
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				return n
			}
			if formula, err := f.GetCellFormula(sheetName, at); err == nil && formula != "" {
				n++
			}
		}
	}
	return n
}

// Book is an XLSX file being written.
type Book struct {
	f     *excelize.File
	count int
}

// NewXLSX starts an empty book.
func NewXLSX() *Book { return &Book{f: excelize.NewFile()} }

// Sheet adds a sheet with a bold, frozen header. Cells are strings (always text, never formulas) or numbers.
func (b *Book) Sheet(name string, header []string, rows [][]any) error {
	name = sheetTitle(name)
	b.count++
	if b.count == 1 {
		if err := b.f.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := b.f.NewSheet(name); err != nil {
		return err
	}
	w, err := b.f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	bold, err := b.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := b.widths(w, header, rows); err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(header))
	for i, h := range header {
		head[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, row); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (b *Book) widths(w *excelize.StreamWriter, header []string, rows [][]any) error {
	for i := range header {
		width := len(header[i])
		for _, row := range rows {
			if i < len(row) {
				if text, ok := row[i].(string); ok {
					width = max(width, len(text))
				}
			}
		}
		if err := w.SetColWidth(i+1, i+1, float64(min(max(width+2, 8), 60))); err != nil {
			return err
		}
	}
	return nil
}

// sheetTitle makes a name that XLSX allows: at most 31 letters, none of : \ / ? * [ ].
func sheetTitle(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return ' '
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	return name
}

// WriteTo writes the book.
func (b *Book) WriteTo(w io.Writer) (int64, error) { return b.f.WriteTo(w) }

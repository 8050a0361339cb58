package sheet

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

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

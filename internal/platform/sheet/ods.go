package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
)

const odsKind = "application/vnd.oasis.opendocument.spreadsheet"

// isODS reports an OpenDocument table: an entry of the archive names the kind.
func isODS(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	part, err := z.Open("mimetype")
	if err != nil {
		return false
	}
	kind, err := io.ReadAll(io.LimitReader(part, 100))
	return err == nil && strings.TrimSpace(string(kind)) == odsKind
}

// readODS reads the first visible sheet that holds anything. A cell is the text that was shown; formulas give what was stored.
func readODS(data []byte, name string, l Limits) (Table, error) {
	wrong := func(err error) (Table, error) {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_kind", err, "Name", name)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return wrong(err)
	}
	part, err := z.Open("content.xml")
	if err != nil {
		return wrong(err)
	}
	o := ods{l: l, name: name, hides: map[string]bool{}}
	tokens := xml.NewDecoder(io.LimitReader(part, mostUnzipped))
	for !o.done {
		token, err := tokens.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return wrong(err)
		}
		if err := o.take(token); err != nil {
			return Table{}, err
		}
	}
	t := Table{Rows: withoutEmpty(o.rows)}
	if o.formulas > 0 {
		t.Notes = []errs.Msg{errs.M("web.sheet.formulas", "N", o.formulas)}
	}
	return t, nil
}

// ods is a sheet being read. Empty cells and rows are counted and written only when something follows them: sheets are filled
// to their end with one repeated empty row.
type ods struct {
	l     Limits
	name  string
	rows  [][]string
	row   []string
	text  strings.Builder
	value string

	cells, formulas       int
	emptyRows, emptyCells int
	repeatRow, repeatCell int
	inText                int
	hidden, done          bool
	style                 string
	hides                 map[string]bool // styles of sheets that nobody sees
}

func (o *ods) take(token xml.Token) error {
	switch at := token.(type) {
	case xml.StartElement:
		o.open(at)
	case xml.CharData:
		if o.inText > 0 {
			o.text.Write(at)
		}
	case xml.EndElement:
		return o.shut(at.Name)
	}
	return nil
}

func (o *ods) open(at xml.StartElement) {
	switch at.Name.Space + ":" + at.Name.Local {
	case "style:style":
		o.style = attribute(at, "name")
	case "style:table-properties":
		if attribute(at, "display") == "false" {
			o.hides[o.style] = true
		}
	case "table:table":
		o.hidden = o.hides[attribute(at, "style-name")]
	case "table:table-row":
		o.row, o.emptyCells, o.repeatRow = nil, 0, times(at, "number-rows-repeated")
	case "table:table-cell", "table:covered-table-cell":
		o.text.Reset()
		o.value, o.repeatCell = attribute(at, "value"), times(at, "number-columns-repeated")
		if attribute(at, "formula") != "" {
			o.formulas++
		}
	case "text:p", "text:h":
		if o.inText++; o.text.Len() > 0 {
			o.text.WriteByte(' ')
		}
	case "text:s", "text:tab", "text:line-break":
		o.text.WriteByte(' ')
	}
}

func (o *ods) shut(name xml.Name) error {
	switch name.Space + ":" + name.Local {
	case "text:p", "text:h":
		o.inText = max(0, o.inText-1)
	case "table:table-cell", "table:covered-table-cell":
		return o.cell()
	case "table:table-row":
		return o.end()
	case "table:table":
		o.done = len(o.rows) > 0
		o.emptyRows, o.hidden = 0, false
	}
	return nil
}

func (o *ods) cell() error {
	text := o.text.String()
	if text == "" {
		text = o.value
	}
	if text == "" || o.hidden {
		o.emptyCells = min(o.emptyCells+o.repeatCell, 1<<20)
		return nil
	}
	if wide := len(o.row) + o.emptyCells + o.repeatCell; wide > o.l.Cols {
		_, err := o.l.add(len(o.rows), wide, o.cells, o.name)
		return err
	}
	o.row = append(o.row, make([]string, o.emptyCells)...)
	o.row = append(o.row, slices.Repeat([]string{text}, o.repeatCell)...)
	o.emptyCells = 0
	return nil
}

func (o *ods) end() (err error) {
	if o.hidden {
		return nil
	}
	if len(o.row) == 0 {
		o.emptyRows = min(o.emptyRows+o.repeatRow, 1<<20)
		return nil
	}
	for range o.emptyRows + o.repeatRow {
		if o.l.Cut && len(o.rows) >= o.l.Rows {
			o.done = true
			return nil
		}
		row := o.row
		if o.emptyRows > 0 {
			o.emptyRows, row = o.emptyRows-1, nil
		}
		if o.cells, err = o.l.add(len(o.rows), len(row), o.cells, o.name); err != nil {
			return err
		}
		o.rows = append(o.rows, trimmed(row))
	}
	return nil
}

func attribute(at xml.StartElement, local string) string {
	for _, a := range at.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func times(at xml.StartElement, local string) int {
	n, err := strconv.Atoi(attribute(at, local))
	if err != nil {
		return 1
	}
	return min(max(n, 1), 1<<20)
}

// Package sheet reads tables that people bring (CSV in any of the usual encodings, XLSX) and writes tables that are safe
// to open: a text that looks like a formula is never run by the reader's spreadsheet (CWE-1236).
package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/pendapa/pendapa/internal/errs"
)

// Limits bounds what is read; 0 takes the default. With Cut a longer table is read up to Rows instead of refused.
type Limits struct {
	Rows, Cols, Cells int
	Cut               bool
}

func (l Limits) orDefault() Limits {
	if l.Rows == 0 {
		l.Rows = 20_000
	}
	if l.Cols == 0 {
		l.Cols = 200
	}
	if l.Cells == 0 {
		l.Cells = 1_000_000
	}
	return l
}

// Table is what was read. Rows may differ in length; Notes say what the reader should know (another encoding, formulas).
type Table struct {
	Rows  [][]string
	Notes []errs.Msg
}

const mostBytes = 64 << 20

// Read reads a CSV or XLSX file by its content. name is only used in messages.
func Read(r io.ReaderAt, size int64, name string, l Limits) (Table, error) {
	if size > mostBytes {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_big", nil, "Name", name)
	}
	data := make([]byte, size)
	if _, err := r.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return Table{}, err
	}
	l = l.orDefault()
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readXLSX(data, name, l)
	}
	if bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_xls", nil, "Name", name)
	}
	return readCSV(data, name, l)
}

func readCSV(data []byte, name string, l Limits) (Table, error) {
	text, note, err := decode(data)
	if err != nil || strings.ContainsRune(text, 0) {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_kind", err, "Name", name)
	}
	t := Table{}
	if note != "" {
		t.Notes = append(t.Notes, errs.M(note))
	}
	c := csv.NewReader(strings.NewReader(text))
	c.Comma, c.FieldsPerRecord, c.LazyQuotes = separator(text), -1, true
	cells := 0
	for {
		row, err := c.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.Line
			}
			return Table{}, errs.E(errs.Invalid, "web.error.sheet_line", err, "Name", name, "Line", line)
		}
		if l.Cut && len(t.Rows) == l.Rows {
			break
		}
		if cells, err = l.add(len(t.Rows), len(row), cells, name); err != nil {
			return Table{}, err
		}
		t.Rows = append(t.Rows, trimmed(row))
	}
	t.Rows = withoutEmpty(t.Rows)
	return t, nil
}

func (l Limits) add(rows, cols, cells int, name string) (int, error) {
	cells += cols
	if rows >= l.Rows || cols > l.Cols || cells > l.Cells {
		return cells, errs.E(errs.Invalid, "web.error.sheet_limit", nil, "Name", name, "Rows", l.Rows, "Cols", l.Cols)
	}
	return cells, nil
}

// decode reads UTF-8, UTF-16 with a mark, or Windows-1252, which Indonesian offices still write.
func decode(data []byte) (text, note string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return string(data[3:]), "", nil
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		return string(out), "web.sheet.utf16", err
	case utf8.Valid(data):
		return string(data), "", nil
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	return string(out), "web.sheet.windows1252", err
}

// separator picks the sign that stands most often in the first lines outside quotes.
func separator(text string) rune {
	best, most := ',', 0
	for _, sign := range ",;\t|" {
		n, quoted, lines := 0, false, 0
		for _, c := range text {
			if c == '"' {
				quoted = !quoted
			}
			if c == sign && !quoted {
				n++
			}
			if c == '\n' && !quoted {
				if lines++; lines == 5 {
					break
				}
			}
		}
		if n > most {
			best, most = sign, n
		}
	}
	return best
}

func trimmed(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = strings.Join(strings.Fields(strings.ReplaceAll(cell, "\u00a0", " ")), " ")
	}
	return out
}

func withoutEmpty(rows [][]string) [][]string {
	return slices.DeleteFunc(rows, func(row []string) bool {
		return !slices.ContainsFunc(row, func(cell string) bool { return cell != "" })
	})
}

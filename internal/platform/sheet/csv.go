package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/pendapa/pendapa/internal/errs"
)

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

// Package sheet reads tables that people bring (CSV in any of the usual encodings, XLSX, XLS, ODS) and writes tables that are safe
// to open: a text that looks like a formula is never run by the reader's spreadsheet (CWE-1236).
package sheet

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

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

// Read reads a CSV, XLSX, XLS or ODS file by its content. name is only used in messages. A process of its own reads the file, so a
// file made to exhaust its reader ends with a reason of jail and harms nobody else.
func Read(r io.ReaderAt, size int64, name string, l Limits) (Table, error) {
	if size > mostBytes {
		return Table{}, errs.E(errs.Invalid, "web.error.sheet_big", nil, "Name", name)
	}
	var t Table
	err := tables.Read(context.Background(), r, size, wish{name, l.orDefault()}, func(data json.RawMessage) error {
		var p part
		if err := json.Unmarshal(data, &p); err != nil {
			return err
		}
		t.Rows, t.Notes = append(t.Rows, p.Rows...), append(t.Notes, p.Notes...)
		return nil
	})
	if err != nil {
		return Table{}, err
	}
	return t, nil
}

func (l Limits) add(rows, cols, cells int, name string) (int, error) {
	cells += cols
	if rows >= l.Rows || cols > l.Cols || cells > l.Cells {
		return cells, errs.E(errs.Invalid, "web.error.sheet_limit", nil, "Name", name, "Rows", l.Rows, "Cols", l.Cols)
	}
	return cells, nil
}

func trimmed(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = clean(cell)
	}
	return out
}

// clean makes one blank of every run of blanks and takes away those at the ends.
func clean(cell string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(cell, "\u00a0", " ")), " ")
}

func withoutEmpty(rows [][]string) [][]string {
	return slices.DeleteFunc(rows, func(row []string) bool {
		return !slices.ContainsFunc(row, func(cell string) bool { return cell != "" })
	})
}

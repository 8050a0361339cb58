package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// separators are the signs at which some spreadsheet divides a line: which one depends on its language, not on the file. An
// Indonesian Excel divides at the semicolon, also inside a field that was quoted for the comma.
const separators = ",;|\t\r\n"

// Safe makes a cell that no spreadsheet takes for a formula, at whatever sign it divides the line. Numbers stay numbers.
func Safe(cell string) string {
	if !strings.ContainsAny(cell, "=+-@") {
		return cell
	}
	var b strings.Builder
	for len(cell) > 0 {
		end := strings.IndexAny(cell, separators)
		part, rest := cell, ""
		if end >= 0 {
			part, rest = cell[:end], cell[end:end+1]
		}
		b.WriteString(safePart(part) + rest)
		cell = cell[len(part)+len(rest):]
	}
	return b.String()
}

// safePart puts a mark before what would begin a formula; blanks and quotes before it are skipped by some readers.
func safePart(part string) string {
	inner := strings.TrimLeft(part, " \u00a0\"'")
	if inner == "" || !strings.ContainsRune("=+-@", rune(inner[0])) {
		return part
	}
	if _, err := strconv.ParseFloat(strings.Replace(strings.TrimRight(inner, " \"'"), ",", ".", 1), 64); err == nil {
		return part
	}
	before := part[:len(part)-len(inner)]
	return before + "'" + inner
}

// CSV writes rows one after another as UTF-8 with a mark, so that spreadsheets read the letters right; every cell is made
// safe. Close tells what went wrong on the way.
type CSV struct{ w *csv.Writer }

// NewCSV begins a file with the names of its columns.
func NewCSV(w io.Writer, columns ...string) (*CSV, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := &CSV{csv.NewWriter(w)}
	return c, c.Write(columns...)
}

// Write adds a row.
func (c *CSV) Write(cells ...string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = Safe(cell)
	}
	return c.w.Write(safe)
}

// Close writes what is left.
func (c *CSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// WriteCSV writes all rows at once, the names of the columns first.
func WriteCSV(w io.Writer, rows [][]string) error {
	if len(rows) == 0 {
		_, err := io.WriteString(w, "\ufeff")
		return err
	}
	c, err := NewCSV(w, rows[0]...)
	if err != nil {
		return err
	}
	for _, row := range rows[1:] {
		if err := c.Write(row...); err != nil {
			return err
		}
	}
	return c.Close()
}

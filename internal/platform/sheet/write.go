package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// Safe makes a cell that no spreadsheet takes for a formula. Numbers stay numbers.
func Safe(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64); err == nil {
		return cell
	}
	return "'" + cell
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

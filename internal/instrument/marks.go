package instrument

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Problem is a fault in a marks file with its place. Column counts fields from 1.
type Problem struct {
	Line, Column int
	Text         string
}

// Error writes "line 3, column 4: ...".
func (p *Problem) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Text)
}

const mostMarks = 200_000

// ParseMarks reads CSV with the header item,entry,assessor,value in any order of columns. entry and assessor may be empty.
// It stops at the first fault: unknown item, mark outside the scale, duplicate row, missing column.
func ParseMarks(in io.Reader, p *Pack) ([]Mark, error) { return p.ReadMarks(in, false, Options{}) }

// ReadMarks is ParseMarks; with raw the values of items that have brackets are raw figures, turned into marks under the
// options in force.
func (p *Pack) ReadMarks(in io.Reader, raw bool, o Options) ([]Mark, error) {
	r := csv.NewReader(&bomless{in: in})
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, csvProblem(err, "the file is empty; the first line must be item,entry,assessor,value")
	}
	columns, err := matchHeader(header)
	if err != nil {
		return nil, err
	}
	f := marksFile{p: p, raw: raw, o: o, at: columns, width: len(header), lines: map[[3]string]int{}}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvProblem(err, "")
		}
		line, _ := r.FieldPos(0)
		if len(record) == 1 && strings.TrimSpace(record[0]) == "" {
			continue
		}
		if err := f.add(record, line); err != nil {
			return nil, err
		}
	}
	return f.marks, f.check()
}

// marksFile is a marks file while it is read.
type marksFile struct {
	p     *Pack
	raw   bool
	o     Options
	at    [4]int
	width int
	marks []Mark
	lines map[[3]string]int
}

func (f *marksFile) add(record []string, line int) error {
	m, err := f.read(record, line)
	if err != nil {
		return err
	}
	key := [3]string{m.Item, m.Entry, m.Assessor}
	if f.p.Rule == WeightTimes {
		key[2] = "" // one mark an item, whoever gave it
	}
	if first, twice := f.lines[key]; twice {
		return &Problem{line, f.at[0] + 1, fmt.Sprintf("item %s%s of the same assessor stands already in line %d", m.Item, ofEntry(m.Entry), first)}
	}
	f.lines[key] = line
	if f.marks = append(f.marks, m); len(f.marks) > mostMarks {
		return &Problem{line, 1, fmt.Sprintf("more than %d marks", mostMarks)}
	}
	return nil
}

func ofEntry(entry string) string {
	if entry == "" {
		return ""
	}
	return " of " + entry
}

func matchHeader(header []string) ([4]int, error) {
	var at [4]int
	for i, name := range []string{"item", "entry", "assessor", "value"} {
		at[i] = slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
		if at[i] < 0 {
			return at, &Problem{1, 1, fmt.Sprintf("column %q is missing; the first line must be item,entry,assessor,value", name)}
		}
	}
	return at, nil
}

func csvProblem(err error, empty string) error {
	var fault *csv.ParseError
	switch {
	case errors.As(err, &fault):
		return &Problem{fault.Line, fault.Column, fault.Err.Error()}
	case errors.Is(err, io.EOF) && empty != "":
		return &Problem{1, 1, empty}
	}
	return err
}

// bomless drops a byte-order mark at the start.
type bomless struct {
	in    io.Reader
	begun bool
}

func (b *bomless) Read(p []byte) (int, error) {
	if b.begun || len(p) < 3 {
		return b.in.Read(p)
	}
	b.begun = true
	n, err := io.ReadFull(b.in, p[:3])
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if n == 3 && string(p[:3]) == "\xef\xbb\xbf" {
		return b.in.Read(p)
	}
	return n, err
}

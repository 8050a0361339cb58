package instrument

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
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
func ParseMarks(in io.Reader, p *Pack) ([]Mark, error) {
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
	var marks []Mark
	lines := map[[3]string]int{}
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
		m, err := readMark(p, record, columns, len(header), line)
		if err != nil {
			return nil, err
		}
		if first, twice := lines[[3]string{m.Item, m.Entry, m.Assessor}]; twice {
			return nil, &Problem{line, columns[0] + 1, fmt.Sprintf("item %s of the same assessor stands already in line %d", m.Item, first)}
		}
		lines[[3]string{m.Item, m.Entry, m.Assessor}] = line
		if marks = append(marks, m); len(marks) > mostMarks {
			return nil, &Problem{line, 1, fmt.Sprintf("more than %d marks", mostMarks)}
		}
	}
	return marks, checkMixed(p, marks, lines)
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

func readMark(p *Pack, record []string, at [4]int, width, line int) (Mark, error) {
	if len(record) != width {
		return Mark{}, &Problem{line, len(record), fmt.Sprintf("%d fields, want %d", len(record), width)}
	}
	for i, field := range record {
		if len(field) > 200 || !utf8.ValidString(field) {
			return Mark{}, &Problem{line, i + 1, "the field is longer than 200 bytes or not UTF-8"}
		}
	}
	m := Mark{Item: p.Canonical(record[at[0]]), Entry: strings.TrimSpace(record[at[1]]), Assessor: strings.TrimSpace(record[at[2]])}
	_, _, question := p.Question(m.Item)
	if _, component := p.Component(m.Item); !question && !component {
		return Mark{}, &Problem{line, at[0] + 1, fmt.Sprintf("unknown item %q in %s", record[at[0]], p.ID)}
	}
	v, err := p.ParseMark(record[at[3]])
	if err != nil {
		return Mark{}, &Problem{line, at[3] + 1, err.Error()}
	}
	m.Value = v
	return m, nil
}

// checkMixed refuses a component given both as a whole and by its questions: one of them would be ignored.
func checkMixed(p *Pack, marks []Mark, lines map[[3]string]int) error {
	whole := map[string]bool{}
	for _, m := range marks {
		if len(m.Item) == 1 {
			whole[m.Item] = true
		}
	}
	for _, m := range marks {
		if len(m.Item) > 1 && whole[m.Item[:1]] {
			return &Problem{lines[[3]string{m.Item, m.Entry, m.Assessor}], 1,
				fmt.Sprintf("component %s is given as a whole and by question %s; keep one of them", m.Item[:1], m.Item)}
		}
	}
	return nil
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

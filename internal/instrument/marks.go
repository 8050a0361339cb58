package instrument

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
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
	p        *Pack
	raw      bool
	o        Options
	at       [4]int
	width    int
	marks    []Mark
	lines    map[[3]string]int
	assessor string
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

func (f *marksFile) read(record []string, line int) (Mark, error) {
	if len(record) != f.width {
		return Mark{}, &Problem{line, len(record), fmt.Sprintf("%d fields, want %d", len(record), f.width)}
	}
	for i, field := range record {
		if len(field) > 200 || !utf8.ValidString(field) {
			return Mark{}, &Problem{line, i + 1, "the field is longer than 200 bytes or not UTF-8"}
		}
	}
	item, basis := f.p.Canonical(record[f.at[0]]), ""
	m := Mark{Item: item, Entry: strings.TrimSpace(record[f.at[1]]), Assessor: strings.TrimSpace(record[f.at[2]])}
	if done, err := f.special(&m, record, line); done || err != nil {
		return m, err
	}
	if at, b, ok := f.p.basisOf(record[f.at[0]]); ok {
		m.Item, basis = at, b
	}
	if err := f.place(&m, record[f.at[0]], line); err != nil {
		return m, err
	}
	return m, f.value(&m, basis, record[f.at[3]], line)
}

// special reads the rows of WeightTimes that are no items: the affair of an entry and the bare number of entries.
func (f *marksFile) special(m *Mark, record []string, line int) (done bool, err error) {
	if f.p.Rule != WeightTimes {
		return false, nil
	}
	text := record[f.at[3]]
	switch {
	case sameWords(m.Item, ItemAffair), sameWords(m.Item, "urusan"):
		m.Item, m.Value = ItemAffair, new(big.Rat)
		if m.Entry == "" {
			return true, &Problem{line, f.at[1] + 1, "the affair belongs to an innovation; fill in the column entry"}
		}
		var ok bool
		if m.Affair, ok = f.p.AffairCode(text); !ok {
			return true, &Problem{line, f.at[3] + 1, fmt.Sprintf("unknown affair %q; %s knows %s", text, f.p.ID, strings.Join(f.p.affairCodes(), ", "))}
		}
		return true, nil
	case m.Item == ItemCount:
		if _, _, known := f.p.Question(ItemCount); known {
			return false, nil
		}
		v := decimal(strings.TrimSpace(text))
		if v == nil || !v.IsInt() || v.Sign() < 0 || v.Num().Int64() > 10_000 || m.Entry != "" {
			return true, &Problem{line, f.at[3] + 1, fmt.Sprintf("item %s wants the number of innovations, 0 to 10000, and no entry", ItemCount)}
		}
		m.Value = v
		return true, nil
	}
	return false, nil
}

func (p *Pack) affairCodes() []string {
	var out []string
	for _, a := range p.Affairs {
		out = append(out, a.Code)
	}
	return out
}

// place checks that the item is known and that it names an innovation, a level or a phase just where it must.
func (f *marksFile) place(m *Mark, typed string, line int) error {
	_, c, question := f.p.Question(m.Item)
	_, component := f.p.Component(m.Item)
	switch {
	case !question && (!component || f.p.Rule != MeanThenWeight):
		return &Problem{line, f.at[0] + 1, fmt.Sprintf("unknown item %q in %s", typed, f.p.ID)}
	case c.Entries && m.Entry == "":
		return &Problem{line, f.at[1] + 1, fmt.Sprintf("item %s belongs to an innovation; fill in the column entry", m.Item)}
	case f.p.Rule == WeightTimes && !c.Entries && m.Entry != "":
		return &Problem{line, f.at[1] + 1, fmt.Sprintf("item %s belongs to the regency; leave the column entry empty", m.Item)}
	case f.p.Rule == ContinuousLevel && m.Entry != "" && LevelOf(m.Entry) == 0:
		return &Problem{line, f.at[1] + 1, fmt.Sprintf("entry %q: write the level 1 to 5 whose evidence is meant, or leave it empty", m.Entry)}
	case len(f.p.Phases) > 0 && m.Assessor != "" && !f.phase(m):
		return &Problem{line, f.at[2] + 1, fmt.Sprintf("unknown phase %q in %s", m.Assessor, f.p.ID)}
	}
	return nil
}

func (f *marksFile) phase(m *Mark) bool {
	for _, ph := range f.p.Phases {
		if sameWords(m.Assessor, ph.Code) || sameWords(m.Assessor, ph.Name.ID) || sameWords(m.Assessor, ph.Name.EN) {
			m.Assessor = ph.Code
			return true
		}
	}
	return false
}

func (f *marksFile) value(m *Mark, basis, text string, line int) error {
	var err error
	_, bracketed := f.p.BracketsOf(m.Item, basis)
	q, _, _ := f.p.Question(m.Item)
	switch {
	case f.raw && bracketed && isNothing(text):
		reading, ok := f.p.ReadNothing(m.Item, basis, f.o)
		if !ok {
			err = fmt.Errorf("item %s needs a number", m.Item)
			break
		}
		m.Value, m.Raw = reading.Points, &reading
	case f.raw && bracketed:
		v := decimal(strings.Replace(strings.TrimSuffix(strings.TrimSpace(text), "%"), ",", ".", 1))
		if v == nil {
			err = fmt.Errorf("%q is not a number; write for example 5.23", text)
			break
		}
		reading, _ := f.p.ReadRaw(m.Item, basis, v, f.o)
		m.Value, m.Raw = reading.Points, &reading
	case f.raw && len(q.Bases) > 0:
		err = fmt.Errorf("item %s needs its basis: write %sa to %s%s", m.Item, m.Item, m.Item, q.Bases[len(q.Bases)-1].Code)
	case f.p.Rule == ContinuousLevel && LevelOf(m.Entry) > 0:
		v := decimal(strings.TrimSpace(text))
		if v == nil || v.Cmp(new(big.Rat)) != 0 && v.Cmp(big.NewRat(1, 1)) != 0 {
			err = fmt.Errorf("%q: write 1 for accepted evidence, 0 for evidence that is not", text)
		}
		m.Value = v
	default:
		m.Value, err = f.p.ParseMark(text)
	}
	if err != nil {
		return &Problem{line, f.at[3] + 1, err.Error()}
	}
	return nil
}

// isNothing reports whether a raw figure says that there was nothing to count.
func isNothing(text string) bool {
	return slices.ContainsFunc([]string{"-", "nihil", "none"}, func(w string) bool { return sameWords(text, w) })
}

// check looks at the file as a whole.
func (f *marksFile) check() error {
	if f.p.Rule == MeanThenWeight {
		return checkMixed(f.p, f.marks, f.lines)
	}
	if f.p.Rule != WeightTimes {
		return nil
	}
	entries, count := map[string]bool{}, -1
	for _, m := range f.marks {
		if m.Entry != "" {
			entries[m.Entry] = true
		}
		if m.Item == ItemCount {
			count = int(m.Value.Num().Int64())
		}
	}
	if count >= 0 && len(entries) > 0 && count != len(entries) {
		return &Problem{f.lines[[3]string{ItemCount, "", ""}], f.at[3] + 1, fmt.Sprintf("item %s says %d innovations, the file has %d", ItemCount, count, len(entries))}
	}
	return nil
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

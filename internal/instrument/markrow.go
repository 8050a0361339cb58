package instrument

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

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
		return true, f.affairs(m, text, line)
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

// affairs reads the main affair of an entry and, after semicolons, the others it touches.
func (f *marksFile) affairs(m *Mark, text string, line int) error {
	for i, one := range strings.Split(text, ";") {
		code, ok := f.p.AffairCode(one)
		if !ok {
			return &Problem{line, f.at[3] + 1, fmt.Sprintf("unknown affair %q; %s knows %s", one, f.p.ID, strings.Join(f.p.affairCodes(), ", "))}
		}
		if i == 0 {
			m.Affair = code
		} else {
			m.Touching = append(m.Touching, code)
		}
	}
	return nil
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
	q, c, question := f.p.Question(m.Item)
	entry := m.Entry
	_, component := f.p.Component(m.Item)
	switch {
	case !question && (!component || f.p.Rule != MeanThenWeight):
		return &Problem{line, f.at[0] + 1, fmt.Sprintf("unknown item %q in %s", typed, f.p.ID)}
	case c.Entries && m.Entry == "":
		return &Problem{line, f.at[1] + 1, fmt.Sprintf("item %s belongs to an innovation; fill in the column entry", m.Item)}
	case f.p.Rule == WeightTimes && !c.Entries && m.Entry != "":
		return &Problem{line, f.at[1] + 1, fmt.Sprintf("item %s belongs to the regency; leave the column entry empty", m.Item)}
	case f.p.Rule == ContinuousLevel && m.Entry != "" && !m.level(q):
		return &Problem{line, f.at[1] + 1, fmt.Sprintf("entry %q: write the level 1 to 5 whose evidence is meant, or a slot of %s, or leave it empty", entry, m.Item)}
	case len(f.p.Phases) > 0 && m.Assessor != "" && !f.phase(m):
		return &Problem{line, f.at[2] + 1, fmt.Sprintf("unknown phase %q in %s", m.Assessor, f.p.ID)}
	}
	return nil
}

// level writes the entry as "3" or "3/SLOT"; a slot alone gets its level. ok is false when it names neither, or a slot that
// the question does not have at that level.
func (m *Mark) level(q Question) (ok bool) {
	level, code := LevelOf(m.Entry), SlotOf(m.Entry)
	if level == 0 {
		code = m.Entry
	}
	if code == "" {
		m.Entry = strconv.Itoa(level)
		return true
	}
	if len(q.Slots) == 0 {
		return level > 0
	}
	s, known := q.Slot(code)
	m.Entry = strconv.Itoa(s.Level) + "/" + s.Code
	return known && (level == 0 || level == s.Level)
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
		v := decimal(strings.Replace(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), ",", ".", 1))
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

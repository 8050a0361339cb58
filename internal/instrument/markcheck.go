package instrument

import "fmt"

// check looks at the file as a whole.
func (f *marksFile) check() error {
	switch f.p.Rule {
	case MeanThenWeight:
		return checkMixed(f.p, f.marks, f.lines)
	case ContinuousLevel:
		return f.checkLevels()
	case WeightTimes:
		return f.checkCount()
	}
	return nil
}

// checkLevels refuses what would be mixed up: an item given by its level and by its evidence, and marks with a phase beside
// marks without.
func (f *marksFile) checkLevels() error {
	plain, phased := map[[2]string]bool{}, false
	for _, m := range f.marks {
		phased = phased || m.Assessor != ""
		if m.Entry == "" {
			plain[[2]string{m.Item, m.Assessor}] = true
		}
	}
	for _, m := range f.marks {
		line := f.lines[[3]string{m.Item, m.Entry, m.Assessor}]
		if m.Entry != "" && plain[[2]string{m.Item, m.Assessor}] {
			return &Problem{line, f.at[1] + 1, fmt.Sprintf("item %s is given by its level and by its evidence; keep one of them", m.Item)}
		}
		if phased && m.Assessor == "" && len(f.p.Phases) > 0 {
			return &Problem{line, f.at[2] + 1, fmt.Sprintf("item %s names no phase, other lines do; fill in the column assessor in all or in none", m.Item)}
		}
	}
	return nil
}

// checkCount compares the bare number of entries with those that stand in the file.
func (f *marksFile) checkCount() error {
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

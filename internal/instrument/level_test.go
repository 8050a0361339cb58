package instrument_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

func score(t *testing.T, id, rows string, o instrument.Options) instrument.Result {
	t.Helper()
	p := pack(t, id)
	marks, err := p.ReadMarks(strings.NewReader("item,entry,assessor,value\n"+rows), false, o)
	if err != nil {
		t.Fatal(err)
	}
	return p.Evaluate(marks, o)
}

// every gives one row per item of a pack.
func every(t testing.TB, id, assessor, value string) string {
	t.Helper()
	var b strings.Builder
	for _, code := range pack(t, id).Codes() {
		fmt.Fprintf(&b, "%s,,%s,%s\n", code, assessor, value)
	}
	return b.String()
}

func show(r *big.Rat) string {
	if r == nil {
		return "none"
	}
	return instrument.Decimal(r, 4)
}

func band(b *instrument.Band) string {
	if b == nil {
		return "none"
	}
	return b.Name.ID
}

func TestSPBE(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]string{"5": "5.0000 Memuaskan", "1": "1.0000 Kurang", "3": "3.0000 Baik"} {
		r := score(t, "spbe-2020", every(t, "spbe-2020", "", level), instrument.Options{})
		if got := show(r.Index) + " " + band(r.Band); got != want || r.Answered != 47 {
			t.Errorf("all %s: %s, answered %d; want %s", level, got, r.Answered, want)
		}
	}
	p := pack(t, "spbe-2020")
	rows := every(t, "spbe-2020", "", "4")
	for n := 11; n <= 18; n++ { // a weight of 20 on level 5, the rest on level 4
		rows = strings.Replace(rows, fmt.Sprintf("\n%d,,,4", n), fmt.Sprintf("\n%d,,,5", n), 1)
	}
	if r := score(t, "spbe-2020", rows, instrument.Options{}); r.Index.Cmp(rat(t, "4.2")) != 0 || band(r.Band) != "Memuaskan" {
		t.Errorf("on the bound: %s %s, want 4.2 Memuaskan", show(r.Index), band(r.Band))
	}
	for index, want := range map[string]string{
		"4.2": "Memuaskan", "4.195": "Memuaskan", "4.1949": "Sangat Baik", "3.5": "Sangat Baik", "3.4949": "Baik",
		"2.6": "Baik", "2.595": "Baik", "2.5949": "Cukup", "1.8": "Cukup", "1.795": "Cukup", "1.7949": "Kurang", "1": "Kurang",
	} {
		if got := band(p.BandOf(rat(t, index), instrument.Options{})); got != want {
			t.Errorf("%s is %s, want %s", index, got, want)
		}
	}
	rows = strings.TrimSuffix(every(t, "spbe-2020", "", "4"), "47,,,4\n")
	if r := score(t, "spbe-2020", rows, instrument.Options{}); r.Index != nil || len(r.Missing) != 1 || r.Missing[0] != "47" || r.Components[0].Value == nil || r.Components[7].Value != nil {
		t.Errorf("one indicator missing: index %s, missing %v", show(r.Index), r.Missing)
	}
	domains := map[string]*big.Rat{}
	for _, c := range p.Components {
		if domains[c.Group.EN] == nil {
			domains[c.Group.EN] = new(big.Rat)
		}
		domains[c.Group.EN].Add(domains[c.Group.EN], rat(t, c.Weight))
	}
	for name, want := range map[string]string{"Policy": "13", "Governance": "25", "Management": "33/2", "Services": "91/2"} {
		if domains[name] == nil || domains[name].Cmp(rat(t, want)) != 0 {
			t.Errorf("domain %s weighs %v, want %s", name, domains[name], want)
		}
	}
}

// TestTheWeightOfAWholeAspectIsRefused: one public code base stores 27.50 on each of the indicators 32-41.
func TestTheWeightOfAWholeAspectIsRefused(t *testing.T) {
	t.Parallel()
	data, err := pack(t, "spbe-2020").Marshal()
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if strings.Count(text, `weight: "2.75"`) != 10 {
		t.Fatal("ten indicators weigh 2.75")
	}
	if _, err = instrument.Parse([]byte(strings.ReplaceAll(text, `weight: "2.75"`, `weight: "27.50"`))); err == nil || !strings.Contains(err.Error(), "sum to 275.00, want 27.5") {
		t.Errorf("error = %v", err)
	}
	both := strings.ReplaceAll(strings.ReplaceAll(text, `weight: "2.75"`, `weight: "27.50"`), `weight: "27.5"`+"\n", `weight: "275"`+"\n")
	if _, err = instrument.Parse([]byte(both)); err == nil || !strings.Contains(err.Error(), "the weights sum to 347.50, want 100") {
		t.Errorf("error = %v", err)
	}
}

func TestKIPP(t *testing.T) {
	t.Parallel()
	all := every(t, "kipp-2023", "", "100")
	if r := score(t, "kipp-2023", all, instrument.Options{}); r.Index == nil || r.Index.Cmp(big.NewRat(100, 1)) != 0 || r.Band != nil {
		t.Errorf("all 100: %s", show(r.Index))
	}
	without := strings.Replace(all, "K1,,,100\n", "", 1)
	if r := score(t, "kipp-2023", without, instrument.Options{}); r.Index == nil || r.Index.Cmp(big.NewRat(100, 1)) != 0 || len(r.Missing) != 0 {
		t.Errorf("the summary has no weight: %s, missing %v", show(r.Index), r.Missing)
	}
	if r := score(t, "kipp-2023", strings.Replace(all, "K5,,,100", "K5,,,50.5", 1), instrument.Options{}); r.Index.Cmp(rat(t, "85.15")) != 0 {
		t.Errorf("half of the significance: %s, want 85.15", show(r.Index))
	}
	if r := score(t, "kipp-2023", strings.Replace(all, "K5,,,100\n", "", 1), instrument.Options{}); r.Index != nil {
		t.Errorf("without significance: %s, want none", show(r.Index))
	}
}

func TestPemdiWeights(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]string{"5": "5.0000 Memuaskan / Unggul", "3": "3.0000 Baik / Berkembang", "1": "1.0000 Kurang / Merintis", "0": "0.0000 none"} {
		r := score(t, "pemdi-2026", every(t, "pemdi-2026", "", level), instrument.Options{})
		if got := show(r.Index) + " " + band(r.Band); got != want {
			t.Errorf("all %s: %s, want %s", level, got, want)
		}
	}
	rows := strings.Replace(every(t, "pemdi-2026", "", "3"), "I20,,,3", "I20,,,5", 1)
	if r := score(t, "pemdi-2026", rows, instrument.Options{}); r.Index.Cmp(rat(t, "3.3")) != 0 || r.Components[6].Value.Cmp(rat(t, "4.2")) != 0 {
		t.Errorf("I20 on 5: %s, aspect 7 %s; want 3.3 and 4.2", show(r.Index), show(r.Components[6].Value))
	}
}

func TestLevelsWithoutAGap(t *testing.T) {
	t.Parallel()
	rest := strings.Replace(every(t, "pemdi-2026", "", "1"), "I13,,,1\n", "", 1)
	for name, c := range map[string]struct{ rows, want string }{
		"three levels":               {"I13,1,,1\nI13,2,,1\nI13,3,,1\n", "3.0000"},
		"a gap at 2":                 {"I13,1,,1\nI13,3,,1\nI13,4,,1\n", "1.0000"},
		"2 refused":                  {"I13,1,,1\nI13,2,,0\nI13,3,,1\n", "1.0000"},
		"1 not complete":             {"I13,2,,1\nI13,3,,1\n", "0.0000"},
		"all slots of 1":             {"I13,TD_13_01,,1\nI13,1/td_13_02,,1\n", "1.0000"},
		"one slot of two":            {"I13,TD_13_01,,1\n", "0.0000"},
		"supporting slot refused":    {"I13,1,,1\nI13,TD_13_03,,1\nI13,TD_13_04,,1\nI13,TD_13_05,,1\nI13,TD_13_06,,0\n", "2.0000"},
		"supporting slot not needed": {"I13,1,,1\nI13,TD_13_03,,1\nI13,TD_13_04,,1\nI13,TD_13_05,,1\n", "2.0000"},
		"main slot missing":          {"I13,1,,1\nI13,TD_13_03,,1\nI13,TD_13_04,,1\nI13,TD_13_06,,1\n", "1.0000"},
		"main slot refused":          {"I13,1,,1\nI13,2,,1\nI13,TD_13_04,,0\n", "1.0000"},
	} {
		r := score(t, "pemdi-2026", rest+c.rows, instrument.Options{})
		if got := show(r.Components[4].Questions[0].Value); got != c.want {
			t.Errorf("%s: level %s, want %s", name, got, c.want)
		}
	}
}

func TestReachedFromSlots(t *testing.T) {
	t.Parallel()
	q, _, _ := pack(t, "pemdi-2026").Question("I13")
	has := map[string]bool{"TD_13_01": true, "TD_13_02": true, "TD_13_03": true, "TD_13_05": true, "TD_13_07": true}
	level, open := q.Reached(func(slot string) bool { return has[slot] })
	if level != 1 || len(open) != 1 || open[0].Code != "TD_13_04" {
		t.Errorf("level %d, open %v; want 1 and TD_13_04", level, open)
	}
	has["TD_13_04"] = true
	if level, open = q.Reached(func(slot string) bool { return has[slot] }); level != 3 || len(open) != 2 {
		t.Errorf("level %d, open %v; want 3 (supporting slots do not block) and two", level, open)
	}
}

func TestSlotsOfPemdi(t *testing.T) {
	t.Parallel()
	total, seen := 0, map[string]bool{}
	for _, code := range pack(t, "pemdi-2026").Codes() {
		q, _, _ := pack(t, "pemdi-2026").Question(code)
		main := map[int]int{}
		for i, s := range q.Slots {
			if want := fmt.Sprintf("TD_%02s_%02d", strings.TrimPrefix(code, "I"), i+1); s.Code != want || seen[s.Code] {
				t.Errorf("%s: slot %s, want %s", code, s.Code, want)
			}
			seen[s.Code] = true
			if !s.Supporting {
				main[s.Level]++
			}
			total++
		}
		for level := 1; level <= 5; level++ {
			if main[level] == 0 || q.Rubric[fmt.Sprint(level)].ID == "" {
				t.Errorf("%s: level %d has %d main slots, rubric %q", code, level, main[level], q.Rubric[fmt.Sprint(level)].ID)
			}
		}
	}
	if total < 140 || total > 250 {
		t.Errorf("%d slots, want 140 to 250", total)
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	all := every(t, "pemdi-2026", "document", "4") + every(t, "pemdi-2026", "Wawancara", "3") + every(t, "pemdi-2026", "visit", "2")
	r := score(t, "pemdi-2026", all, instrument.Options{})
	if r.Index == nil || r.Index.Cmp(rat(t, "3.2")) != 0 || len(r.Phases) != 3 || r.Phases[1].Index.Cmp(big.NewRat(3, 1)) != 0 || r.Phases[2].Share.Cmp(big.NewRat(20, 1)) != 0 {
		t.Errorf("4, 3 and 2: index %s, phases %v; want 3.2 (40/40/20)", show(r.Index), r.Phases)
	}
	two := every(t, "pemdi-2026", "document", "4") + every(t, "pemdi-2026", "interview", "3")
	if r = score(t, "pemdi-2026", two, instrument.Options{}); r.Index != nil || r.Phases[0].Index == nil || r.Phases[2].Index != nil || r.Band != nil {
		t.Errorf("without a visit: index %s, band %s", show(r.Index), band(r.Band))
	}
}

func TestExternalFiguresOfPemdi(t *testing.T) {
	t.Parallel()
	rows := every(t, "pemdi-2026", "", "3")
	for _, code := range []string{"I5", "I6", "I7"} {
		rows = strings.Replace(rows, code+",,,3\n", "", 1)
	}
	if r := score(t, "pemdi-2026", rows, instrument.Options{}); r.Index != nil || strings.Join(r.Missing, " ") != "I5 I6 I7" || r.Waiting != nil {
		t.Errorf("missing: index %s, missing %v, waiting %v", show(r.Index), r.Missing, r.Waiting)
	}
	one := instrument.Options{Chosen: map[string]string{"external": "one"}}
	if r := score(t, "pemdi-2026", rows, one); r.Index.Cmp(rat(t, "2.78")) != 0 || strings.Join(r.Waiting, " ") != "I5 I6 I7" || r.Missing != nil {
		t.Errorf("counted 1: index %s, missing %v, waiting %v; want 2.78", show(r.Index), r.Missing, r.Waiting)
	}
	p := pack(t, "pemdi-2026")
	for item, row := range map[string]string{
		"I5": "0:1.00 12.49:1.00 12.5:1.51 12.495:1.51 37.49:1.51 37.5:2.51 62.49:2.51 62.5:3.51 74.99:3.51 75:4.01 100:4.01",
		"I6": "0.99:0.00 1:1.00 1.49:1.00 1.5:1.51 2.49:1.51 2.5:2.51 3.49:2.51 3.5:3.51 3.99:3.51 4:4.01 5:4.01",
		"I7": "1:1.00 1.79:1.00 1.795:1.51 1.8:1.51 2.59:1.51 2.6:2.51 3.49:2.51 3.5:3.51 4.19:3.51 4.2:4.01 5:4.01",
	} {
		for _, one := range strings.Fields(row) {
			value, want, _ := strings.Cut(one, ":")
			if r, ok := p.ReadRaw(item, "", rat(t, value), instrument.Options{}); !ok || instrument.Decimal(r.Points, 2) != want {
				t.Errorf("%s: %s is %s, want %s", item, value, instrument.Decimal(r.Points, 2), want)
			}
		}
	}
}

func TestBandsOfPemdi(t *testing.T) {
	t.Parallel()
	p := pack(t, "pemdi-2026")
	open := instrument.Options{Chosen: map[string]string{"bands": "half-open"}}
	for _, c := range []struct{ index, closed, open string }{
		{"0.99", "none", "none"}, {"0.994", "none", "none"}, {"0.995", "Kurang", "none"}, {"1", "Kurang", "Kurang"},
		{"1.4999", "Kurang", "Kurang"}, {"1.5", "Kurang", "Cukup"}, {"1.5049", "Kurang", "Cukup"}, {"1.505", "Cukup", "Cukup"}, {"1.51", "Cukup", "Cukup"},
		{"2.5", "Cukup", "Baik"}, {"2.505", "Baik", "Baik"}, {"3.5", "Baik", "Sangat Baik"}, {"3.505", "Sangat Baik", "Sangat Baik"},
		{"4", "Sangat Baik", "Memuaskan"}, {"4.005", "Memuaskan", "Memuaskan"}, {"4.0049", "Sangat Baik", "Memuaskan"}, {"5", "Memuaskan", "Memuaskan"},
	} {
		closed, _, _ := strings.Cut(band(p.BandOf(rat(t, c.index), instrument.Options{})), " /")
		half, _, _ := strings.Cut(band(p.BandOf(rat(t, c.index), open)), " /")
		if closed != c.closed || half != c.open {
			t.Errorf("%s: closed %s, half-open %s; want %s, %s", c.index, closed, half, c.closed, c.open)
		}
	}
}

package instrument_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

func pack(t testing.TB, id string) *instrument.Pack {
	t.Helper()
	all, err := instrument.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(p *instrument.Pack) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("no pack %s", id)
	}
	return all[i]
}

func TestShippedCounts(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"smartcity-2022-kppn":            "A:5/10 B:7/20 C:31/30 D:4/10 E:12/30",
		"smartcity-2022-cohort2017-2019": "A:5/10 B:7/20 C:31/30 D:54/20 E:12/20",
		"smartcity-2023-kppn":            "A:5/10 B:7/20 C:33/20 D:54/20 E:12/20 F:6/10",
		"kipp-2023":                      "K:8/100",
		"spbe-2020":                      "A1:10/13 A2:4/10 A3:4/10 A4:2/5 A5:8/12 A6:3/4.5 A7:10/27.5 A8:6/18",
		"pemdi-2026":                     "A1:2/10 A2:2/10 A3:4/15 A4:4/15 A5:2/10 A6:4/15 A7:2/25",
		"iid-2023":                       "SPD:20/21 SID:20/37",
		"iid-2026":                       "SPD:20/21 SID:20/37",
		"iid-2027":                       "SPD:20/21 SID:20/37",
		"iid-2028":                       "SPD:20/21 SID:20/37",
		"iid-2029":                       "SPD:20/21 SID:20/37",
	}
	all, err := instrument.Shipped()
	if err != nil || len(all) != len(want) {
		t.Fatalf("%d packs, %v; want %d", len(all), err, len(want))
	}
	for _, p := range all {
		var got []string
		for _, c := range p.Components {
			got = append(got, fmt.Sprintf("%s:%d/%s", c.Code, len(c.Questions), c.Weight))
		}
		if s := strings.Join(got, " "); s != want[p.ID] {
			t.Errorf("%s = %s, want %s", p.ID, s, want[p.ID])
		}
	}
}

// malang are the published marks of Kabupaten Malang 2022 (letter B-1004/DJAI/AI.01.04/12/2022), question by question.
func malang() map[string]string {
	return map[string]string{
		"A": "2 1 2 1 1", "B": "2 1 2 2.75 1 1 1",
		"C": "2.75 4 4 1 3 3.5 2 3 2 3 3 2 3.5 3 3 4 4 3.25 2 3.25 4 4 4 4 2 3 4 1 1.25 2 2",
		"D": "2.25 2 3 3", "E": "2.25 3 2.75 4 3 2.75 3 2.5 3.75 3.75 2.5 3.75",
	}
}

func malangCSV() string {
	var b strings.Builder
	b.WriteString("item,entry,assessor,value\n")
	for _, c := range []string{"A", "B", "C", "D", "E"} {
		for i, v := range strings.Fields(malang()[c]) {
			fmt.Fprintf(&b, "%s%d,,,%s\n", c, i+1, v)
		}
	}
	return b.String()
}

func near(r *big.Rat, want float64) bool {
	f, _ := r.Float64()
	return f-want <= 0.015 && want-f <= 0.015
}

func TestMalang2022(t *testing.T) {
	t.Parallel()
	p := pack(t, "smartcity-2022-kppn")
	marks, err := instrument.ParseMarks(strings.NewReader(malangCSV()), p)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Evaluate(marks, instrument.Options{})
	for i, want := range []string{"1.4000", "1.5357", "2.9194", "2.5625", "3.0833"} {
		if got := instrument.Decimal(r.Components[i].Value, 4); got != want {
			t.Errorf("component %s = %s, want %s", r.Components[i].Code, got, want)
		}
	}
	if got := instrument.Decimal(r.Index, 4); got != "2.5042" || !near(r.Index, 2.51) || r.Answered != 59 || r.Missing != nil {
		t.Errorf("index = %s, answered %d, missing %v; want 2.5042, 59, none", got, r.Answered, r.Missing)
	}
	other := new(big.Rat)
	plain := new(big.Rat)
	for i, w := range []int64{10, 20, 30, 20, 20} {
		other.Add(other, new(big.Rat).Mul(r.Components[i].Value, big.NewRat(w, 100)))
		plain.Add(plain, new(big.Rat).Mul(r.Components[i].Value, big.NewRat(1, 5)))
	}
	if instrument.Decimal(other, 4) != "2.4521" || near(other, 2.51) || instrument.Decimal(plain, 4) != "2.3002" || near(plain, 2.51) {
		t.Errorf("other weights %s and plain mean %s must miss the published index", other.FloatString(4), plain.FloatString(4))
	}
}

func TestKediri2022FromComponents(t *testing.T) {
	t.Parallel()
	p := pack(t, "smartcity-2022-cohort2017-2019")
	marks, err := instrument.ParseMarks(strings.NewReader("item,entry,assessor,value\nA,,,3.60\nB,,,3.21\nC,,,3.23\nD,,,3.07\nE,,,3.65\n"), p)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Evaluate(marks, instrument.Options{})
	if got := instrument.Decimal(r.Index, 4); got != "3.3150" || !near(r.Index, 3.31) {
		t.Errorf("index = %s, want 3.3150", got)
	}
}

func TestMissingIsNotZero(t *testing.T) {
	t.Parallel()
	p := pack(t, "smartcity-2022-kppn")
	marks := []instrument.Mark{{Item: "A1", Value: big.NewRat(4, 1)}}
	r := p.Evaluate(marks, instrument.Options{})
	if r.Index != nil || r.Components[0].Value != nil || len(r.Missing) != 58 {
		t.Errorf("index %v, A %v, missing %d; want none, none, 58", r.Index, r.Components[0].Value, len(r.Missing))
	}
	r = p.Evaluate(marks, instrument.Options{NotTakenPart: true})
	if got := instrument.Decimal(r.Index, 4); got != "0.0800" {
		t.Errorf("index = %s, want 0.0800 (4/5 x 10%%)", got)
	}
}

func TestMarksAreExact(t *testing.T) {
	t.Parallel()
	p := pack(t, "smartcity-2022-kppn")
	third, _ := new(big.Rat).SetString("1/3")
	marks := []instrument.Mark{{Item: "A1", Assessor: "1", Value: third}, {Item: "A1", Assessor: "2", Value: big.NewRat(1, 1)}}
	got := p.Evaluate(marks, instrument.Options{}).Components[0].Questions[0].Value
	if got.Cmp(big.NewRat(2, 3)) != 0 {
		t.Errorf("mean of 1/3 and 1 = %s, want 2/3", got)
	}
}

func TestParseMarksSaysWhere(t *testing.T) {
	t.Parallel()
	p := pack(t, "smartcity-2022-kppn")
	const head = "item,entry,assessor,value\n"
	for name, c := range map[string]struct{ in, want string }{
		"empty file":             {"", "line 1, column 1"},
		"column missing":         {"item,assessor,value\n", `column "entry" is missing`},
		"unknown item":           {head + "A1,,,2\nZ9,,,2\n", "line 3, column 1: unknown item"},
		"above the scale":        {head + "A1,,,4.01\n", "line 2, column 4: mark 4.01 is outside"},
		"below the scale":        {head + "A1,,,-1\n", "line 2, column 4"},
		"no number":              {head + "A1,,,two\n", "line 2, column 4"},
		"not a fraction":         {head + "A1,,,1/3\n", "line 2, column 4"},
		"same assessor twice":    {head + "A1,,x,1\nA01,,x,1\n", "line 3, column 1: item A1 of the same assessor stands already in line 2"},
		"whole and by question":  {head + "A,,,1\nA1,,,1\n", "line 3, column 1: component A is given"},
		"too few fields":         {head + "A1,1\n", "line 2"},
		"quote left open":        {head + "\"A1,,,1\n", "line"},
		"bytes that are no text": {head + "A1,\xff,,1\n", "line 2, column 2"},
	} {
		_, err := instrument.ParseMarks(strings.NewReader(c.in), p)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %q", name, err, c.want)
		}
	}
	marks, err := instrument.ParseMarks(strings.NewReader("\ufeffvalue,item,entry,assessor\n\"2,75\",c01,,\n"), p)
	if err != nil || len(marks) != 1 || marks[0].Item != "C1" || marks[0].Value.Cmp(big.NewRat(11, 4)) != 0 {
		t.Errorf("marks = %v, %v; want C1 = 2.75", marks, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	data, err := pack(t, "smartcity-2022-kppn").Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"weights off":       {`weight: "10"`, `weight: "11"`, "sum to 1"},
		"unknown key":       {"kind: smartcity", "kind: smartcity\ncolour: red", "colour"},
		"code twice":        {"code: A2", "code: A1", "A1 stands twice"},
		"unknown dimension": {"dimension: gov", "dimension: space", "unknown dimension"},
		"unknown rule":      {"mean-then-weight", "wisdom", "this version computes"},
		"rule of others":    {"mean-then-weight", "weighted-criteria", "question A1: weight"},
	} {
		text := string(data)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s: %q is not in the file", name, c.old)
		}
		_, err := instrument.Parse([]byte(strings.Replace(text, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %q", name, err, c.want)
		}
	}
}

func TestCloneIsMarkedAsOwn(t *testing.T) {
	t.Parallel()
	c, err := pack(t, "smartcity-2022-kppn").Clone("jember-2026")
	if err != nil || !c.Customised || c.BasedOn != "smartcity-2022-kppn" || len(c.Codes()) != 59 {
		t.Errorf("clone = %+v, %v", c, err)
	}
}

func FuzzParseMarks(f *testing.F) {
	p := pack(f, "smartcity-2022-kppn")
	f.Add(malangCSV())
	f.Add("item,entry,assessor,value\n\"A1\",x,y,\"3,5\"\n")
	f.Fuzz(func(t *testing.T, in string) {
		marks, err := instrument.ParseMarks(strings.NewReader(in), p)
		if err == nil {
			p.Evaluate(marks, instrument.Options{})
		}
	})
}

func FuzzParsePack(f *testing.F) {
	data, err := pack(f, "smartcity-2022-kppn").Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:2000])
	f.Fuzz(func(t *testing.T, in []byte) {
		if p, err := instrument.Parse(in); err == nil {
			p.Evaluate(nil, instrument.Options{})
		}
	})
}

// BenchmarkIndex514 computes 514 regencies x the 3 smart-city instruments, five assessors each, from marks in memory.
func BenchmarkIndex514(b *testing.B) {
	all, err := instrument.Shipped()
	if err != nil {
		b.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(p *instrument.Pack) bool { return p.Kind != "smartcity" })
	marks := make([][]instrument.Mark, len(all))
	for i, p := range all {
		for j, code := range p.Codes() {
			for a := range 5 {
				marks[i] = append(marks[i], instrument.Mark{Item: code, Assessor: fmt.Sprint(a), Value: big.NewRat(int64((j+a)%5), 1)})
			}
		}
	}
	for b.Loop() {
		for range 514 {
			for i, p := range all {
				if p.Evaluate(marks[i], instrument.Options{}).Index == nil {
					b.Fatal("no index")
				}
			}
		}
	}
}

// TestAPackIsReadOnce asks twice for every shipped pack: reading one costs ten milliseconds, which no request may pay.
func TestAPackIsReadOnce(t *testing.T) {
	t.Parallel()
	all, err := instrument.Shipped()
	if err != nil || len(all) != len(instrument.ShippedIDs()) {
		t.Fatalf("%d packs of %d: %v", len(all), len(instrument.ShippedIDs()), err)
	}
	for _, p := range all {
		if again, err := instrument.Find(p.ID); err != nil || again != p {
			t.Errorf("%s was read twice: %v", p.ID, err)
		}
	}
	if _, err := instrument.Find("tidak-ada"); err == nil {
		t.Error("an unknown pack was found")
	}
}

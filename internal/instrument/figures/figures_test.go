package figures_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/instrument/figures"
)

func shipped(t testing.TB) []*instrument.Pack {
	t.Helper()
	all, err := instrument.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEveryFigureOfAPackIsDescribed compares both lists, and the grades with the words that packs turn into marks.
func TestEveryFigureOfAPackIsDescribed(t *testing.T) {
	t.Parallel()
	for _, p := range shipped(t) {
		for _, code := range p.Codes() {
			q, _, _ := p.Question(code)
			if q.Figure == "" {
				if q.External {
					t.Errorf("%s %s is external and names no figure", p.ID, code)
				}
				continue
			}
			f, err := figures.Find(q.Figure)
			if err != nil {
				t.Errorf("%s %s: %v", p.ID, code, err)
				continue
			}
			for word := range q.Derive.Values {
				if !slices.Contains(f.Grades, word) {
					t.Errorf("%s %s gives marks to %q, %s has the grades %v", p.ID, code, word, f.Key, f.Grades)
				}
			}
			if (q.Brackets != nil || q.Derive.By != "value" && q.Derive.By != "") && f.Kind != figures.Number {
				t.Errorf("%s %s wants a number, %s is a %s", p.ID, code, f.Key, f.Kind)
			}
		}
	}
}

func TestEveryGradeOfAUsedFigureEarnsAMark(t *testing.T) {
	t.Parallel()
	p, err := instrument.Find("iid-2026")
	if err != nil {
		t.Fatal(err)
	}
	for item, want := range map[string]string{"8": "3 3 2 1 1", "9": "3 3 2 2 1 1 1", "13b": "3 3 2 1 1"} {
		q, _, _ := p.Question(item)
		f, err := figures.Find(q.Figure)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range f.Grades {
			r, ok := p.MarkFrom(q, nil, strings.ToLower(g), instrument.Options{})
			if !ok {
				t.Fatalf("item %s: grade %s earns no mark", item, g)
			}
			got = append(got, instrument.Decimal(r.Points, 0))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("item %s: %v earn %s, want %s", item, f.Grades, s, want)
		}
	}
}

func TestAllAndUses(t *testing.T) {
	t.Parallel()
	all, err := figures.All()
	if err != nil || len(all) != 34 {
		t.Fatalf("%d figures, %v; want 34", len(all), err)
	}
	pad, err := figures.Find("pad")
	if err != nil || pad.Default != "lra" || len(pad.Bases) != 2 || pad.Polarity != figures.Higher {
		t.Errorf("pad = %+v, %v", pad, err)
	}
	var got []string
	for _, u := range figures.Uses(shipped(t), "poverty") {
		got = append(got, u.Pack.ID+" "+u.Item)
	}
	for _, want := range []string{"iid-2026 10a", "iid-2026 10b", "smartcity-2022-kppn C10", "smartcity-2023-kppn C12"} {
		if !slices.Contains(got, want) {
			t.Errorf("poverty is used by %v, want %s among them", got, want)
		}
	}
	if uses := figures.Uses(shipped(t), ""); uses != nil {
		t.Errorf("questions without a figure: %v", uses)
	}
	if _, err := figures.Find("happiness"); err == nil {
		t.Error("an unknown figure was found")
	}
}

func TestGradeOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, in, want string }{
		{"bpk", " wtp ", "WTP"}, {"sakip", "bb", "BB"}, {"sakip", "E", ""}, {"sinovik", "Finalis 2025", "Finalis 2025"}, {"sinovik", " ", ""}, {"pad", "WTP", ""},
	} {
		f, err := figures.Find(c.key)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := f.GradeOf(c.in); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: grade of %q = %q, %v; want %q", c.key, c.in, got, ok, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const good = `figures:
  - key: pad
    name: {id: PAD, en: Own revenue}
    kind: number
    unit: {id: rupiah, en: rupiah}
    polarity: higher
    source: {id: BPKAD, en: Finance office}
    period: year
    bases:
      - {id: lra, name: {id: LRA, en: Budget realisation}}
    default: lra
`
	if _, err := figures.Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"default that is no basis": {"default: lra", "default: lo", "default must be one"},
		"no default":               {"    default: lra\n", "", "default must be one"},
		"unknown kind":             {"kind: number", "kind: colour", "kind number"},
		"number without a unit":    {"    unit: {id: rupiah, en: rupiah}\n", "", "kind number"},
		"one language":             {", en: Own revenue", "", "both languages"},
		"polarity":                 {"polarity: higher", "polarity: up", "polarity"},
		"key":                      {"key: pad", "key: PAD", "small letters"},
		"unknown part":             {"period: year", "period: year\n    colour: red", "colour"},
		"period":                   {"period: year", "period: moon", "period year"},
	} {
		if !strings.Contains(good, c.old) {
			t.Fatalf("%s: %q is not in the list", name, c.old)
		}
		_, err := figures.Parse([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %q", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("figures:\n  - key: pad\n    name: {id: PAD, en: PAD}\n    kind: grade\n    polarity: higher\n    source: {id: x, en: y}\n    period: year\n"))
	f.Add([]byte("figures: [{key: a, grades: [A]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := figures.Parse(data)
		if err != nil {
			return
		}
		for _, one := range all {
			one.GradeOf("WTP")
		}
	})
}

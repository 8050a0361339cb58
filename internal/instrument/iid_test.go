package instrument_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

func rat(t testing.TB, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// edges are values on, just beside and between the printed bounds of every item with brackets (letter
// 400.10.11/1887/BSKDN, annexes), as value:points, and value:points/points where the reading "lower" of overlaps differs.
func edges() map[string]string {
	return map[string]string{
		"2a":  "0:0 0.4:0 0.5:1 1:1 2:2 3:3 4:3",
		"2b":  "0:0 1:0 2:1 3:2 4:3 9:3",
		"3":   "8.18:3 8.17:3 8.165:3 8.1649:2 8.16:2 8.15:2 0:2 -50.31:2 -50.32:2/1 -50.325:2/1 -50.33:2/1 -50.335:2/1 -50.3351:1 -50.34:1 -100:1",
		"4":   "5.24:3 5.23:3/2 5.225:3/2 5.2249:2 5.22:2 2.06:2 2.05:2 2.045:2 2.0449:1 2.04:1 2.03:1 -3:1",
		"5a":  "0.37:3 0.36:3/2 0.355:3/2 0.3549:2 0.35:2 0.02:2 0.01:2 0.005:2 0.0049:1 0:1 -0.005:1 -0.01:1 -2:1",
		"5b":  "0:3 2.33:3 2.335:3/2 2.34:3/2 2.35:3/2 2.354:3/2 2.355:2 2.36:2 5.9:2 5.905:2/1 5.91:2/1 5.92:2/1 5.925:1 5.93:1 20:1",
		"6":   "94.77:3 94.76:3 94.755:3 94.7549:2 94.75:2 94.74:2 0:2 -47.41:2 -47.42:2/1 -47.43:2/1 -47.435:2/1 -47.4351:1 -47.44:1",
		"7":   "33.86:3 33.85:3 33.845:3 33.8449:2 33.84:2 33.83:2 0:2 -5.13:2 -5.14:2/1 -5.15:2/1 -5.155:2/1 -5.1551:1 -5.16:1",
		"10a": "1.17:3 1.16:3 1.155:3 1.1549:2 1.15:2 0.09:2 0.08:2 0.075:2 0.0749:1 0.07:1 0.06:1 -1:1",
		"10b": "0:3 4.8:3 4.805:3/2 4.81:3/2 4.82:3/2 4.824:3/2 4.825:2 4.83:2 13.09:2 13.095:2/1 13.1:2/1 13.11:2/1 13.115:1 13.12:1",
		"11a": "0.91:3 0.9:3/2 0.895:3/2 0.8949:2 0.89:2 0.57:2 0.56:2 0.555:2 0.5549:1 0.55:1 0.54:1 -1:1",
		"11b": "80.01:3 80:3 79.995:3 79.9949:2 79.99:2 79.98:2 70.01:2 70:2 69.995:2 69.9949:1 69.99:1 69.98:1",
		"13a": "0:0 1:1 2:1 3:1 4:2 7:2 8:3 50:3",
		"17":  "0:0 1:1 10:1 11:2 30:2 31:3 500:3",
		"20":  "0:0 1:1 2:2 3:3 4:3",
		"22":  "0:0 2:0 3:1 4:2 5:3 6:3",
		"24":  "0:0 1:0 2:1 3:2 4:2 5:3 6:3",
		"27":  "0:0 1:1 2:2 3:3 4:3",
		"28":  "-1:0 0:3 0.4:3 1:3 1.4:3 1.5:2 2:2 5:2 5.4:2 5.5:1 6:1 7:1 60:1",
		"29":  "0:1 49:1 50:1 50.4:1 50.5:2 51:2 89:2 90:2 90.4:2 90.5:3 91:3 100:3",
		"31":  "0:0 1:1 2:2 3:3 4:3",
		"32":  "-1:0 0:3 0.4:3 1:3 4:3 4.4:3 4.5:2 5:2 8:2 8.4:2 8.5:1 9:1 24:1",
		"33a": "0:0 1:1 199:1 200:1 201:2 500:2 501:3 90000:3",
		"33b": "0:0 4.99:0 4.994:0 4.995:1 5:1 5.01:1 20:1 20.004:1 20.005:2 20.01:2 50:2 50.004:2 50.005:3 50.01:3 100:3",
		"33c": "-1:0 0:0 0.004:0 0.005:1 0.01:1 10:1 10.004:1 10.005:2 10.01:2 20:2 20.004:2 20.005:3 20.01:3 30:3 30.004:3 30.005:3 30.01:3 90:3",
		"33d": "0:0 0.004:0 0.005:1 0.01:1 9.99:1 9.994:1 9.995:2 10:2 19.99:2 19.994:2 19.995:3 20:3 250:3",
		"33e": "0:0 1:1 100:1 101:2 200:2 201:3",
		"33f": "0:0 1:1 2:2 3:3 4:3",
		"35":  "0:0 1:1 2:1 3:2 4:2 5:3",
	}
}

func splitBasis(item string) (string, string) {
	if strings.HasPrefix(item, "33") {
		return "33", strings.TrimPrefix(item, "33")
	}
	return item, ""
}

func TestBracketEdges(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	lower := instrument.Options{Chosen: map[string]string{"edges": "lower"}}
	for item, row := range edges() {
		code, basis := splitBasis(item)
		for _, one := range strings.Fields(row) {
			value, want, _ := strings.Cut(one, ":")
			usual, other, differs := strings.Cut(want, "/")
			if !differs {
				other = usual
			}
			for reading, o := range map[string]instrument.Options{usual: {}, other + " lower": lower} {
				r, ok := p.ReadRaw(code, basis, rat(t, value), o)
				if !ok || instrument.Decimal(r.Points, 0) != strings.TrimSuffix(reading, " lower") {
					t.Errorf("item %s: %s earns %s (%v), want %s", item, value, instrument.Decimal(r.Points, 0), ok, reading)
				}
			}
		}
	}
}

// TestEveryBracketHasEdges keeps the table above complete: each printed bound stands in it, with a value on either side.
func TestEveryBracketHasEdges(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	count := 0
	look := func(item string, b *instrument.Brackets) {
		count++
		tested := map[string]bool{}
		for _, one := range strings.Fields(edges()[item]) {
			value, _, _ := strings.Cut(one, ":")
			tested[instrument.Decimal(rat(t, value), b.Decimals)] = true
		}
		unit := new(big.Rat).SetFrac64(1, int64([]int{1, 10, 100}[b.Decimals]))
		for i, s := range b.Steps {
			if i > 0 && rat(t, s.Points).Cmp(rat(t, b.Steps[i-1].Points)) > 0 {
				t.Errorf("item %s: steps must stand from the highest points down", item)
			}
			if s.From != "" && (!tested[instrument.Decimal(rat(t, s.From), b.Decimals)] || !tested[instrument.Decimal(new(big.Rat).Sub(rat(t, s.From), unit), b.Decimals)]) {
				t.Errorf("item %s: the lower bound %s or the value below it is not tested", item, s.From)
			}
			if s.To != "" && (!tested[instrument.Decimal(rat(t, s.To), b.Decimals)] || !tested[instrument.Decimal(new(big.Rat).Add(rat(t, s.To), unit), b.Decimals)]) {
				t.Errorf("item %s: the upper bound %s or the value above it is not tested", item, s.To)
			}
		}
	}
	for _, code := range p.Codes() {
		q, _, _ := p.Question(code)
		if q.Brackets != nil {
			look(code, q.Brackets)
		}
		for i := range q.Bases {
			look(code+q.Bases[i].Code, &q.Bases[i].Brackets)
		}
	}
	if count != len(edges()) {
		t.Errorf("%d brackets, %d rows of edges", count, len(edges()))
	}
}

func TestWhatThePrintedTableLeavesOut(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	zero := instrument.Options{Chosen: map[string]string{"beyond": "zero", "no-complaints": "zero"}}
	r, _ := p.ReadRaw("33", "c", rat(t, "30.01"), instrument.Options{})
	if !r.Step.Beyond || r.Step.Note.ID == "" || r.Points.Cmp(big.NewRat(3, 1)) != 0 {
		t.Errorf("savings of 30.01 %%: %+v, want 3 points, flagged with a note", r)
	}
	for value, want := range map[string]int{"30": 3, "30.01": 0, "90": 0} {
		if r, _ := p.ReadRaw("33", "c", rat(t, value), zero); r.Points.Cmp(big.NewRat(int64(want), 1)) != 0 {
			t.Errorf("savings of %s %% with beyond=zero earn %s, want %d", value, r.Points, want)
		}
	}
	for item, value := range map[string]string{"28": "0.5", "32": "0.3"} {
		if r, _ := p.ReadRaw(item, "", rat(t, value), zero); r.Points.Cmp(big.NewRat(3, 1)) != 0 || r.Step.Note.EN == "" {
			t.Errorf("item %s: %s earns %s, note %q; want 3 and a note", item, value, r.Points, r.Step.Note.EN)
		}
	}
	none, ok := p.ReadNothing("29", "", instrument.Options{})
	if !ok || none.Raw != nil || none.Points.Cmp(big.NewRat(1, 1)) != 0 || none.Step.Note.ID == "" {
		t.Errorf("no complaints: %+v, %v; want 1 point with its reason", none, ok)
	}
	if none, _ = p.ReadNothing("29", "", zero); none.Points.Sign() != 0 {
		t.Errorf("no complaints read as zero earn %s", none.Points)
	}
	if _, ok = p.ReadNothing("17", "", instrument.Options{}); ok {
		t.Error("item 17 has no reading for nothing to count")
	}
	if _, ok = p.ReadRaw("33", "", rat(t, "5"), instrument.Options{}); ok {
		t.Error("item 33 was read without a basis")
	}
	if _, ok = p.ReadRaw("16", "", rat(t, "5"), instrument.Options{}); ok {
		t.Error("item 16 has no brackets")
	}
}

// full is a sheet in which every item has the same point and the entries cover the basic affairs in turn.
func full(p *instrument.Pack, entries int, point int8) instrument.Sheet {
	s := p.BlankSheet()
	for i := range s.Regency {
		s.Regency[i] = point
	}
	affairs := []string{"education", "health", "public-works", "housing", "order", "social"}
	for i := range entries {
		e := p.BlankEntry(fmt.Sprintf("INV-%03d", i+1), affairs[i%len(affairs)])
		for j := range e.Points {
			e.Points[j] = point
		}
		s.Entries = append(s.Entries, e)
	}
	return s
}

func TestTotalsOfIID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"iid-2023", "iid-2026", "iid-2027", "iid-2028", "iid-2029"} {
		p := pack(t, id)
		r := p.EvaluateSheet(full(p, 200, 3))
		got := []string{instrument.Decimal(r.Components[0].Max, 2), instrument.Decimal(r.Components[1].Max, 2), instrument.Decimal(r.Components[2].Max, 2), p.Divisor.Total}
		if want := []string{"63.00", "111.00", "76.00", "250"}; !slices.Equal(got, want) {
			t.Errorf("%s: maxima %v, want %v", id, got, want)
		}
		if r.Index.Cmp(big.NewRat(100, 1)) != 0 || r.Band == nil || r.Band.Name.ID != "Sangat Inovatif" || len(r.Missing) > 0 {
			t.Errorf("%s: all 3 with 200 innovations give %s, %+v", id, r.Index, r.Band)
		}
		for i, want := range []int64{63, 111, 76} {
			if r.Components[i].Value.Cmp(big.NewRat(want, 1)) != 0 {
				t.Errorf("%s: part %s is %s, want %d", id, r.Components[i].Code, r.Components[i].Value, want)
			}
		}
		if n := len(r.Entries); n != 200 || r.Entries[7].Score.Cmp(big.NewRat(111, 1)) != 0 || r.Entries[7].Max.Cmp(big.NewRat(111, 1)) != 0 {
			t.Errorf("%s: %d entries", id, n)
		}
		if d := p.Divide(full(p, 300, 3)); d.Count.Cmp(big.NewRat(76, 1)) != 0 || d.Index.Cmp(big.NewRat(100, 1)) != 0 {
			t.Errorf("%s: more than 200 innovations count %s, index %s", id, d.Count, d.Index)
		}
	}
}

func TestLosingTheGateCosts(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	s := full(p, 200, 3)
	open := p.Divide(s)
	for i := range s.Entries {
		if a := s.Entries[i].Affair; a == "social" || a == "order" {
			s.Entries[i].Affair = "tourism"
		}
	}
	closed := p.Divide(s)
	lost := new(big.Rat).Sub(open.Index, closed.Index)
	if !open.Gate || closed.Gate || closed.Count.Sign() != 0 || lost.Cmp(rat(t, "30.4")) != 0 {
		t.Errorf("gate %v then %v, lost %s; want 30.4", open.Gate, closed.Gate, lost)
	}
	if missing := p.MissingAffairs(closed); len(missing) != 2 || missing[0].Code != "order" || missing[1].Code != "social" {
		t.Errorf("missing affairs %v", missing)
	}
	s.Entries[0].Affair = "order"
	if d := p.Divide(s); d.Gate == false || d.Affairs != 5 {
		t.Errorf("five of six affairs leave the gate closed: %+v", d.Covered)
	}
	if d := pack(t, "iid-2027").Divide(s); d.Gate {
		t.Error("five of six affairs open the gate of 2027")
	}
	if d := pack(t, "iid-2023").Divide(full(p, 3, 3)); !d.Gate || d.Assumed {
		t.Errorf("2023 has no gate: %v, assumed %v", d.Gate, d.Assumed)
	}
}

func TestAffairsOfSeveral(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	s := full(p, 2, 1)
	s.Entries[0].Affair, s.Entries[1].Affair = "education", "tourism"
	if d := p.Divide(s); d.Affairs != 1 || d.Gate || d.Assumed {
		t.Errorf("one basic affair: %+v", d)
	}
	s.Entries[1].Touching = []string{"health", "housing", "education", "order", "social", "trade"}
	if d := p.Divide(s); d.Affairs != 5 || !d.Gate {
		t.Errorf("affairs that are touched: %+v", d.Covered)
	}
	s.Entries[0].Affair, s.Entries[1] = "", p.BlankEntry("x", "")
	if d := p.Divide(s); !d.Gate || !d.Assumed || d.Affairs != 0 {
		t.Errorf("no affair named: gate %v assumed %v", d.Gate, d.Assumed)
	}
	s.Affairs = 4
	if d := p.Divide(s); d.Gate || d.Assumed || d.Affairs != 4 {
		t.Errorf("four affairs said: gate %v", d.Gate)
	}
}

func TestWithoutInnovations(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	five := 5
	for _, o := range []instrument.Options{{}, {Affairs: &five}} {
		r := p.Evaluate([]instrument.Mark{{Item: "1", Value: big.NewRat(3, 1)}}, o)
		if r.Index.Cmp(rat(t, "1.2")) != 0 || r.Components[1].Value.Sign() != 0 || r.Divided.Count.Sign() != 0 || r.Divided.Gate || r.Divided.Divisor != 12 || r.Band.Name.ID != "Kurang Inovatif" {
			t.Errorf("only item 1: index %s, %+v", r.Index, r.Band)
		}
	}
	if r := p.Evaluate(nil, instrument.Options{}); r.Index.Sign() != 0 || r.Band == nil || r.Band.Name.ID != "Tidak Dapat Dinilai" || len(r.Missing) != 20 {
		t.Errorf("nothing at all: index %s, %+v, missing %d", r.Index, r.Band, len(r.Missing))
	}
}

// TestAddingBelowTheDivisor: while there are fewer innovations than the divisor, one more always raises the average part;
// from there on a weak one lowers it.
func TestAddingBelowTheDivisor(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	weak := p.BlankEntry("weak", "tourism")
	weak.Points[4] = 1 // item 20, weight 1
	for n := range 20 {
		s := full(p, n, 3)
		before, after := p.Divide(s).Mean, p.Divide(s.With(weak)).Mean
		if n < 12 && after.Cmp(before) <= 0 || n >= 12 && after.Cmp(before) >= 0 {
			t.Errorf("%d innovations: the mean goes from %s to %s", n, before, after)
		}
		if again := p.Divide(s.With(weak).Without("weak")).Index; again.Cmp(p.Divide(s).Index) != 0 {
			t.Errorf("%d innovations: with and without one gives %s", n, again)
		}
	}
}

// TestPublishedValuesFitTheirRule: a published index is a mean and stands between the steps of a scale; the innovation index
// goes to 100.
func TestPublishedValuesFitTheirRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pack, component, text string
		fits                  bool
	}{
		{"spbe-2020", "", "2,79", true}, {"spbe-2020", "", "5.01", false}, {"spbe-2020", "", "0,9", false},
		{"iid-2026", "", "57.35", true}, {"iid-2026", "", "100.01", false}, {"iid-2026", "", "-1", false}, {"iid-2026", "", "baik", false},
		{"pemdi-2026", "", "3,456", true},
	} {
		p, err := instrument.Find(c.pack)
		if err != nil {
			t.Fatal(err)
		}
		if _, low, high, err := p.ParseIndex(c.component, c.text); (err == nil) != c.fits || low == nil || high == nil {
			t.Errorf("%s %q: %v, bounds %v %v", c.pack, c.text, err, low, high)
		}
	}
	p, _ := instrument.Find("iid-2026")
	for _, c := range p.Components {
		want := big.NewRat(63, 1)
		if c.Entries {
			want = big.NewRat(111, 1)
		}
		if _, _, high, err := p.ParseIndex(c.Code, want.RatString()); err != nil || high.Cmp(want) != 0 {
			t.Errorf("%s goes to %v: %v", c.Code, high, err)
		}
	}
}

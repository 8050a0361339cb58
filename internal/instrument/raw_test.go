package instrument_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

// ownIID is the file of iid-2026 with one change.
func ownIID(t *testing.T, old, changed string) string {
	t.Helper()
	data, err := os.ReadFile("packs/iid-2026.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%q is not in the file", old)
	}
	return strings.Replace(string(data), old, changed, 1)
}

func TestPackOfIIDIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, changed, want string }{
		"total":           {`total: "250"`, `total: "251"`, "the parts sum to 250.00"},
		"count":           {`count_weight: "0.38"`, `count_weight: "0.39"`, "the parts sum to 252.00"},
		"weight":          {`weight: "37"`, `weight: "38"`, "sum to 37.00, want 38"},
		"affairs":         {"affairs: 5", "affairs: 7", "7 basic affairs are required, 6 are named"},
		"half points":     {`step: "1"`, `step: "0.5"`, "whole steps"},
		"no step":         {`, step: "1"`, "", "whole steps"},
		"bounds reversed": {`from: "-50.33", to: "8.16"`, `from: "8.16", to: "-50.33"`, "from not above to"},
		"half a point":    {`{points: "3", from: "8.17"}`, `{points: "2.5", from: "8.17"}`, "no mark of the scale"},
		"band":            {`from: "40.01"`, `from: "66"`, "a lower bound below the band above"},
		"basis twice":     {"- code: b\n", "- code: a\n", "used once"},
		"no divisor":      {"divisor:\n  minimum: 12\n  count_weight: \"0.38\"\n  count_cap: 200\n  total: \"250\"\n  affairs: 5\n  from: \"2024-01-01\"\n  to: \"2025-12-31\"\n", "", "belong together"},
		"option":          {"  - id: edges\n", "  - id: beyond\n", "an id used once"},
		"nothing":         {`nothing: {points: "1"`, `nothing: {points: "9"`, "no mark of the scale"},
	} {
		if _, err := instrument.Parse([]byte(ownIID(t, c.old, c.changed))); !contains(err, c.want) {
			t.Errorf("%s: error = %v, want %q", name, err, c.want)
		}
	}
}

const header = "item,entry,assessor,value\n"

func TestReadMarksOfIID(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	in := header + "3,,,\"-50,33 %\"\n2A,,,3\n17,INV-1,,31\n33c,INV-1,,30.5\n29,INV-1,,nihil\n16,INV-1,,2\naffair,INV-1,,Kesehatan; education\nUrusan,INV-2,,sosial\n36,,,2\n"
	marks, err := p.ReadMarks(strings.NewReader(in), true, instrument.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := p.Evaluate(marks, instrument.Options{})
	if got := show(r.Divided.Regency) + " " + show(r.Divided.Sum); got != "5.0000 22.0000" || r.Divided.N != 2 || r.Divided.Affairs != 2 || r.Divided.Gate {
		t.Errorf("regency and innovations %s, %+v", got, r.Divided)
	}
	all := instrument.Options{Chosen: map[string]string{"affairs": "all", "beyond": "zero", "edges": "lower", "no-complaints": "zero"}}
	if marks, err = p.ReadMarks(strings.NewReader(in), true, all); err != nil {
		t.Fatal(err)
	}
	r = p.Evaluate(marks, all)
	if got := show(r.Divided.Regency) + " " + show(r.Divided.Sum); got != "4.0000 12.0000" || r.Divided.Affairs != 3 {
		t.Errorf("the other readings: %s, affairs %d; want 4, 12 and 3", got, r.Divided.Affairs)
	}
	if r.Entries[0].Questions[17].Raw == nil || !r.Entries[0].Questions[17].Raw.Step.Beyond || r.Components[0].Questions[3].Raw == nil {
		t.Errorf("the raw figures are not shown beside their points")
	}
}

func TestReadMarksSaysWhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pack, rows, want string }{
		"no innovation":             {"iid-2026", "16,,,2\n", "line 2, column 2: item 16 belongs to an innovation"},
		"regency item":              {"iid-2026", "1,INV-1,,2\n", "line 2, column 2: item 1 belongs to the regency"},
		"affair of nobody":          {"iid-2026", "affair,,,health\n", "line 2, column 2"},
		"unknown affair":            {"iid-2026", "affair,INV-1,,health;magic\n", `line 2, column 4: unknown affair "magic"`},
		"count and entries":         {"iid-2026", "16,INV-1,,2\n36,,,2\n", "line 3, column 4: item 36 says 2 innovations, the file has 1"},
		"count with a fraction":     {"iid-2026", "36,,,2.5\n", "line 2, column 4"},
		"basis missing":             {"iid-2026", "33,INV-1,,300\n", "line 2, column 4: item 33 needs its basis: write 33a to 33f"},
		"two bases":                 {"iid-2026", "33a,INV-1,,300\n33b,INV-1,,20\n", "line 3, column 1: item 33 of INV-1"},
		"nothing to count":          {"iid-2026", "17,INV-1,,nihil\n", "line 2, column 4: item 17 needs a number"},
		"a word":                    {"iid-2026", "17,INV-1,,banyak\n", `line 2, column 4: "banyak" is not a number`},
		"points above 3":            {"iid-2026", "16,INV-1,,4\n", "line 2, column 4"},
		"half a point":              {"iid-2026", "16,INV-1,,1.5\n", "line 2, column 4"},
		"same item, other assessor": {"iid-2026", "1,,x,2\n1,,y,3\n", "line 3, column 1: item 1"},
		"no level":                  {"pemdi-2026", "I1,6,,1\n", `line 2, column 2: entry "6"`},
		"no slot":                   {"pemdi-2026", "I1,TD_13_01,,1\n", `line 2, column 2: entry "TD_13_01"`},
		"slot of another level":     {"pemdi-2026", "I13,3/TD_13_01,,1\n", `line 2, column 2: entry "3/TD_13_01"`},
		"slot twice":                {"pemdi-2026", "I13,TD_13_01,,1\nI13,1/TD_13_01,,1\n", "line 3, column 1: item I13 of 1/TD_13_01"},
		"evidence half accepted":    {"pemdi-2026", "I1,1,,0.5\n", "line 2, column 4"},
		"level and evidence":        {"pemdi-2026", "I1,,,3\nI1,2,,1\n", "line 3, column 2: item I1 is given by its level and by its evidence"},
		"phase and none":            {"pemdi-2026", "I1,,document,3\nI2,,,3\n", "line 3, column 3: item I2 names no phase"},
		"unknown phase":             {"pemdi-2026", "I1,,lunch,3\n", `line 2, column 3: unknown phase "lunch"`},
		"a whole aspect":            {"pemdi-2026", "A1,,,3\n", "line 2, column 1: unknown item"},
		"level 0 of SPBE":           {"spbe-2020", "1,,,0\n", "line 2, column 4"},
		"level 3.5 of SPBE":         {"spbe-2020", "1,,,3.5\n", "line 2, column 4"},
		"above 100":                 {"kipp-2023", "K1,,,100.01\n", "line 2, column 4"},
	} {
		_, err := pack(t, c.pack).ReadMarks(strings.NewReader(header+c.rows), true, instrument.Options{})
		if !contains(err, c.want) {
			t.Errorf("%s: error = %v, want %q", name, err, c.want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	if err := p.CheckOptions(map[string]string{"edges": "lower", "affairs": "all"}); err != nil {
		t.Error(err)
	}
	for id, choice := range map[string]string{"edges": "middle", "bands": "closed"} {
		if err := p.CheckOptions(map[string]string{id: choice}); !contains(err, id+"="+choice) {
			t.Errorf("%s=%s: %v", id, choice, err)
		}
	}
}

func TestBandsOfIID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pack, index, want string }{
		{"iid-2026", "65.01", "Sangat Inovatif"}, {"iid-2026", "65.005", "Sangat Inovatif"}, {"iid-2026", "65.0049", "Inovatif"}, {"iid-2026", "65", "Inovatif"},
		{"iid-2026", "40.01", "Inovatif"}, {"iid-2026", "40.005", "Inovatif"}, {"iid-2026", "40.0049", "Kurang Inovatif"}, {"iid-2026", "0.01", "Kurang Inovatif"},
		{"iid-2026", "0.005", "Kurang Inovatif"}, {"iid-2026", "0.0049", "Tidak Dapat Dinilai"}, {"iid-2026", "0", "Tidak Dapat Dinilai"}, {"iid-2026", "100", "Sangat Inovatif"},
		{"iid-2023", "60.01", "Sangat Inovatif"}, {"iid-2023", "60", "Inovatif"}, {"iid-2023", "35", "Inovatif"}, {"iid-2023", "34.99", "Kurang Inovatif"}, {"iid-2023", "0", "Tidak Dapat Dinilai"},
	} {
		if b := pack(t, c.pack).BandOf(rat(t, c.index), instrument.Options{}); b == nil || b.Name.ID != c.want {
			t.Errorf("%s: %s is %+v, want %s", c.pack, c.index, b, c.want)
		}
	}
}

func FuzzReadRaw(f *testing.F) {
	iid, pemdi := pack(f, "iid-2026"), pack(f, "pemdi-2026")
	f.Add(header + "3,,,\"-50,33 %\"\n17,INV-1,,31\n33c,INV-1,,30.5\n29,INV-1,,-\naffair,INV-1,,health;social\n")
	f.Add(header + "36,,,200\n1,,,3\n")
	f.Add(header + "I5,,,62.5\nI13,TD_13_01,,1\nI13,2,,0\nI1,,,4.25\n")
	f.Add(header + "I1,,document,3\nI1,,visit,2\nI7,,interview,\"1,8\"\n")
	f.Fuzz(func(t *testing.T, in string) {
		for _, p := range []*instrument.Pack{iid, pemdi} {
			for _, o := range []instrument.Options{{}, {Chosen: map[string]string{"edges": "lower", "beyond": "zero", "affairs": "all", "external": "one", "bands": "half-open"}, NotTakenPart: true}} {
				marks, err := p.ReadMarks(strings.NewReader(in), true, o)
				if err != nil {
					continue
				}
				r := p.Evaluate(marks, o)
				if p.Divisor != nil && (r.Index == nil || r.Index.Sign() < 0 || r.Index.Cmp(rat(t, "100")) > 0) {
					t.Errorf("index %v of %q", r.Index, in)
				}
				if p.Divisor == nil && r.Index != nil && (r.Index.Sign() < 0 || r.Index.Cmp(rat(t, "5")) > 0) {
					t.Errorf("index %v of %q", r.Index, in)
				}
			}
		}
	})
}

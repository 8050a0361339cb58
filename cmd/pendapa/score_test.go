package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

func call(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, fault bytes.Buffer
	status = run(context.Background(), args, strings.NewReader(stdin), &out, &fault)
	return status, out.String(), fault.String()
}

func TestScoreJSON(t *testing.T) {
	t.Parallel()
	status, out, fault := call(t, "", "score", "--instrument", "smartcity-2022-kppn", "--marks", "testdata/malang-2022.csv", "--json")
	var got scoreJSON
	if status != 0 || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("status %d, %s%s", status, out, fault)
	}
	if got.Index == nil || *got.Index != "2.504199308756" || got.Answered != 59 || len(got.Missing) != 0 || len(got.Components) != 5 {
		t.Errorf("score = %s", out)
	}
	if c := got.Components[1]; c.Code != "B" || c.Name != "Output" || c.Weight != "20" || *c.Value != "1.535714285714" {
		t.Errorf("component B = %+v, value %s", c, *c.Value)
	}
}

func TestScoreRefusesBadInput(t *testing.T) {
	t.Parallel()
	status, out, fault := call(t, "item,entry,assessor,value\nA1,,,9\n", "score", "--instrument", "smartcity-2022-kppn", "--marks", "-")
	if status != 2 || out != "" || !strings.Contains(fault, "line 2, column 4") {
		t.Errorf("status %d, %q, %q", status, out, fault)
	}
	status, _, fault = call(t, "", "score", "--instrument", "none-such", "--marks", "-")
	if status != 2 || !strings.Contains(fault, "none-such") {
		t.Errorf("status %d, %q", status, fault)
	}
}

func TestScoreOfNothing(t *testing.T) {
	t.Parallel()
	status, out, _ := call(t, "item,entry,assessor,value\nA,,,3\n", "score", "--instrument", "smartcity-2022-kppn", "--marks", "-", "--json")
	var got scoreJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != 0 || got.Index != nil || len(got.Missing) != 54 || got.Components[1].Value != nil {
		t.Errorf("status %d, %s", status, out)
	}
}

func TestInstrumentCommands(t *testing.T) {
	t.Parallel()
	status, out, _ := call(t, "", "instrument", "list")
	if status != 0 || !strings.Contains(out, "smartcity-2023-kppn") {
		t.Errorf("list: %d, %s", status, out)
	}
	status, out, _ = call(t, "", "instrument", "show", "smartcity-2022-kppn")
	if status != 0 || !strings.Contains(out, "code: E12") {
		t.Errorf("show: %d, %s", status, out)
	}
	status, _, fault := call(t, "", "instrument", "check", "score_test.go")
	if status != 2 || fault == "" {
		t.Errorf("check of a file that is no instrument: %d, %s", status, fault)
	}
}

// scoreOfRows runs pendapa score with JSON and reads it.
func scoreOfRows(t *testing.T, rows string, args ...string) (got scoreJSON, fault string) {
	t.Helper()
	status, out, fault := call(t, "item,entry,assessor,value\n"+rows, append([]string{"score", "--marks", "-", "--json"}, args...)...)
	if status != 0 {
		t.Fatalf("%v: status %d, %s", args, status, fault)
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	return got, fault
}

// fullIID is the marks file of a regency with n innovations and 3 points everywhere, over the six basic affairs.
func fullIID(t *testing.T, n int, affairs bool) string {
	t.Helper()
	p, err := instrument.Find("iid-2026")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, q := range p.RegencyItems() {
		fmt.Fprintf(&b, "%s,,,3\n", q.Code)
	}
	for i := range n {
		for _, q := range p.EntryItems() {
			fmt.Fprintf(&b, "%s,INV-%d,,3\n", q.Code, i+1)
		}
		if affairs {
			fmt.Fprintf(&b, "affair,INV-%d,,%s\n", i+1, p.Affairs[i%6].Code)
		}
	}
	return b.String()
}

func TestScoreOfIIDIsWhole(t *testing.T) {
	t.Parallel()
	got, fault := scoreOfRows(t, fullIID(t, 200, true), "--instrument", "iid-2026")
	if *got.Index != "100.000000000000" || fault != "" || got.Band.ID != "Sangat Inovatif" || got.Band.EN == "" || *got.N != 200 || *got.Divisor != 200 {
		t.Errorf("index %s, band %+v, n %d, divisor %d, %q", *got.Index, got.Band, *got.N, *got.Divisor, fault)
	}
	for i, want := range []string{"SPD 63.000000000000 63", "SID 111.000000000000 111", "COUNT 76.000000000000 76"} {
		if c := got.Components[i]; c.Code+" "+*c.Value+" "+c.Max != want {
			t.Errorf("component %+v, want %s", c, want)
		}
	}
	if g := got.Gate; g.Required != 5 || g.Affairs != 6 || !g.Open || g.Assumed || len(g.Covered) != 6 {
		t.Errorf("gate %+v", g)
	}
	if e := got.Entries[199]; e.ID != "INV-200" || e.Score != "111" || e.Max != "111" || len(e.Items) != 20 || *e.Items[19].Score != "12" || got.Rule != "weight-times-parameter-with-divisor" {
		t.Errorf("entry %+v, rule %s", e, got.Rule)
	}
	if len(got.Components[0].Items) != 20 || got.Options["edges"] != "higher" || len(got.Waiting) != 0 || len(got.Missing) != 0 {
		t.Errorf("items %d, options %v", len(got.Components[0].Items), got.Options)
	}
}

func TestScoreOfIIDSaysWhatItAssumes(t *testing.T) {
	t.Parallel()
	got, fault := scoreOfRows(t, fullIID(t, 2, false), "--instrument", "iid-2026")
	if !got.Gate.Assumed || !got.Gate.Open || !strings.Contains(fault, "taken as open") {
		t.Errorf("gate %+v, stderr %q", got.Gate, fault)
	}
	if *got.Index != "32.904000000000" || *got.Divisor != 12 {
		t.Errorf("index %s: want (63 + 222/12 + 0.76) / 250", *got.Index)
	}
	got, fault = scoreOfRows(t, fullIID(t, 2, false), "--instrument", "iid-2026", "--affairs", "4")
	if got.Gate.Open || got.Gate.Assumed || fault != "" || *got.Index != "32.600000000000" {
		t.Errorf("four affairs: gate %+v, index %s, %q", got.Gate, *got.Index, fault)
	}
	got, fault = scoreOfRows(t, "1,,,3\n", "--instrument", "iid-2026")
	if *got.N != 0 || *got.Divisor != 12 || got.Gate.Open || fault != "" || *got.Components[1].Value != "0.000000000000" || *got.Index != "1.200000000000" {
		t.Errorf("no innovation: %+v %q", got, fault)
	}
	if got, _ = scoreOfRows(t, "1,,,3\n36,,,10\n", "--instrument", "iid-2028", "--affairs", "6"); *got.N != 10 || *got.Divisor != 16 || *got.Components[2].Value != "3.800000000000" {
		t.Errorf("ten innovations by number: %+v", got.Components[2])
	}
}

func TestScoreOfRawFigures(t *testing.T) {
	t.Parallel()
	const rows = "3,,,-50.33\n5a,,,0.36\n33c,INV-1,,35\n29,INV-1,,nihil\n33b,INV-2,,2\naffair,INV-1,,health;education\n"
	got, _ := scoreOfRows(t, rows, "--instrument", "iid-2026", "--raw")
	three, five := got.Components[0].Items[3], got.Components[0].Items[5]
	if *three.Value != "2" || *three.Raw != "-50.33" || *five.Value != "3" || *five.Score != "2.25" || got.Gate.Affairs != 1 {
		t.Errorf("items %+v %+v, gate %+v", three, five, got.Gate)
	}
	saved, few := got.Entries[0].Items[17], got.Entries[1].Items[17]
	if *saved.Value != "3" || saved.Basis != "c" || saved.Note == nil || *few.Value != "0" || few.Note == nil || *got.Entries[0].Items[13].Value != "1" {
		t.Errorf("benefit %+v and %+v", saved, few)
	}
	got, _ = scoreOfRows(t, rows, "--instrument", "iid-2026", "--raw", "--option", "edges=lower", "--option", "beyond=zero", "--option", "affairs=all", "--option", "no-complaints=zero")
	if *got.Components[0].Items[3].Value != "1" || *got.Components[0].Items[5].Value != "2" || *got.Entries[0].Items[17].Value != "0" || *got.Entries[0].Items[13].Value != "0" || got.Gate.Affairs != 2 || got.Options["beyond"] != "zero" {
		t.Errorf("the other readings: %+v", got)
	}
}

func TestScoreOfPhasesAndWaiting(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := 1; i <= 20; i++ {
		if i < 5 || i > 7 {
			fmt.Fprintf(&b, "I%d,,document,4\nI%d,,interview,3\nI%d,,visit,2\n", i, i, i)
		}
	}
	got, _ := scoreOfRows(t, b.String(), "--instrument", "pemdi-2026")
	if got.Index != nil || got.Band != nil || len(got.Missing) != 3 || got.N != nil || got.Gate != nil {
		t.Errorf("without external values: %+v", got)
	}
	got, fault := scoreOfRows(t, b.String(), "--instrument", "pemdi-2026", "--option", "external=one")
	if *got.Index != "2.958000000000" || got.Band.ID != "Baik / Berkembang" || strings.Join(got.Waiting, " ") != "I5 I6 I7" || !strings.Contains(fault, "count 1") {
		t.Errorf("waiting: index %v, %v, %q", *got.Index, got.Waiting, fault)
	}
	if len(got.Phases) != 3 || got.Phases[0].Share != "40" || *got.Phases[2].Index != "1.890000000000" {
		t.Errorf("phases %+v", got.Phases)
	}
}

func TestScoreRefusesOptions(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"no option edges=middle; it has: edges=higher|lower": {"--instrument", "iid-2026", "--option", "edges=middle"},
		"it has: none":             {"--instrument", "smartcity-2022-kppn", "--option", "edges=lower"},
		"write id=choice":          {"--instrument", "iid-2026", "--option", "edges"},
		"6 basic-service affairs":  {"--instrument", "iid-2026", "--affairs", "7"},
		"asks for no affairs":      {"--instrument", "spbe-2020", "--affairs", "5"},
		"usage: pendapa score":     {"--instrument", "iid-2026", "more"},
		"item 33 needs its basis":  {"--instrument", "iid-2026", "--raw"},
		"outside the scale 0 to 3": {"--instrument", "iid-2026"},
	} {
		status, out, fault := call(t, "item,entry,assessor,value\n33,INV-1,,300\n", append([]string{"score", "--marks", "-"}, args...)...)
		if status != 2 || out != "" || !strings.Contains(fault, want) {
			t.Errorf("%v: status %d, %q, %q; want %q", args, status, out, fault, want)
		}
	}
}

func TestScoreForPeople(t *testing.T) {
	t.Parallel()
	status, out, _ := call(t, "item,entry,assessor,value\n3,,,\"-50,33 %\"\n16,INV-1,,2\naffair,INV-1,,kesehatan\n", "score", "--instrument", "iid-2026", "--marks", "-", "--raw")
	for _, want := range []string{"Satuan pemerintah daerah", "angka -50,33", "Kesehatan", "6 ÷ pembagi 12 (inovasi 1, paling sedikit 12)", "simulasi, bukan hasil resmi", "1 dari 5, belum terpenuhi",
		"Urusan yang belum tercakup: Pendidikan", "Pilihan edges=higher", "Kurang Inovatif", "Belum dinilai (38)", "1,0000"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("status %d, want %q in:\n%s", status, want, out)
		}
	}
	_, out, _ = call(t, "", "score", "--instrument", "smartcity-2022-kppn", "--marks", "testdata/malang-2022.csv")
	if !strings.Contains(out, "Indeks pencapaian") || !strings.Contains(out, "2,5042") {
		t.Errorf("smart city:\n%s", out)
	}
}

// TestShownInstrumentsAreFiles: what show prints says rule, weights, bands, options and doubts, and can be checked again.
func TestShownInstrumentsAreFiles(t *testing.T) {
	t.Parallel()
	for id, wants := range map[string][]string{
		"iid-2026":            {"# Bagian SID Satuan inovasi daerah: bobot 37, 20 butir untuk tiap inovasi", "# Pembagi sedikitnya 12", "#   edges=higher: Poin yang lebih tinggi (bila tidak dipilih)", "# Belum pasti:", "# Kategori Inovatif: dari 40,01"},
		"iid-2029":            {"diumumkan, belum terbit", "# Pembagi sedikitnya 18"},
		"iid-2023":            {"templat", "# Kategori Inovatif: dari 35,00"},
		"spbe-2020":           {"# Aturan weighted-level-percent, nilai 1 sampai 5, langkah 1", "bobot 27,5, 10 butir"},
		"pemdi-2026":          {"# Tahap Wawancara: 40 %", "#   bands=half-open", "TD_13_01", "templat kami"},
		"kipp-2023":           {"tiap desimal", "templat kami"},
		"smartcity-2022-kppn": {"# Bagian E Quick win: bobot 30, 12 butir"},
	} {
		status, out, fault := call(t, "", "instrument", "show", id)
		for _, want := range wants {
			if status != 0 || !strings.Contains(out, want) {
				t.Errorf("show %s: status %d %s, want %q", id, status, fault, want)
			}
		}
		file := filepath.Join(t.TempDir(), id+".yaml")
		if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, out, fault = call(t, "", "instrument", "check", file); status != 0 || !strings.Contains(out, "ok") {
			t.Errorf("check of %s: %d %s", id, status, fault)
		}
	}
	_, out, _ := call(t, "", "instrument", "list")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 11 || !strings.Contains(out, "continuous-level") {
		t.Errorf("list:\n%s", out)
	}
}

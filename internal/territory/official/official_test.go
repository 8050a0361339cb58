package official

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/testdata"
)

func load(t testing.TB) *Registry {
	t.Helper()
	g, err := Load()
	if err != nil {
		t.Fatalf("%v: run `npm ci` and `node build.mjs` in the folder web", err)
	}
	return g
}

func TestCounts(t *testing.T) {
	t.Parallel()
	g := load(t)
	if n := len(g.Provinces()); n != 38 {
		t.Errorf("provinces = %d, want 38", n)
	}
	if n := len(g.Regencies()); n != 514 {
		t.Errorf("regencies = %d, want 514", n)
	}
	districts := g.Districts("35.09")
	villages := 0
	for _, d := range districts {
		villages += len(g.Villages(d.Code))
	}
	if len(districts) != 31 || villages != 248 {
		t.Errorf("Jember = %d kecamatan, %d villages, want 31 and 248", len(districts), villages)
	}
	if g.Edition() != "npm idn-area-data 3.1.2" {
		t.Errorf("edition = %q", g.Edition())
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	g := load(t)
	for _, want := range []Area{
		{"35", "Jawa Timur", ""},
		{"31", "DKI Jakarta", ""},
		{"35.09", "Kabupaten Jember", "35"},
		{"35.78", "Kota Surabaya", "35"},
		{"73.10", "Kabupaten Pangkajene dan Kepulauan", "73"},
		{"35.09.01", "Jombang", "35.09"},
		{"35.09.01.2001", "Padomasan", "35.09.01"},
	} {
		if got, ok := g.Lookup(want.Code); !ok || got != want {
			t.Errorf("lookup %s = %v, want %v", want.Code, got, want)
		}
	}
	for _, code := range []string{"", ".", "99", "35.00", "35.09.99", "35.09.01.9999", "1.2.3.4.5"} {
		if got, ok := g.Lookup(code); ok {
			t.Errorf("lookup %q = %v, want nothing", code, got)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	g := load(t)
	for query, want := range map[string]string{
		"jember": "35.09", "Kab. JEMBER": "35.09", "kab jember": "35.09", "kabupaten jember": "35.09",
		"3509": "35.09", "35.09": "35.09", " 35.09 ": "35.09",
		"kota malang": "35.73", "kab malang": "35.07", "gunung sitoli": "12.78", "jakarta pusat": "31.71",
		"jenber": "35.09", "banyuwamgi": "35.10", "pangkajene": "73.10",
	} {
		if got := g.Find(query, 5); len(got) == 0 || got[0].Code != want {
			t.Errorf("find %q = %v, want %s first", query, got, want)
		}
	}
	if n := len(g.Find("35", 100)); n != 38 {
		t.Errorf("find 35 = %d areas, want the 38 of Jawa Timur", n)
	}
	for _, query := range []string{"", "  ", "zzzzzz", "kota jember", "9999"} {
		if got := g.Find(query, 5); len(got) != 0 {
			t.Errorf("find %q = %v, want nothing", query, got)
		}
	}
	if n := len(g.Find("kota", 3)); n != 3 {
		t.Errorf("find kota with limit 3 = %d", n)
	}
}

// The ministry's edition of 2025 has the same regencies.
func TestAgreesWithDecree(t *testing.T) {
	t.Parallel()
	g := load(t)
	f, err := os.Open(filepath.Join(testdata.Dir(t), "1_kode", "wilayah_2025.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	regencies := 0
	for _, row := range rows {
		if strings.Count(row[0], ".") != 1 {
			continue
		}
		regencies++
		a, ok := g.Lookup(row[0])
		if !ok {
			t.Errorf("%s %s is missing", row[0], row[1])
		} else if found := g.Find(row[1], 1); len(found) == 0 || found[0].Code != row[0] {
			t.Errorf("find %q = %v, want %v", row[1], found, a)
		}
	}
	if regencies != 514 {
		t.Errorf("the decree has %d regencies, want 514", regencies)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "35,Jawa Timur\n", "# x\n35\n", "# x\n....1,Deep\n", "# x\n35,\n"} {
		if _, err := parse(text); err == nil {
			t.Errorf("parse %q succeeded", text)
		}
	}
}

func FuzzFind(f *testing.F) {
	g := load(f)
	for _, s := range []string{"jember", "35.09", "kab.", "'", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := len(g.Find(s, 7)); n > 7 {
			t.Errorf("%d areas, limit 7", n)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		g, err := Load()
		if err != nil || g.Edition() == "" {
			b.Fatal(err)
		}
	}
}

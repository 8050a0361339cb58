package innovation

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/tenant"
)

// testEnv is what cells are compared with, without a store.
func testEnv() *importEnv {
	e := &importEnv{fields: map[string]Field{}, affairs: map[string]string{"kesehatan": "1.02"}, affairOf: []string{"kesehatan"}, said: localeOf("id"), known: map[string][]Claim{"antar obat": {{Number: 1, Agency: tenant.Agency{ID: "hub"}}}},
		zone: time.UTC, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMilli(), actor: tenant.SystemOf(1, "test"),
		agencies: []tenant.Agency{{ID: "hub", Code: "2", Name: "Dinas Perhubungan", Short: "Dishub", Active: true}}, names: []string{"2", "dinas perhubungan", "dishub"}, owners: []int{0, 0, 0}}
	all := Fields()
	for _, f := range all {
		e.fields[f.Key] = f
	}
	e.words = importWords(all)
	e.prepare()
	return e
}

// FuzzImport reads any table: it must not crash, and what it calls fine must be whole and in order.
func FuzzImport(f *testing.F) {
	f.Add("Nama Inovasi,OPD,Tahapan,Waktu Uji Coba,Waktu Penerapan\nSatu,Dishub,Penerapan,1 Mar 2024,2025-01-02\n", "c.0.1", "2")
	f.Add("Judul;OPD;Anggaran 2025;Jumlah Pengguna;Periode\nA b c;2;Rp 1,5 M;1.250;Triwulan II 2025\n", "fix", "c:0:2:1500000000")
	f.Add("title\tagency\tdesign\tkoordinat\tmeasure\nx\ty\tDasar hukum: a Isu strategis: b\t-8,1; 113,7\t3 jam -> 30 menit\n", "m.0", "agency")
	f.Add("Nama Inovasi,OPD,OPD,Nama Inovasi\n(1),(2),(3),(4)\n'=1+1,Dishub,,\n", "skip", "0")
	env, fields := testEnv(), Fields()
	f.Fuzz(func(t *testing.T, file, name, value string) {
		if len(file) > 4000 {
			return
		}
		table, err := sheet.Read(strings.NewReader(file), int64(len(file)), "x", sheet.Limits{Rows: 50, Cols: 30})
		if err != nil {
			return
		}
		at, columns := findHeadings(table.Rows, fields)
		if at < 0 || at+1 >= len(table.Rows) {
			return
		}
		p := Plan{Name: "x", First: at + 2, Columns: columns, Skip: map[int]bool{}}
		for _, row := range table.Rows[at+1:] {
			line := make([]string, len(columns))
			copy(line, row)
			p.Lines = append(p.Lines, line)
		}
		p.correct(url.Values{name: {value}})
		p = env.check(p)
		p.fixAll()
		p = env.check(p)
		packed, err := p.pack()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unpackPlan(packed); err != nil {
			t.Fatalf("a plan is not read again: %v", err)
		}
		if p.Wrong() == 0 {
			for _, one := range p.Ready {
				sound(t, env, one)
			}
		}
	})
}

// sound says what must hold for every line that may be written.
func sound(t *testing.T, e *importEnv, one ReadyLine) {
	i := one.Record
	switch {
	case len([]rune(i.Title)) < 3 || len([]rune(i.Title)) > 200 || i.Agency == "" || i.Stage == "":
		t.Errorf("without title, agency or stage: %+v", i)
	case i.TrialAt > e.now || i.LiveAt > e.now || i.LiveAt != 0 && i.LiveAt < i.TrialAt:
		t.Errorf("days out of order: %d %d", i.TrialAt, i.LiveAt)
	case i.Stage == Trial && i.TrialAt == 0 || i.Stage == Live && i.LiveAt == 0 || i.Stage == Idea && i.TrialAt+i.LiveAt != 0:
		t.Errorf("stage %s with days %d %d", i.Stage, i.TrialAt, i.LiveAt)
	case one.Users != nil && (one.Users.Value < 0 || one.Users.From > one.Users.To || one.Users.To > e.now):
		t.Errorf("users %+v", one.Users)
	}
	for _, b := range one.Budgets {
		if b.Amount < 0 || b.Year < 2000 {
			t.Errorf("budget %+v", b)
		}
	}
}

func FuzzUnpackPlan(f *testing.F) {
	p := Plan{First: 2, Columns: []Column{{Heading: "a", Field: "title"}}, Lines: [][]string{{"x"}}}
	packed, err := p.pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add("")
	f.Add("H4sIAAAAAAAA")
	env := testEnv()
	f.Fuzz(func(_ *testing.T, text string) {
		if p, err := unpackPlan(text); err == nil {
			env.check(p)
		}
	})
}

// FuzzDay reads any text as a day and as a period.
func FuzzDay(f *testing.F) {
	for _, text := range []string{"1 Mar 2025", "Senin, 5 Maret 2025", "03-04-25", "45720", "2025", "TW II 2025", "Jan–Des 2025", "2025-01-01 s.d. 2025-02-28", "31/02/2025"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := readDay(text, time.UTC)
		if got.Sure && (got.Day < time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() || got.Day%oneDay != 0 || len(got.Options) > 0) {
			t.Errorf("%q: %+v", text, got)
		}
		if from, to, ok := readPeriod(text, time.UTC); ok && (from > to || from%oneDay != 0 || to%oneDay != 0) {
			t.Errorf("%q: from %d to %d", text, from, to)
		}
		guessWhole(text)
		readCoordinate(text)
		readBudget(text)
		cutDesign(text)
	})
}

func TestReadDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2025-03-05": "2025-03-05", "5 Maret 2025": "2025-03-05", "05/03/2025": "2025-03-05", "5.3.2025": "2025-03-05", "Rabu, 5 Mar 2025": "2025-03-05", "5-Mar-25": "2025-03-05",
		"March 5, 2025": "2025-03-05", "2025-03-05 00:00:00": "2025-03-05", "5 Pebruari 2024": "2024-02-05", "1 Agt 2024": "2024-08-01", "1 Nop 2024": "2024-11-01", "29 Feb 2024": "2024-02-29", "5 May 2024": "2024-05-05",
		"25-03-25": "2025-03-25", "03-25-25": "2025-03-25", "05-05-25": "2025-05-05",
		"03-04-25": "?2025-03-04?2025-04-03", "03/25/2025": "?2025-03-25", "45720": "?2025-03-04", "2025": "?2025-01-01", "Maret 2025": "?2025-03-01", "tahun 2024": "?2024-01-01",
		"30 Feb 2025": "", "kemarin": "", "2025-13-01": "", "1 Xyz 2025": "", "00/00/2025": "", "5 Ma 2025": "", "1/1/1900": ""} {
		got, said := readDay(text, time.UTC), ""
		if got.Sure {
			said = time.UnixMilli(got.Day).UTC().Format(time.DateOnly)
		}
		for _, at := range got.Options {
			said += "?" + time.UnixMilli(at).UTC().Format(time.DateOnly)
		}
		if said != want {
			t.Errorf("%q: %q, want %q", text, said, want)
		}
	}
}

func TestReadPeriod(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2025": "2025-01-01 2025-12-31", "Tahun 2025": "2025-01-01 2025-12-31", "Februari 2024": "2024-02-01 2024-02-29", "TW II 2025": "2025-04-01 2025-06-30", "Triwulan 4 2025": "2025-10-01 2025-12-31",
		"Semester 1 2025": "2025-01-01 2025-06-30", "Jan-Des 2025": "2025-01-01 2025-12-31", "Januari – Maret 2025": "2025-01-01 2025-03-31", "1 Jan 2025 s.d. 15 Feb 2025": "2025-01-01 2025-02-15", "2025-01-01 s.d. 2025-12-31": "2025-01-01 2025-12-31",
		"1/1/2025 - 31/1/2025": "2025-01-01 2025-01-31", "2025-02-01 to 2025-01-01": "", "Des-Jan 2025": "", "setahun": "", "": ""} {
		from, to, ok := readPeriod(text, time.UTC)
		got := time.UnixMilli(from).UTC().Format(time.DateOnly) + " " + time.UnixMilli(to).UTC().Format(time.DateOnly)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestGuessWhole(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"± 1.250 orang": 1250, "Rp 150 juta": 150_000_000, "1,5 M": 1_500_000_000, "1.500.000,-": 1_500_000, "Rp1.500.000,00": 1_500_000, "1,234": 1234, "2 rb": 2000, "1,5 triliun": 1_500_000_000_000,
		"sekitar 80": 80, "12,5": -1, "banyak": -1, "": -1, "99999999999999999 juta": -1} {
		got, ok := guessWhole(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestReadBudgetAndCoordinate(t *testing.T) {
	t.Parallel()
	if got, ok := readBudget("2024: Rp 50.000.000; 2025: 75000000"); !ok || got[2024] != 50_000_000 || got[2025] != 75_000_000 {
		t.Errorf("budget: %v %v", got, ok)
	}
	for _, text := range []string{"80 juta", "2024: banyak", "2024: 5; dan lain", "2024: 5; 2024: 6", ""} {
		if got, ok := readBudget(text); ok {
			t.Errorf("%q was read as %v", text, got)
		}
	}
	for text, want := range map[string]string{"-8.17, 113.70": "-8.17 113.70", "−8,17; 113,70": "-8.17 113.70", "-8.17 113.7": "-8.17 113.7", "-8,113": "-8 113", "113.7, -8.17": "swapped -8.17 113.7", "8°10'S": "", "x": "", "-95, 20": "swapped 20 -95", "-95, 200": ""} {
		lat, long, swapped, ok := readCoordinate(text)
		got := ""
		if ok {
			got = lat + " " + long
		}
		if swapped {
			got = "swapped " + got
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestFieldsHaveHeadingsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, f := range Fields() {
		for _, name := range append([]string{f.ID, f.EN, f.Key}, f.aliases...) {
			key := titleKey(name)
			if had, twice := seen[key]; key == "" || twice && had != f.Key {
				t.Errorf("%s: heading %q is empty or that of %s", f.Key, name, had)
			}
			seen[key] = f.Key
		}
		for _, c := range f.Choices {
			if localeOf("id")[choiceKey(f.Key, c)] == "" || localeOf("en")[choiceKey(f.Key, c)] == "" {
				t.Errorf("%s: %s has no word", f.Key, c)
			}
		}
	}
}

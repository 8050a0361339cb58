package score_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

// found is what the house is expected to find of an item; nothing when why is "".
type found struct {
	name   string
	item   string
	set    func(w *world, f *score.Fact)
	points int
	state  string
	why    string
}

func unknown() score.Known {
	return score.Known{Trainings: -1, CasesReceived: -1, CasesResolved: -1, MedianDays: -1, Connections: -1}
}

func other(edit func(*score.Known)) func(*world, *score.Fact) {
	return func(w *world, _ *score.Fact) {
		n := unknown()
		edit(&n)
		w.known["x"] = n
	}
}

func fact(edit func(*score.Fact)) func(*world, *score.Fact) {
	return func(_ *world, f *score.Fact) { edit(f) }
}

func copied(times, regions int) func(*world, *score.Fact) {
	return func(w *world, _ *score.Fact) { w.copied["x"] = score.Replication{Times: times, Regions: regions} }
}

func ofTheRegister() []found {
	people := func(n int) func(*world, *score.Fact) { return fact(func(f *score.Fact) { f.People = n }) }
	years := func(all ...int) func(*world, *score.Fact) { return fact(func(f *score.Fact) { f.BudgetYears = all }) }
	actors := func(all ...string) func(*world, *score.Fact) { return fact(func(f *score.Fact) { f.Actors = all }) }
	agencies := func(all ...string) func(*world, *score.Fact) {
		return fact(func(f *score.Fact) { f.Agencies = all })
	}
	complaints := func(came, solved int64) func(*world, *score.Fact) {
		return fact(func(f *score.Fact) { f.Complaints, f.Resolved = came, solved })
	}
	return []found{
		{"nobody named", "17", people(0), 0, "missing", ""},
		{"one name", "17", people(1), 1, "auto", "1 nama tercatat di tim"},
		{"ten names", "17", people(10), 1, "auto", "10 nama tercatat di tim"},
		{"eleven names", "17", people(11), 2, "auto", "11 nama tercatat di tim"},
		{"thousands of names", "17", people(1234), 3, "auto", "1.234 nama tercatat di tim"},
		{"no budget", "18", years(), 0, "missing", ""},
		{"a budget only planned", "18", years(2027), 0, "missing", ""},
		{"one year", "18", years(2024), 1, "auto", "Anggaran tercatat tahun 2024; tahun berjalan 2026"},
		{"two years apart", "18", years(2026, 2024), 1, "auto", "Anggaran tercatat tahun 2026, 2024; tahun berjalan 2026"},
		{"two years in a row", "18", years(2023, 2024, 2027), 2, "auto", "Anggaran tercatat tahun 2024, 2023; tahun berjalan 2026"},
		{"this year and the two before", "18", years(2024, 2025, 2026), 3, "auto", "Anggaran tercatat tahun 2026, 2025, 2024; tahun berjalan 2026"},
		{"the executor alone", "22", actors("government"), 0, "missing", "1 jenis pelaku tercatat, termasuk pelaksana"},
		{"three kinds", "22", actors("government", "media", "academia"), 1, "auto", "3 jenis pelaku tercatat, termasuk pelaksana"},
		{"one agency", "24", agencies("hub"), 0, "missing", "1 OPD menjadi anggota tim"},
		{"two agencies", "24", agencies("hub", "kes"), 1, "auto", "2 OPD menjadi anggota tim"},
		{"five agencies", "24", agencies("a", "b", "c", "d", "e"), 3, "auto", "5 OPD menjadi anggota tim"},
		{"no complaint counted", "29", complaints(-1, -1), 0, "missing", ""},
		{"no complaint came", "29", complaints(0, 0), 1, "auto", "Tidak ada aduan yang tercatat; pedoman memberi tingkat terendah"},
		{"half of them", "29", complaints(10, 5), 1, "auto", "5 dari 10 aduan tercatat selesai"},
		{"just above half", "29", complaints(2000, 1010), 2, "auto", "1.010 dari 2.000 aduan tercatat selesai"},
		{"most of them", "29", complaints(100, 91), 3, "auto", "91 dari 100 aduan tercatat selesai"},
		{"more than came", "29", complaints(10, 12), 3, "auto", "10 dari 10 aduan tercatat selesai"},
		{"days after", "28", fact(func(f *score.Fact) { f.AfterDays = "2.5" }), 2, "auto", "Proses selesai dalam 2,5 hari menurut catatan sebelum dan sesudah"},
		{"half a day after", "28", fact(func(f *score.Fact) { f.AfterDays = "0.4" }), 3, "auto", "Proses selesai dalam 0,4 hari menurut catatan sebelum dan sesudah"},
		{"no number of days", "28", fact(func(f *score.Fact) { f.AfterDays = "lama" }), 0, "missing", ""},
		{"months from idea to use", "32", fact(func(f *score.Fact) { f.ProposedAt = day("2024-11-01") }), 3, "auto", "4 bulan dari usulan sampai penerapan"},
		{"half months round up", "32", fact(func(f *score.Fact) { f.ProposedAt = day("2024-10-16") }), 2, "auto", "4,5 bulan dari usulan sampai penerapan"},
		{"used before it was proposed", "32", fact(func(f *score.Fact) { f.ProposedAt = day("2025-09-01") }), 0, "missing", ""},
		{"proposed at no time", "32", fact(func(f *score.Fact) { f.ProposedAt = 0 }), 0, "missing", ""},
		{"users", "33", fact(func(f *score.Fact) { f.Users = 412 }), 2, "auto", "412 pengguna tercatat"},
		{"the better basis", "33", fact(func(f *score.Fact) { f.Users, f.CostSaving = 10, rat("25/2") }), 2, "auto", "Biaya turun 12,5% menurut catatan sebelum dan sesudah"},
		{"users unless saving is better", "33", fact(func(f *score.Fact) { f.Users, f.CostSaving = 300, rat("12") }), 2, "auto", "300 pengguna tercatat"},
		{"cost rose", "33", fact(func(f *score.Fact) { f.CostSaving = rat("-4") }), 0, "missing", ""},
		{"nobody used it", "33", fact(func(f *score.Fact) { f.Users = 0 }), 0, "missing", ""},
		{"no video", "35", fact(func(f *score.Fact) { f.VideoElements = 5 }), 0, "missing", ""},
		{"a video", "35", fact(func(f *score.Fact) { f.Video, f.VideoElements = "https://contoh.example/v", 4 }), 2, "auto", "Video memuat 4 dari lima unsur"},
		{"never copied", "31", copied(0, 0), 0, "missing", ""},
		{"copied once", "31", copied(1, 1), 1, "auto", "Ditiru 1 kali di 1 daerah, ditandatangani peniru"},
		{"copied twice in one regency", "31", copied(2, 1), 1, "auto", "Ditiru 2 kali di 1 daerah, ditandatangani peniru"},
		{"copied twice in two", "31", copied(2, 2), 2, "auto", "Ditiru 2 kali di 2 daerah, ditandatangani peniru"},
		{"copied often in two", "31", copied(9, 2), 2, "auto", "Ditiru 9 kali di 2 daerah, ditandatangani peniru"},
		{"copied in three", "31", copied(3, 3), 3, "auto", "Ditiru 3 kali di 3 daerah, ditandatangani peniru"},
	}
}

func ofOtherRooms() []found {
	return []found{
		{"no training", "20", other(func(n *score.Known) { n.Trainings = 0 }), 0, "missing", ""},
		{"two trainings", "20", other(func(n *score.Known) { n.Trainings = 2 }), 2, "auto", "2 bimtek dalam tiga tahun"},
		{"cases", "29", other(func(n *score.Known) { n.CasesReceived, n.CasesResolved = 1000, 774 }), 2, "auto", "774 dari 1.000 aduan selesai menurut buku aduan"},
		{"cases before what was counted by hand", "29", func(w *world, f *score.Fact) {
			f.Complaints, f.Resolved = 10, 10
			w.known["x"] = score.Known{Trainings: -1, CasesReceived: 4, CasesResolved: 1, MedianDays: -1, Connections: -1}
		}, 1, "auto", "1 dari 4 aduan selesai menurut buku aduan"},
		{"counted by hand while there are no cases", "29", func(w *world, f *score.Fact) {
			f.Complaints, f.Resolved = 10, 10
			w.known["x"] = score.Known{Trainings: -1, CasesReceived: 0, CasesResolved: 0, MedianDays: -1, Connections: -1}
		}, 3, "auto", "10 dari 10 aduan tercatat selesai"},
		{"no case came", "29", other(func(n *score.Known) { n.CasesReceived, n.CasesResolved = 0, 0 }), 1, "auto", "Tidak ada aduan yang tercatat; pedoman memberi tingkat terendah"},
		{"the median before what was written", "28", func(w *world, f *score.Fact) {
			f.AfterDays = "1"
			w.known["x"] = score.Known{Trainings: -1, CasesReceived: -1, CasesResolved: -1, MedianDays: 6, Connections: -1}
		}, 1, "auto", "Waktu layanan median 6 hari dari buku layanan"},
		{"a median of the same day", "28", other(func(n *score.Known) { n.MedianDays = 0 }), 3, "auto", "Waktu layanan median 0 hari dari buku layanan"},
		{"connections", "30", other(func(n *score.Known) { n.Connections = 2 }), 3, "auto", "2 sambungan dengan sistem unit lain"},
		{"no connection", "30", other(func(n *score.Known) { n.Connections = 0 }), 0, "missing", ""},
	}
}

func TestWhatTheHouseFindsByItself(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	for _, c := range append(ofTheRegister(), ofOtherRooms()...) {
		clear(k.w.copied)
		clear(k.w.known)
		k.w.counting("x", "health")
		k.w.change("x", func(f *score.Fact) { c.set(k.w, f) })
		p, ok, err := k.Panel(leader(), "x")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		for _, it := range p.Items {
			if it.Code == c.item && (it.Points != c.points || it.State != c.state || it.Why != c.why) {
				t.Errorf("%s: %d %s %q, want %d %s %q", c.name, it.Points, it.State, it.Why, c.points, c.state, c.why)
			}
		}
	}
}

func TestWithoutOtherRoomsNothingIsKnownOfThem(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "health")
	k.Others = nil
	for _, code := range []string{"20", "28", "29", "30"} {
		if it := k.item(t, "x", code); it.Auto.Known || it.State != score.StateMissing {
			t.Errorf("%s: %+v", code, it.Auto)
		}
	}
}

// The guideline leaves some things open; how they are read is a choice.
func TestReadings(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.counting("x", "transport")
	k.w.change("x", func(f *score.Fact) {
		f.Complaints, f.Resolved, f.CostSaving, f.Touching = 0, 0, rat("40"), []string{"health", "social"}
	})
	k.w.values["unemployment/2025"], k.w.values["unemployment/2024"] = "4.00", "4.36"
	read := func() (no, beyond, fall int8, affairs int) {
		return k.item(t, "x", "29").Points, k.item(t, "x", "33").Points, k.regency(t, "5a").Points, k.board(t).Result.Divided.Affairs
	}
	if a, b, c, n := read(); a != 1 || b != 3 || c != 3 || n != 0 {
		t.Errorf("as printed: %d %d %d %d", a, b, c, n)
	}
	if note := k.item(t, "x", "33").Auto.Note.ID; note == "" {
		t.Error("a saving above the printed table is not flagged")
	}
	other := map[string]string{"no-complaints": "zero", "beyond": "zero", "edges": "lower", "affairs": "all"}
	if err := k.SaveSetting(desk(), score.Setting{Pack: "iid-2026", Choices: other}); err != nil {
		t.Fatal(err)
	}
	if a, b, c, n := read(); a != 0 || b != 0 || c != 2 || n != 2 {
		t.Errorf("the other way: %d %d %d %d", a, b, c, n)
	}
	k.w.open2026(nil)
	if a, _, _, n := read(); a != 0 || n != 2 {
		t.Errorf("a round that decides nothing: %d %d", a, n)
	}
	k.w.round.Choices = map[string]string{"no-complaints": "one"}
	if a, b, _, n := read(); a != 1 || b != 3 || n != 0 {
		t.Errorf("a round that decides: %d %d %d", a, b, n)
	}
}

package reuse_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/storetest"
)

func TestWhatServesOneInstrumentIsOfferedToAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		for holder, want := range map[string][]string{
			// The regulation of A1 answers B1 of the same round; last year's minutes are of the wrong year for A2 and only possible
			// for B2; C12 asks for the figure of C10 of the year before, of which 2024 is too old.
			"kc26": {"A2:notula25 possible", "B1:perbup strong", "B2:notula25 strong", "C12:miskin25 strong", "C12:miskin24 possible"},
			// 10b asks for the year before; 10a for any recent one.
			"iid26": {"10a:miskin25 strong", "10a:miskin24 possible", "10b:miskin25 strong", "10b:miskin24 possible"},
			// The council of last year met with others (mapping), matched to the slot for minutes; applications of SPBE go to I13.
			"pemdi26": {"I1:perbup possible TD_01_04", "I1:notula25 possible TD_01_03", "I4:notula25 strong TD_04_03", "I13:aplikasi strong TD_13_02", "I19:aduan strong TD_19_07"},
			"spbe25":  {"42:aduan strong"},
			// Rows of one innovation share the decree of its team; of another innovation only the work plan is offered.
			"inovasi:lubang": {"17:sktim strong", "21:rkpd possible", "24:sktim strong"},
			"inovasi:antre":  nil,
		} {
			got := suggested(k.suggest(t, coordinator(), holder))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s:\n got %q\nwant %q", holder, got, want)
			}
		}
	})
}

func TestSuggestionsSayWhy(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t), furnished()))
	for path, wants := range map[string][]string{
		"/bukti/pakai-ulang?tempat=kc26":    {"sudah menjawab Baseline 1 pada Evaluasi kota cerdas 2026; sama-sama dasar hukum kota cerdas", "sudah menjawab Baseline 2 pada Evaluasi kota cerdas 2025, pertanyaan yang sama; dokumen tahun 2025, sedangkan yang diminta 2026", "pada Evaluasi kota cerdas 2025, pertanyaan yang sama"},
		"/bukti/pakai-ulang?tempat=iid26":   {"sudah menjawab Outcome 10 pada Evaluasi kota cerdas 2025, angka yang sama; tahunnya cocok, 2025", "dokumen tahun 2024, sedangkan yang diminta 2025"},
		"/bukti/pakai-ulang?tempat=pemdi26": {"sudah menjawab 29 Pengaduan selesai inovasi Lapor <Lubang>; sama-sama rekap penanganan aduan", "sudah menjawab 15 Pembangunan aplikasi pada SPBE 2025"},
	} {
		page := texts(v.page(t, coordinator(), "id", path))
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q: %s", path, want, page)
			}
		}
	}
}

func TestStrongNeedsKindYearAndSlot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*world)
		want   string
	}{
		"as it is":                          {func(*world) {}, "I4:notula25 strong TD_04_03"},
		"a photo called minutes":            {func(x *world) { x.Cards[2].Kind = "photo" }, "I4:notula25 possible TD_04_01"},
		"of three years ago":                {func(x *world) { x.Cards[2].Date = day(2023, 1, 1) }, "I4:notula25 possible TD_04_03"},
		"of a period that reaches into now": {func(x *world) { x.Cards[2].From, x.Cards[2].To = day(2023, 1, 1), day(2025, 2, 1) }, "I4:notula25 strong TD_04_03"},
		"without a date":                    {func(x *world) { x.Cards[2].Date = 0 }, "I4:notula25 strong TD_04_03"},
		"no longer valid":                   {func(x *world) { x.Cards[2].ValidUntil = day(2026, 8, 31) }, ""},
		"the slot for minutes is taken":     {func(x *world) { x.link("perbup", "pemdi26", "I4:TD_04_03") }, "I4:notula25 strong TD_04_06"},
		"it serves the question already":    {func(x *world) { x.link("notula25", "pemdi26", "I4:TD_04_04") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := furnished()
			c.change(x)
			got := ""
			for _, s := range suggested(open(t, storetest.SQLite(t), x).suggest(t, coordinator(), "pemdi26")) {
				if strings.HasPrefix(s, "I4:notula25") {
					got = s
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAProofWithoutADateIsNotStrongWhereAYearIsAskedFor(t *testing.T) {
	t.Parallel()
	x := furnished()
	x.Cards[3].Date = 0 // miskin25
	got := suggested(open(t, storetest.SQLite(t), x).suggest(t, coordinator(), "iid26"))
	if !slices.Contains(got, "10a:miskin25 strong") || !slices.Contains(got, "10b:miskin25 possible") {
		t.Errorf("got %q", got)
	}
}

func TestWordsAloneOnlySuggest(t *testing.T) {
	t.Parallel()
	x := furnished()
	x.proof("peta", "Dokumen pembangunan aplikasi SPBE dengan arsitektur", "plan", "kom", day(2025, 3, 1)) // linked nowhere
	x.proof("foto", "Foto pembangunan aplikasi SPBE", "photo", "kom", day(2025, 3, 1))                     // of a kind that no line expects
	x.Linked = slices.DeleteFunc(x.Linked, func(l proof.Link) bool { return l.Thing == proof.OfRound("spbe25") })
	k := open(t, storetest.SQLite(t), x)
	sheet := k.suggest(t, coordinator(), "spbe25")
	got := suggested(sheet)
	if !slices.Contains(got, "15:peta possible") || slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "foto") }) {
		t.Errorf("got %q", got)
	}
	for _, o := range sheet.Open {
		for _, s := range o.Suggestions {
			if s.Proof.ID == "peta" && (s.How != reuse.ByWords || s.Why[0].Key != "reuse.why.words") {
				t.Errorf("found by %s: %v", s.How, s.Why)
			}
		}
	}
}

func TestTheMappingDecides(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		if err := k.Switch(coordinator(), "smartcity:A1~smartcity:B1", true, 0); err != nil {
			t.Fatal(err)
		}
		if got := suggested(k.suggest(t, coordinator(), "kc26")); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "B1:") }) {
			t.Errorf("a line that is off still speaks: %q", got)
		}
		l := reuse.Line{From: reuse.Ref{Of: "spbe", Item: "15"}, To: reuse.Ref{Of: "smartcity-2023", Item: "c30"}, Kinds: []string{"report"}, Strength: reuse.Strong}
		l.Why.ID = "dipakai bersama"
		if _, err := k.Save(coordinator(), "", l); err != nil {
			t.Fatal(err)
		}
		if got := suggested(k.suggest(t, coordinator(), "kc26")); !slices.Contains(got, "C30:aplikasi strong") {
			t.Errorf("an own line says nothing: %q", got)
		}
	})
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		x := furnished()
		x.Cards[0].Confidentiality = "restricted"
		k := open(t, d, x)
		if got := suggested(k.suggest(t, leader(), "kc26")); slices.Contains(got, "B1:perbup strong") || !slices.Contains(got, "C12:miskin25 strong") {
			t.Errorf("a leader sees %q", got)
		}
		if got := suggested(k.suggest(t, coordinator(), "kc26")); !slices.Contains(got, "B1:perbup strong") {
			t.Errorf("the team sees %q", got)
		}
		if _, err := k.Suggest(assessor(), "kc26"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an assessor: %v", err)
		}
		if _, err := k.Suggest(stranger(), "kc26"); !errs.Is(err, errs.NotFound) {
			t.Errorf("another regency: %v", err)
		}
		for _, holder := range []string{"", "hilang", "inovasi:hantu", "inovasi:"} {
			if _, err := k.Suggest(coordinator(), holder); !errs.Is(err, errs.NotFound) {
				t.Errorf("%q: %v", holder, err)
			}
		}
	})
}

func TestCount(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t), &world{Library: prooftest.Library{Linked: []proof.Link{
		{ID: "a", Place: placeOf("r", "1"), At: day(2025, 2, 1)}, {ID: "a", Place: placeOf("r", "2"), At: day(2025, 3, 1)}, {ID: "a", Place: placeOf("r", "3"), At: day(2026, 3, 1)},
		{ID: "b", Place: placeOf("r", "1"), At: day(2026, 2, 1)}, {ID: "b", Place: placeOf("s", "1"), At: day(2026, 2, 2)}, {ID: "c", Place: placeOf("r", "1"), At: day(2026, 2, 2)}}}})
	if files, uses, spared, err := k.Count(leader()); err != nil || files != 3 || uses != 6 || spared != 2 {
		t.Errorf("%d files, %d uses, %d spared, %v; want 3, 6, 2", files, uses, spared, err)
	}
	k.x.link("d", "r", "1")
	if files, uses, spared, err := k.Count(leader()); err != nil || files != 4 || uses != 7 || spared != 2 {
		t.Errorf("after one more link: %d files, %d uses, %d spared, %v; want 4, 7, 2", files, uses, spared, err)
	}
	if files, uses, spared, err := k.Count(stranger()); err != nil || files+uses+spared != 0 {
		t.Errorf("another regency counts %d %d %d %v", files, uses, spared, err)
	}
	if _, _, _, err := k.Count(assessor()); !errs.Is(err, errs.Forbidden) {
		t.Errorf("an assessor: %v", err)
	}
}

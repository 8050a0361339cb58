package innovation_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/innovation"
)

// said sends a form that is taken and gives what the next page says about it.
func (v *door) said(t testing.TB, ctx context.Context, path string, form url.Values) string {
	t.Helper()
	got := v.do(ctx, http.MethodPost, path, form)
	if got.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %.600s", path, got.status, text(got.body))
	}
	cookie, _, _ := strings.Cut(got.header.Get("Set-Cookie"), ";")
	to, _, _ := strings.Cut(got.header.Get("Location"), "#")
	next := v.do(ctx, http.MethodGet, to, nil, "Cookie", cookie)
	doc := v.check(t, to, next.body)
	return strings.TrimSpace(doc.Find(".flash p").Text())
}

// typed gives the fields of a form as the page holds them, ready to be sent again.
func typed(doc *goquery.Document, form string) url.Values {
	out := url.Values{}
	doc.Find(form).Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "")
		_, checked := s.Attr("checked")
		switch {
		case name == "" || kind == "checkbox" && !checked:
		case goquery.NodeName(s) == "textarea":
			out.Add(name, s.Text())
		case goquery.NodeName(s) == "select":
			out.Add(name, s.Find("option[selected]").AttrOr("value", ""))
		default:
			out.Add(name, s.AttrOr("value", ""))
		}
	})
	return out
}

func TestTheProfileAnswersWhatAndForWhom(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		v := doorOf(t, o)
		o.Scores = scores{panel()}
		_, err := o.AddCount(o.as("staff-hub"), i.ID, month("users"), "1.412")
		must(t, err)
		doc := v.page(t, o.as("leader"), "/inovasi/"+i.ID)
		if got := doc.Find("h1").Text(); got != i.Title {
			t.Errorf("heading %q", got)
		}
		if got := doc.Find(".lead").Text(); got != "Resep dikirim ke apotek sebelum pasien datang. 1.412 pengguna tercatat, 1 Jan 2026 sampai 31 Jan 2026." {
			t.Errorf("lead %q", got)
		}
		score := doc.Find("#skor")
		for _, want := range []string{"62,5", "dari 111", "simulasi, bukan nilai resmi", "78", "58", "2 butir belum melewati tingkat satu", "Video, bobot 4"} {
			if !strings.Contains(score.Text(), want) {
				t.Errorf("the score does not say %q: %s", want, score.Text())
			}
		}
		if boxes := score.Find(".chart svg rect"); boxes.Length() != 9 || score.Find(".chart rect.f1").Length() != 3 || score.Find(".chart rect.fw").Length() != 1 || score.Find("tbody tr").Length() != 3 {
			t.Errorf("the drawing: %d boxes, %d reached, %d expired, %d rows", boxes.Length(), score.Find(".chart rect.f1").Length(), score.Find(".chart rect.fw").Length(), score.Find("tbody tr").Length())
		}
		if got := score.Find("tbody th").Eq(1).Text(); got != "32 Kecepatan <cipta>" {
			t.Errorf("a name from data: %q", got)
		}
		if doc.Find("#langkah-termurah .up").Text() != "+8" || !strings.Contains(doc.Find("#ditemukan").Text(), "1 dari 3") {
			t.Errorf("steps and what was found: %s %s", doc.Find("#langkah-termurah").Text(), doc.Find("#ditemukan").Text())
		}
		en := v.page(t, in(o.as("leader"), "en"), "/inovasi/"+i.ID)
		if !strings.Contains(en.Find(".lead").Text(), "1,412 users") || !strings.Contains(en.Find("#skor").Text(), "simulation, not official") {
			t.Errorf("in English: %s", en.Find(".lead").Text())
		}
	})
}

// TestEverybodyHasOneNextStep follows an innovation and looks for the one thing that each person is asked to do.
func TestEverybodyHasOneNextStep(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		asks := func(i innovation.Innovation, want map[string]string) {
			t.Helper()
			for who, button := range want {
				doc := v.page(t, o.as(who), "/inovasi/"+i.ID)
				if got := doc.Find("main .btn.primary, .head .btn.primary"); strings.TrimSpace(got.Text()) != button {
					t.Errorf("%s at %s %s: %q, want %q", who, i.Stage, i.State, strings.TrimSpace(got.Text()), button)
				}
			}
		}
		i := o.propose(t, "staff-hub", nil)
		asks(i, map[string]string{"desk": "Jawab usulan", "staff-hub": "", "leader": ""})
		must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: i.Rev}))
		asks(o.now(t, i.ID), map[string]string{"staff-hub": "Minta uji coba", "desk": "Minta uji coba", "leader": ""})
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(o.now(t, i.ID), nil)))
		asks(o.now(t, i.ID), map[string]string{"head-hub": "Loloskan", "head-hub-2": "Loloskan", "staff-hub": "", "head-kes": ""})
		j := o.live(t)
		asks(j, map[string]string{"staff-hub": "Ubah profil", "leader": ""})
		k := o.filled(t)
		buttons := []string{"Ajukan berkas", "Validasi berkas", "Setujui berkas", "Sahkan berkas", "Mulai telaah", "Tandai siap", "Kirim berkas"}
		for n, step := range o.way() {
			now := o.now(t, k.ID)
			asks(now, map[string]string{step.who: buttons[n], "leader": "", "staff-kes": ""})
			v.follow(t, o.as(step.who), "/inovasi/"+k.ID+"/status", url.Values{"rev": {rev(now)}, "to": {step.to}})
		}
		asks(o.now(t, k.ID), map[string]string{"staff-hub": "", "desk": ""})
	})
}

func TestAGateThroughItsPages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.accepted(t, "staff-hub", nil)
		own, who := "/inovasi/"+i.ID, o.as("staff-hub")
		form := typed(v.page(t, who, own+"/gerbang"), "form[action$='/gerbang']")
		if form.Get("day") != "2026-03-02" || form.Get("rev") != rev(i) {
			t.Errorf("the form begins with %v", form)
		}
		form.Set("hypothesis", "Antrean turun")
		form.Set("end", "kemarin")
		v.refused(t, who, own+"/gerbang", form, 422)
		form.Set("end", "2026-05-01")
		doc := v.refused(t, who, own+"/gerbang", form, 422)
		if doc.Find("#hypothesis").Text() != "Antrean turun" || doc.Find("#place-e, #stop_rule-e, #proof-e, #decider-e").Length() != 4 || doc.Find(".error-summary a[href='#decider']").Length() != 1 {
			t.Errorf("after a mistake: %s", doc.Find(".error-summary").Text())
		}
		for name, value := range map[string]string{"place": "Puskesmas Patrang", "stop_rule": "Bila tidak turun", "proof": "Disepakati 2 Maret", "decider": "head-hub"} {
			form.Set(name, value)
		}
		stale := url.Values{}
		for name, value := range form {
			stale[name] = value
		}
		stale.Set("rev", "1")
		v.refused(t, who, own+"/gerbang", stale, 409)
		if got := v.said(t, who, own+"/gerbang", form); got != "Permintaan dikirim ke pemutus." {
			t.Errorf("said %q", got)
		}
		if got := v.do(who, http.MethodGet, own+"/gerbang", nil); got.status != 409 {
			t.Errorf("a second form: %d", got.status)
		}
		gates, _ := o.Gates(system(), i.ID)
		decide := "/gerbang/" + gates[0].ID
		doc = v.page(t, o.as("head-hub"), own)
		for _, want := range []string{"Antrean turun", "Puskesmas Patrang", "Bila tidak turun", "Disepakati 2 Maret", "Petugas staff hub", "1 Mei 2026"} {
			if !strings.Contains(doc.Find("#langkah").Text(), want) {
				t.Errorf("the decider does not see %q", want)
			}
		}
		doc = v.refused(t, o.as("head-hub"), decide+"/putuskan", url.Values{"putusan": {"refuse"}, "reason": {"tidak"}}, 422)
		if doc.Find("#reason").Text() != "tidak" || doc.Find("#reason-e").Length() != 1 {
			t.Error("the short reason is gone, or nothing is said about it")
		}
		if got := v.do(o.as("staff-hub"), http.MethodPost, decide+"/putuskan", url.Values{"putusan": {"pass"}}); got.status != 403 {
			t.Errorf("deciding without the right: %d", got.status)
		}
		v.said(t, o.as("head-hub"), decide+"/putuskan", url.Values{"putusan": {"refuse"}, "reason": {"Tulis dulu angka awalnya"}})
		if doc = v.page(t, who, own); !strings.Contains(doc.Find("#perjalanan li.bad").Text(), "Tulis dulu angka awalnya") {
			t.Errorf("the journey: %s", doc.Find("#perjalanan").Text())
		}
		form.Set("rev", rev(o.now(t, i.ID)))
		v.follow(t, who, own+"/gerbang", form)
		gates, _ = o.Gates(system(), i.ID)
		open := map[string]string{}
		for _, g := range gates {
			open[g.State] = g.ID
		}
		v.said(t, who, "/gerbang/"+open[innovation.GateWaiting]+"/tarik", nil)
		v.refused(t, o.as("head-hub"), "/gerbang/"+open[innovation.GateWaiting]+"/putuskan", url.Values{"putusan": {"pass"}}, 409)
		if got := v.do(o.as("head-hub"), http.MethodPost, "/gerbang/tidak-ada/putuskan", nil); got.status != 404 {
			t.Errorf("no such gate: %d", got.status)
		}
	})
}

func TestTheJourneyShowsBothDays(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.propose(t, "staff-hub", nil)
		o.time.minutes(5)
		must(t, o.Reply(o.as("desk"), i.ID, innovation.Reply{Answer: innovation.AnswerAccept, Rev: i.Rev}))
		i = o.now(t, i.ID)
		o.time.days(10)
		must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, func(a *innovation.Ask) { a.Day = day("2026-02-20") })))
		o.pass(t, i.ID, "head-hub")
		lines := v.page(t, o.as("leader"), "/inovasi/"+i.ID).Find("#perjalanan li")
		if got := lines.Last().Text(); !strings.Contains(got, "20 Feb 2026") || !strings.Contains(got, "dicatat 12 Mar 2026") || !strings.Contains(got, "Uji coba dimulai") {
			t.Errorf("the oldest line: %q", got)
		}
		if got := lines.First().Text(); strings.Contains(got, "dicatat") || !strings.Contains(got, "Diterima meja inovasi") {
			t.Errorf("the latest line: %q", got)
		}
	})
}

func TestTheFormKeepsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.accepted(t, "staff-hub", nil)
		path, who := "/inovasi/"+i.ID+"/ubah", o.as("staff-hub")
		form := typed(v.page(t, who, path), "#profil-isian")
		if form.Get("number") != "180 -> 30 menit" || form.Get("title") != i.Title {
			t.Errorf("the form begins with %v", form)
		}
		form["criteria"], form["sdgs"] = []string{"benefit", "renewal"}, []string{"3"}
		form.Set("design_law", "Permenkes 1 tahun 2026 tentang resep")
		form.Set("person_nip", "123")
		form.Set("latitude", "-8,17, 113,7")
		form.Set("developed", "besok")
		v.refused(t, who, path, form, 422)
		form.Set("developed", "2026-01-01")
		doc := v.refused(t, who, path, form, 422)
		for _, id := range []string{"#person_nip-e", "#latitude-e", "#developed-e"} {
			if doc.Find(id).Length() != 1 {
				t.Errorf("nothing is said at %s: %s", id, doc.Find(".error-summary").Text())
			}
		}
		if again := typed(doc, "#profil-isian"); again.Get("person_nip") != "123" || again.Get("latitude") != "-8,17, 113,7" || len(again["criteria"]) != 2 || again.Get("design_law") == "" {
			t.Errorf("typed again: %v", again)
		}
		for name, value := range map[string]string{"person_nip": "", "latitude": "-8,17", "longitude": "113,7", "developed": ""} {
			form.Set(name, value)
		}
		if got := v.said(t, who, path, form); got != "Profil disimpan." {
			t.Errorf("said %q", got)
		}
		now := o.now(t, i.ID)
		if now.Profile.Latitude != "-8.17" || now.Measure != i.Measure || len(now.Profile.Criteria) != 2 || now.Profile.Design["law"] == "" {
			t.Errorf("kept: %+v", now)
		}
	})
}

// TestAConflictKeepsBoth lets two people edit at once: the second sees what the first saved beside what was typed, and may
// save again knowingly.
func TestAConflictKeepsBoth(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.accepted(t, "staff-hub", nil)
		path, who := "/inovasi/"+i.ID+"/ubah", o.as("staff-hub")
		form := typed(v.page(t, who, path), "#profil-isian")
		first := typed(v.page(t, o.as("operator-hub"), path), "#profil-isian")
		first.Set("theme", "Tema operator")
		first["criteria"] = []string{"benefit"}
		v.follow(t, o.as("operator-hub"), path, first)
		form.Set("theme", "Tema staf")
		form.Set("design_law", "Permenkes 1 tahun 2026")
		doc := v.refused(t, who, path, form, 409)
		note := doc.Find(".note.bad").First().Text()
		for _, want := range []string{"Petugas operator hub", "Tema operator", "Kriteria inovasi daerah", "Dasar hukum"} {
			if !strings.Contains(note, want) {
				t.Errorf("the note does not say %q: %s", want, note)
			}
		}
		again := typed(doc, "#profil-isian")
		if again.Get("theme") != "Tema staf" || again.Get("rev") != rev(o.now(t, i.ID)) {
			t.Errorf("typed again: %v", again)
		}
		v.follow(t, who, path, again)
		if now := o.now(t, i.ID); now.Profile.Theme != "Tema staf" {
			t.Errorf("saved knowingly: %q", now.Profile.Theme)
		}
	})
}

func TestAutosaveAnswersWithTheRevision(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.accepted(t, "staff-hub", nil)
		path, who := "/inovasi/"+i.ID+"/ubah", o.as("staff-hub")
		form := typed(v.page(t, who, path), "#profil-isian")
		form.Set("theme", "Kesehatan")
		got := v.do(who, http.MethodPost, path, form, "X-Pendapa-Autosave", "1")
		var answer struct {
			Rev     int64  `json:"rev"`
			SavedAt string `json:"saved_at"`
		}
		if err := json.Unmarshal([]byte(got.body), &answer); err != nil || got.status != 200 || answer.Rev != i.Rev+1 || answer.SavedAt == "" {
			t.Errorf("%d %s %v", got.status, got.body, err)
		}
		if got = v.do(who, http.MethodPost, path, form, "X-Pendapa-Autosave", "1"); got.status != 409 || !strings.Contains(got.body, "diubah orang lain") {
			t.Errorf("an old revision: %d %s", got.status, got.body)
		}
	})
}

func TestHandingInShowsWhatIsMissingInTheForm(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.live(t)
		doc := v.page(t, o.as("staff-hub"), "/inovasi/"+i.ID)
		if links := doc.Find("#langkah li a"); links.Length() != 13 || doc.Find("#langkah a[href$='/ubah#aims']").Length() != 1 || doc.Find("#langkah a[href$='/tim']").Length() != 1 {
			t.Errorf("%d things are missing: %s", links.Length(), links.Text())
		}
		doc = v.refused(t, o.as("staff-hub"), "/inovasi/"+i.ID+"/status", url.Values{"rev": {rev(i)}, "to": {"submitted"}}, 422)
		for _, id := range []string{"aims", "design", "criteria", "kind", "team", "pact"} {
			if doc.Find(".error-summary a[href='#"+id+"']").Length() != 1 || doc.Find("#"+id).Length() != 1 {
				t.Errorf("the summary does not lead to %s", id)
			}
		}
		v.refused(t, o.as("staff-hub"), "/inovasi/"+i.ID+"/status", url.Values{"rev": {rev(i)}, "to": {"sent"}}, 409)
	})
}

func TestNumbersSayWhatWasUnderstood(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.live(t)
		path, who, en := "/inovasi/"+i.ID+"/angka", o.as("staff-hub"), in(o.as("staff-hub"), "en")
		for _, c := range []struct {
			ctx        context.Context
			kind, want string
			form       url.Values
		}{
			{who, "budget", "Dipahami: Rp 1.250.000.000 untuk 2026", url.Values{"year": {"2026"}, "amount": {"Rp 1.250.000.000,-"}, "budget_source": {"DPA"}}},
			{en, "budget", "Understood: Rp 1,250,000,000 for 2026", url.Values{"year": {"2026"}, "amount": {"1,250,000,000"}, "budget_source": {"DPA"}}},
			{who, "count", "Dipahami: Aduan masuk 1.250, 1 Jan 2026 sampai 31 Jan 2026", url.Values{"kind": {"complaints"}, "value": {"1,250"}, "from": {"2026-01-01"}, "to": {"2026-01-31"}, "source": {"Buku"}}},
			{who, "count", "Dipahami: Aduan selesai 1.000, 1 Jan 2026 sampai 31 Jan 2026", url.Values{"kind": {"resolved"}, "value": {"1000"}, "from": {"2026-01-01"}, "to": {"2026-01-31"}, "source": {"Buku"}}},
			{who, "effect", "Dipahami: dari 2,5 menjadi 0,5 jam, 1.200 kali setahun; hemat 2.400 jam setahun", url.Values{"effect_kind": {"time"}, "effect": {"Antre"}, "before": {"2,5"}, "after": {"0.5"}, "unit": {"hour"}, "times": {"1.200"}, "effect_source": {"Studi"}}},
			{who, "effect", "Dipahami: dari 0 menjadi 412 pasien setahun; bertambah 412 orang", url.Values{"effect_kind": {"people"}, "effect": {"Terlayani"}, "before": {"0"}, "after": {"412"}, "people_unit": {"pasien"}, "effect_source": {"Studi"}}},
		} {
			if got := v.said(t, c.ctx, path+"/"+c.kind, c.form); got != c.want {
				t.Errorf("said %q, want %q", got, c.want)
			}
		}
		doc := v.refused(t, who, path+"/count", url.Values{"kind": {"resolved"}, "value": {"2000"}, "from": {"2026-01-01"}, "to": {"2026-01-31"}, "source": {"Buku"}}, 422)
		if got := doc.Find("#value-e").Text(); got != "Aduan selesai tidak bisa lebih dari aduan masuk periode itu, yaitu 1250." || doc.Find("#value").AttrOr("value", "") != "2000" {
			t.Errorf("beside the field: %q", got)
		}
		v.refused(t, who, path+"/count", url.Values{"kind": {"users"}, "value": {"1"}, "from": {"x"}}, 422)
		v.refused(t, who, path+"/budget", url.Values{"year": {"dua"}, "amount": {"x"}}, 422)
		if got := v.do(who, http.MethodPost, path+"/semua", nil); got.status != 404 {
			t.Errorf("a kind that is not there: %d", got.status)
		}
		doc = v.page(t, o.as("leader"), "/inovasi/"+i.ID)
		if got := doc.Find("#angka").Text(); !strings.Contains(got, "80%") || !strings.Contains(got, "2.400") || strings.Contains(got, "412 orang (") {
			t.Errorf("the numbers of the profile: %s", got)
		}
		n, err := o.Numbers(system(), i.ID)
		must(t, err)
		v.said(t, who, path+"/budget/2026/hapus", nil)
		v.said(t, who, path+"/effect/"+n.Effects[0].ID+"/hapus", nil)
		for _, c := range n.Counts {
			if c.Kind == "complaints" {
				v.refused(t, who, path+"/count/"+c.ID+"/hapus", nil, 409)
			}
		}
	})
}

func TestComplaintsWithoutAny(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.live(t)
		for _, kind := range []string{"complaints", "resolved"} {
			_, err := o.AddCount(o.as("staff-hub"), i.ID, month(kind), "0")
			must(t, err)
		}
		if got := v.page(t, o.as("leader"), "/inovasi/"+i.ID).Find("#angka").Text(); !strings.Contains(got, "tidak ada persentase") || strings.Contains(got, "%") {
			t.Errorf("a share of nothing: %s", got)
		}
	})
}

func TestTheTeamPage(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.accepted(t, "staff-hub", nil)
		path, who := "/inovasi/"+i.ID, o.as("staff-hub")
		if got := v.said(t, who, path+"/tim", url.Values{"names": {"Nama Satu\nNama Dua"}, "agency": {"kes"}, "role": {"member"}}); got != "2 orang ditambahkan." {
			t.Errorf("said %q", got)
		}
		v.said(t, who, path+"/tim", url.Values{"user": {"operator-kes"}, "role": {"lead"}})
		doc := v.refused(t, who, path+"/tim", url.Values{"names": {""}, "role": {"member"}, "task": {"Menulis"}}, 422)
		if doc.Find("#names-e").Length() != 1 || doc.Find("#task").AttrOr("value", "") != "Menulis" || doc.Find("#user option[value='operator-kes']").Length() != 0 {
			t.Errorf("after a mistake: %s", doc.Find(".error-summary").Text())
		}
		if got := doc.Find("#h-tim").Text(); got != "Tim: 3 orang dari 2 OPD" {
			t.Errorf("heading %q", got)
		}
		v.said(t, who, path+"/mitra", url.Values{"kind": {"academia"}, "partner": {"Fakultas Farmasi"}, "agreement": {"MoU 4/2026"}})
		v.refused(t, who, path+"/mitra", url.Values{"kind": {"academia"}}, 422)
		if got := v.page(t, o.as("leader"), path).Find("#tim").Text(); !strings.Contains(got, "Akademisi") || !strings.Contains(got, "MoU 4/2026") {
			t.Errorf("the profile: %s", got)
		}
		team, partners := look(t, o.Team, i.ID), look(t, o.Partners, i.ID)
		v.said(t, who, path+"/tim/"+team[0].ID+"/hapus", nil)
		v.said(t, who, path+"/mitra/"+partners[0].ID+"/hapus", nil)
		if got := v.do(who, http.MethodPost, path+"/mitra/"+partners[0].ID+"/hapus", nil); got.status != 404 {
			t.Errorf("twice: %d", got.status)
		}
	})
}

func TestTheRareFormsOfTheProfile(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.trial(t)
		path, desk := "/inovasi/"+i.ID, o.as("desk")
		now := func() []string { return []string{rev(o.now(t, i.ID))} }
		v.said(t, desk, path+"/terbit", url.Values{"rev": now(), "show": {"ya"}})
		if !o.now(t, i.ID).Published || !strings.Contains(v.page(t, desk, path).Find("#langkah").Text(), "Tampil di halaman publik") {
			t.Error("not shown")
		}
		v.said(t, o.as("staff-hub"), path+"/pakta", url.Values{"rev": now(), "pact": {"ya"}})
		v.said(t, o.as("staff-hub"), path+"/pakta", url.Values{"rev": now(), "pact": {"tidak"}})
		doc := v.refused(t, desk, path+"/berhenti", url.Values{"rev": now(), "lesson": {"gagal"}}, 422)
		if doc.Find("#lesson-e").Length() != 1 || doc.Find("#lesson").Text() != "gagal" || doc.Find("#lesson").Closest("details[open]").Length() != 1 {
			t.Error("a short lesson is gone, or hidden")
		}
		v.said(t, desk, path+"/berhenti", url.Values{"rev": now(), "lesson": {"Pasien lansia lebih suka datang langsung"}})
		v.refused(t, desk, path+"/lanjutkan", url.Values{"rev": now(), "resume_reason": {"ya"}}, 422)
		v.said(t, desk, path+"/lanjutkan", url.Values{"rev": now(), "resume_reason": {"Dokter baru ingin mencoba lagi"}})
		v.refused(t, desk, path+"/lanjutkan", url.Values{"rev": now(), "resume_reason": {"Dokter baru ingin mencoba lagi"}}, 409)
		j := o.filled(t)
		path = "/inovasi/" + j.ID
		must(t, o.Move(o.as("staff-hub"), j.ID, innovation.Submitted, j.Rev, ""))
		j = o.now(t, j.ID)
		doc = v.refused(t, desk, path+"/kembalikan", url.Values{"rev": {rev(j)}, "return_reason": {"kurang"}}, 422)
		if doc.Find("#return_reason-e").Length() != 1 {
			t.Errorf("beside the field: %s", doc.Find(".error-summary").Text())
		}
		v.said(t, desk, path+"/kembalikan", url.Values{"rev": {rev(j)}, "return_reason": {"Dasar hukum belum ada"}})
		if got := v.page(t, o.as("staff-hub"), path).Find("#langkah").Text(); !strings.Contains(got, "Dasar hukum belum ada") {
			t.Errorf("the team sees %s", got)
		}
		old := o.sent(t)
		path = "/inovasi/" + old.ID
		v.refused(t, o.as("staff-hub"), path+"/lagi", url.Values{"developed": {"lebih baik"}}, 422)
		to := v.follow(t, o.as("staff-hub"), path+"/lagi", url.Values{"developed": {"Ditambah pelacakan status untuk setiap pasien"}})
		if doc = v.page(t, o.as("staff-hub"), to); doc.Find("a[href='"+path+"']").Length() == 0 {
			t.Error("the new draft does not lead to the old record")
		}
		if doc = v.page(t, o.as("staff-hub"), path); doc.Find("#langkah a[href='"+to+"']").Length() != 1 || doc.Find("form[action$='/lagi']").Length() != 0 {
			t.Error("the old record does not lead to the new draft, or offers another one")
		}
	})
}

// TestNobodyElseGetsThrough sends every form of the room as people who may not, and from another regency.
func TestNobodyElseGetsThrough(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.filled(t)
		_, err := o.AddCount(o.as("staff-hub"), i.ID, month("users"), "1")
		must(t, err)
		must(t, o.AddPartner(o.as("staff-hub"), i.ID, innovation.Partner{Kind: "media", Name: "Koran"}))
		n, err := o.Numbers(system(), i.ID)
		must(t, err)
		own := "/inovasi/" + i.ID
		gates, _ := o.Gates(system(), i.ID)
		posts := []string{own + "/ubah", own + "/pakta", own + "/status", own + "/kembalikan", own + "/terbit", own + "/lagi", own + "/berhenti", own + "/lanjutkan", own + "/gerbang", own + "/tim", own + "/mitra",
			own + "/tim/" + look(t, o.Team, i.ID)[0].ID + "/hapus", own + "/mitra/" + look(t, o.Partners, i.ID)[0].ID + "/hapus", own + "/angka/count", own + "/angka/budget", own + "/angka/effect", own + "/angka/count/" + n.Counts[0].ID + "/hapus"}
		form := url.Values{"rev": {rev(i)}, "to": {"submitted"}, "title": {"Direbut"}, "value": {"1"}, "kind": {"users"}, "from": {"2026-01-01"}, "to_day": {"2026-01-31"}, "day": {"2026-03-02"}, "end": {"2026-05-01"}}
		for _, path := range posts {
			for _, who := range []string{"staff-kes", "leader", "inspector"} {
				if got := v.do(o.as(who), http.MethodPost, path, form); got.status != http.StatusForbidden {
					t.Errorf("%s as %s: %d", path, who, got.status)
				}
			}
			for _, who := range []string{"staff-hub", "desk"} {
				got := v.do(elsewhere(o.as(who)), http.MethodPost, path, form)
				if got.status != http.StatusNotFound && got.status != http.StatusForbidden {
					t.Errorf("%s from another regency as %s: %d", path, who, got.status)
				}
				if strings.Contains(got.body, i.Title) {
					t.Errorf("%s shows another regency what is here", path)
				}
			}
		}
		for _, path := range []string{own, own + "/cetak", own + "/ubah", own + "/gerbang", own + "/tim", own + "/angka"} {
			if got := v.do(elsewhere(o.as("staff-hub")), http.MethodGet, path, nil); got.status != http.StatusNotFound {
				t.Errorf("%s from another regency: %d", path, got.status)
			}
		}
		for _, what := range []string{"/putuskan", "/tarik"} {
			if got := v.do(elsewhere(o.as("head-hub")), http.MethodPost, "/gerbang/"+gates[0].ID+what, url.Values{"putusan": {"pass"}}); got.status != http.StatusNotFound {
				t.Errorf("%s from another regency: %d", what, got.status)
			}
		}
		if now := o.now(t, i.ID); now.Rev != i.Rev {
			t.Errorf("something got through: revision %d, was %d", now.Rev, i.Rev)
		}
	})
}

func TestThePrintHoldsTheWholeProfile(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.filled(t)
		for who, sees := range map[string]bool{"staff-hub": true, "inspector": true, "leader": false} {
			for _, page := range []string{"", "/cetak"} {
				got := v.page(t, o.as(who), "/inovasi/"+i.ID+page).Find("main").Text()
				if strings.Contains(got, "198001012005011001") != sees || strings.Contains(got, "0331-000000") != sees || !strings.Contains(got, "Ketua Tim") {
					t.Errorf("%s reads personal data at %q: want %v", who, page, sees)
				}
			}
		}
		got := v.page(t, o.as("leader"), "/inovasi/"+i.ID+"/cetak")
		for _, want := range []string{"Perangkat daerah (OPD)", "1.02 Kesehatan", "16 Perdamaian", "Anggota Satu", "Mempercepat obat", "300", "-8.1724", "Dinas Perhubungan"} {
			if !strings.Contains(got.Text(), want) {
				t.Errorf("the print does not hold %q", want)
			}
		}
	})
}

func TestFilesAdoptersAndTheSameTitleAreShown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.live(t)
		must(t, o.library.Link(context.Background(), "sk-"+i.ID, innovation.Holder(i.ID), "16"))
		o.adopted.adopters = map[string][]innovation.Adopter{i.ID: {{Agency: "Dinas Sosial", Regency: "Kabupaten Lain", At: o.time.ms(), Changes: "Kolom baru", Result: "Antrean 45 menit"}}}
		twin := o.propose(t, "staff-kes", nil)
		doc := v.page(t, o.as("leader"), "/inovasi/"+i.ID)
		if files := doc.Find("#berkas li"); files.Length() != 1 || !strings.Contains(files.Text(), "Gerbang · Butir 16") || !strings.Contains(files.Text(), "Diterima") {
			t.Errorf("files: %s", files.Text())
		}
		if got := doc.Find("#peniru").Text(); !strings.Contains(got, "Kabupaten Lain") || !strings.Contains(got, "Antrean 45 menit") {
			t.Errorf("adopters: %s", got)
		}
		if got := doc.Find(".note.warn a[href='/inovasi/" + twin.ID + "']"); got.Length() != 1 {
			t.Errorf("no warning about the same title: %s", doc.Find(".note.warn").Text())
		}
		o.Adoptions, o.Scores = nil, nil
		v.page(t, o.as("leader"), "/inovasi/"+i.ID)
	})
}

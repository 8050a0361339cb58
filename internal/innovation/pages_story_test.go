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
		if got := v.do(who, http.MethodGet, own+"/gerbang", nil); got.status != http.StatusSeeOther || got.header.Get("Location") != own {
			t.Errorf("a second form: %d %s, want the way back to the profile", got.status, got.header.Get("Location"))
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
		v.refused(t, o.as("staff-hub"), "/inovasi/"+i.ID+"/status", url.Values{"rev": {rev(i)}, "to": {"sent"}}, 403)
		v.refused(t, o.as("desk"), "/inovasi/"+i.ID+"/status", url.Values{"rev": {rev(i)}, "to": {"sent"}}, 409)
	})
}

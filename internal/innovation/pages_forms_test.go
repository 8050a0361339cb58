package innovation_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/proof"
)

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
		if got := strings.TrimSpace(doc.Find("#h-tim").Text()); got != "Tim: 3 orang dari 2 OPD" {
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
		must(t, o.library.Hang(context.Background(), proof.OfInnovation(i.ID).At("16", ""), "sk-"+i.ID, ""))
		o.adopted.adopters = map[string][]innovation.Adopter{i.ID: {{Agency: "Dinas Sosial", Regency: "Kabupaten Lain", At: o.time.ms(), Changes: "Kolom baru", Result: "Antrean 45 menit"}}}
		twin := o.propose(t, "staff-kes", nil)
		doc := v.page(t, o.as("leader"), "/inovasi/"+i.ID)
		if files := doc.Find("#berkas li"); files.Length() != 1 || !strings.Contains(strings.Join(strings.Fields(files.Text()), " "), "Butir 16 · Gerbang") || !strings.Contains(files.Text(), "Diterima") {
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

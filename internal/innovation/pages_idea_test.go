package innovation_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/innovation"
)

// words gives the text of a part of a page, spaces as one.
func words(doc *goquery.Document, selector string) string {
	return strings.Join(strings.Fields(doc.Find(selector).Text()), " ")
}

// furnish fills the room: something in every stage, ideas that are late, near and calm.
func (v *door) furnish(t *testing.T) (waiting, stopped innovation.Innovation) {
	t.Helper()
	late := v.propose(t, "staff-kes", func(n *innovation.NewIdea) { n.Idea = "Papan harga tembakau <harian>" })
	v.time.days(9)
	v.propose(t, "operator-hub", func(n *innovation.NewIdea) {
		n.Idea, n.Origin, n.OriginNote = "Halte teduh di pasar", "citizen", "Surat warga"
	})
	v.live(t)
	v.accepted(t, "staff-kes", func(n *innovation.NewIdea) { n.Idea = "Kartu tanam edamame" })
	v.time.days(7)
	v.trial(t)
	for n := range 6 {
		v.propose(t, "staff-hub", func(i *innovation.NewIdea) { i.Idea = fmt.Sprint("Gagasan tenang nomor ", n) })
	}
	stopped = v.propose(t, "staff-kes", func(n *innovation.NewIdea) { n.Idea = "Lapor wajib tiga kali sehari" })
	must(t, v.Reply(v.as("desk"), stopped.ID, innovation.Reply{Answer: innovation.AnswerDecline, Reason: "Petugas kehabisan waktu\nuntuk melapor", Rev: stopped.Rev}))
	return late, v.now(t, stopped.ID)
}

func TestEveryPageInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		paths := func(ids ...string) []string {
			all := []string{"/inovasi", "/inovasi?opd=hub", "/inovasi?opd=lama", "/inovasi?tampil=daftar", "/inovasi?tampil=daftar&q=tembakau", "/inovasi?tampil=daftar&q=zzzz", "/inovasi?tampil=daftar&menunggu=ya",
				"/inovasi?tampil=daftar&milik=saya&opd=kes&tahap=trial&keadaan=draft", "/inovasi?hal=2&q=", "/inovasi/serupa", "/inovasi/serupa?problem=harga+tembakau&number=3+-%3E+1", "/inovasi/pelajaran",
				"/inovasi/pelajaran?q=melapor", "/inovasi/pelajaran?q=zzzz", "/inovasi/pelajaran?cetak=ya"}
			for _, id := range ids {
				all = append(all, "/inovasi/meja?pilih="+id)
			}
			return all
		}
		see := func(ids ...string) {
			for _, lang := range []string{"id", "en"} {
				for _, path := range append(paths(ids...), "/inovasi/meja", "/inovasi/ajukan") {
					v.page(t, in(v.as("desk"), lang), path)
				}
				for _, path := range append(paths(), "/inovasi/ajukan") {
					v.page(t, in(v.as("staff-hub"), lang), path)
				}
				for _, path := range paths() {
					v.page(t, in(v.as("leader"), lang), path)
				}
			}
		}
		see()
		waiting, _ := v.furnish(t)
		own := v.propose(t, "desk", nil)
		see(waiting.ID, own.ID)
	})
}

func TestTheRoutesNameTheirRight(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		i := v.propose(t, "staff-hub", nil)
		for who, want := range map[string][5]int{ // the board, the form, similar ones, the desk, lessons
			"desk": {200, 200, 200, 200, 200}, "staff-hub": {200, 200, 200, 403, 200}, "operator-hub": {200, 200, 200, 403, 200}, "head-hub": {200, 200, 200, 403, 200},
			"leader": {200, 403, 200, 403, 200}, "inspector": {200, 403, 200, 403, 200}, "admin": {200, 200, 200, 403, 200},
		} {
			for n, path := range []string{"/inovasi", "/inovasi/ajukan", "/inovasi/serupa", "/inovasi/meja", "/inovasi/pelajaran"} {
				if got := v.do(v.as(who), "GET", path, nil); got.status != want[n] {
					t.Errorf("%s gets %s: %d, want %d", who, path, got.status, want[n])
				}
			}
			form := url.Values{"answer": {"accept"}, "rev": {"1"}}
			if got := v.do(v.as(who), "POST", "/inovasi/"+i.ID+"/jawab", form); who != "desk" && got.status != http.StatusForbidden {
				t.Errorf("%s answers: %d", who, got.status)
			}
		}
		if got := v.do(context.Background(), "GET", "/inovasi", nil); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/masuk") {
			t.Errorf("a stranger gets %d %s", got.status, got.header.Get("Location"))
		}
	})
}

func TestANewRegencySeesWhereToBegin(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		doc := v.page(t, v.as("staff-hub"), "/inovasi")
		if doc.Find(".empty a[href='/inovasi/ajukan']").Length() != 1 || doc.Find(".board, .chart").Length() != 0 {
			t.Errorf("the first page: %s", words(doc, "main"))
		}
		if doc := v.page(t, v.as("leader"), "/inovasi"); doc.Find("a[href='/inovasi/ajukan']").Length() != 0 {
			t.Error("a leader is asked to propose")
		}
	})
}

func TestTheBoardSaysWhatIsUrgent(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		first := v.propose(t, "staff-kes", nil)
		lead := func() string { return words(v.page(t, v.as("leader"), "/inovasi"), ".lead") }
		for _, c := range []struct {
			days int
			want string
		}{{0, "1 usulan belum dijawab, batas terdekat Sen 16 Mar."}, {13, "1 usulan belum dijawab, batas terdekat besok."}, {1, "1 usulan belum dijawab, batas terdekat hari ini."}, {1, "1 usulan sudah lewat batas jawaban sepuluh hari kerja."}} {
			v.time.days(c.days)
			if got := lead(); got != c.want {
				t.Errorf("after %d more days: %q, want %q", c.days, got, c.want)
			}
		}
		must(t, v.Reply(v.as("desk"), first.ID, innovation.Reply{Answer: innovation.AnswerDecline, Reason: "Bukan wewenang kabupaten", Rev: first.Rev}))
		if got, want := lead(), "Semua usulan sudah dijawab. 1 berhenti dengan pelajaran tertulis."; got != want {
			t.Errorf("answered: %q, want %q", got, want)
		}
	})
}

func TestTheBoard(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		late, stopped := v.furnish(t)
		o.adopted.byInnovation = map[string]int{}
		doc := v.page(t, v.as("staff-hub"), "/inovasi")
		if got, want := words(doc, "h1"), "12 masalah masuk, 1 inovasi berjalan, 0 sudah ditiru"; got != want {
			t.Errorf("title %q, want %q", got, want)
		}
		lanes := doc.Find(".board .lane")
		if lanes.Length() != 6 {
			t.Fatalf("%d lanes", lanes.Length())
		}
		problem := lanes.Eq(0)
		if n := problem.Find("li").Length(); n != 4 || !strings.Contains(problem.Text(), "4 lagi") || problem.Find("a[href='/inovasi?tahap=problem&tampil=daftar']").Length() != 1 {
			t.Errorf("the first lane holds %d cards: %s", n, problem.Text())
		}
		if card := problem.Find("li").First(); card.Find("a").AttrOr("href", "") != "/inovasi/"+late.ID || strings.TrimSpace(card.Find(".status.bad").Text()) != "Terlambat 2 hari kerja" || !strings.Contains(card.Text(), "Papan harga tembakau <harian>") {
			t.Errorf("the most urgent card: %s", card.Text())
		}
		if last := lanes.Eq(5); !last.HasClass("stop") || !strings.Contains(last.Text(), "pelajaran ada") || last.Find("a[href='/inovasi/"+stopped.ID+"']").Length() != 1 {
			t.Errorf("the last lane: %s", last.Text())
		}
		if got := words(doc, ".board .lane:nth-child(3) .status"); got != "Sisa 60 hari" {
			t.Errorf("the trial says %q", got)
		}
		doc = v.page(t, v.as("staff-hub"), "/inovasi?opd=kes")
		if doc.Find(".board a[href='/inovasi/"+late.ID+"']").Length() != 1 || strings.Contains(words(doc, ".board"), "Dishub") || doc.Find(".pills a[aria-current]").Text() != "Dinas Kesehatan" {
			t.Errorf("the board of one agency: %s", words(doc, ".section"))
		}
	})
}

func TestTheChartSaysTheSameInWordsAndTable(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		v.furnish(t)
		doc := v.page(t, v.as("leader"), "/inovasi")
		if got, want := words(doc, ".chart .message"), "Gerbang tersempit: Penerapan ke Replikasi. 1 inovasi berjalan belum ditiru OPD lain."; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
		var rows []string
		doc.Find(".chart tbody tr").Each(func(_ int, s *goquery.Selection) {
			rows = append(rows, strings.Join(s.Find("th, td").Map(func(_ int, c *goquery.Selection) string { return c.Text() }), " "))
		})
		want := []string{"Masalah 12 8 1", "Ide 3 1 0", "Uji coba 2 1 0", "Penerapan 1 1 0", "Replikasi 0 – 0"}
		if strings.Join(rows, "|") != strings.Join(want, "|") {
			t.Errorf("table %q, want %q", rows, want)
		}
		if doc.Find(".chart svg[role=img] > title").Length() != 1 || doc.Find(".chart svg text.t-strong").Length() != 5 {
			t.Error("the drawing has no name or not five numbers")
		}
	})
}

func TestTheListPagesAndKeepsItsFilter(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		for n := range 33 {
			v.propose(t, "staff-hub", func(i *innovation.NewIdea) { i.Idea = fmt.Sprint("Gagasan nomor ", n) })
		}
		doc := v.page(t, v.as("desk"), "/inovasi?tampil=daftar&opd=hub")
		if n := doc.Find("tbody tr").Length(); n != 30 || doc.Find(".pager a[rel=next]").AttrOr("href", "") != "?hal=2&opd=hub&tampil=daftar" {
			t.Errorf("%d rows, next %s", n, doc.Find(".pager a[rel=next]").AttrOr("href", ""))
		}
		if doc.Find("a[href='/inovasi/daftar.xlsx?opd=hub']").Length() != 1 || doc.Find("a[href='/inovasi/daftar.csv?opd=hub']").Length() != 1 {
			t.Error("the exports lose the filter")
		}
		if doc = v.page(t, v.as("desk"), "/inovasi?tampil=daftar&opd=hub&hal=2"); doc.Find("tbody tr").Length() != 3 {
			t.Errorf("the second page has %d rows", doc.Find("tbody tr").Length())
		}
		doc = v.page(t, v.as("desk"), "/inovasi?tampil=daftar&tahap=live")
		if doc.Find(".empty a").AttrOr("href", "") != "/inovasi?tampil=daftar" || doc.Find("select#tahap option[selected]").AttrOr("value", "") != "live" {
			t.Errorf("nothing found: %s", words(doc, "main"))
		}
	})
}

func TestTheFormHasFourFields(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		doc := v.page(t, v.as("staff-hub"), "/inovasi/ajukan")
		form := doc.Find("form#usulan")
		var names []string
		form.Children().Filter(".field").Each(func(_ int, s *goquery.Selection) {
			names = append(names, s.Find("input, textarea, select").AttrOr("name", ""))
		})
		if strings.Join(names, " ") != "problem sufferer idea number" {
			t.Errorf("fields %v", names)
		}
		if !form.Find("#problem").Is("[autofocus]") || doc.Find("[autofocus]").Length() != 1 {
			t.Error("the first field is not in focus")
		}
		if form.Find("details [name=origin], details [name=origin_note]").Length() != 2 || form.Find("details").Is("[open]") || form.Find("[name=agency]").Length() != 0 {
			t.Error("whose idea it is should be folded, the agency not asked")
		}
		if doc.Find("form#usulan button[type=submit], button[form=usulan]").First().Text() != "Ajukan" {
			t.Error("Enter would not propose")
		}
		box := doc.Find("#serupa")
		if box.AttrOr("aria-live", "") != "polite" || box.AttrOr("hx-get", "") != "/inovasi/serupa" || !strings.Contains(box.AttrOr("hx-trigger", ""), "delay:400ms") {
			t.Errorf("similar ones are not looked for while typing")
		}
		if v.page(t, v.as("desk"), "/inovasi/ajukan").Find("select[name=agency] option").Length() != 4 {
			t.Error("the desk is not asked for the agency")
		}
	})
}

func whole() url.Values {
	return url.Values{"problem": {"Antrean obat tiga jam"}, "sufferer": {"Pasien"}, "idea": {"Resep dikirim lebih dulu"}, "number": {"180 -> 30 menit"}}
}

func TestProposingAnIdea(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		got := v.do(v.as("staff-hub"), "POST", "/inovasi/ajukan", whole())
		all, total, err := o.List(system(), innovation.Filter{}, 10, 0)
		if got.status != http.StatusSeeOther || err != nil || total != 1 || got.header.Get("Location") != "/inovasi/"+all[0].ID {
			t.Fatalf("%d to %s, %d kept, %v", got.status, got.header.Get("Location"), total, err)
		}
		cookie := strings.Split(got.header.Get("Set-Cookie"), ";")[0]
		next := v.do(v.as("staff-hub"), "GET", got.header.Get("Location"), nil, "Cookie", cookie)
		if want := "Usulan nomor 1 tersimpan (dari 180 menjadi 30 menit). Meja inovasi menjawab paling lambat Sen 16 Mar."; !strings.Contains(next.body, want) {
			t.Errorf("the next page does not say %q: %.200s", want, next.body)
		}
		if doc := v.check(t, "after proposing", next.body); !strings.Contains(words(doc, "#h-jam, section[aria-labelledby=h-jam]"), "Dijawab paling lambat Sen 16 Mar.") {
			t.Errorf("the clock is not shown: %s", words(doc, "main"))
		}
	})
}

func TestErrorsKeepWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		known := v.propose(t, "staff-kes", nil)
		for _, lang := range []string{"id", "en"} {
			form := whole()
			form.Set("sufferer", "")
			form.Set("origin", "citizen")
			form.Set("origin_note", "Surat <b>warga</b>")
			got := v.do(in(v.as("staff-hub"), lang), "POST", "/inovasi/ajukan", form)
			if got.status != http.StatusUnprocessableEntity {
				t.Fatalf("%d %.200s", got.status, got.body)
			}
			doc := v.check(t, "POST /inovasi/ajukan", got.body)
			if doc.Find("#problem").Text() != "Antrean obat tiga jam" || doc.Find("#idea").Text() != "Resep dikirim lebih dulu" || doc.Find("#number").AttrOr("value", "") != "180 -> 30 menit" ||
				doc.Find("#origin_note").AttrOr("value", "") != "Surat <b>warga</b>" || doc.Find("#origin option[selected]").AttrOr("value", "") != "citizen" || !doc.Find("form#usulan details").Is("[open]") {
				t.Errorf("typed words are gone: %s", words(doc, "form#usulan"))
			}
			if doc.Find(".error-summary a[href='#sufferer']").Length() != 1 || doc.Find("#sufferer").AttrOr("aria-invalid", "") != "true" || doc.Find("[aria-invalid]").Length() != 1 {
				t.Error("the wrong field is not named")
			}
			echo := map[string]string{"id": "Dipahami: dari 180 menjadi 30 menit", "en": "Understood: from 180 to 30 menit"}[lang]
			if !strings.Contains(words(doc, "#serupa"), echo) || doc.Find("#serupa a[href='/inovasi/"+known.ID+"']").Length() != 1 {
				t.Errorf("beside the form: %q, want %q and a similar one", words(doc, "#serupa"), echo)
			}
		}
		form := whole()
		form.Set("number", "lebih cepat")
		doc := v.check(t, "a number that cannot be read", v.do(v.as("staff-hub"), "POST", "/inovasi/ajukan", form).body)
		if doc.Find("#number-e").Length() != 1 || strings.Contains(words(doc, "#serupa"), "Dipahami") {
			t.Error("a number that was not understood")
		}
		if _, total, _ := o.List(system(), innovation.Filter{}, 10, 0); total != 1 {
			t.Errorf("%d were kept", total)
		}
	})
}

func TestSimilarOnesWhileTyping(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		lamps := v.accepted(t, "staff-hub", func(n *innovation.NewIdea) {
			n.Problem, n.Idea = "Terminal bus gelap pada malam hari", "Lampu surya di terminal"
		})
		_, stopped := v.furnish(t)
		ask := func(q url.Values, header ...string) *goquery.Document {
			t.Helper()
			got := v.do(v.as("staff-kes"), "GET", "/inovasi/serupa?"+q.Encode(), nil, header...)
			if got.status != http.StatusOK {
				t.Fatalf("%d %.200s", got.status, got.body)
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(got.body))
			must(t, err)
			return doc
		}
		q := url.Values{"problem": {"penumpang takut di terminal yang gelap"}, "number": {"3 jam -> 1.000 detik"}}
		doc := ask(q, "HX-Request", "true")
		if doc.Find("h1, form").Length() != 0 || !strings.Contains(words(doc, "body"), "Dipahami: dari 3 menjadi 1.000 jam → detik") {
			t.Errorf("a part of a page: %s", words(doc, "body"))
		}
		hit := doc.Find("li:has(a[href='/inovasi/" + lamps.ID + "'])")
		if hit.Length() != 1 || !strings.Contains(hit.Text(), "Dishub") || !strings.Contains(hit.Text(), "Ide") || !strings.Contains(strings.ToLower(hit.Find("b").Text()), "terminal") {
			t.Errorf("the hit: %s, emphasised %q", hit.Text(), hit.Find("b").Text())
		}
		if doc = ask(url.Values{"idea": {"lapor wajib setiap hari"}}, "HX-Request", "true"); doc.Find("a[href='/inovasi/"+stopped.ID+"']").Length() != 1 || !strings.Contains(words(doc, "body"), "pelajaran ada") {
			t.Errorf("the stopped one is not among %s", words(doc, "body"))
		}
		far := url.Values{"problem": {"Terminal bus gelap pada malam hari"}, "sufferer": {"Pasien lansia"}, "idea": {"Lampu surya di terminal"}}
		if doc = ask(far, "HX-Request", "true"); doc.Find("li").Length() != 1 || doc.Find("li a").First().AttrOr("href", "") != "/inovasi/"+lamps.ID {
			t.Errorf("what shares two common words only stands beside what shares all: %s", words(doc, "body"))
		}
		if doc = ask(url.Values{"problem": {"xyzzy"}}, "HX-Request", "true"); doc.Find("li").Length() != 0 || words(doc, "body") != "Belum ada yang serupa." {
			t.Errorf("nothing similar: %s", words(doc, "body"))
		}
		if doc = ask(q); doc.Find("form#usulan").Length() != 1 || doc.Find("#problem").Text() != q.Get("problem") || doc.Find("#serupa li").Length() == 0 {
			t.Errorf("without script: %s", words(doc, "main"))
		}
	})
}

func TestTheDeskOpensTheMostUrgent(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		late, _ := v.furnish(t)
		doc := v.page(t, v.as("desk"), "/inovasi/meja")
		if got, want := words(doc, "h1"), "8 usulan menunggu jawaban, 1 terlambat"; got != want {
			t.Errorf("title %q, want %q", got, want)
		}
		form := doc.Find("form[action='/inovasi/" + late.ID + "/jawab']")
		if form.Length() != 1 || form.Find("input[name=answer]").Length() != 4 || doc.Find("aside ol li").Length() != 8 {
			t.Errorf("the desk: %s", words(doc, "main"))
		}
		var marks []string
		doc.Find("aside ol .status").Each(func(_ int, s *goquery.Selection) {
			marks = append(marks, strings.TrimSpace(s.Text())+s.Find("use").AttrOr("href", "")[len("/aset/ikon.svg"):])
		})
		if len(marks) != 8 || marks[0] != "Terlambat 2 hari kerja#m-bad" || marks[7] != "Sisa 10 hari kerja#m-run" {
			t.Errorf("the clocks: %v", marks)
		}
		if got := words(doc, "dl"); !strings.Contains(got, "Petugas staff kes, Dinas Kesehatan") || !strings.Contains(got, "dari 180 menjadi 30 menit") {
			t.Errorf("the idea: %s", got)
		}
		if next := doc.Find("a[rel=next]").AttrOr("href", ""); v.do(v.as("desk"), "GET", next, nil).status != http.StatusOK || doc.Find("a[rel=prev]").Length() != 0 {
			t.Errorf("next: %s", next)
		}
	})
}

func TestAnsweringOpensTheNext(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		target := v.accepted(t, "staff-kes", nil)
		first, second := v.propose(t, "staff-hub", nil), v.propose(t, "staff-hub", nil)
		send := func(i innovation.Innovation, form url.Values) reply {
			form.Set("rev", strconv.FormatInt(v.now(t, i.ID).Rev, 10))
			return v.do(v.as("desk"), "POST", "/inovasi/"+i.ID+"/jawab", form)
		}
		got := send(first, url.Values{"answer": {"merge"}, "reason": {"Sama dengan yang berjalan"}, "into_number": {" #1 "}})
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/inovasi/meja" || v.now(t, first.ID).MergedInto != target.ID {
			t.Errorf("%d %s %s", got.status, got.header.Get("Location"), v.now(t, first.ID).MergedInto)
		}
		if doc := v.page(t, v.as("desk"), "/inovasi/meja"); doc.Find("form[action='/inovasi/"+second.ID+"/jawab']").Length() != 1 {
			t.Error("the next idea is not open")
		}
		got = send(second, url.Values{"answer": {"merge"}, "reason": {"Sama dengan yang <b>berjalan</b>"}, "into_number": {"999"}})
		doc := v.check(t, "a wrong answer", got.body)
		if got.status != http.StatusUnprocessableEntity || doc.Find("#into-e").Length() != 1 || doc.Find("#reason").Text() != "Sama dengan yang <b>berjalan</b>" || !doc.Find("input[value=merge]").Is("[checked]") {
			t.Errorf("a number nobody has: %d %s", got.status, words(doc, ".error-summary"))
		}
		got = send(second, url.Values{"answer": {"refer"}, "reason": {"Urusan kesehatan"}, "agency": {"kes"}})
		if i := v.now(t, second.ID); got.status != http.StatusSeeOther || i.Agency != "kes" || !i.Waits() {
			t.Errorf("referred: %d %+v", got.status, i)
		}
		if doc := v.page(t, v.as("desk"), "/inovasi/meja"); doc.Find("form[action='/inovasi/"+second.ID+"/jawab']").Length() != 1 || !strings.Contains(words(doc, "dl"), "Urusan kesehatan") {
			t.Error("a referred idea left the desk")
		}
		send(second, url.Values{"answer": {"accept"}})
		if got = send(second, url.Values{"answer": {"accept"}}); got.status != http.StatusConflict {
			t.Errorf("answered twice: %d", got.status)
		}
		if doc := v.page(t, v.as("desk"), "/inovasi/meja"); doc.Find("form").Length() != 0 && doc.Find("form[action*=jawab]").Length() != 0 {
			t.Error("an empty desk has a form")
		}
		if got := v.do(v.as("desk"), "GET", "/inovasi/meja?pilih="+second.ID, nil); got.status != http.StatusSeeOther || got.header.Get("Location") != "/inovasi/"+second.ID {
			t.Errorf("an answered idea on the desk: %d", got.status)
		}
	})
}

func TestTheDeskDoesNotAnswerItsOwn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		own := v.propose(t, "desk", nil)
		if doc := v.page(t, v.as("desk"), "/inovasi/meja"); doc.Find("form[action*=jawab]").Length() != 0 || !strings.Contains(words(doc, "main"), "usulan Anda sendiri") {
			t.Errorf("the own idea: %s", words(doc, "main"))
		}
		if got := v.do(v.as("desk"), "POST", "/inovasi/"+own.ID+"/jawab", url.Values{"answer": {"accept"}, "rev": {"1"}}); got.status != http.StatusForbidden {
			t.Errorf("answered the own idea: %d", got.status)
		}
		if doc := v.page(t, v.as("desk-2"), "/inovasi/meja"); doc.Find("form[action*=jawab]").Length() != 1 {
			t.Error("a colleague cannot answer")
		}
	})
}

func TestTheDeskCountsDossiers(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		for _, state := range []string{innovation.Ready, innovation.Submitted, innovation.Submitted, innovation.Approved, innovation.Draft} {
			v.put(t, v.accepted(t, "staff-hub", nil).ID, state, "staff-hub", "")
		}
		doc := v.page(t, v.as("desk"), "/inovasi/meja")
		if got, want := words(doc, "aside section ul"), "Periksa kelengkapan 2 Kirim ke pusat 1"; got != want {
			t.Errorf("dossiers: %q, want %q", got, want)
		}
		if doc.Find("aside a[href='/inovasi?tampil=daftar&keadaan=submitted']").Length() != 1 {
			t.Error("the count leads nowhere")
		}
	})
}

func TestLessonsArePrinted(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		_, stopped := v.furnish(t)
		doc := v.page(t, v.as("staff-hub"), "/inovasi/pelajaran?q=petugas")
		if doc.Find("article").Length() != 1 || doc.Find("article a").AttrOr("href", "") != "/inovasi/"+stopped.ID || !strings.Contains(words(doc, "article"), "Petugas kehabisan waktu") || !strings.Contains(words(doc, "article"), "sampai tahap Masalah") {
			t.Errorf("the lesson: %s", words(doc, "main"))
		}
		if doc.Find("a[href='/inovasi/pelajaran?cetak=ya&q=petugas']").Length() != 1 {
			t.Error("the print loses the search")
		}
		if doc = v.page(t, v.as("staff-hub"), "/inovasi/pelajaran?cetak=ya"); !doc.Find("body").HasClass("paper") || doc.Find("article").Length() != 1 {
			t.Error("no paper")
		}
	})
}

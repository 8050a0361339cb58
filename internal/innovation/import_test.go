package innovation_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// table makes the table of a file from lines with bars between the cells.
func table(lines ...string) sheet.Table {
	var t sheet.Table
	for _, line := range lines {
		cells := strings.Split(line, "|")
		for n := range cells {
			cells[n] = strings.TrimSpace(cells[n])
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

func plan(t testing.TB, o *office, who string, lines ...string) innovation.Plan {
	t.Helper()
	p, err := o.ReadImport(o.as(who), table(lines...), "daftar.csv")
	must(t, err)
	return p
}

// cells gives what is wrong as "line field key", and what is suggested.
func cells(p innovation.Plan) (wrong []string, fixes map[string]string) {
	fixes = map[string]string{}
	for _, f := range p.Found {
		if !f.Wrong {
			continue
		}
		name := fmt.Sprintf("%d %s", f.Line, f.Field)
		wrong = append(wrong, name)
		for _, fix := range f.Fixes {
			text := fix.Text
			if fix.Skip {
				text = "lewati"
			}
			fixes[name] = strings.TrimPrefix(fixes[name]+"|"+text, "|")
		}
	}
	return wrong, fixes
}

func TestHeadingsInAnyOrderAndBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, lines := range map[string][]string{
			"official":           {"Nama Inovasi|OPD|Tahapan Inovasi|Waktu Uji Coba|Waktu Penerapan", "Antar Obat|Dinas Perhubungan|Penerapan|1 Maret 2024|2 Januari 2025"},
			"another order":      {"Waktu Penerapan (wajib)|tahapan|NAMA_INOVASI|Perangkat Daerah|Tanggal Uji Coba", "2025-01-02|penerapan|Antar Obat|dishub|2024-03-01"},
			"English":            {"Went live|Stage|Name of the innovation|Agency|Trial began", "2 January 2025|Implementation|Antar Obat|2|March 1, 2024"},
			"title rows above":   {"DAFTAR INOVASI TAHUN 2025", "Kabupaten", "No|Judul Inovasi|SKPD|Tahap|Uji Coba|Penerapan", "(1)|(2)|(3)|(4)|(5)|(6)", "1|Antar Obat|2 Dinas Perhubungan|Implementasi|01/03/2024|02-01-2025"},
			"no stage":           {"Nama Inovasi|OPD|Waktu Uji Coba|Waktu Penerapan", "Antar Obat|Dishub|1-3-2024|2-1-2025"},
			"days of a workbook": {"Nama Inovasi|OPD|Tahapan|Waktu Uji Coba|Waktu Penerapan", "Antar Obat|Dishub|Penerapan|03-01-24|2025-01-02T00:00:00"},
		} {
			p := plan(t, o, "desk", lines...)
			if name == "days of a workbook" { // 03-01-24 may be either: it is asked
				if _, fixes := cells(p); fixes["0 trial_at"] != "2024-03-01|2024-01-03" {
					t.Errorf("%s: %v", name, fixes)
				}
				continue
			}
			if p.Wrong() != 0 || len(p.Ready) != 1 {
				t.Errorf("%s: %v %+v", name, p.Missing, p.Found)
				continue
			}
			i := p.Ready[0].Record
			if i.Title != "Antar Obat" || i.Agency != "hub" || i.Stage != innovation.Live || i.TrialAt != day("2024-03-01") || i.LiveAt != day("2025-01-02") {
				t.Errorf("%s: %+v", name, i)
			}
		}
		p := plan(t, o, "desk", "Nama Inovasi|OPDD|Tahapn Inovasi|Lain|Nama Inovasi", "Antar Obat|Dishub|Ide|x|y")
		near := map[string]string{}
		for _, c := range p.Columns {
			near[c.Heading] = c.Near
		}
		if near["OPDD"] != "agency" || near["Tahapn Inovasi"] != "stage" || near["Lain"] != "" || !p.Columns[4].Twice || !slices.Equal(p.Missing, []string{"agency"}) {
			t.Errorf("near headings: %+v, missing %v", p.Columns, p.Missing)
		}
		for name, lines := range map[string][]string{"no headings": {"a|b", "c|d"}, "nothing below": {"Nama Inovasi|OPD"}, "empty": {}, "only numbers below": {"Nama Inovasi|OPD", "1|2"}} {
			if _, err := o.ReadImport(o.as("desk"), table(lines...), "x"); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestEveryWrongCellIsNamed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.live(t) // "Resep dikirim ke apotek sebelum pasien datang" of hub
		p := plan(t, o, "desk",
			"Nama Inovasi|OPD|Tahapan|Jenis|Urusan Utama|Waktu Uji Coba|Waktu Penerapan|Jumlah Pengguna|Periode Pengguna|Anggaran 2025|Anggaran per Tahun|Koordinat|NIP",
			"Satu|Dinas Perhubngan|Uji Coba|Digitl|Kesehatn|1-3-2025||±1.250 orang|2025|Rp 150 juta|||",
			"Dua|Dinkes|Penerapan|Digital|1.02|1-3-2025|1-2-2025|1,234||1.500.000,-|80 juta|113.6, -8.1|123",
			"dua|Dishub|Penerapan||||5 Mei 2099|||||x|",
			"Dua!|Dinkes|Inisiatif||||1 Mei 2025||||||",
			"||Inisiatif||||||||||",
			"Resep dikirim ke apotek sebelum pasien datang|kes|Berhenti||||||||||",
			"Resep dikirim ke Apotek, sebelum pasien datang|Dishub|Inisiatif||||||||||",
			"Tujuh|3|||||2 Jan 2026|||||||")
		wrong, fixes := cells(p)
		want := map[string]string{
			"0 agency": "Dinas Perhubungan", "0 kind": "Digital", "0 affair": "1.02", "0 users": "1250", "0 budget": "150000000",
			"1 live_at": "", "1 users_period": "2025", "1 budget": "1500000|", "1 coordinate": "-8.1, 113.6", "1 person_nip": "",
			"2 live_at": "", "2 coordinate": "", "2 title": "lewati|dua (Dishub)", "3 title": "lewati", "3 stage": "Penerapan",
			"4 title": "lewati", "4 agency": "", "5 agency": "", "5 stage": "lewati", "6 title": "lewati", "7 stage": "Penerapan",
		}
		for name, fix := range want {
			if !slices.Contains(wrong, name) || !strings.HasPrefix(fixes[name], strings.TrimSuffix(fix, "|")) || fix == "" && fixes[name] != "" {
				t.Errorf("%s: wrong %v, suggested %q, want %q", name, slices.Contains(wrong, name), fixes[name], fix)
			}
		}
		for _, name := range wrong {
			if _, ok := want[name]; !ok {
				t.Errorf("%s should be fine: %+v", name, p.Found)
			}
		}
		if _, err := o.Import(o.as("desk"), p, "impor"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a wrong plan was saved: %v", err)
		}
		if _, n, _ := o.List(o.as("desk"), innovation.Filter{}, 10, 0); n != 1 {
			t.Errorf("%d records after a refused import, want 1", n)
		}
	})
}

func TestAnImportedRecordCarriesItsHistory(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := plan(t, o, "desk",
			"Nama Inovasi|OPD|Tahapan|Inisiator|Bentuk|Urusan Utama|Urusan lain|Waktu Uji Coba|Waktu Penerapan|Rancang Bangun|Tujuan|Anggaran 2024|Anggaran 2025|Koordinat|NIP|Jumlah Pengguna|Periode Pengguna|Kriteria|Angka Sekarang dan yang Diinginkan",
			"Antar Obat|Dishub|Penerapan|ASN|pelayanan publik|Kesehatan|1.02; Perhubungan|1 Mar 2024|2 Jan 2025|Dasar hukum: Perda. Permasalahan: antre lama. Isu strategis: lansia.|Cepat|150.000.000|75000000|-8,17; 113,70|19800101 200501 1 001|1.250|Jan-Des 2025|Dapat direplikasi; memberi manfaat bagi daerah dan masyarakat|3 jam -> 30 menit",
			"Antre Daring|Dinkes|Uji coba|||||5/9/2025|||||||||||",
			"Kartu Pintar|Dinkes|Inisiatif|||||||||||||||||")
		if _, fixes := cells(p); len(fixes) > 0 || p.Wrong() > 0 {
			t.Fatalf("%v %+v", p.Missing, p.Found)
		}
		n, err := o.Import(o.as("desk"), p, "impor: daftar.csv")
		if err != nil || n != 3 {
			t.Fatalf("%d %v", n, err)
		}
		all, _, err := o.List(o.as("desk"), innovation.Filter{}, 10, 0)
		must(t, err)
		by := map[string]innovation.Innovation{}
		for _, i := range all {
			by[i.Title] = i
		}
		i := by["Antar Obat"]
		if i.Stage != innovation.Live || i.State != innovation.Draft || i.Agency != "hub" || i.Affair != "1.02" || !slices.Equal(i.Profile.Touching, []string{"1.02", "2.15"}) || i.ProposedAt != 0 || i.AnswerDue != 0 ||
			i.Profile.Latitude != "-8.17" || i.Profile.Longitude != "113.70" || i.Profile.PersonNIP != "198001012005011001" || i.StepAt != day("2025-01-02") || i.Profile.Initiator != "servant" ||
			i.Profile.Form != "service" || len(i.Profile.Criteria) != 2 || i.Measure != (innovation.Measure{Now: "3", Wanted: "30", Unit: "jam → menit"}) || i.Waits() {
			t.Errorf("got %+v", i)
		}
		if d := i.Profile.Design; d["law"] != "Perda." || d["problem"] != "antre lama." || d["issue"] != "lansia." {
			t.Errorf("design %v", d)
		}
		steps, err := o.History(o.as("desk"), i.ID)
		must(t, err)
		var way []string
		for _, st := range steps {
			way = append(way, st.From+">"+st.To+" "+time.UnixMilli(st.At).UTC().Format(time.DateOnly)+" "+st.Note)
		}
		if want := []string{"trial>live 2025-01-02 impor: daftar.csv", "idea>trial 2024-03-01 impor: daftar.csv", ">idea 2024-03-01 impor: daftar.csv"}; !slices.Equal(way, want) {
			t.Errorf("history %q, want %q", way, want)
		}
		numbers, err := o.Numbers(o.as("desk"), i.ID)
		must(t, err)
		if c := numbers.Counts; len(c) != 1 || c[0].Value != 1250 || c[0].From != day("2025-01-01") || c[0].To != day("2025-12-31") || c[0].Source != "impor: daftar.csv" {
			t.Errorf("counts %+v", c)
		}
		if b := numbers.Budgets; len(b) != 2 || b[0].Amount != 75_000_000 || b[1].Year != 2024 {
			t.Errorf("budgets %+v", b)
		}
		if by["Antre Daring"].Stage != innovation.Trial || by["Kartu Pintar"].Stage != innovation.Idea {
			t.Errorf("stages %s %s", by["Antre Daring"].Stage, by["Kartu Pintar"].Stage)
		}
		var entries int
		must(t, o.db.QueryRow(system(), `SELECT count(*) FROM audit_entry WHERE regency_id = $1 AND action = 'innovation.import'`, 1).Scan(&entries))
		if entries != 3 || len(o.hooks.sent) != 0 {
			t.Errorf("%d audit entries, %v told to programs; want 3 and nothing", entries, o.hooks.sent)
		}
		if _, err := o.Import(o.as("desk"), p, "impor"); !errs.Is(err, errs.Invalid) {
			t.Errorf("the same file again: %v", err)
		}
	})
}

func TestOperatorsImportForTheirOwnAgency(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := plan(t, o, "operator-hub", "Nama Inovasi|OPD", "Antar Obat|Dishub", "Antre Daring|Dinkes")
		if wrong, fixes := cells(p); !slices.Equal(wrong, []string{"1 agency"}) || fixes["1 agency"] != "lewati" {
			t.Errorf("another agency: %v %v", wrong, fixes)
		}
		p = plan(t, o, "operator-hub", "Judul|Tahap", "Antar Obat|Inisiatif")
		if n, err := o.Import(o.as("operator-hub"), p, "impor"); err != nil || n != 1 {
			t.Errorf("without a column for the agency: %d %v", n, err)
		}
		for _, who := range []string{"staff-hub", "leader", "admin"} {
			if _, err := o.ReadImport(o.as(who), table("Nama Inovasi|OPD", "x|y"), "x"); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s read an import: %v", who, err)
			}
			if _, err := o.Import(o.as(who), p, "x"); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s imported: %v", who, err)
			}
		}
		p.Agency = "kes" // a form that was tampered with
		if _, err := o.Import(o.as("operator-hub"), p, "impor"); err == nil {
			t.Error("an operator imported for another agency")
		}
	})
}

// upload sends a file the way a browser does.
func (v *door) upload(t testing.TB, who, name, content string) reply {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", name)
	must(t, err)
	_, err = part.Write([]byte(content))
	must(t, err)
	must(t, m.Close())
	v.who = tenant.From(v.as(who))
	r := httptest.NewRequest(http.MethodPost, "/inovasi/impor", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	return reply{w.Code, w.Body.String(), w.Header()}
}

// press gives the form of a page as a browser sends it when a button is pressed.
func press(doc *goquery.Document, button func(*goquery.Selection) bool) url.Values {
	form := url.Values{}
	doc.Find("form[action^='/inovasi/impor'] input[name], form[action^='/inovasi/impor'] select[name]").Each(func(_ int, s *goquery.Selection) {
		value := s.AttrOr("value", "")
		if s.Is("select") {
			value = s.Find("option[selected]").AttrOr("value", "")
		}
		form.Add(s.AttrOr("name", ""), value)
	})
	doc.Find("button[name=fix]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if button != nil && button(s) {
			form.Set("fix", s.AttrOr("value", ""))
			return false
		}
		return true
	})
	return form
}

func TestTheImportPagesFromFileToList(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		v.page(t, o.as("operator-hub"), "/inovasi/impor")
		v.page(t, in(o.as("desk"), "en"), "/inovasi/impor")
		if got := v.do(o.as("staff-hub"), http.MethodGet, "/inovasi/impor", nil); got.status != http.StatusForbidden {
			t.Errorf("staff at the import: %d", got.status)
		}
		got := v.upload(t, "desk", "daftar.csv", "Nama Inovasi;OPD;Tahapn;Waktu Penerapan;Catatan\nAntar Obat;Dinas Perhubngan;Penerapan;1/2/2025;a\nAntre <b>;Dinkes;Inisiatif;;b\n;Dinkes;Inisiatif;;\n")
		if got.status != http.StatusOK {
			t.Fatalf("%d %.400s", got.status, got.body)
		}
		doc := v.check(t, "import", got.body)
		if h1 := doc.Find("h1").Text(); h1 != "3 baris terbaca, 3 hal perlu dilihat" {
			t.Errorf("heading %q", h1)
		}
		form := press(doc, func(s *goquery.Selection) bool { return s.AttrOr("value", "") == "all" })
		got = v.do(o.as("desk"), http.MethodPost, "/inovasi/impor/periksa", form)
		doc = v.check(t, "after all suggestions", got.body)
		if text := doc.Find("#h-salah").Text(); text != "1 hal harus diputuskan" {
			t.Errorf("after all suggestions: %q of %d", text, got.status)
		}
		if got = v.do(o.as("desk"), http.MethodPost, "/inovasi/impor/simpan", press(doc, nil)); got.status != http.StatusUnprocessableEntity {
			t.Errorf("saved with a wrong line: %d", got.status)
		}
		doc = v.check(t, "refused", got.body)
		got = v.do(o.as("desk"), http.MethodPost, "/inovasi/impor/periksa", press(doc, func(s *goquery.Selection) bool { return strings.HasPrefix(s.AttrOr("value", ""), "skip:") }))
		doc = v.check(t, "without the empty line", got.body)
		if h1 := doc.Find("h1").Text(); h1 != "2 baris siap disimpan" || doc.Find("button[value='keep:2']").Length() != 1 {
			t.Errorf("heading %q", h1)
		}
		got = v.do(o.as("desk"), http.MethodPost, "/inovasi/impor/simpan", press(doc, nil))
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/inovasi?tampil=daftar" {
			t.Fatalf("saving: %d %s %.300s", got.status, got.header.Get("Location"), got.body)
		}
		all, n, err := o.List(o.as("desk"), innovation.Filter{}, 10, 0)
		if err != nil || n != 2 || !slices.ContainsFunc(all, func(i innovation.Innovation) bool {
			return i.Title == "Antar Obat" && i.LiveAt == day("2025-02-01") && i.Agency == "hub"
		}) {
			t.Errorf("%d %v %+v", n, err, all)
		}
		if again := v.do(o.as("desk"), http.MethodPost, "/inovasi/impor/simpan", press(doc, nil)); again.status != http.StatusUnprocessableEntity {
			t.Errorf("the form sent twice: %d", again.status)
		}
	})
}

func TestBrokenUploadsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		for name, content := range map[string]string{"x.csv": "a;b\n1;2\n", "empty.csv": "", "x.xlsx": "PK\x03\x04nonsense", "bin.csv": "a\x00b"} {
			if got := v.upload(t, "desk", name, content); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "error-summary") {
				t.Errorf("%s: %d %.200s", name, got.status, got.body)
			}
		}
		for name, form := range map[string]url.Values{"nothing": {}, "no plan": {"plan": {"!!"}}, "not packed": {"plan": {"YWJj"}}} {
			if got := v.do(o.as("desk"), http.MethodPost, "/inovasi/impor/simpan", form); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		if got := v.do(o.as("desk"), http.MethodPost, "/inovasi/impor", nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("without a file: %d", got.status)
		}
	})
}

func TestTwoThousandLines(t *testing.T) {
	t.Parallel()
	o := officeOf(t, storetest.SQLite(t))
	lines := []string{"Nama Inovasi|OPD|Tahapan|Waktu Uji Coba|Waktu Penerapan|Jumlah Pengguna|Periode Pengguna|Anggaran 2025|Tujuan"}
	for n := range 2000 {
		lines = append(lines, fmt.Sprintf("Inovasi nomor %d|%s|Penerapan|1 Maret 2024|2 Januari 2025|%d|2025|150.000.000|%s", n, []string{"Dishub", "Dinkes"}[n%2], n, strings.Repeat("tujuan ", 40)))
	}
	start := time.Now()
	p := plan(t, o, "desk", lines...)
	n, err := o.Import(o.as("desk"), p, "impor: besar.csv")
	took := time.Since(start)
	if err != nil || n != 2000 || took > time.Minute {
		t.Errorf("%d lines in %v: %v; want 2,000 within a minute", n, took, err)
	}
	t.Logf("2,000 lines read, checked and saved in %v", took)
}

func TestAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := plan(t, o, "desk", "Nama Inovasi|OPD", "Satu|Dishub", "Dua|Dishub")
		must(t, o.db.Tx(system(), func(tx *db.Tx) error { // the audit trail fails at the second record
			_, err := tx.Exec(`CREATE UNIQUE INDEX one_import ON audit_entry (regency_id, action)`)
			return err
		}))
		if _, err := o.Import(o.as("desk"), p, "impor"); err == nil {
			t.Fatal("the import went through")
		}
		if _, n, err := o.List(o.as("desk"), innovation.Filter{}, 10, 0); err != nil || n != 0 {
			t.Errorf("%d records stay after a failure: %v", n, err)
		}
	})
}

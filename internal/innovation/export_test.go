package innovation_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/storetest"
)

// filled fills every field of the form.
func filled(t testing.TB, o *office) innovation.Innovation {
	t.Helper()
	i := o.live(t)
	design := map[string]string{}
	for n, h := range innovation.Headings() {
		design[h] = strings.Repeat("kata ", 70) + "akhir " + string(rune('A'+n))
	}
	_, err := o.Save(o.as("staff-hub"), i.ID, innovation.Change{Title: "Antar Obat, cepat", Problem: "Antre lama", Sufferer: "Lansia", Idea: "Resep dikirim dulu", Affair: "1.02", Rev: i.Rev,
		Measure: innovation.Measure{Now: "3.5", Wanted: "30", Unit: "jam → menit"},
		Profile: innovation.Profile{Category: "opd", Kind: "digital", Form: "service", Initiator: "servant", InitiatorName: "Seksi Farmasi", Theme: "Kesehatan", Type: "method", Pillar: "live",
			Touching: []string{"2.15"}, Criteria: innovation.Criteria(), SDGs: []string{"3", "9"}, Design: design, Aims: "-Cepat", BenefitAgency: "=1+1", BenefitPartners: "mitra", BenefitPublic: "warga",
			Results: "turun", Business: "profil", Uniqueness: "unik", Potential: "luas", Sustainability: "anggaran", Risks: "stok", Award: "2025", Place: "Patrang", Latitude: "-8.17", Longitude: "113.7",
			PersonName: "Kepala Seksi", PersonNIP: "198001012005011001", PersonPosition: "Kepala", PersonContact: "kantor@contoh.go.id", Video: "https://contoh.go.id/v", Needs: "Server", Cost: "Rp 10 juta", Contact: "Dinas"}})
	must(t, err)
	o.time.days(40)
	_, err = o.AddCount(o.as("staff-hub"), i.ID, innovation.Count{Kind: "users", From: day("2026-01-01"), To: day("2026-02-28"), Source: "Laporan"}, "1.250")
	must(t, err)
	for _, b := range []innovation.Budget{{Year: 2025, Source: "DPA"}, {Year: 2026, Source: "DPA"}} {
		_, err = o.SetBudget(o.as("staff-hub"), i.ID, b, "150.000.000")
		must(t, err)
	}
	return o.now(t, i.ID)
}

// file asks for an export and gives its rows.
func (v *door) file(t testing.TB, who, path string) [][]string {
	t.Helper()
	got := v.do(v.as(who), http.MethodGet, path, nil)
	if got.status != http.StatusOK || !strings.Contains(got.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%s as %s: %d %v %.200s", path, who, got.status, got.header, got.body)
	}
	read, err := sheet.Read(strings.NewReader(got.body), int64(len(got.body)), path, sheet.Limits{})
	must(t, err)
	return read.Rows
}

func TestWhatIsExportedComesBackTheSame(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		was := filled(t, o)
		v := doorOf(t, o)
		for _, lang := range []string{"id", "en"} {
			for _, path := range []string{"/inovasi/daftar.xlsx", "/inovasi/daftar.csv"} {
				got := v.do(in(o.as("desk"), lang), http.MethodGet, path, nil)
				read, err := sheet.Read(strings.NewReader(got.body), int64(len(got.body)), path, sheet.Limits{})
				must(t, err)
				other := officeOf(t, storetest.SQLite(t))
				other.time.days(40)
				p, err := other.ReadImport(other.as("desk"), read, "bolak-balik")
				must(t, err)
				if p.Wrong() != 0 {
					t.Fatalf("%s %s: missing %v, found %+v", lang, path, p.Missing, p.Found)
				}
				if n, err := other.Import(other.as("desk"), p, "impor"); err != nil || n != 1 {
					t.Fatalf("%s %s: %d %v", lang, path, n, err)
				}
				same(t, lang+" "+path, o, was, other)
			}
		}
	})
}

// same compares an imported record with the one that was exported.
func same(t *testing.T, name string, o *office, was innovation.Innovation, other *office) {
	t.Helper()
	all, _, err := other.List(other.as("desk"), innovation.Filter{}, 2, 0)
	must(t, err)
	is := all[0]
	is.ID, is.Number, is.Proposer, is.Stage, is.Rev = was.ID, was.Number, was.Proposer, was.Stage, was.Rev
	is.ProposedAt, is.AnswerDue, is.AnsweredAt, is.Answer, is.AnswerReason, is.AnsweredBy = was.ProposedAt, was.AnswerDue, was.AnsweredAt, was.Answer, was.AnswerReason, was.AnsweredBy
	is.CreatedAt, is.ChangedAt, is.StepAt = was.CreatedAt, was.ChangedAt, was.StepAt
	is.Profile.Trial, is.Profile.Rollout = was.Profile.Trial, was.Profile.Rollout // plans of the gates stay in the house
	if a, b := asJSON(t, was), asJSON(t, is); a != b {
		t.Errorf("%s:\nwas %s\nis  %s", name, a, b)
	}
	before, err := o.Numbers(o.as("desk"), was.ID)
	must(t, err)
	after, err := other.Numbers(other.as("desk"), all[0].ID)
	must(t, err)
	if a, b := before.Counts[0], after.Counts[0]; a.Value != b.Value || a.From != b.From || a.To != b.To || a.Source != b.Source {
		t.Errorf("%s: users %+v, want %+v", name, b, a)
	}
	if len(after.Budgets) != 2 || after.Budgets[0].Amount != before.Budgets[0].Amount || after.Budgets[1].Year != before.Budgets[1].Year {
		t.Errorf("%s: budgets %+v, want %+v", name, after.Budgets, before.Budgets)
	}
}

func TestExportsKeepTheOrderOfTheForm(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		filled(t, o)
		ended := o.trial(t)
		must(t, o.Stop(o.as("desk"), ended.ID, ended.Rev, "Antrean tidak turun karena stok obat tetap habis"))
		v := doorOf(t, o)
		rows := v.file(t, "desk", "/inovasi/daftar.xlsx")
		if want := []string{"Nama Inovasi", "OPD", "Tahapan Inovasi", "Inisiator Inovasi Daerah", "Nama Inisiator", "Jenis Inovasi", "Bentuk Inovasi Daerah", "Tematik", "Urusan Utama", "Urusan Lain yang Beririsan",
			"Waktu Uji Coba", "Waktu Penerapan"}; !slices.Equal(rows[0][:len(want)], want) || len(rows) != 3 {
			t.Errorf("headings %q of %d rows", rows[0], len(rows))
		}
		if !slices.Contains(rows[0], "Anggaran 2025") || !slices.Contains(rows[0], "NIP Penanggung Jawab") {
			t.Errorf("the desk lacks columns: %q", rows[0])
		}
		for who, sees := range map[string]bool{"desk": true, "admin": true, "operator-kes": false, "leader": false, "staff-hub": false} {
			got := v.do(o.as(who), http.MethodGet, "/inovasi/daftar.csv", nil)
			if strings.Contains(got.body, "198001012005011001") != sees || strings.Contains(got.body, "Kontak Penanggung Jawab") != sees || strings.Contains(got.body, "kantor@contoh") != sees {
				t.Errorf("%s sees personal data: want %v", who, sees)
			}
		}
		for path, want := range map[string]int{"?tahap=live": 1, "?tahap=stopped": 1, "?opd=kes": 0, "?keadaan=draft": 2, "?q=obat+cepat&tahap=live": 1, "?q=zzzz": 0} {
			if rows := v.file(t, "leader", "/inovasi/daftar.csv"+path); len(rows) != want+1 {
				t.Errorf("%s: %d rows, want %d", path, len(rows)-1, want)
			}
		}
	})
}

func TestTheSheetSaysWhereItComesFrom(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		filled(t, o)
		got := doorOf(t, o).do(o.as("leader"), http.MethodGet, "/inovasi/daftar.xlsx?tahap=live&opd=hub&q=obat", nil)
		f, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
		must(t, err)
		about, err := f.GetRows("Keterangan")
		must(t, err)
		text := strings.Builder{}
		for _, row := range about {
			text.WriteString(strings.Join(row, "=") + "\n")
		}
		for _, want := range []string{"Sumber=Pendapa", "Waktu=11 Apr 2026", "Jumlah baris=1", "Saringan: kata=obat", "Saringan: OPD=Dinas Perhubungan", "Saringan: tahap=Penerapan", "ikut=Tidak"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("the sheet lacks %q:\n%s", want, text.String())
			}
		}
	})
}

func TestNoExportedCellRunsAsAFormula(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := filled(t, o)
		must(t, o.db.Tx(system(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE innovation_innovation SET title = $3 WHERE regency_id = $1 AND id = $2`, 1, i.ID, "=cmd|' /C calc'!A0")
			return err
		}))
		got := doorOf(t, o).do(o.as("desk"), http.MethodGet, "/inovasi/daftar.csv", nil)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff"))).ReadAll()
		must(t, err)
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+@", rune(cell[0])) {
					t.Errorf("cell %q", cell)
				}
			}
		}
	})
}

func TestTheFormForImportsIsReadBack(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		for _, lang := range []string{"id", "en"} {
			got := v.do(in(o.as("operator-hub"), lang), http.MethodGet, "/inovasi/impor/contoh.xlsx", nil)
			read, err := sheet.Read(strings.NewReader(got.body), int64(len(got.body)), "contoh.xlsx", sheet.Limits{})
			must(t, err)
			read.Rows = append(read.Rows[:1], make([]string, len(read.Rows[0])))
			read.Rows[1][0], read.Rows[1][1], read.Rows[1][2] = "Antar Obat", "Dishub", map[string]string{"id": "Inisiatif", "en": "Initiative"}[lang]
			p, err := o.ReadImport(o.as("operator-hub"), read, "contoh.xlsx")
			if err != nil || p.Wrong() != 0 || len(p.Ready) != 1 {
				t.Errorf("%s: %v %+v", lang, err, p.Found)
			}
			for _, c := range p.Columns {
				if c.Field == "" {
					t.Errorf("%s: heading %q is not recognised", lang, c.Heading)
				}
			}
		}
		if got := v.do(o.as("leader"), http.MethodGet, "/inovasi/impor/contoh.xlsx", nil); got.status != http.StatusForbidden {
			t.Errorf("a leader: %d", got.status)
		}
	})
}

func asJSON(t testing.TB, i innovation.Innovation) string {
	t.Helper()
	data, err := json.Marshal(i)
	must(t, err)
	return string(data)
}

// TestAnExportReadsEachRecordOnce counts what an export asks for: the order of the list once, then the records by their names,
// never a page of a list that is counted and sorted for each.
func TestAnExportReadsEachRecordOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.fill(t, 3, 150)
		v := doorOf(t, o)
		records := 0
		stop := o.db.Trace(func(text string) {
			if strings.Contains(text, "OFFSET") {
				t.Error("a page of a list was read: ", text)
			}
			if strings.Contains(text, "profile") {
				records++
			}
		})
		defer stop()
		if rows := v.file(t, "leader", "/inovasi/daftar.csv"); len(rows) != 450+1 || records != 3 {
			t.Errorf("%d rows in %d readings, want 451 in 3", len(rows), records)
		}
	})
}

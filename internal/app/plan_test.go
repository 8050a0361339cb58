package app

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// pagesOfRoles are pages of every kind with somebody who may read them; ids are those of the sample.
func pagesOfRoles() map[string][]string {
	return map[string][]string{
		"Koordinator Evaluasi": {"/pekerjaan", "/evaluasi", "/bukti", "/bukti?q=bukti", "/bukti?lepas=1", "/bukti/kedaluwarsa", "/hasil", "/tindak-lanjut", "/adopsi", "/angka", "/kalender", "/opd", "/wilayah"},
		"Admin Diskominfo":     {"/pekerjaan", "/pengguna", "/audit", "/audit?tindakan=evidence", "/audit?dari=2020-01-01", "/kesehatan", "/kait"},
		"Sekretaris Daerah":    {"/papan", "/iid", "/inovasi", "/inovasi/muda", "/hasil"},
		"Operator Dishub":      {"/pekerjaan", "/bukti", "/inovasi", "/adopsi/cari"},
		"Meja Inovasi":         {"/inovasi/meja", "/iid/simulasi", "/inovasi/inv-lubang", "/inovasi/inv-lubang/skor", "/bukti/pakai-ulang"},
		"Pegawai Dishub":       {"/pekerjaan", "/inovasi?q=antre", "/kabar"},
		"":                     {"/publik", "/publik/inovasi", "/masuk"},
	}
}

// mostStatementsOfAPage is how many statements a page may run when nothing changed since it was asked for last. What it shows
// grows with the house, the number of questions to the store must not.
const mostStatementsOfAPage = 60

// grows names the tables whose rows grow with the work; to read one of them whole for a page is what slows a full house.
var grows = regexp.MustCompile(`\bSCAN (?:\w+ AS )?(audit_entry|evidence_item|evidence_link|evidence_word|innovation_log|notice_notice|assessment_mark|evaluation_item|access_session|e|l|w|m)\b`)

// TestPagesAskTheStoreLittle counts the statements of pages and looks at the plan of each: no page may ask more and more, none may
// read a growing table whole. It counts and never times.
func TestPagesAskTheStoreLittle(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	for role, paths := range pagesOfRoles() {
		v := &visitor{t: t, h: a.Handler(), cookies: map[string]string{"lang": "id"}}
		if role != "" {
			v = signIn(t, a, role, "id")
		}
		for _, path := range paths {
			if res, _ := v.do("GET", path, nil); res.StatusCode != http.StatusOK {
				t.Errorf("%s as %s: %d", path, role, res.StatusCode)
				continue
			}
			var asked []string
			stop := a.DB.Trace(func(text string) { asked = append(asked, text) })
			v.do("GET", path, nil)
			stop()
			if len(asked) > mostStatementsOfAPage {
				t.Errorf("%s as %s asks %d times:\n%s", path, role, len(asked), counts(asked))
			}
			for _, text := range slices.Compact(slices.Sorted(slices.Values(asked))) {
				if plan := planOf(t, a.DB, text); grows.MatchString(plan) {
					t.Errorf("%s as %s reads a whole table: %s\n%s", path, role, text, plan)
				}
			}
		}
	}
}

// counts lists statements with how often each ran.
func counts(asked []string) string {
	often := map[string]int{}
	for _, text := range asked {
		often[text]++
	}
	var out []string
	for text, n := range often {
		out = append(out, fmt.Sprintf("%3d %.150s", n, strings.Join(strings.Fields(text), " ")))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

var parameter = regexp.MustCompile(`\$\d+`)

// planOf asks SQLite how it would run a statement.
func planOf(t *testing.T, d *db.DB, text string) string {
	t.Helper()
	var args []any
	for range slices.Compact(slices.Sorted(slices.Values(parameter.FindAllString(text, -1)))) {
		args = append(args, 1)
	}
	rows, err := d.SQL().QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var one, parent, unused int
		var detail string
		if err := rows.Scan(&one, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		out = append(out, detail)
	}
	return strings.Join(out, "\n")
}

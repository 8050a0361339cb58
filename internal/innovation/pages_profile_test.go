package innovation_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/innovation"
)

// scores is the room that computes the index.
type scores struct{ panel innovation.ScorePanel }

func (s scores) Panel(context.Context, string) (innovation.ScorePanel, error) { return s.panel, nil }

// panel is a score with three items, one of them expired.
func panel() innovation.ScorePanel {
	return innovation.ScorePanel{Known: true, Instrument: "IID 2026", Score: "62.5", Max: "111", WithSteps: "78", Average: "58", Path: "/inovasi/x/skor",
		Items: []innovation.ScoreItem{{Code: "16", Short: "Regulasi", Weight: "3", Points: 1, Score: "3", State: innovation.ProofExpired, Why: "SK berakhir"},
			{Code: "32", Short: "Kecepatan <cipta>", Weight: "2", Points: 3, Score: "6", State: innovation.ProofAuto, Why: "Jejak tahap"}, {Code: "35", Short: "Video", Weight: "4", Score: "0", State: "?"}},
		Steps: []innovation.ScoreStep{{Item: "35", Title: "Sebut lima unsur", Text: "Baru dua unsur", Gain: "8", Days: "2.5", Path: "/inovasi/x/skor#35"}},
		Found: []innovation.ScoreFound{{Item: "32", Text: "3 bulan dari ide ke penerapan"}}}
}

// follow checks that a form was taken and gives where it leads.
func (v *door) follow(t testing.TB, ctx context.Context, path string, form url.Values) string {
	t.Helper()
	got := v.do(ctx, http.MethodPost, path, form)
	if got.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %.600s", path, got.status, text(got.body))
	}
	return got.header.Get("Location")
}

// refused checks that a form came back with a status and gives the page.
func (v *door) refused(t testing.TB, ctx context.Context, path string, form url.Values, status int) *goquery.Document {
	t.Helper()
	got := v.do(ctx, http.MethodPost, path, form)
	if got.status != status {
		t.Fatalf("%s: %d, want %d; %.600s", path, got.status, status, text(got.body))
	}
	return v.check(t, path, got.body)
}

// text gives the words of a page.
func text(body string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		return body
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

func rev(i innovation.Innovation) string { return strconv.FormatInt(i.Rev, 10) }

// TestEveryPageInEveryStage opens all pages of an innovation in every stage and state; the roles take turns with the languages.
func TestEveryPageInEveryStage(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		o.Scores = scores{panel()}
		stage := 0
		look := func(what string, i innovation.Innovation) {
			t.Helper()
			for n, who := range []string{"staff-hub", "head-hub", "desk", "inspector", "staff-kes"} {
				ctx := in(o.as(who), []string{"id", "en"}[(n+stage)%2])
				for _, page := range []string{"", "/cetak", "/ubah", "/gerbang", "/tim", "/angka"} {
					path := "/inovasi/" + i.ID + page
					got := v.do(ctx, http.MethodGet, path, nil)
					switch {
					case got.status == http.StatusOK:
						v.check(t, what+" "+path, got.body)
					case page == "/gerbang" && got.status == http.StatusSeeOther: // no gate to ask for now
					case page == "" || page == "/cetak" || got.status != http.StatusForbidden && got.status != http.StatusConflict:
						t.Errorf("%s: %s as %s: %d %.300s", what, path, who, got.status, text(got.body))
					}
				}
			}
			stage++
		}
		look("problem", o.propose(t, "staff-hub", nil))
		look("idea", o.accepted(t, "staff-hub", nil))
		look("trial", o.trial(t))
		i := o.filled(t)
		look("live", i)
		for _, step := range o.way() {
			must(t, o.Move(o.as(step.who), i.ID, step.to, o.now(t, i.ID).Rev, ""))
			look(step.to, o.now(t, i.ID))
		}
		again, err := o.Again(o.as("staff-hub"), i.ID, "Ditambah pelacakan status untuk setiap pasien")
		must(t, err)
		look("again", o.now(t, again))
		stopped := o.trial(t)
		must(t, o.Stop(o.as("head-hub"), stopped.ID, stopped.Rev, "Pasien lebih suka datang langsung ke loket"))
		look("stopped", o.now(t, stopped.ID))
	})
}

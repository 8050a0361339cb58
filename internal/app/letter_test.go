package app

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestTheInspectorCarriesALetterAway makes the letter as the inspector does and checks the trail against what it says.
func TestTheInspectorCarriesALetterAway(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	b, err := a.Access.Brand(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx := tenant.With(t.Context(), tenant.SystemOf(b.Regency, "test"))
	v := signIn(t, a, "Inspektur", "id")
	if res, body := v.do("GET", "/audit", nil); res.StatusCode != http.StatusOK || !strings.Contains(body, "Surat titik periksa") {
		t.Fatalf("no button: %d", res.StatusCode)
	}
	res, _ := v.do("POST", "/audit/surat", nil)
	where := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(where, "/audit/surat/") {
		t.Fatalf("%d to %q", res.StatusCode, where)
	}
	c, _, ok, err := a.Audit.Newest(ctx, b.Regency)
	if err != nil || !ok {
		t.Fatal(err)
	}
	res, body := v.do("GET", where, nil)
	lines, _, _ := strings.Cut(c.Text, "\n\n")
	for _, want := range []string{strings.ReplaceAll(lines, "+", "&#43;"), keys.Fingerprint(a.Audit.Public()), "WIB", "data:image/png;base64,"} {
		if res.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, the letter does not hold %q", res.StatusCode, want)
		}
	}
	wants, problems := trail.Wants(trail.Split(lines), "paper", nil)
	report, err := a.Audit.VerifySince(ctx, b.Regency, wants)
	if err != nil || len(problems) > 0 || len(report.Problems) > 0 || report.Outside != 1 {
		t.Errorf("typed from paper: %+v, %+v, %v", report, problems, err)
	}
	rows, total, err := a.Audit.List(ctx, b.Regency, audit.Filter{Action: "admin.audit.letter"}, 1, 0)
	if err != nil || total != 1 || !strings.Contains(rows[0].After, c.Root.String()) {
		t.Errorf("%d letters in the trail: %+v, %v", total, rows, err)
	}
	if res, _ := v.do("GET", "/audit/surat/999999999", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a letter that was never made: %d", res.StatusCode)
	}
	if res, _ := signIn(t, a, "Operator", "id").do("POST", "/audit/surat", nil); res.StatusCode != http.StatusForbidden {
		t.Errorf("an operator makes a letter: %d", res.StatusCode)
	}
}

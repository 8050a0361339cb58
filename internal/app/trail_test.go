package app

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestRefusalsOfPeopleStandInTheTrail: somebody without the right opens a page, tries a change, and whoever reads the trail finds it.
func TestRefusalsOfPeopleStandInTheTrail(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Operator", "id")
	for range 3 {
		if got, _ := v.do("GET", "/kesehatan", nil); got.StatusCode != http.StatusForbidden {
			t.Fatalf("an operator sees the health page: %d", got.StatusCode)
		}
	}
	if got, _ := v.do("POST", "/cadangan", nil); got.StatusCode != http.StatusForbidden {
		t.Fatalf("an operator starts a backup: %d", got.StatusCode)
	}
	b, err := a.Access.Brand(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx := tenant.With(t.Context(), tenant.SystemOf(b.Regency, "test"))
	rows, total, err := a.Audit.List(ctx, b.Regency, audit.Filter{Refused: true, Action: "web.refused"}, 10, 0)
	if err != nil || total != 2 {
		t.Fatalf("%d refusals in the trail, %v; want the page once and the change once: %+v", total, err, rows)
	}
	for _, r := range rows {
		if r.ActorID == "" || !strings.Contains("POST /cadangan GET /kesehatan", r.ObjectID) || r.Why != "web.error.forbidden" {
			t.Errorf("entry %+v", r)
		}
	}
	for _, key := range []string{"web.error.token_scope", "web.error.host"} { // their texts name a value
		a.Audit.Refused(ctx, audit.Refusal{Action: "web.refused", Object: "route", ObjectID: key, Why: key})
	}
	w := signIn(t, a, "Admin", "id")
	if got, body := w.do("GET", "/audit?ditolak=1", nil); got.StatusCode != http.StatusOK || !strings.Contains(body, "POST /cadangan") && !strings.Contains(body, "web.refused") {
		t.Errorf("the page does not find it: %d", got.StatusCode)
	}
	if _, body := w.do("GET", "/audit?ditolak=1", nil); strings.Contains(body, "no value") ||
		!strings.Contains(body, "tidak dibuat untuk bagian …") || !strings.Contains(body, "melayani nama …") {
		t.Errorf("reasons whose texts name a value: %s", body)
	}
	if got, body := w.do("GET", "/kesehatan", nil); got.StatusCode != http.StatusOK || !strings.Contains(body, "trail_folders") {
		t.Errorf("the health page does not say that nothing leaves the machine: %d", got.StatusCode)
	}
}

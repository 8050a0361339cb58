package app

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/tenant"
)

// TestAnotherAgencyChangesNoInnovation lets people of Dishub try every change on the innovations of another agency, of whose
// teams they are not: each is refused and the record stays as it was.
func TestAnotherAgencyChangesNoInnovation(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	first, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	home := tenant.With(context.Background(), tenant.SystemOf(first.Regency, "test"))
	form := url.Values{"rev": {"1"}, "title": {"Dicuri"}, "problem": {"xxxx"}, "sufferer": {"xxxx"}, "idea": {"xxxx"}, "to": {"submitted"}, "reason": {"alasan yang cukup panjang"}, "lesson": {strings.Repeat("pelajaran ", 6)},
		"points": {"3"}, "evidence": {"bukti-A1"}, "answer": {"accept"}, "names": {"Seseorang"}, "kind": {"academia"}, "partner": {"Mitra"}, "value": {"1"}, "signed": {"ya"}, "developed": {strings.Repeat("dikembangkan ", 5)}}
	for _, name := range []string{"Operator Dishub", "Kepala Dishub"} {
		v, tried := signIn(t, a, name, "id"), 0
		for _, id := range []string{"inv-antre", "inv-posyandu", "inv-arsip", "inv-toko"} {
			before, err := a.Innovation.Get(home, id)
			if err != nil {
				t.Fatal(err)
			}
			for _, route := range a.Mux.Routes() {
				method, pattern, _ := strings.Cut(route.Pattern, " ")
				if method == http.MethodGet || route.Module != "innovation" && route.Module != "score" || !strings.Contains(pattern, "{id}") {
					continue
				}
				path := fill(pattern, map[string]string{"id": id, "item": "17", "kind": "users", "part": "x"})
				if res, _ := v.do(method, path, form); res.StatusCode < 400 {
					t.Errorf("%s: %s %s: %d", name, method, path, res.StatusCode)
				}
				tried++
			}
			if now, err := a.Innovation.Get(home, id); err != nil || now.Rev != before.Rev || now.Title != before.Title {
				t.Errorf("%s changed %s: %v", name, id, err)
			}
		}
		if tried < 60 {
			t.Errorf("%s: only %d tries", name, tried)
		}
	}
}

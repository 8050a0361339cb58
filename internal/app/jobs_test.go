package app

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestJobsThatFailedAreShownAndMayBeRepeated gives up two jobs, one of the host, and mends them on the health page.
func TestJobsThatFailedAreShownAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	first, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	r := jobs.NewRunner(a.DB, a.log, func() time.Time { return now })
	r.Add("contoh.gagal", func(context.Context, jobs.Job) error { return errors.New("tidak jalan") })
	for _, regency := range []int64{first.Regency, 0} {
		err := a.DB.Tx(context.Background(), func(tx *db.Tx) error {
			return jobs.Enqueue(context.Background(), tx, regency, "contoh.gagal", nil, time.Time{})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 12 {
		if err := r.RunDue(context.Background()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	dead := func() []jobs.Dead {
		all, err := jobs.GivenUp(context.Background(), a.DB, first.Regency, true, 10)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	v := signIn(t, a, "Admin Diskominfo", "id")
	_, page := v.do("GET", "/kesehatan", nil)
	if len(dead()) != 2 || strings.Count(page, "tidak jalan") != 2 || !strings.Contains(page, "Pekerjaan rutin") {
		t.Fatalf("%+v, page: %.500s", dead(), page)
	}
	for _, d := range dead() {
		act, owner := "/ulangi", ""
		if d.Regency == 0 {
			act, owner = "/hapus", "server"
		}
		path := "/kesehatan/pekerjaan/" + d.ID + act
		if res, _ := v.do("POST", path, url.Values{"milik": {owner}}); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		if res, _ := v.do("POST", path, url.Values{"milik": {owner}}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s for the second time: %d, want 404", path, res.StatusCode)
		}
	}
	if left := dead(); len(left) != 0 {
		t.Errorf("still given up: %+v", left)
	}
	_, trail := v.do("GET", "/audit", nil)
	for _, want := range []string{"admin.job.again", "admin.job.drop"} {
		if !strings.Contains(trail, want) {
			t.Errorf("the trail does not show %s", want)
		}
	}
}

// TestTheHostsOwnIsItsOperators: where a host serves several regencies, the administrator of one neither sees nor touches the
// work and the backups of all.
func TestTheHostsOwnIsItsOperators(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Admin Diskominfo", "id")
	if res, page := v.do("GET", "/cadangan", nil); res.StatusCode != http.StatusOK || !strings.Contains(page, "Cadangkan sekarang") {
		t.Fatalf("with one regency: %d", res.StatusCode)
	}
	if err := a.Access.SampleRegency(tenant.With(t.Context(), tenant.SystemOf(0, "test")), "51.01"); err != nil {
		t.Fatal(err)
	}
	change(t, a, `INSERT INTO jobs_job (regency_id, id, kind, args, run_at, state, attempt, lease_until, error, failed_at)
		VALUES (0, 'milik-induk', 'admin.backup', '{}', 0, 'dead', 12, 0, 'disk induk penuh', 1)`)
	owner := url.Values{"milik": {"server"}}
	forbidden := func(path string) {
		t.Helper()
		if res, _ := v.do("POST", path, owner); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s by the administrator of one regency: %d", path, res.StatusCode)
		}
	}
	forbidden("/cadangan")
	forbidden("/kesehatan/pekerjaan/milik-induk/ulangi")
	forbidden("/kesehatan/pekerjaan/milik-induk/hapus")
	if _, page := v.do("GET", "/kesehatan", nil); strings.Contains(page, "disk induk penuh") || strings.Contains(page, "Semua cadangan") {
		t.Error("the health page of one regency shows what is the host's")
	}
	if res, page := v.do("GET", "/cadangan", nil); res.StatusCode != http.StatusOK || strings.Contains(page, "Cadangkan sekarang") ||
		!strings.Contains(page, "pengelola induk") {
		t.Errorf("the page of backups: %d", res.StatusCode)
	}
	v = hostOperator(t, a)
	if _, page := v.do("GET", "/kesehatan", nil); !strings.Contains(page, "disk induk penuh") {
		t.Error("the operator of the host does not see its work")
	}
	for _, path := range []string{"/kesehatan/pekerjaan/milik-induk/ulangi", "/cadangan"} {
		if res, _ := v.do("POST", path, owner); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s by the operator of the host: %d", path, res.StatusCode)
		}
	}
}

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
		all, err := jobs.GivenUp(context.Background(), a.DB, first.Regency, 10)
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

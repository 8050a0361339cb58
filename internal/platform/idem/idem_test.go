package idem_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func TestARepeatedWriteIsDoneOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(context.Background(), "idem", idem.Files); err != nil {
			t.Fatal(err)
		}
		now := time.Unix(1_800_000_000, 0)
		k, done, status := idem.New(d, func() time.Time { return now }), 0, http.StatusCreated
		do := func(user, key, body string) (*httptest.ResponseRecorder, error) {
			r := httptest.NewRequest("POST", "/api/v1/x", strings.NewReader(body))
			r.Header.Set("Idempotency-Key", key)
			r = r.WithContext(tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: user}))
			w := httptest.NewRecorder()
			return w, k.Do(w, r, func(w http.ResponseWriter, _ *http.Request) {
				done++
				w.WriteHeader(status)
				_, _ = w.Write([]byte(strconv.Itoa(done)))
			})
		}
		for range 3 {
			if w, err := do("a", "k", "{}"); err != nil || w.Code != 201 || w.Body.String() != "1" {
				t.Fatalf("got %d %q %v", w.Code, w.Body, err)
			}
		}
		if _, err := do("a", "k", `{"other":1}`); !errs.Is(err, errs.Invalid) {
			t.Errorf("another body under the same key: %v", err)
		}
		if w, err := do("b", "k", "{}"); err != nil || w.Body.String() != "2" {
			t.Errorf("the key of another person: %q %v", w.Body, err)
		}
		status = 500
		_, _ = do("a", "failed", "{}")
		if w, _ := do("a", "failed", "{}"); w.Body.String() != "4" {
			t.Errorf("a failure was remembered: %q", w.Body)
		}
		now = now.Add(25 * time.Hour)
		if err := k.Sweep(context.Background(), jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		if _, _ = do("a", "k", "{}"); done != 5 {
			t.Errorf("after a day: done %d times, want 5", done)
		}
	})
}

package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// public asks for a public page as a stranger who may hold a page already.
func public(a *App, path, etag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w
}

// TestPublicPagesAreKeptUntilTheyChange reads a public page twice, changes what it shows, and reads it again.
func TestPublicPagesAreKeptUntilTheyChange(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	for _, path := range []string{"/publik", "/publik/inovasi"} {
		first := public(a, path, "")
		etag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || etag == "" || first.Header().Get("Cache-Control") != "public, max-age=60" || !strings.Contains(strings.Join(first.Header().Values("Vary"), ","), "Cookie") {
			t.Fatalf("%s: %d %v", path, first.Code, first.Header())
		}
		asked := 0
		stop := a.DB.Trace(func(string) { asked++ })
		again := public(a, path, etag)
		stop()
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 || asked > 3 {
			t.Errorf("%s again: %d, %d bytes, %d statements", path, again.Code, again.Body.Len(), asked)
		}
		change(t, a, `UPDATE access_regency SET name = $2 WHERE regency_id = $1`, int64(3509), "Kabupaten "+path[1:])
		if changed := public(a, path, etag); changed.Code != http.StatusOK || changed.Header().Get("ETag") == etag {
			t.Errorf("%s after a change: %d", path, changed.Code)
		}
	}
	res, _ := signIn(t, a, "Inspektur", "id").do("GET", "/publik", nil)
	if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("ETag") != "" {
		t.Errorf("somebody who is signed in got a page that is kept: %v", res.Header)
	}
}

func change(t *testing.T, a *App, query string, args ...any) {
	t.Helper()
	if err := a.DB.Tx(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

// TestTheBoardFollowsEveryInput changes one thing after the other that the innovation index is made of. After each the board is
// the one that is computed anew, and without a change it is the same one.
func TestTheBoardFollowsEveryInput(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	regency, id := int64(3509), "inv-lubang"
	before, err := a.Score.Board(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := a.Score.Board(ctx); err != nil || again != before {
		t.Fatalf("a board was computed twice: %v", err)
	}
	for _, x := range []struct {
		query string
		args  []any
	}{
		{`UPDATE innovation_innovation SET title = $3 WHERE regency_id = $1 AND id = $2`, []any{regency, id, "Judul lain"}},
		{`INSERT INTO innovation_member (regency_id, innovation_id, id, user_id, name, agency_id, role, task, added_at) VALUES ($1, $2, 'm-baru', '', 'Anggota', '', 'member', '', 1)`, []any{regency, id}},
		{`INSERT INTO innovation_budget (regency_id, innovation_id, year, amount, source, entered_by, entered_at) VALUES ($1, $2, 2019, 5, '', '', 1)`, []any{regency, id}},
		{`DELETE FROM score_item WHERE regency_id = $1 AND innovation_id = $2`, []any{regency, id}},
		{`INSERT INTO evidence_link (regency_id, holder_kind, holder_id, item, slot, evidence_id, linked_by, at) VALUES ($1, $2, $3, '17', '', 'bukti-B1', '', 1)`, []any{regency, proof.Innovation, id}},
		{`UPDATE evidence_item SET state = 'revise' WHERE regency_id = $1 AND id = $2`, []any{regency, "bukti-B1"}},
		{`DELETE FROM adoption_replica WHERE regency_id = $1`, []any{regency}},
		{`INSERT INTO score_effort (regency_id, item, points, days, changed_by, changed_at) VALUES ($1, '17', 1, 77, '', 1)`, []any{regency}},
		{`UPDATE evaluation_figure SET value = 'D' WHERE regency_id = $1 AND figure = 'sakip'`, []any{regency}},
		{`UPDATE evaluation_item SET self_mark = '1' WHERE regency_id = $1 AND round_id = $2`, []any{regency, sampleIID}},
		{`UPDATE evaluation_round SET year = year - 1 WHERE regency_id = $1 AND id = $2`, []any{regency, sampleIID}},
	} {
		change(t, a, x.query, x.args...)
		after, err := a.Score.Board(ctx)
		if err != nil {
			t.Fatalf("%s: %v", x.query, err)
		}
		if after == before {
			t.Errorf("the board did not follow: %s", x.query)
		}
		before = after
	}
	change(t, a, `INSERT INTO evidence_link (regency_id, holder_kind, holder_id, item, slot, evidence_id, linked_by, at) VALUES ($1, $2, $3, 'A1', '', 'bukti-B1', '', 1)`,
		regency, proof.Round, sampleRoundID(time.Now().Year()))
	if after, err := a.Score.Board(ctx); err != nil || after != before {
		t.Errorf("a link of another round made the board be computed again: %v", err)
	}
}

// TestTheBellFollowsTheWork gives somebody work and takes it away: the number on the next page is the new one.
func TestTheBellFollowsTheWork(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Koordinator Evaluasi", "id")
	waits := func() string {
		_, body := v.do("GET", "/akun", nil)
		_, rest, ok := strings.Cut(body, `<span class="count" aria-hidden="true">`)
		if !ok {
			t.Fatal("no number beside the bell")
		}
		n, _, _ := strings.Cut(rest, "<")
		return n
	}
	first := waits()
	if waits() != first {
		t.Error("the number changed by itself")
	}
	change(t, a, `UPDATE evaluation_item SET state = 'approved' WHERE regency_id = $1 AND round_id = $2`, int64(3509), sampleRoundID(time.Now().Year()))
	if waits() == first {
		t.Error("the bell did not follow new work")
	}
}

// TestListsFollowEveryChange reads the lists that are kept before and after a change through the pages themselves.
func TestListsFollowEveryChange(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Koordinator Evaluasi", "id")
	for path, x := range map[string]struct{ query, shows string }{
		"/bukti":         {`UPDATE evidence_item SET title = 'Judul yang baru' WHERE regency_id = $1`, "Judul yang baru"},
		"/bukti?lepas=1": {`DELETE FROM evidence_link WHERE regency_id = $1`, "bukti-B2"},
		"/inovasi":       {`UPDATE innovation_innovation SET title = 'Nama yang baru' WHERE regency_id = $1`, "Nama yang baru"},
		"/hasil":         {`UPDATE assessment_published SET index_value = '1.23' WHERE regency_id = $1`, "1,23"},
		"/opd":           {`UPDATE agency_agency SET name = 'Dinas yang baru' WHERE regency_id = $1`, "Dinas yang baru"},
	} {
		if _, body := v.do("GET", path, url.Values{}); strings.Contains(body, x.shows) {
			t.Errorf("%s shows %q before it was", path, x.shows)
		}
		change(t, a, x.query, int64(3509))
		if _, body := v.do("GET", path, url.Values{}); !strings.Contains(body, x.shows) {
			t.Errorf("%s does not show %q", path, x.shows)
		}
	}
}

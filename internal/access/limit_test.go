package access_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func slowed(err error) bool {
	key, _ := errs.KeyOf(err)
	var wait web.Wait
	return key == "access.error.too_often" && errors.As(err, &wait) && wait > 0
}

// guess tries wrong passwords from one address and counts how many were answered.
func (h *house) guess(email, ip string, n int) (answered int) {
	for i := range n {
		if _, err := h.attempt(email, fmt.Sprint("tebakan nomor ", i), ip, ""); !slowed(err) {
			answered++
		}
	}
	return answered
}

// TestGuessingIsSlowedDownAndNobodyIsLockedOut: whatever a stranger does, the owner comes in from their own browser, and from
// another place.
func TestGuessingIsSlowedDownAndNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.begin(t)
	half, _ := h.half(t, "admin@jember.example")
	_, seed, _ := h.enrol(t, half)
	h.seeds[half.UserID] = seed
	again, _ := h.half(t, "admin@jember.example")
	h.clock.at = h.clock.at.Add(time.Minute)
	done, err := h.Confirm(as(again), h.code(t, seed), "")
	if err != nil || done.Device == "" {
		t.Fatalf("no sign of the browser: %v", err)
	}
	if n := h.guess("admin@jember.example", "203.0.113.9", 200); n > 10 {
		t.Errorf("%d of 200 guesses in a row were answered", n)
	}
	if _, err := h.attempt("admin@jember.example", password, "203.0.113.9", ""); !slowed(err) {
		t.Errorf("the guessing source was not slowed: %v", err)
	}
	if _, err := h.attempt("admin@jember.example", password, "10.0.0.7", ""); err != nil {
		t.Errorf("the owner from another place: %v", err)
	}
	if _, err := h.attempt("admin@jember.example", password, "203.0.113.9", done.Device); err != nil {
		t.Errorf("the owner's own browser from the same place: %v", err)
	}
	for i := range 150 { // many sources, as a swarm has
		_, _ = h.attempt("admin@jember.example", "tebakan", fmt.Sprintf("198.51.%d.%d", i/200, i%200), "")
	}
	if _, err := h.attempt("admin@jember.example", password, "10.9.9.9", done.Device); err != nil {
		t.Errorf("the owner's own browser while a swarm guesses: %v", err)
	}
	_, err = h.attempt("admin@jember.example", password, "10.9.9.8", "")
	var wait web.Wait
	if !errors.As(err, &wait) || time.Duration(wait) > 30*time.Second {
		t.Fatalf("the owner from a new place while a swarm guesses: %v", err)
	}
	for range 30 { // the swarm goes on meanwhile
		h.clock.at = h.clock.at.Add(time.Duration(wait) / 30)
		_, _ = h.attempt("admin@jember.example", "tebakan", "198.51.0.3", "")
	}
	if _, err := h.attempt("admin@jember.example", password, "10.9.9.8", ""); err != nil {
		t.Errorf("the owner from a new place after the wait that was said: %v", err)
	}
}

func TestSixtyFourBitsOfVersionSixAreOneSource(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.begin(t)
	answered := 0
	for i := range 100 {
		if _, err := h.attempt("admin@jember.example", "tebakan", fmt.Sprintf("2001:db8:1:2::%x", i+1), ""); !slowed(err) {
			answered++
		}
	}
	if answered > 10 {
		t.Errorf("%d guesses from one network were answered", answered)
	}
	if _, err := h.attempt("admin@jember.example", "tebakan", "2001:db8:1:3::1", ""); slowed(err) {
		t.Error("a neighbour network waits too")
	}
}

// TestCodesAreSlowedPerAccount: new sessions give no new tries to somebody who knows the password.
func TestCodesAreSlowedPerAccount(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.begin(t)
	half, _ := h.half(t, "admin@jember.example")
	h.enrol(t, half)
	again, _ := h.half(t, "admin@jember.example")
	tries := 0
	for end := h.clock.at.Add(24 * time.Hour); h.clock.at.Before(end); h.clock.at = h.clock.at.Add(20 * time.Second) {
		if _, err := h.Confirm(as(again), "000000", ""); !slowed(err) {
			tries++
		}
	}
	if tries > 150 {
		t.Errorf("%d tries of a code within a day", tries)
	}
}

// TestRefusalsAreInTheTrail and cannot fill it.
func TestRefusalsAreInTheTrail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.begin(t)
		h.guess("admin@jember.example", "203.0.113.9", 100)
		h.guess("tidak-ada@jember.example", "203.0.113.9", 100)
		for _, who := range []string{"<> ''", "= ''"} {
			n := h.count(t, `SELECT count(*) FROM audit_entry WHERE regency_id > 0 AND action = 'access.sign_in.refused' AND object_id `+who)
			if n < 1 || n > 20 {
				t.Errorf("object %s: %d entries", who, n)
			}
		}
	})
}

// TestForgottenPasswordsAnswerAlike compares the answers for an address that is known and one that is not.
func TestForgottenPasswordsAnswerAlike(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	ctx := h.begin(t)
	h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
	site := serve(t, h)
	var pages []string
	for _, email := range []string{"op@jember.example", "tidak-ada@jember.example"} {
		before := h.count(t, `SELECT count(*) FROM jobs_job WHERE regency_id >= 0`)
		res, text := post(t, &http.Client{}, site+"/lupa", url.Values{"email": {email}})
		if res.StatusCode != http.StatusOK || h.count(t, `SELECT count(*) FROM jobs_job WHERE regency_id >= 0`) != before+1 {
			t.Errorf("%s: %d", email, res.StatusCode)
		}
		pages = append(pages, text)
	}
	if pages[0] != pages[1] {
		t.Error("the answers differ")
	}
	if n := h.count(t, `SELECT count(*) FROM access_link WHERE regency_id > 0`); n != 0 {
		t.Errorf("%d links were made while the person waits", n)
	}
}

func post(t *testing.T, client *http.Client, to string, form url.Values) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res, read(t, res)
}

// TestTheSlowedAreToldHowLong reads the answer of the page.
func TestTheSlowedAreToldHowLong(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.begin(t)
	site := serve(t, h)
	var last *http.Response
	for range 12 {
		last, _ = post(t, &http.Client{}, site+"/masuk", url.Values{"email": {"admin@jember.example"}, "password": {"salah"}})
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", last.StatusCode, last.Header.Get("Retry-After"))
	}
}

// TestHalfSessionsOnPages sends a half session to every page and form of this room and to programs.
func TestHalfSessionsOnPages(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	h.begin(t)
	site := serve(t, h)
	_, secret := h.half(t, "admin@jember.example")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{{Name: h.CookieName(), Value: secret}})
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/akun/sandi", "/akun/token", "/akun/kode-cadangan", "/akun/sesi/x/akhiri", "/pengguna/baru"} {
		res, _ := post(t, client, site+path, url.Values{"old": {password}, "password": {password + " baru"}})
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/masuk/kode") {
			t.Errorf("%s: %d to %s", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	res, err := client.Get(site + "/akun")
	if err != nil {
		t.Fatal(err)
	}
	if read(t, res); !strings.HasPrefix(res.Header.Get("Location"), "/masuk/kode") {
		t.Errorf("the account page: %d", res.StatusCode)
	}
	if res, _ := post(t, client, site+"/keluar", nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/masuk" {
		t.Errorf("signing out: %d", res.StatusCode)
	}
}

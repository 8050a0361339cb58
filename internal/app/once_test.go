package app

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/storetest"
)

// address gives where a form of a page is sent, with the mark of that page.
func (v *visitor) address(page, form string) string {
	v.t.Helper()
	_, body := v.do("GET", page, nil)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	to, ok := doc.Find("form[method=post][action^='" + form + "?sekali=']").First().Attr("action")
	if !ok {
		v.t.Fatalf("%s has no marked form to %s", page, form)
	}
	return to
}

// send posts a body from a page of the house.
func (v *visitor) send(to, from, kind string, body []byte) (*http.Response, string) {
	v.t.Helper()
	r := httptest.NewRequest("POST", "http://localhost"+to, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Referer", "http://localhost"+from)
	r.RemoteAddr = "127.0.0.1:1"
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c.Value
	}
	return w.Result(), w.Body.String()
}

const urlEncoded = "application/x-www-form-urlencoded"

func idea(number string) []byte {
	return []byte(url.Values{"problem": {"Antrean loket lama sekali"}, "sufferer": {"Warga"}, "idea": {"Nomor antrean dari rumah"},
		"number": {number}, "origin": {"agency"}}.Encode())
}

// letter is an upload of a proof; browsers write another boundary each time.
func letter(t testing.TB, edge string) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(edge); err != nil {
		t.Fatal(err)
	}
	for _, field := range [][2]string{{"title", "Surat edaran parkir"}, {"kind", "report"}, {"url", "https://example.go.id/edaran"}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// TestAFormOfAPageIsDoneOnce sends forms of three kinds twice from one page: words, a file form, and one whose answer shows a
// secret.
func TestAFormOfAPageIsDoneOnce(t *testing.T) {
	t.Parallel()
	houses := map[string]*App{"sqlite": sampleHouse(t)}
	if os.Getenv("PENDAPA_TEST_POSTGRES") != "" {
		houses["postgres"] = sampleHouseOn(t, storetest.Schema(t))
	}
	for store, a := range houses {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			v := signIn(t, a, "Operator Dishub", "id")
			count := func(table string) (n int) {
				t.Helper()
				if err := a.DB.QueryRow(t.Context(), `SELECT count(*) FROM `+table+` WHERE regency_id = 3509`).Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			v.words(count)
			v.files(count)
			v.secret(count)
		})
	}
}

// words sends an idea: refused, corrected, and twice.
func (v *visitor) words(count func(string) int) {
	v.t.Helper()
	const page = "/inovasi/ajukan"
	before, to := count("innovation_innovation"), v.address(page, page)
	for range 2 {
		if res, _ := v.send(to, page, urlEncoded, idea("")); res.StatusCode != http.StatusUnprocessableEntity {
			v.t.Fatalf("an idea without a number: %d", res.StatusCode)
		}
	}
	first, _ := v.send(to, page, urlEncoded, idea("40 -> 10 menit"))
	again, _ := v.send(to, page, urlEncoded, idea("40 -> 10 menit"))
	place := first.Header.Get("Location")
	if first.StatusCode != http.StatusSeeOther || again.StatusCode != http.StatusSeeOther || again.Header.Get("Location") != place {
		v.t.Errorf("sent twice: %d to %q, %d to %q", first.StatusCode, place, again.StatusCode, again.Header.Get("Location"))
	}
	if _, body := v.do("GET", place, nil); !strings.Contains(body, "sudah tersimpan sebelumnya") {
		v.t.Error("nobody is told that the idea was saved before")
	}
	if n := count("innovation_innovation") - before; n != 1 {
		v.t.Errorf("%d ideas, want 1", n)
	}
}

// files sends the form of a proof twice, under two boundaries.
func (v *visitor) files(count func(string) int) {
	v.t.Helper()
	const page = "/bukti/unggah"
	before, to := count("evidence_item"), v.address(page, "/bukti")
	for _, edge := range []string{"edge-one", "edge-number-two"} {
		kind, body := letter(v.t, edge)
		if res, said := v.send(to, page, kind, body); res.StatusCode != http.StatusSeeOther {
			v.t.Fatalf("the proof: %d %.300s", res.StatusCode, said)
		}
	}
	if n := count("evidence_item") - before; n != 1 {
		v.t.Errorf("%d proofs, want 1", n)
	}
}

// secret asks for a token twice: the second answer shows nothing and says why.
func (v *visitor) secret(count func(string) int) {
	v.t.Helper()
	const page = "/akun"
	before, to := count("access_token"), v.address(page, "/akun/token")
	body := []byte(url.Values{"token_name": {"laporan"}, "days": {"30"}, "scope": {"evidence"}}.Encode())
	first, shown := v.send(to, page, urlEncoded, body)
	again, _ := v.send(to, page, urlEncoded, body)
	if first.StatusCode != http.StatusOK || again.StatusCode != http.StatusSeeOther || again.Header.Get("Location") != page {
		v.t.Errorf("a token: %d %.600s, again %d to %q", first.StatusCode, shown, again.StatusCode, again.Header.Get("Location"))
	}
	if _, said := v.do("GET", page, nil); !strings.Contains(said, "Jawabannya tidak disimpan") {
		v.t.Error("nobody is told that the secret is not shown again")
	}
	if n := count("access_token") - before; n != 1 {
		v.t.Errorf("%d tokens, want 1", n)
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/tenant"
)

// onceHouse gives a server that remembers nothing but the mark of the last form.
func onceHouse(mark *string) *Server {
	s := &Server{OnceForm: func(w http.ResponseWriter, r *http.Request, m string, h func(http.ResponseWriter, *http.Request)) (string, bool, error) {
		*mark = m
		h(w, r)
		return "", false, nil
	}}
	s.NewMux()
	return s
}

func TestEveryFormThatChangesGetsAMarkOfItsOwn(t *testing.T) {
	person, mark := tenant.Actor{Regency: 1, UserID: "a"}, ""
	s := onceHouse(&mark)
	page := `<p title="1 > 0"><form method="post" action="/a" data-x="a>b"><button formaction="/b?x=1">b</button></form>` +
		`<form class="f" method="get" action="/cari"></form><form method="post" action="/c#isi"><button>c</button></form>&lt;form`
	got := string(s.marked([]byte(page), person))
	shape := regexp.MustCompile(`sekali=[A-Z2-7]{26}\.`).ReplaceAllString(got, "M")
	want := `<p title="1 > 0"><form method="post" action="/a?M1" data-x="a>b"><button formaction="/b?x=1&amp;M1">b</button></form>` +
		`<form class="f" method="get" action="/cari"></form><form method="post" action="/c?M3#isi"><button>c</button></form>&lt;form`
	if shape != want {
		t.Errorf("got\n%s\nwant\n%s", shape, want)
	}
	if again := string(s.marked([]byte(page), person)); again == got {
		t.Error("a page that is shown again has the same marks")
	}
	if stranger := string(s.marked([]byte(page), tenant.Actor{})); stranger != page {
		t.Errorf("a stranger's page is marked: %s", stranger)
	}
}

func TestHandlersNeverMeetTheMark(t *testing.T) {
	mark := ""
	s := onceHouse(&mark)
	for address, want := range map[string]string{"/a?sekali=M.1": "", "/a?x=1&sekali=M.1&y=2": "x=1&y=2", "/a?sekali=M.1&x=1": "x=1"} {
		post := func() *http.Request {
			r := httptest.NewRequest("POST", address, strings.NewReader("sekali=typed"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r
		}
		run := func(_ http.ResponseWriter, q *http.Request) {
			if q.URL.RawQuery != want || q.FormValue("sekali") != "typed" {
				t.Errorf("%s: the handler sees %q, %v", address, q.URL.RawQuery, q.Form)
			}
		}
		if err := s.onceForm(httptest.NewRecorder(), post(), run); err != nil || mark != "M.1" {
			t.Errorf("%s: mark %q, %v", address, mark, err)
		}
		mark = ""
		r := post()
		r.Header.Set("X-Pendapa-Autosave", "1")
		if err := s.onceForm(httptest.NewRecorder(), r, run); err != nil || mark != "" {
			t.Errorf("what is kept while somebody types was looked at: %q, %v", mark, err)
		}
	}
}

func TestARepeatedFormLeadsBack(t *testing.T) {
	s := &Server{OnceForm: func(http.ResponseWriter, *http.Request, string, func(http.ResponseWriter, *http.Request)) (string, bool, error) {
		return "", true, nil
	}}
	m := s.NewMux()
	m.HandleRaw("GET /ada", http.NotFoundHandler())
	m.HandleRaw("POST /kirim", http.NotFoundHandler())
	for from, want := range map[string]string{
		"http://example.com/ada?hal=2&sekali=M": "/ada?hal=2", "http://example.com/kirim": "/", "http://example.com/tiada": "/",
		"http://evil.example/ada": "/", "": "/", "http://example.com//evil.example": "/",
	} {
		r, w := httptest.NewRequest("POST", "http://example.com/kirim?sekali=M", nil), httptest.NewRecorder()
		r.Header.Set("Referer", from)
		if err := s.onceForm(w, r, nil); err != nil || w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("from %q: %d to %q, want %q, %v", from, w.Code, w.Header().Get("Location"), want, err)
		}
	}
}

package web

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/i18n"
)

// busyKey is what is said when there are more requests than can be answered.
const busyKey = "web.error.busy"

// Busy gives a handler that says so with 503: a page for people, a problem document for programs, in the visitor's language.
// Both were written beforehand; saying no must cost next to nothing.
func (s *Server) Busy() (func(w http.ResponseWriter, r *http.Request), error) {
	pages, problems := map[string][]byte{}, map[string][]byte{}
	for _, lang := range i18n.Languages() {
		title, text := s.Texts.T(lang, "web.error.title.busy", nil), s.Texts.T(lang, busyKey, nil)
		p := &errorPage{Page: Page{Title: title, Layout: "busy", Lang: lang, server: s}, Message: text}
		var page, problem bytes.Buffer
		if err := s.Views.execute(&page, "web/busy", p.Layout, p); err != nil {
			return nil, err
		}
		status := http.StatusServiceUnavailable
		if err := json.NewEncoder(&problem).Encode(Problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
			Detail: text, Code: busyKey, Message: text}); err != nil {
			return nil, err
		}
		pages[lang], problems[lang] = page.Bytes(), problem.Bytes()
	}
	return func(w http.ResponseWriter, r *http.Request) {
		lang, kind, said := visitorLanguage(r), "text/html; charset=utf-8", pages
		if isAPI(r) || r.Header.Get("X-Pendapa-Autosave") != "" {
			kind, said = "application/problem+json", problems
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Language", lang)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write(said[lang])
	}, nil
}

package web

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/i18n"
)

// What is said when there are more requests than can be answered, when one came too slowly, and when it is too large.
const (
	busyKey  = "web.error.busy"
	slowKey  = "web.error.slow"
	largeKey = "web.error.too_large"
)

// said is one refusal in one language, written beforehand; saying no must cost next to nothing.
type said struct{ page, problem []byte }

// Busy gives a handler that says no with 503, 408 or 413: a page for people, a problem document for programs, in the visitor's
// language.
func (s *Server) Busy() (func(w http.ResponseWriter, r *http.Request, status int), error) {
	all := map[int]map[string]said{http.StatusServiceUnavailable: {}, http.StatusRequestTimeout: {},
		http.StatusRequestEntityTooLarge: {}}
	for status, in := range all {
		for _, lang := range i18n.Languages() {
			no, err := s.sayNo(status, lang)
			if err != nil {
				return nil, err
			}
			in[lang] = no
		}
	}
	return func(w http.ResponseWriter, r *http.Request, status int) {
		lang := visitorLanguage(r)
		kind, text := "text/html; charset=utf-8", all[status][lang].page
		if isAPI(r) || r.Header.Get("X-Pendapa-Autosave") != "" {
			kind, text = "application/problem+json", all[status][lang].problem
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Language", lang)
		w.WriteHeader(status)
		_, _ = w.Write(text)
	}, nil
}

func (s *Server) sayNo(status int, lang string) (said, error) {
	key, title := busyKey, "web.error.title.busy"
	switch status {
	case http.StatusRequestTimeout:
		key, title = slowKey, titleKey(status)
	case http.StatusRequestEntityTooLarge:
		key, title = largeKey, titleKey(status)
	}
	text := s.Texts.T(lang, key, nil)
	p := &errorPage{Page: Page{Title: s.Texts.T(lang, title, nil), Layout: "busy", Lang: lang, server: s}, Message: text}
	var page, problem bytes.Buffer
	if err := s.Views.execute(&page, "web/busy", p.Layout, p); err != nil {
		return said{}, err
	}
	err := json.NewEncoder(&problem).Encode(Problem{Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: text, Code: key, Message: text})
	return said{page.Bytes(), problem.Bytes()}, err
}

package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/admit"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Wait is the cause of an error that says "not so often": how long to wait before the next try.
type Wait time.Duration

// Error implements error.
func (w Wait) Error() string { return "wait " + time.Duration(w).String() }

// waits answers an error that asks for patience with the seconds to wait.
func waits(w http.ResponseWriter, err error) bool {
	var wait Wait
	if !errors.As(err, &wait) {
		return false
	}
	w.Header().Set("Retry-After", strconv.Itoa(int((time.Duration(wait)+time.Second-1)/time.Second)))
	return true
}

// statusOf is the one table from the kind of an error to an HTTP status.
func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	var wait Wait
	switch {
	case errors.As(err, &wait):
		return http.StatusTooManyRequests
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, admit.ErrSlow):
		return http.StatusRequestTimeout
	case errors.Is(err, errSignIn):
		return http.StatusUnauthorized
	case errors.Is(err, errHost):
		return http.StatusMisdirectedRequest
	}
	switch errs.KindOf(err) {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Forbidden:
		return http.StatusForbidden
	}
	switch key, _ := errs.KeyOf(err); key {
	case "web.error.disk_full", "web.error.disk_failed", "web.error.damaged", busyKey:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func errCrossSite(cause error) error { return errs.E(errs.Forbidden, "web.error.cross_site", cause) }

func notFound(http.ResponseWriter, *http.Request) error {
	return errs.E(errs.NotFound, "web.error.not_found", nil)
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// fail answers an error: a problem document for programs, a sign-in for strangers, a page with what to do for people.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, admit.ErrUnread) { // nobody is there to be told
		s.Log.InfoContext(r.Context(), "an answer was not read", "method", r.Method, "path", r.URL.Path)
		return
	}
	if s.Tell != nil {
		err = s.Tell(err)
	}
	status := statusOf(err)
	if status >= 500 {
		s.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	if status == http.StatusForbidden && !errors.Is(err, errOwes) && s.Refused != nil {
		s.Refused(r, err)
	}
	switch status {
	case http.StatusRequestEntityTooLarge:
		err = errs.E(errs.Invalid, largeKey, err)
	case http.StatusRequestTimeout:
		w.Header().Set("Retry-After", "5")
		err = errs.E(errs.Invalid, slowKey, err)
	}
	waits(w, err)
	if isAPI(r) || r.Header.Get("X-Pendapa-Autosave") != "" {
		s.problem(w, r, status, err)
		return
	}
	if to := detour(r, err); to != "" {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	if key, _ := errs.KeyOf(err); key == busyKey {
		w.Header().Set("Retry-After", "5")
	}
	msg, fields := errs.MsgOf(err)
	page := &errorPage{Page: Page{Status: status}}
	lang := s.lang(r)
	page.Title, page.Message = s.Texts.T(lang, titleKey(status), nil), s.Texts.Msg(lang, msg)
	for _, m := range fields {
		page.Details = append(page.Details, s.Texts.Msg(lang, m))
	}
	if err := s.render(w, r, "web/error", page); err != nil {
		s.Log.ErrorContext(r.Context(), "error page failed", "err", err)
		http.Error(w, page.Message, status)
	}
}

// detour gives the page that clears what is missing before the one that was asked for: sign-in, its second step, or a fresh
// proof; "" when there is none.
func detour(r *http.Request, err error) string {
	to := ""
	switch {
	case errors.Is(err, errSignIn):
		to = "/masuk"
	case errors.Is(err, errOwes):
		to = "/masuk/kode"
	case errors.Is(err, errProve):
		to = "/akun/bukti"
	default:
		return ""
	}
	from := ""
	if r.Method == http.MethodGet {
		from = r.URL.RequestURI()
	} else if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
		from = u.RequestURI()
	}
	if from = Local(from); from != "" && from != "/" {
		to += "?ke=" + url.QueryEscape(from)
	}
	return to
}

type errorPage struct {
	Page
	Message string
	Details []string
}

func titleKey(status int) string {
	switch status {
	case http.StatusNotFound:
		return "web.error.title.not_found"
	case http.StatusForbidden:
		return "web.error.title.forbidden"
	case http.StatusTooManyRequests:
		return "web.error.title.wait"
	case http.StatusMisdirectedRequest:
		return "web.error.title.host"
	case http.StatusRequestTimeout:
		return "web.error.title.slow"
	case http.StatusConflict:
		return "web.error.title.conflict"
	case http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return "web.error.title.invalid"
	case http.StatusServiceUnavailable:
		return "web.error.title.disk"
	}
	return "web.error.title.internal"
}

func (s *Server) lang(r *http.Request) string {
	if lang := tenant.From(r.Context()).Lang; lang != "" {
		return lang
	}
	return visitorLanguage(r)
}

// Problem is the body of an API error (RFC 9457).
type Problem struct {
	Type    string            `json:"type"`
	Title   string            `json:"title"`
	Status  int               `json:"status"`
	Detail  string            `json:"detail"`
	Code    string            `json:"code"`
	Fields  map[string]string `json:"fields,omitempty"`
	Message string            `json:"message"`
}

func (s *Server) problem(w http.ResponseWriter, r *http.Request, status int, err error) {
	msg, fields := errs.MsgOf(err)
	lang := s.lang(r)
	p := Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: s.Texts.Msg(lang, msg), Code: msg.Key}
	p.Message = p.Detail
	for name, m := range fields {
		if p.Fields == nil {
			p.Fields = map[string]string{}
		}
		p.Fields[name] = s.Texts.Msg(lang, m)
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p)
}

// JSON answers a program.
func JSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}

// ReadJSON reads a JSON body of at most 1 MiB into v; unknown fields are refused.
func ReadJSON(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if bodyFailed(err) {
			return err
		}
		return errs.E(errs.Invalid, "web.error.json", err, "Reason", err.Error())
	}
	return nil
}

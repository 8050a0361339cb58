package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Server is what all pages share. app fills it at start.
type Server struct {
	Log       *slog.Logger
	Texts     *i18n.Catalogue
	Views     *Views
	Now       func() time.Time
	Zone      tenant.Zone
	Sample    bool                                              // sample data: every page says so
	Origin    Origin                                            // trusted proxies and own names
	Version   string                                            // shown in the footer
	Asset     func(name string) string                          // address of a bundled file
	Who       func(r *http.Request) (tenant.Actor, error)       // session or token -> actor
	Renew     Renew                                             // gives a session another cookie; may be nil
	Brand     func(ctx context.Context, regency int64) string   // name of the regency
	Visits    Visits                                            // host name or slug -> regency; may be nil
	NavItems  []NavItem                                         // from all modules
	Bell      func(ctx context.Context) int                     // what waits for the actor; may be nil
	Observe   func(pattern string, status int, d time.Duration) // metrics; may be nil
	Tell      func(err error) error                             // gives an error of the store its text for people; may be nil
	Gate      func(http.Handler) http.Handler                   // in front of everything; may be nil
	Once      Once                                              // remembers answers by Idempotency-Key; may be nil
	OnceForm  OnceForm                                          // remembers the forms of pages; may be nil
	Refused   func(r *http.Request, err error)                  // hears of what was forbidden, for the trail; may be nil
	Shared    Shared                                            // keeps public pages; may be nil
	MaxForm   int64                                             // bytes of a form without files
	programs  map[string]bool                                   // paths of HandleProgram
	mux       *Mux
	protector *http.CrossOriginProtection
}

// Renew gives the actor's session another secret after their roles were changed.
type Renew func(w http.ResponseWriter, r *http.Request, a tenant.Actor) (tenant.Actor, error)

// Once runs a write unless its Idempotency-Key was answered before.
type Once func(w http.ResponseWriter, r *http.Request, h func(http.ResponseWriter, *http.Request)) error

// NewMux starts the route table.
func (s *Server) NewMux() *Mux {
	if s.mux == nil {
		s.mux = &Mux{server: s, std: http.NewServeMux(), routes: &[]Route{}}
		s.protector = http.NewCrossOriginProtection()
	}
	return s.mux
}

// Handler gives everything behind one door: headers, cross-site protection, compression, the actor, the routes.
func (s *Server) Handler() (http.Handler, error) {
	s.mux.std.Handle("/", s.edge(Public, "", notFound, false))
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(512), gzhttp.ContentTypes([]string{
		"text/html", "application/json", "application/problem+json", "text/csv", "image/svg+xml", "text/plain"}))
	if err != nil {
		return nil, err
	}
	gate := s.Gate
	if gate == nil {
		gate = func(next http.Handler) http.Handler { return next }
	}
	return s.headers(gate(s.admit(s.cookies(s.visit(s.guard(compress(s.identify(s.mux.std)))))))), nil
}

// HandleRaw registers a handler that needs no actor: assets, health, metrics.
func (m *Mux) HandleRaw(pattern string, h http.Handler) { m.std.Handle(pattern, h) }

// HandleProgram registers a handler for programs that know no cookie and sign what they send: a browser can neither use it for
// somebody nor be led to it, so where a request comes from says nothing.
func (m *Mux) HandleProgram(method, path string, h http.Handler) {
	if m.server.programs == nil {
		m.server.programs = map[string]bool{}
	}
	m.server.programs[path] = true
	m.std.Handle(method+" "+path, h)
}

func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "+
			"connect-src 'self'; font-src 'self'; form-action 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if s.Origin.Https(r) {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// guard refuses changes that another site starts. A browser says where a request comes from; a change with a session
// cookie that does not is refused too.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.programs[r.URL.Path] {
			next.ServeHTTP(w, r)
			return
		}
		silent := r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" && r.Header.Get("Authorization") == ""
		unsafe := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
		if err := s.protector.Check(r); err != nil || unsafe && silent {
			r = r.WithContext(withRequest(r.Context(), &request{server: s}))
			s.fail(w, r, errCrossSite(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, err := s.Who(r)
		if err != nil {
			r = r.WithContext(withRequest(r.Context(), &request{server: s, api: isAPI(r)}))
			s.fail(w, r, err)
			return
		}
		actor.Visits = visitOf(r).Regency
		if actor.Lang == "" {
			actor.Lang = visitorLanguage(r)
		}
		if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
			actor.Theme = c.Value
		}
		if s.Renew != nil && actor.Renew && reads(r) && !isAPI(r) {
			if actor, err = s.Renew(w, r, actor); err != nil {
				s.Log.ErrorContext(r.Context(), "session could not be renewed", "err", err)
			}
		}
		next.ServeHTTP(w, r.WithContext(tenant.With(r.Context(), actor)))
	})
}

// visitorLanguage is what the visitor chose; Indonesian until then.
func visitorLanguage(r *http.Request) string {
	if c, err := r.Cookie("lang"); err == nil {
		return i18n.Known(c.Value)
	}
	return i18n.Default
}

func (s *Server) instrument(pattern string, next http.Handler) http.Handler {
	if s.Observe == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, rec := time.Now(), &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		s.Observe(pattern, rec.status, time.Since(start))
	})
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(code int)        { r.status = code; r.ResponseWriter.WriteHeader(code) }
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// request is what the edge knows of the current request.
type request struct {
	server *Server
	api    bool
}

type requestKey struct{}

func withRequest(ctx context.Context, q *request) context.Context {
	return context.WithValue(ctx, requestKey{}, q)
}

func requestOf(r *http.Request) *request {
	q, _ := r.Context().Value(requestKey{}).(*request)
	return q
}

var (
	errSignIn = errors.New("not signed in")
	errOwes   = errors.New("sign-in is not finished")
	errProve  = errors.New("asks for a fresh proof")
)

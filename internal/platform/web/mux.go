// Package web is the way from a browser or a program to a module and back: routes that name their permission, handlers
// that return errors, pages in two languages, forms that work without script.
package web

import (
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Permissions that are no action of a role.
const (
	Public   = "public"    // anybody, signed in or not
	SignedIn = "signed-in" // anybody with an account
)

// HandlerFunc answers a request or says what went wrong; the edge turns an error into a page or a problem document.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Route is one registered way in. The list is golden-tested and drives the authorisation matrix.
type Route struct {
	Pattern string // "GET /evaluasi/{id}"
	Perm    string
	Module  string
	API     bool
}

// Mux takes the routes of modules.
type Mux struct {
	server *Server
	module string
	std    *http.ServeMux
	routes *[]Route
}

// For gives the mux under the name of a module.
func (m *Mux) For(module string) *Mux {
	return &Mux{server: m.server, module: module, std: m.std, routes: m.routes}
}

// Routes lists what was registered.
func (m *Mux) Routes() []Route { return *m.routes }

// Handle registers a page. perm is an action name, Public or SignedIn.
func (m *Mux) Handle(pattern, perm string, h HandlerFunc) { m.add(pattern, perm, h, false) }

// API registers a JSON answer below /api/v1; errors become problem documents.
func (m *Mux) API(pattern, perm string, h HandlerFunc) { m.add(pattern, perm, h, true) }

func (m *Mux) add(pattern, perm string, h HandlerFunc, api bool) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok || perm == "" || !strings.HasPrefix(path, "/") || api != strings.HasPrefix(path, "/api/") {
		panic("web: route " + pattern + " needs a method, a path that fits its kind, and a permission")
	}
	*m.routes = append(*m.routes, Route{Pattern: method + " " + path, Perm: perm, Module: m.module, API: api})
	m.std.Handle(pattern, m.server.instrument(pattern, m.server.edge(perm, h, api)))
}

// edge checks the permission, runs the handler and answers its error.
func (s *Server) edge(perm string, h HandlerFunc, api bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !api {
			w.Header().Set("Cache-Control", "no-store")
		}
		r = r.WithContext(withRequest(r.Context(), &request{server: s, api: api}))
		err := s.permit(r, perm)
		if err == nil {
			err = s.once(w, r, h, api)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// once runs a handler; a write of a program that names an Idempotency-Key is answered from the first time.
func (s *Server) once(w http.ResponseWriter, r *http.Request, h HandlerFunc, api bool) error {
	if !api || s.Once == nil || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return h(w, r)
	}
	return s.Once(w, r, func(w http.ResponseWriter, q *http.Request) {
		if err := h(w, q); err != nil {
			s.fail(w, r, err) // r: what is kept of a refusal is no part of the change
		}
	})
}

func (s *Server) permit(r *http.Request, perm string) error {
	actor := tenant.From(r.Context())
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case actor.ReadOnly && !reads:
		return errs.E(errs.Forbidden, "web.error.read_only", nil)
	case perm == Public:
		return nil
	case !actor.SignedIn():
		return errs.E(errs.Forbidden, "web.error.sign_in", errSignIn)
	case perm == SignedIn, actor.Can(perm, ""):
		return nil
	}
	return errs.E(errs.Forbidden, "web.error.forbidden", nil)
}

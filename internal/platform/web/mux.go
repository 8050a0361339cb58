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
	Half     = "half"      // also somebody who still owes a step of the sign-in: only what finishes or ends it
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
	if sharedFor(method+" "+path, perm) {
		h = m.server.share(h)
	}
	m.std.Handle(pattern, m.server.instrument(pattern, m.server.edge(perm, m.module, h, api)))
}

// edge checks the permission, runs the handler and answers its error.
func (s *Server) edge(perm, module string, h HandlerFunc, api bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store") // an answer that may be kept says so itself
		r = r.WithContext(withRequest(r.Context(), &request{server: s, api: api}))
		err := s.permit(r, perm, module)
		if err == nil {
			err = s.once(w, r, h, api)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// once runs a handler; a write of a program that names an Idempotency-Key is answered from the first time, and so is the form
// of a page.
func (s *Server) once(w http.ResponseWriter, r *http.Request, h HandlerFunc, api bool) error {
	run := func(w http.ResponseWriter, q *http.Request) {
		if err := h(w, q); err != nil {
			s.fail(w, r, err) // r: what is kept of a refusal is no part of the change
		}
	}
	switch {
	case reads(r) || api && s.Once == nil:
		return h(w, r)
	case api:
		return s.Once(w, r, run)
	}
	return s.onceForm(w, r, run)
}

// reads reports whether a request changes nothing.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// permit is the door of every route. It denies by default: a half session may only finish, a program only what its token is
// for and never on pages, a person only what a role allows.
func (s *Server) permit(r *http.Request, perm, module string) error {
	actor := tenant.From(r.Context())
	if err := s.permitProgram(r, actor, perm, module); err != nil || perm == Public {
		return err
	}
	switch {
	case actor.UserID == "":
		return errs.E(errs.Forbidden, "web.error.sign_in", errSignIn)
	case perm == Half:
		return nil
	case actor.Owes != "":
		return errs.E(errs.Forbidden, "web.error.owes", errOwes)
	case perm == SignedIn, actor.Can(perm, ""):
		return nil
	case actor.Withheld(perm):
		return errs.E(errs.Forbidden, "web.error.owes", errOwes)
	}
	return errs.E(errs.Forbidden, "web.error.forbidden", nil)
}

// permitProgram keeps a token to the programs' part of the house and to the rooms it was made for.
func (s *Server) permitProgram(r *http.Request, actor tenant.Actor, perm, module string) error {
	switch {
	case actor.ReadOnly && !reads(r):
		return errs.E(errs.Forbidden, "web.error.read_only", nil)
	case actor.Via != tenant.ViaToken || perm == Public && isAPI(r):
		return nil
	case !isAPI(r):
		return errs.E(errs.Forbidden, "web.error.token_page", nil)
	case !actor.Token.Allows(module, !reads(r)):
		return errs.E(errs.Forbidden, "web.error.token_scope", nil, "Room", module)
	}
	return nil
}

// Proven refuses what needs a person who proved a short while ago who they are: grants, tokens, codes, exports of personal
// data. The edge leads them to the page where they do it, and back.
func Proven(r *http.Request) error {
	q := requestOf(r)
	if tenant.From(r.Context()).Proven(q.server.Now()) {
		return nil
	}
	return Prove()
}

// Prove is the error that asks the actor to prove who they are before they try again.
func Prove() error { return errs.E(errs.Forbidden, "web.error.prove", errProve) }

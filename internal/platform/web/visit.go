package web

import (
	"context"
	"net/http"
	"strings"
)

// visitPath stands before the slug of a regency that has no host name of its own: /d/banyuwangi/publik.
const visitPath = "/d/"

// Visit is which regency a stranger looks at and what stands before the paths of its public pages.
type Visit struct {
	Regency int64
	Base    string // "" or "/d/banyuwangi"
}

// Visits tells which regency belongs to a host name, or to a slug; 0 when none does.
type Visits func(ctx context.Context, hostName, slug string) (regency int64, err error)

type visitKey struct{}

func visitOf(r *http.Request) Visit {
	v, _ := r.Context().Value(visitKey{}).(Visit)
	return v
}

// visit finds the regency of a public address. Below a slug only what everybody may read is shown; everything else is
// led to its plain path, because an account belongs to one regency and needs no slug.
func (s *Server) visit(next http.Handler) http.Handler {
	if s.Visits == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, below := strings.CutPrefix(r.URL.Path, visitPath)
		slug, path, _ := strings.Cut(rest, "/")
		regency, err := s.Visits(r.Context(), hostname(r.Host), slug)
		switch {
		case err != nil:
			s.refuse(w, r, err)
			return
		case !below && regency == 0:
			next.ServeHTTP(w, r)
			return
		case !below:
			next.ServeHTTP(w, withVisit(r, Visit{Regency: regency}))
			return
		case regency == 0:
			s.refuse(w, r, notFound(w, r))
			return
		}
		s.belowSlug(w, withVisit(r, Visit{Regency: regency, Base: visitPath + slug}), next, "/"+path)
	})
}

func (s *Server) belowSlug(w http.ResponseWriter, r *http.Request, next http.Handler, path string) {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case !reads || path != "/" && path != "/publik" && !strings.HasPrefix(path, "/publik/"):
		to := path
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, "/"+strings.TrimLeft(to, "/\\"), http.StatusSeeOther)
		return
	case path == "/":
		http.Redirect(w, r, visitOf(r).Base+"/publik", http.StatusSeeOther)
		return
	}
	inner := *r.URL
	inner.Path, inner.RawPath = path, ""
	r.URL = &inner
	next.ServeHTTP(w, r)
}

// PublicPath gives the address of a public page of the regency that a request looks at.
func PublicPath(r *http.Request, path string) string { return visitOf(r).Base + path }

func withVisit(r *http.Request, v Visit) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	s.fail(w, r.WithContext(withRequest(r.Context(), &request{server: s, api: isAPI(r)})), err)
}

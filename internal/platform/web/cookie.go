package web

import (
	"net/http"
	"strings"
)

// hostPrefix binds a cookie to this very host and to https (RFC 6265bis): no neighbour below the same domain can
// set it.
const hostPrefix = "__Host-"

// cookies keeps one rule for every cookie of every room: over https it is Secure and carries hostPrefix, and one
// that comes back without the prefix was not set by this house and is dropped. Rooms use the plain names.
func (s *Server) cookies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.Origin.Https(r) {
			next.ServeHTTP(w, r)
			return
		}
		own := r.CookiesNamed
		var kept []string
		for _, c := range r.Cookies() {
			if name, ok := strings.CutPrefix(c.Name, hostPrefix); ok && len(own(c.Name)) == 1 {
				kept = append(kept, name+"="+c.Value)
			}
		}
		r = r.Clone(r.Context())
		r.Header.Del("Cookie")
		if len(kept) > 0 {
			r.Header.Set("Cookie", strings.Join(kept, "; "))
		}
		next.ServeHTTP(&securing{ResponseWriter: w}, r)
	})
}

// securing adds prefix and Secure to the cookies of an answer before it leaves.
type securing struct {
	http.ResponseWriter
	done bool
}

func (w *securing) secure() {
	if w.done {
		return
	}
	w.done = true
	all := w.Header()["Set-Cookie"]
	for i, line := range all {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			continue
		}
		if !strings.HasPrefix(c.Name, hostPrefix) {
			c.Name = hostPrefix + c.Name
		}
		c.Secure, c.Path, c.Domain = true, "/", ""
		all[i] = c.String()
	}
}

// WriteHeader implements http.ResponseWriter.
func (w *securing) WriteHeader(code int) {
	w.secure()
	w.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (w *securing) Write(p []byte) (int, error) {
	w.secure()
	return w.ResponseWriter.Write(p)
}

// Unwrap gives the writer below, for http.ResponseController.
func (w *securing) Unwrap() http.ResponseWriter { return w.ResponseWriter }

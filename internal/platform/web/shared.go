package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/tenant"
)

// SharedPage is a page that is the same for every visitor, ready to be sent.
type SharedPage struct {
	Body []byte
	ETag string
	Lang string
}

// Shared keeps public pages until something they show changes; make renders one. An error of make is given back and nothing kept.
type Shared func(ctx context.Context, key string, make func() (SharedPage, error)) (SharedPage, error)

// sharedFor tells whether a route shows the portal.
func sharedFor(pattern, perm string) bool {
	_, path, _ := strings.Cut(pattern, " ")
	return perm == Public && strings.HasPrefix(pattern, "GET ") && (path == "/"+portal || strings.HasPrefix(path, "/"+portal+"/"))
}

// longestShared bounds the address of a page that is kept: what is longer was not written by us.
const longestShared = 200

// share answers visitors who are not signed in from the kept pages: without a session there is nothing of theirs on them.
// Browsers and proxies may keep the page for a minute and ask whether it changed.
func (s *Server) share(h HandlerFunc) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := tenant.From(r.Context())
		_, noFlash := r.Cookie("kabar")
		if s.Shared == nil || a.SignedIn() || noFlash == nil || len(r.URL.RequestURI()) > longestShared {
			return h(w, r)
		}
		v := visitOf(r)
		key := strings.Join([]string{r.Host, strconv.FormatInt(v.Regency, 10), v.Base, r.URL.RequestURI(), a.Lang, a.Theme, s.Now().Format("2006-01-02 15")}, "\n")
		var other *buffered
		page, err := s.Shared(r.Context(), key, func() (SharedPage, error) {
			b := &buffered{header: w.Header().Clone(), status: http.StatusOK}
			if err := h(b, r); err != nil {
				return SharedPage{}, err
			}
			if b.status != http.StatusOK || b.header.Get("Set-Cookie") != "" || !strings.HasPrefix(b.header.Get("Content-Type"), "text/html") {
				other = b
				return SharedPage{}, errNotShared
			}
			sum := sha256.Sum256(b.body.Bytes())
			return SharedPage{Body: b.body.Bytes(), ETag: `W/"` + hex.EncodeToString(sum[:12]) + `"`, Lang: b.header.Get("Content-Language")}, nil
		})
		switch {
		case errors.Is(err, errNotShared) && other != nil:
			return other.send(w)
		case err != nil:
			return err
		}
		return page.send(w, r)
	}
}

var errNotShared = errors.New("a page of its own")

func (p SharedPage) send(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=60")
	h.Add("Vary", "Cookie")
	h.Set("ETag", p.ETag)
	for one := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if one = strings.TrimSpace(one); one == p.ETag || one == "*" {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Lang)
	_, err := w.Write(p.Body)
	return err
}

// buffered holds an answer back until it is known what it is.
type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffered) Header() http.Header         { return b.header }
func (b *buffered) WriteHeader(code int)        { b.status = code }
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }

func (b *buffered) send(w http.ResponseWriter) error {
	for name, values := range b.header {
		w.Header()[name] = values
	}
	w.WriteHeader(b.status)
	_, err := w.Write(b.body.Bytes())
	return err
}

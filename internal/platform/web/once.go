package web

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// OnceForm runs the work of a form unless the same form was sent with the same words before; then done is true and place is
// where the first answer led, "" when that was a page or is not known.
type OnceForm func(w http.ResponseWriter, r *http.Request, mark string, h func(http.ResponseWriter, *http.Request)) (
	place string, done bool, err error)

// markName is the part of a form's address that tells one written form from another. It stands in the address and not among
// the fields, so that it is known before a file of the form is read, and handlers never meet it.
const markName = "sekali"

// marked writes a mark into every form of a page that changes something, one for each form and each time the page is shown.
// Strangers get none: their forms have rules of their own, and their pages may be kept for others.
func (s *Server) marked(page []byte, a tenant.Actor) []byte {
	if s.OnceForm == nil || !a.SignedIn() || !bytes.Contains(page, []byte("<form")) {
		return page
	}
	var out bytes.Buffer
	out.Grow(len(page) + 1024)
	base, n, other := rand.Text(), 0, bytes.Contains(page, []byte(otherPlace))
	for {
		at := nextTag(page, other)
		if at < 0 {
			break
		}
		end := at + tagEnd(page[at:])
		tag, attribute := page[at:end], otherPlace
		if bytes.HasPrefix(tag, []byte("<form")) {
			n++
			if attribute = ` action="`; !bytes.Contains(tag, []byte(` method="post"`)) {
				attribute = ""
			}
		}
		out.Write(page[:at])
		out.Write(withMark(tag, attribute, base+"."+strconv.Itoa(n)))
		page = page[end:]
	}
	out.Write(page)
	return out.Bytes()
}

// otherPlace is the attribute of a button that sends its form to another address.
const otherPlace = ` formaction="`

// nextTag finds the next tag that may hold the address of a form; -1 when there is none. Buttons are looked at when one of
// them has an address of its own.
func nextTag(page []byte, buttons bool) int {
	at := bytes.Index(page, []byte("<form "))
	if !buttons {
		return at
	}
	if n := bytes.Index(page, []byte("<button ")); n >= 0 && (at < 0 || n < at) {
		return n
	}
	return at
}

// tagEnd is the length of the tag that a text begins with. A sign > inside quotes ends nothing.
func tagEnd(text []byte) int {
	quoted := false
	for n, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '>' && !quoted:
			return n + 1
		}
	}
	return len(text)
}

// withMark puts the mark into the address that an attribute of a tag holds.
func withMark(tag []byte, attribute, mark string) []byte {
	start := bytes.Index(tag, []byte(attribute))
	if attribute == "" || start < 0 {
		return tag
	}
	start += len(attribute)
	length := bytes.IndexAny(tag[start:], `"#`)
	if length < 0 {
		return tag
	}
	join := "?"
	if bytes.IndexByte(tag[start:start+length], '?') >= 0 {
		join = "&amp;"
	}
	return slices.Concat(tag[:start+length], []byte(join+markName+"="+mark), tag[start+length:])
}

// unmarked takes the mark out of the address of a request.
func unmarked(r *http.Request) (*http.Request, string) {
	if !strings.Contains(r.URL.RawQuery, markName+"=") {
		return r, ""
	}
	kept, mark := make([]string, 0, 4), ""
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if value, ok := strings.CutPrefix(part, markName+"="); ok {
			mark = value
			continue
		}
		kept = append(kept, part)
	}
	r = r.WithContext(r.Context())
	address := *r.URL
	address.RawQuery = strings.Join(kept, "&")
	r.URL = &address
	return r, mark
}

// onceForm runs the work of a form once. What is kept while somebody types is sent many times from one page, so it is not
// looked at here: it names the state it was made for.
func (s *Server) onceForm(w http.ResponseWriter, r *http.Request, run func(http.ResponseWriter, *http.Request)) error {
	r, mark := unmarked(r)
	if s.OnceForm == nil || mark == "" || r.Header.Get("X-Pendapa-Autosave") != "" {
		run(w, r)
		return nil
	}
	place, done, err := s.OnceForm(w, r, mark, run)
	if err != nil || !done {
		return err
	}
	if place != "" {
		SetFlash(w, "good", errs.M("web.form.again"), "")
		return Redirect(w, r, place)
	}
	SetFlash(w, "warn", errs.M("web.form.again_page"), "")
	return Redirect(w, r, s.cameFrom(r))
}

// cameFrom is the page of this house that a form was sent from, "/" when that is not known or cannot be opened.
func (s *Server) cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	to, err := http.NewRequestWithContext(r.Context(), http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return "/"
	}
	to, _ = unmarked(to)
	if _, pattern := s.mux.std.Handler(to); pattern == "" || pattern == "/" {
		return "/"
	}
	if place := Local(to.URL.RequestURI()); place != "" {
		return place
	}
	return "/"
}

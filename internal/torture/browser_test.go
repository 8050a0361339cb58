package torture

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// browser is somebody at the server: a browser without script, or a program with the cookie of one.
type browser struct {
	cookie *http.Cookie
	client *http.Client
}

func newBrowser() *browser {
	return &browser{client: &http.Client{Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

const urlEncoded = "application/x-www-form-urlencoded"

// letter is one request, which can be sent again as it was.
type letter struct {
	method, path, from, kind, key string // key is the Idempotency-Key, "" for forms of pages
	body                          []byte
}

// answer is a whole answer; gone when there was none.
type answer struct {
	gone   bool
	status int
	place  string
	code   string // of a problem document
	body   []byte
}

func (b *browser) send(base string, l letter) answer {
	r, err := http.NewRequest(l.method, base+l.path, bytes.NewReader(l.body))
	if err != nil {
		return answer{gone: true}
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range map[string]string{"Content-Type": l.kind, "Idempotency-Key": l.key} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if l.from != "" {
		r.Header.Set("Referer", base+l.from)
		r.Header.Set("Origin", base)
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	res, err := b.client.Do(r)
	if err != nil {
		return answer{gone: true}
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, place: res.Header.Get("Location")}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		return answer{gone: true}
	}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		var said struct {
			Code string `json:"code"`
		}
		if json.Unmarshal(a.body, &said) == nil {
			a.code = said.Code
		}
	}
	for _, c := range res.Cookies() {
		if c.Name == "pendapa" && c.Value != "" {
			b.cookie = c
		}
	}
	return a
}

func (b *browser) get(base, path string) answer {
	return b.send(base, letter{method: http.MethodGet, path: path})
}

// signIn enters by the one click of the sample.
func (b *browser) signIn(base, id string) bool {
	a := b.send(base, letter{method: http.MethodPost, path: "/masuk/contoh", from: "/masuk",
		kind: urlEncoded, body: []byte(url.Values{"user": {id}}.Encode())})
	return a.status == http.StatusSeeOther && b.cookie != nil
}

// verdict is what an answer means to who sent a change.
type verdict int

const (
	done   verdict = iota // it was acknowledged
	later                 // it is to be sent again in a moment
	nobody                // nobody answers any more
	wrong                 // it was refused, which nothing here should be
)

func (a answer) means(l letter) verdict {
	switch {
	case a.gone:
		return nobody
	case a.status == http.StatusServiceUnavailable, a.status == http.StatusTooManyRequests, a.code == "web.error.idem_running":
		return later
	case a.status == http.StatusConflict && a.code == "web.error.idem_done":
		return done
	case l.key != "" && (a.status == http.StatusOK || a.status == http.StatusCreated):
		return done
	case l.key == "" && a.status == http.StatusSeeOther && !strings.HasPrefix(a.place, "/masuk"):
		return done
	}
	return wrong
}

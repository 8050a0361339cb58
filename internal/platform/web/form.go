package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Form keeps what a person typed beside what is wrong with it, so that nothing must be typed twice.
type Form struct {
	Values url.Values
	Err    error // nil when the form is shown for the first time
}

// FormOf keeps the request's form with the error the service gave.
func FormOf(r *http.Request, err error) Form { return Form{Values: r.Form, Err: err} }

// Val gives a typed value, or the given one when nothing was typed yet.
func (f Form) Val(name, otherwise string) string {
	if f.Values == nil || !f.Values.Has(name) {
		return otherwise
	}
	return f.Values.Get(name)
}

// Wrong tells what is wrong with a field, translated; "" when it is fine. Call as $.Wrong "name" in views.
func (p *Page) Wrong(name string) string {
	_, fields := errs.MsgOf(p.Form.Err)
	if m, ok := fields[name]; ok && p.Form.Err != nil {
		return p.Msg(m)
	}
	return ""
}

// FormError is the sentence above a form; "" when all is well.
func (p *Page) FormError() string {
	if p.Form.Err == nil {
		return ""
	}
	m, _ := errs.MsgOf(p.Form.Err)
	return p.Msg(m)
}

// FieldErrors lists what is wrong for the summary: field name and sentence.
func (p *Page) FieldErrors() map[string]string {
	if p.Form.Err == nil {
		return nil
	}
	_, fields := errs.MsgOf(p.Form.Err)
	out := map[string]string{}
	for name, m := range fields {
		out[name] = p.Msg(m)
	}
	return out
}

// Correctable reports whether an error belongs beside the form: the page is shown again with what was typed.
func Correctable(err error) bool { return errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) }

// ParseForm reads a form without files within the house's limit.
func ParseForm(w http.ResponseWriter, r *http.Request) error {
	limit := requestOf(r).server.MaxForm
	if limit == 0 {
		limit = 1 << 20
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if err := r.ParseForm(); err != nil {
		return BodyError(err)
	}
	return plain(r.Form)
}

// plain refuses what no keyboard types and no store keeps: zero bytes and broken UTF-8.
func plain(form url.Values) error {
	for name, all := range form {
		for _, v := range all {
			if strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
				return errs.InvalidFields(map[string]errs.Msg{name: errs.M("web.error.signs")})
			}
		}
	}
	return nil
}

// BodyError puts in words that a body could not be read: it is never a fault of the house.
func BodyError(err error) error {
	switch {
	case bodyFailed(err):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errs.E(errs.Invalid, "web.error.cut", err)
	}
	return errs.E(errs.Invalid, "web.error.form", err)
}

// bodyFailed reports whether a body was too large or came too slowly, which the house itself puts in words.
func bodyFailed(err error) bool {
	status := statusOf(err)
	return status == http.StatusRequestEntityTooLarge || status == http.StatusRequestTimeout
}

// Redirect answers a POST: 303 to a page.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// SetFlash leaves a sentence for the next page. undo may be an address to POST to.
func SetFlash(w http.ResponseWriter, kind string, m errs.Msg, undo string) {
	data, err := json.Marshal(flash{Kind: kind, Key: m.Key, Args: m.Args, Undo: undo})
	if err != nil {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "kabar", Value: base64.RawURLEncoding.EncodeToString(data), Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

type flash struct {
	Kind, Key, Undo string
	Args            map[string]any
}

func takeFlash(w http.ResponseWriter, r *http.Request, texts *i18n.Catalogue, lang string) *Notice {
	c, err := r.Cookie("kabar")
	if err != nil || c.Value == "" {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: "kabar", Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	data, err := base64.RawURLEncoding.DecodeString(c.Value)
	var f flash
	if err != nil || json.Unmarshal(data, &f) != nil || !texts.Has(lang, f.Key) {
		return nil
	}
	return &Notice{Kind: f.Kind, Text: texts.T(lang, f.Key, f.Args), Undo: f.Undo}
}

// Paging is one page of a long list.
type Paging struct {
	Page, Size, Total int
	Query             url.Values
}

// PagingOf reads ?hal=N.
func PagingOf(r *http.Request, size int) Paging {
	n, _ := strconv.Atoi(r.URL.Query().Get("hal"))
	return Paging{Page: max(1, min(n, 1_000_000)), Size: size, Query: r.URL.Query()}
}

// Offset is the number of rows before this page.
func (p Paging) Offset() int { return (p.Page - 1) * p.Size }

// Pages counts pages, at least one.
func (p Paging) Pages() int { return max(1, (p.Total+p.Size-1)/p.Size) }

// Cut leaves the rows of the page that p asks for and notes how many there are in all. A page behind the last one is the last.
func Cut[T any](all []T, p *Paging) []T {
	p.Total = len(all)
	p.Page = min(p.Page, p.Pages())
	return all[min(p.Offset(), p.Total):min(p.Offset()+p.Size, p.Total)]
}

// Link gives the address of another page with the same filters.
func (p Paging) Link(page int) string {
	q := url.Values{}
	for k, v := range p.Query {
		q[k] = v
	}
	q.Set("hal", strconv.Itoa(page))
	return "?" + q.Encode()
}

// All gives the address of the whole list in another form, for example a table to download, with the same filters.
func (p Paging) All(path string) string { return path + "?" + p.Query.Encode() }

// Option is one choice of a select.
type Option struct{ Value, Text string }

// Agencies gives the names of the active agencies by id, and the same as choices of a select.
func Agencies(ctx context.Context, dir tenant.Directory) (names map[string]string, options []Option, err error) {
	all, err := dir.Agencies(ctx)
	names = make(map[string]string, len(all))
	for _, a := range all {
		names[a.ID] = a.Name
		options = append(options, Option{Value: a.ID, Text: a.Name})
	}
	return names, options, err
}

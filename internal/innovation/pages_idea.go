package innovation

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation/similar"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) ideaRoutes(mux *web.Mux) {
	mux.Handle("GET /inovasi", Read, s.home)
	mux.Handle("GET /inovasi/ajukan", Propose, s.ideaForm)
	mux.Handle("POST /inovasi/ajukan", Propose, s.sendIdea)
	mux.Handle("GET /inovasi/serupa", Read, s.similarPage)
	mux.Handle("GET /inovasi/meja", Desk, s.triage)
	mux.Handle("POST /inovasi/{id}/jawab", Desk, s.answer)
	mux.Handle("GET /inovasi/pelajaran", Read, s.lessons)
}

const (
	mostSimilar = 5    // shown beside an idea
	mostSought  = 1500 // bytes of an idea that are looked for
	fewWords    = 3    // up to so many words one that matches is enough to call two alike
	fallsOff    = 3    // what is so many times less similar than the first is left out
)

type ideaPage struct {
	web.Page
	Agencies   []web.Option // empty when the idea is of the proposer's own agency
	Own        string       // name of that agency
	Origins    []web.Option
	Hits       []hit
	Looked     bool   // similar ones were looked for
	Understood string // how the number was read
	Outside    bool   // whose idea it is was said already
}

// hit is a similar innovation as it is shown: the words that match stand out.
type hit struct {
	row
	Head, Text []similar.Part
}

// ideaForm shows the four fields.
func (s *Service) ideaForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderForm(w, r, &ideaPage{})
}

func (s *Service) renderForm(w http.ResponseWriter, r *http.Request, p *ideaPage) error {
	a := tenant.From(r.Context())
	p.Area, p.Title, p.Lead = "inovasi", web.Text(r, "innovation.propose.title"), web.Text(r, "innovation.propose.lead")
	p.Crumbs = []web.Crumb{{Text: web.Text(r, "innovation.nav"), Path: "/inovasi"}}
	p.Origins, p.Outside = choices(r, "innovation.origin.", Origins()), p.Form.Val("origin", "agency") != "agency"
	_, wrong := errs.MsgOf(p.Form.Err)
	if _, unknown := wrong["agency"]; a.Can(Desk, "") || a.Agency == "" || unknown && p.Form.Err != nil {
		var err error
		if p.Agencies, err = s.agencyOptions(r); err != nil {
			return err
		}
		return web.Render(w, r, "innovation/idea", p)
	}
	own, err := s.agencyNamed(r.Context(), a.Agency)
	p.Own = own.Name
	if err != nil {
		return err
	}
	return web.Render(w, r, "innovation/idea", p)
}

func newIdeaOf(r *http.Request) NewIdea {
	return NewIdea{Problem: r.PostFormValue("problem"), Sufferer: r.PostFormValue("sufferer"), Idea: r.PostFormValue("idea"), Number: r.PostFormValue("number"),
		Agency: r.PostFormValue("agency"), Origin: r.PostFormValue("origin"), OriginNote: r.PostFormValue("origin_note")}
}

// sendIdea keeps an idea, or shows the form again with what was typed, what was understood and what is similar.
func (s *Service) sendIdea(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	n := newIdeaOf(r)
	id, err := s.Propose(r.Context(), n)
	if web.Correctable(err) {
		p := &ideaPage{Page: web.Page{Form: web.FormOf(r, err), Status: http.StatusUnprocessableEntity}, Understood: understood(r, n.Number)}
		if err := s.lookAlike(r, p, n); err != nil {
			return err
		}
		return s.renderForm(w, r, p)
	}
	if err != nil {
		return err
	}
	i, err := s.Get(r.Context(), id)
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("innovation.propose.done", "Day", dateText(r, s.Zone(r.Context()), i.AnswerDue), "Number", i.Number, "Read", understood(r, n.Number)), "")
	return web.Redirect(w, r, "/inovasi/"+id)
}

// similarPage shows what resembles an idea that is being typed: the list alone for the page that asked, else the form again
// beside it, so that it works without script.
func (s *Service) similarPage(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.E(errs.Invalid, "web.error.form", err)
	}
	q := r.URL.Query()
	p := &ideaPage{Page: web.Page{Form: web.FormOf(r, nil)}, Understood: understood(r, q.Get("number"))}
	if err := s.lookAlike(r, p, NewIdea{Problem: q.Get("problem"), Sufferer: q.Get("sufferer"), Idea: q.Get("idea")}); err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		p.Layout = "similar"
		return web.Render(w, r, "innovation/idea", p)
	}
	return s.renderForm(w, r, p)
}

// lookAlike finds what resembles an idea.
func (s *Service) lookAlike(r *http.Request, p *ideaPage, n NewIdea) error {
	text := strings.TrimSpace(n.Idea + "\n" + n.Sufferer + "\n" + n.Problem)
	if len(text) < 4 {
		return nil
	}
	p.Looked = true
	hits, err := s.hits(r, clip(text, mostSought), "")
	p.Hits = hits
	return err
}

// hits gives similar innovations with the words that match, the most similar first.
func (s *Service) hits(r *http.Request, text, without string) ([]hit, error) {
	found, err := s.Similar(r.Context(), text, without, mostSimilar)
	if err != nil {
		return nil, err
	}
	least := 1
	if len(similar.Terms(text)) > fewWords {
		least = 2
	}
	best := 0.0
	for _, f := range found {
		best = max(best, f.Score)
	}
	found = slices.DeleteFunc(found, func(f Found) bool { return len(f.Words) < least || f.Score*fallsOff < best })
	all := make([]Innovation, len(found))
	for n, f := range found {
		all[n] = f.Innovation
	}
	rows, err := s.rows(r, all)
	out := make([]hit, len(rows))
	for n, f := range found[:len(rows)] {
		out[n] = hit{row: rows[n], Head: similar.Mark(f.Title, f.Words), Text: similar.Mark(excerpt(f.Innovation), f.Words)}
	}
	return out, err
}

// excerpt is what a similar innovation is about, in a sentence or two.
func excerpt(i Innovation) string {
	text := i.Problem
	if text == "" {
		text = i.Idea
	}
	if cut := clip(text, 180); cut != text {
		return cut + "…"
	}
	return text
}

// clip cuts a text after at most so many bytes, between two words when it can.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	cut := strings.ToValidUTF8(text[:most], "")
	if at := strings.LastIndexAny(cut, " \n"); at > most/2 {
		cut = cut[:at]
	}
	return cut
}

// understood says how a number was read; "" when it was not.
func understood(r *http.Request, text string) string {
	m, err := ParseMeasure(text)
	if err != nil {
		return ""
	}
	return measureText(textsOf(r), m)
}

package evidence

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// diff is one part of a card that a proposal changes, as people read it.
type diff struct{ Label, Was, Now string }

// Short is the fingerprint of the decision as pages show it.
func (p *itemPage) Short() string { return seal.Short(p.Item.DecidedHash) }

// Restricted reports whether the page offers to open the proof to assessors from outside.
func (p *itemPage) Restricted() bool {
	return p.Item.Confidentiality == "restricted" && p.Actor.Can(Check, "")
}

// MayWithdraw reports whether the page offers to take the waiting change back.
func (p *itemPage) MayWithdraw() bool {
	return p.Item.Agency != "" && p.Actor.Can(Write, p.Item.Agency)
}

// fillDecision shows what the decision on a proof is bound to and what waits for another one.
func (s *Service) fillDecision(r *http.Request, p *itemPage) error {
	ctx := r.Context()
	whole, err := s.Intact(ctx, p.Item)
	if err != nil {
		return err
	}
	p.Broken = !whole
	v, ok, err := s.Proposal(ctx, p.Item)
	if err != nil || !ok || !p.Reader {
		return err
	}
	p.Proposal, p.Diff = &v, differences(r, p.Names, p.Item.Card(), v.Card)
	p.MayDecide = v.State == Submitted && mayDecideOn(ctx, p.Item, v.By)
	if who, err := s.Dir.Person(ctx, v.By); err == nil {
		p.Proposer = who.Name
	}
	return nil
}

// differences lists the parts of two cards that differ, in the order of the form.
func differences(r *http.Request, agencies map[string]string, was, now Card) []diff {
	text := func(prefix, value string) string {
		if value == "" {
			return ""
		}
		return web.Text(r, prefix+value)
	}
	var out []diff
	add := func(label, a, b string) {
		if a != b {
			out = append(out, diff{web.Text(r, label), orDash(a), orDash(b)})
		}
	}
	add("evidence.name", was.Title, now.Title)
	add("evidence.url", was.URL, now.URL)
	add("evidence.kind", text("evidence.kind.", was.Kind), text("evidence.kind.", now.Kind))
	add("evidence.agency", agencies[was.Agency], agencies[now.Agency])
	add("evidence.number", was.Number, now.Number)
	add("evidence.date", iso(was.Date), iso(now.Date))
	add("evidence.from", iso(was.From), iso(now.From))
	add("evidence.to", iso(was.To), iso(now.To))
	add("evidence.page", was.Page, now.Page)
	add("evidence.valid_until", iso(was.ValidUntil), iso(now.ValidUntil))
	add("evidence.confidentiality", text("evidence.conf.", was.Confidentiality), text("evidence.conf.", now.Confidentiality))
	add("evidence.supersedes", was.Supersedes, now.Supersedes)
	add("evidence.note", was.Note, now.Note)
	return out
}

func orDash(text string) string {
	if strings.TrimSpace(text) == "" {
		return "–"
	}
	return text
}

// fillReleased tells for each use of a restricted proof whether the assessors of its round may see it.
func (s *Service) fillReleased(r *http.Request, p *itemPage) error {
	if p.Item.Confidentiality != "restricted" {
		return nil
	}
	open, err := s.store.released(r.Context(), tenant.From(r.Context()).Regency, p.Item.ID)
	for n := range p.Uses {
		p.Uses[n].Released = open[p.Uses[n].Round]
	}
	return err
}

// withdraw takes a change of an accepted proof back.
func (s *Service) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	err := s.Withdraw(r.Context(), r.PathValue("id"), rev)
	if web.Correctable(err) {
		return s.renderItem(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evidence.done.withdraw"), "")
	return web.Redirect(w, r, "/bukti/"+r.PathValue("id"))
}

// release opens a restricted proof to the assessors of a round, or closes it.
func (s *Service) release(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	on := r.PostFormValue("buka") != ""
	err := s.Release(r.Context(), r.PathValue("id"), r.PostFormValue("round"), on)
	if web.Correctable(err) {
		return s.renderItem(w, r, err)
	}
	if err != nil {
		return err
	}
	done := errs.M("evidence.done.withhold")
	if on {
		done = errs.M("evidence.done.release")
	}
	web.SetFlash(w, "good", done, "")
	return web.Redirect(w, r, "/bukti/"+r.PathValue("id"))
}

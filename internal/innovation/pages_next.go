package innovation

import (
	"maps"
	"net/http"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// may is what the actor may do with an innovation now. Pages show only that; the service decides again.
type may struct {
	Work     bool // belongs to the team, or works for it
	Edit     bool // the form is open
	Count    bool // numbers are open
	Ask      bool // bring it before its next gate
	Decide   bool // the gate that waits
	Withdraw bool
	Answer   bool // the idea
	Move     bool // the dossier, to To
	To       string
	Return   bool
	Again    bool
	Stop     bool
	Resume   bool
	Publish  bool
	Personal bool // sees NIP and contact
}

// mayOf asks the rules what the actor may do.
func (s *Service) mayOf(r *http.Request, i Innovation, gate *Gate) (m may, err error) {
	ctx, a := r.Context(), tenant.From(r.Context())
	if m.Work, err = s.MayEdit(ctx, i); err != nil {
		return m, err
	}
	stands := i.MergedInto == "" && i.Stage != Stopped
	m.Edit = m.Work && stands && i.Editable()
	m.Count = m.Work && i.MergedInto == "" && i.State != Sent
	m.Ask = m.Work && i.Next() != "" && gate == nil
	m.Withdraw = m.Work && gate != nil
	m.Decide = gate != nil && s.MayDecide(ctx, *gate, i)
	m.Answer = ideas().Can(ctx, moveAnswer, i)
	m.Return = stands && s.MayReturn(ctx, i)
	m.Personal = m.Work || a.Can(Personal, "")
	ends := a.Can(Desk, "") || a.Can(Decide, i.Agency)
	m.Stop, m.Resume = ends && stands && !i.Waits(), ends && i.Stage == Stopped && i.MergedInto == ""
	m.Publish = a.Can(Desk, "") && (i.Published || i.National() != NationalInitiative)
	m.Again = m.Work && i.State == Sent && i.MergedInto == ""
	m.To, m.Move, err = s.Forward(ctx, i)
	return m, err
}

// What an actor can do next, the first that fits.
const (
	nextMerged     = "merged"   // it lives on elsewhere
	nextDecide     = "decide"   // pass or refuse the gate
	nextWithdraw   = "withdraw" // the gate waits for somebody else
	nextAnswer     = "answer"   // the desk owes an answer
	nextUnanswered = "unanswered"
	nextStopped    = "stopped"
	nextGate       = "gate" // bring it before its gate
	nextFill       = "fill" // the form lacks something
	nextForward    = "forward"
	nextElsewhere  = "elsewhere" // somebody else takes the next step
	nextSent       = "sent"
	nextNone       = "none"
)

// nextStep is what the actor can do now. By is who takes the step when it is not the actor; To is where it leads.
type nextStep struct{ Kind, By, To string }

// lack is something that the form needs before it can be handed in, and where to mend it.
type lack struct{ Text, Path string }

func (s *Service) fillNext(r *http.Request, p *profilePage) (err error) {
	ctx := r.Context()
	if p.Clock, err = s.clock(ctx, p.I); err != nil {
		return err
	}
	if p.SameTitle, err = s.SameTitle(ctx, p.I); err != nil {
		return err
	}
	if p.I.State == Sent {
		if p.Carried, err = s.store.carriedInto(ctx, tenant.From(ctx).Regency, p.I.ID); err != nil {
			return err
		}
		p.May.Again = p.May.Again && p.Carried == ""
	}
	if p.May.Ask {
		deciders, err := s.Deciders(ctx, p.I, tenant.From(ctx).UserID)
		if err != nil {
			return err
		}
		p.Deciders = len(deciders)
	}
	if p.May.Edit && p.I.Next() == "" && !p.I.Waits() {
		if err := s.fillMissing(r, p); err != nil {
			return err
		}
	}
	p.Next = p.next()
	return nil
}

// next picks the step; its order is that of urgency.
func (p *profilePage) next() nextStep {
	switch i := p.I; {
	case i.MergedInto != "":
		return nextStep{Kind: nextMerged}
	case p.May.Decide:
		return nextStep{Kind: nextDecide, To: p.Gate.To}
	case p.Gate != nil:
		return nextStep{Kind: nextWithdraw, By: p.People[p.Gate.Decider], To: p.Gate.To}
	case p.May.Answer:
		return nextStep{Kind: nextAnswer}
	case i.Waits():
		return nextStep{Kind: nextUnanswered}
	case i.Stage == Stopped:
		return nextStep{Kind: nextStopped}
	case p.May.Ask:
		return nextStep{Kind: nextGate, To: i.Next()}
	case i.Next() != "":
		return nextStep{Kind: nextElsewhere, By: byTeam, To: i.Next()}
	case len(p.Missing) > 0:
		return nextStep{Kind: nextFill}
	case p.May.Move && (p.May.To != Sent || i.National() == NationalLive):
		return nextStep{Kind: nextForward, To: p.May.To}
	case i.State == Sent:
		return nextStep{Kind: nextSent}
	case p.May.To != "":
		_, by := forward(i.State)
		return nextStep{Kind: nextElsewhere, By: by, To: p.May.To}
	}
	return nextStep{Kind: nextNone}
}

// fillMissing lists what the form lacks in the order of the form, each with the place where it is mended.
func (s *Service) fillMissing(r *http.Request, p *profilePage) error {
	missing, err := s.Missing(r.Context(), p.I)
	if err != nil {
		return err
	}
	order := []string{"stage", "kind", "form", "initiator", "affair", "criteria", "design", "aims", "benefit_public", "results", "person_name", "person_contact", "team", "pact"}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	for _, name := range order {
		m, lacks := missing[name]
		if !lacks {
			continue
		}
		p.Missing = append(p.Missing, lack{Text: web.Text(r, m.Key, msgPairs(m)...), Path: p.placeOf(name)})
	}
	return nil
}

// placeOf gives the address where something missing is mended.
func (p *about) placeOf(name string) string {
	switch name {
	case "team":
		return p.Own() + "/tim"
	case "pact":
		return p.Own() + "#pakta"
	case "stage":
		return p.Own() + "/gerbang"
	}
	return p.Own() + "/ubah#" + name
}

// msgPairs gives the values of a text as name, value, ...
func msgPairs(m errs.Msg) []any {
	var out []any
	for name, v := range m.Args {
		out = append(out, name, v)
	}
	return out
}

package innovation

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
)

// moment is one point on the way of an innovation. Entered is set when it was entered on another day than it happened.
type moment struct {
	At, Entered    int64
	Class          string // of the list: on, bad or nothing
	Text, Who      string
	Note, Evidence string
	order          int64
}

// designPart is one heading of the design text.
type designPart struct {
	Heading, Text string
	Words         int
}

// fillStory puts the log and the gates that did not open into one line of time, the latest day first.
func (s *Service) fillStory(r *http.Request, p *profilePage) error {
	steps, err := s.History(r.Context(), p.I.ID)
	if err != nil {
		return err
	}
	for _, st := range steps {
		if err := s.namePeople(r, &p.about, st.User); err != nil {
			return err
		}
		p.Journey = append(p.Journey, s.momentOf(r, p, st))
	}
	gates, err := s.Gates(r.Context(), p.I.ID)
	if err != nil {
		return err
	}
	for _, g := range gates {
		if g.State != GateRefused && g.State != GateWaiting {
			continue
		}
		if err := s.namePeople(r, &p.about, g.AskedBy, g.DecidedBy); err != nil {
			return err
		}
		p.Journey = append(p.Journey, gateMoment(r, p, g))
	}
	slices.SortStableFunc(p.Journey, func(a, b moment) int {
		return cmp.Or(cmp.Compare(s.dayOf(r.Context(), b.At), s.dayOf(r.Context(), a.At)), cmp.Compare(b.order, a.order))
	})
	p.Design, p.Words = designOf(p.I.Profile), p.I.Profile.Words()
	return nil
}

// dayOf gives the beginning of a day in the zone of the regency.
func (s *Service) dayOf(ctx context.Context, ms int64) int64 {
	y, m, d := time.UnixMilli(ms).In(s.Zone(ctx)).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.Zone(ctx)).UnixMilli()
}

func (s *Service) momentOf(r *http.Request, p *profilePage, st Step) moment {
	m := moment{At: st.At, order: st.EnteredAt, Class: "on", Who: p.People[st.User], Note: st.Note, Evidence: st.Evidence}
	if s.dayOf(r.Context(), st.At) != s.dayOf(r.Context(), st.EnteredAt) {
		m.Entered = st.EnteredAt
	}
	switch {
	case st.Kind == KindStage && st.From == Stopped:
		m.Text = web.Text(r, "innovation.journey.resumed", "Stage", web.Text(r, "innovation.stage."+st.To))
	case st.Kind == KindStatus && st.To == Draft:
		m.Text = web.Text(r, "innovation.journey.again")
	default:
		m.Text = web.Text(r, "innovation.journey."+st.Kind+"."+st.To)
	}
	switch st.To {
	case Stopped, Revision, AnswerDecline:
		m.Class = "bad"
	case Problem, AnswerRefer:
		m.Class = ""
	}
	return m
}

func gateMoment(r *http.Request, p *profilePage, g Gate) moment {
	stage := web.Text(r, "innovation.stage."+g.To)
	if g.State == GateWaiting {
		return moment{At: g.AskedAt, order: g.AskedAt, Text: web.Text(r, "innovation.journey.asked", "Stage", stage), Who: p.People[g.AskedBy], Note: g.Proof, Evidence: g.Evidence}
	}
	return moment{At: g.DecidedAt, order: g.DecidedAt, Class: "bad", Text: web.Text(r, "innovation.journey.refused", "Stage", stage), Who: p.People[g.DecidedBy], Note: g.Reason}
}

func designOf(f Profile) []designPart {
	var out []designPart
	for _, h := range Headings() {
		if text := f.Design[h]; text != "" {
			out = append(out, designPart{Heading: h, Text: text, Words: wordsIn(text)})
		}
	}
	return out
}

// partnerGroup is the partners of one kind.
type partnerGroup struct {
	Kind     string
	Partners []Partner
}

// fillTeam reads the people and the partners.
func (s *Service) fillTeam(r *http.Request, p *profilePage) (err error) {
	if p.Team, p.Agencies, err = s.teamOf(r, &p.about); err != nil {
		return err
	}
	p.Partners, err = s.partnersOf(r, p.I.ID)
	return err
}

// teamOf reads the members and counts the agencies they come from, the own one among them.
func (s *Service) teamOf(r *http.Request, p *about) ([]Member, int, error) {
	team, err := s.Team(r.Context(), p.I.ID)
	agencies := addOnce(nil, p.I.Agency)
	for _, m := range team {
		agencies = addOnce(agencies, m.Agency)
	}
	if err != nil {
		return nil, 0, err
	}
	return team, len(agencies), s.nameAgencies(r, p, agencies...)
}

// partnersOf groups the partners by kind in the order of the penta-helix.
func (s *Service) partnersOf(r *http.Request, id string) ([]partnerGroup, error) {
	all, err := s.Partners(r.Context(), id)
	var out []partnerGroup
	for _, kind := range PartnerKinds() {
		of := slices.DeleteFunc(slices.Clone(all), func(x Partner) bool { return x.Kind != kind })
		if len(of) > 0 {
			out = append(out, partnerGroup{kind, of})
		}
	}
	return out, err
}

// file is a proof with everything it is linked to.
type file struct {
	proof.Card
	Items []string
}

// fillFiles reads the proofs that hang on the innovation and who took it over.
func (s *Service) fillFiles(r *http.Request, p *profilePage) (err error) {
	if p.Files, err = s.filesOf(r, p.I.ID); err != nil || s.Adoptions == nil {
		return err
	}
	p.Adopters, err = s.Adoptions.Adopters(r.Context(), p.I.ID)
	return err
}

// filesOf gives every proof once, with its items.
func (s *Service) filesOf(r *http.Request, id string) ([]file, error) {
	all, err := s.Evidence.Held(r.Context(), proof.OfInnovation(id))
	var out []file
	for _, one := range all {
		at := slices.IndexFunc(out, func(f file) bool { return f.ID == one.Card.ID })
		if at < 0 {
			out, at = append(out, file{Card: one.Card}), len(out)
		}
		out[at].Items = addOnce(out[at].Items, one.Item)
	}
	return out, err
}

// proofOptions offers the proofs of an innovation that may still serve.
func (s *Service) proofOptions(r *http.Request, id string) ([]web.Option, error) {
	all, err := s.filesOf(r, id)
	var out []web.Option
	for _, f := range all {
		if f.State != proof.Rejected {
			out = append(out, web.Option{Value: f.ID, Text: f.Title})
		}
	}
	return out, err
}

package innovation

import (
	"maps"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type gatePage struct {
	about
	To       string // the stage behind the gate
	Deciders []web.Option
	Proofs   []web.Option
	Today    string
	End      string
}

// gateForm leads back to the profile, with the reason, while there is no gate to ask for.
func (s *Service) gateForm(w http.ResponseWriter, r *http.Request) error {
	err := s.renderGate(w, r, nil)
	if !errs.Is(err, errs.Conflict) {
		return err
	}
	why, _ := errs.MsgOf(err)
	web.SetFlash(w, "warn", why, "")
	return web.Redirect(w, r, "/inovasi/"+r.PathValue("id"))
}

// renderGate shows the form that brings an innovation before its next gate.
func (s *Service) renderGate(w http.ResponseWriter, r *http.Request, failure error) error {
	p := &gatePage{}
	if err := s.fillAbout(r, &p.about, r.PathValue("id")); err != nil {
		return err
	}
	switch {
	case !p.May.Work:
		return errs.E(errs.Forbidden, "innovation.error.not_team", nil)
	case p.Gate != nil && !errs.Is(failure, errs.Conflict):
		return errs.E(errs.Conflict, "innovation.error.gate_waits", nil)
	case p.I.Next() == "":
		return errs.E(errs.Conflict, "innovation.error.no_gate", nil)
	}
	p.fail(r, failure)
	p.To, p.Today, p.End = p.I.Next(), s.isoDay(r.Context(), s.now()), s.isoDay(r.Context(), p.I.Profile.Trial.End)
	deciders, err := s.Deciders(r.Context(), p.I, tenant.From(r.Context()).UserID)
	if err != nil {
		return err
	}
	for _, d := range deciders {
		p.Deciders = append(p.Deciders, web.Option{Value: d.ID, Text: d.Name})
	}
	if p.Proofs, err = s.proofOptions(r, p.I.ID); err != nil {
		return err
	}
	p.Title, p.Lead, p.Crumbs = web.Text(r, "innovation.gate.title."+p.To), web.Text(r, "innovation.gate.lead."+p.To), p.crumbs(r)
	return web.Render(w, r, "innovation/gate", p)
}

func (s *Service) askGate(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.askTyped(r)
	if web.Correctable(err) {
		return s.renderGate(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("innovation.gate.asked"), "")
	return web.Redirect(w, r, "/inovasi/"+r.PathValue("id"))
}

func (s *Service) askTyped(r *http.Request) error {
	day, err := dayField(r, "day")
	if err != nil {
		return err
	}
	i, err := s.read(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	a := Ask{Day: day, Proof: r.PostFormValue("proof"), Evidence: r.PostFormValue("evidence"), Decider: r.PostFormValue("decider"), Rev: revOf(r)}
	switch i.Next() {
	case Trial:
		end, err := dayField(r, "end")
		if err != nil {
			return err
		}
		a.Trial = &TrialPlan{Hypothesis: r.PostFormValue("hypothesis"), Place: r.PostFormValue("place"), End: end, StopRule: r.PostFormValue("stop_rule")}
	case Live:
		a.Rollout = &Rollout{Decree: r.PostFormValue("decree"), SOP: r.PostFormValue("sop"), Owner: r.PostFormValue("owner"), Indicator: r.PostFormValue("indicator")}
	}
	return s.AskGate(r.Context(), i.ID, a)
}

// decideGate lets an innovation through its gate, or refuses with a reason.
func (s *Service) decideGate(w http.ResponseWriter, r *http.Request) error {
	return s.onGate(w, r, func(gate string) (string, error) {
		if r.PostFormValue("putusan") == "pass" {
			return "innovation.gate.passed", s.Pass(r.Context(), gate, r.PostFormValue("note"))
		}
		return "innovation.gate.refused", s.Refuse(r.Context(), gate, r.PostFormValue("reason"))
	})
}

func (s *Service) withdrawGate(w http.ResponseWriter, r *http.Request) error {
	return s.onGate(w, r, func(gate string) (string, error) { return "innovation.gate.withdrawn", s.Withdraw(r.Context(), gate) })
}

// onGate does something with a gate and comes back to its innovation.
func (s *Service) onGate(w http.ResponseWriter, r *http.Request, do func(gate string) (string, error)) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	all, err := s.store.gates(r.Context(), s.DB, tenant.From(r.Context()).Regency, `id = $2`, r.PathValue("gate"))
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errs.E(errs.NotFound, "innovation.error.gate", nil)
	}
	done, err := do(all[0].ID)
	return s.back(w, r, all[0].Innovation, done, err)
}

// back ends a form of the profile: the page again with what is wrong, or a sentence about what was done.
func (s *Service) back(w http.ResponseWriter, r *http.Request, id, done string, err error) error {
	if web.Correctable(err) {
		return s.renderProfile(w, r, id, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/inovasi/"+id)
}

// onProfile runs a change that a form of the profile asks for.
func (s *Service) onProfile(w http.ResponseWriter, r *http.Request, done string, change func(id string, rev int64) error) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	return s.back(w, r, id, done, change(id, revOf(r)))
}

// move takes the dossier one step on. What the form lacks is shown in the form.
func (s *Service) move(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id, to := r.PathValue("id"), r.PostFormValue("to")
	err := s.Move(r.Context(), id, to, revOf(r), r.PostFormValue("note"))
	if errs.Is(err, errs.Invalid) && to == Submitted {
		return s.renderEdit(w, r, err)
	}
	return s.back(w, r, id, "innovation.moved."+to, err)
}

func (s *Service) giveBack(w http.ResponseWriter, r *http.Request) error {
	return s.onProfile(w, r, "innovation.moved.revision", func(id string, rev int64) error {
		return renamed(s.Return(r.Context(), id, rev, r.PostFormValue("return_reason")), "reason", "return_reason")
	})
}

func (s *Service) pact(w http.ResponseWriter, r *http.Request) error {
	return s.onProfile(w, r, "innovation.pact.done", func(id string, rev int64) error {
		return s.Pact(r.Context(), id, rev, r.PostFormValue("pact") == "ya")
	})
}

func (s *Service) show(w http.ResponseWriter, r *http.Request) error {
	return s.onProfile(w, r, "innovation.publish.done", func(id string, rev int64) error {
		return s.Publish(r.Context(), id, rev, r.PostFormValue("show") == "ya")
	})
}

func (s *Service) end(w http.ResponseWriter, r *http.Request) error {
	return s.onProfile(w, r, "innovation.stop.done", func(id string, rev int64) error { return s.Stop(r.Context(), id, rev, r.PostFormValue("lesson")) })
}

func (s *Service) goOn(w http.ResponseWriter, r *http.Request) error {
	return s.onProfile(w, r, "innovation.resume.done", func(id string, rev int64) error {
		return renamed(s.Resume(r.Context(), id, rev, r.PostFormValue("resume_reason")), "reason", "resume_reason")
	})
}

// again carries a sent innovation over and leads to the new draft.
func (s *Service) again(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id, err := s.Again(r.Context(), r.PathValue("id"), r.PostFormValue("developed"))
	if err != nil {
		return s.back(w, r, r.PathValue("id"), "", err)
	}
	return s.back(w, r, id, "innovation.again.done", nil)
}

// renamed gives an error whose field is called as the form on the page calls it.
func renamed(err error, from, to string) error {
	_, fields := errs.MsgOf(err)
	if _, is := fields[from]; !is || !errs.Is(err, errs.Invalid) {
		return err
	}
	own := maps.Clone(fields)
	own[to] = own[from]
	delete(own, from)
	return errs.InvalidFields(own)
}

// planOf gives the plan a gate was asked with, as name and text, for the page of the decision.
func planOf(i Innovation, to string) [][2]string {
	var out [][2]string
	add := func(name, text string) {
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, [2]string{name, text})
		}
	}
	switch to {
	case Trial:
		t := i.Profile.Trial
		add("hypothesis", t.Hypothesis)
		add("place", t.Place)
		add("stop_rule", t.StopRule)
	case Live:
		o := i.Profile.Rollout
		add("decree", o.Decree)
		add("sop", o.SOP)
		add("owner", o.Owner)
		add("indicator", o.Indicator)
	}
	return out
}

// Plan is what the team asked the gate with.
func (p *about) Plan() [][2]string { return planOf(p.I, p.Gate.To) }

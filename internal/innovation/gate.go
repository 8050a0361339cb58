package innovation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// States of a gate.
const (
	GateWaiting   = "waiting"
	GatePassed    = "passed"
	GateRefused   = "refused"
	GateWithdrawn = "withdrawn"
)

// Gate is a request to pass from one stage to the next: one proof, one named decider. Day is when the new stage really
// began.
type Gate struct {
	ID, Innovation      string
	From, To            string
	Day                 int64
	Proof, Evidence     string
	Decider             string
	AskedBy             string
	AskedAt             int64
	State               string
	DecidedBy           string
	DecidedAt           int64
	Reason              string
	Title, Agency, Path string // of the innovation, in lists
}

// Ask is what the team brings to a gate. Proof says in words what the evidence shows; Evidence is a proof of the library.
type Ask struct {
	Day             int64
	Proof, Evidence string
	Decider         string
	Trial           *TrialPlan // for the gate to trial
	Rollout         *Rollout   // for the gate to live
	Rev             int64
}

// Deciders lists who may decide the gates of an innovation: heads of its agency, other than those given.
func (s *Service) Deciders(ctx context.Context, i Innovation, without ...string) ([]tenant.Person, error) {
	heads, err := s.Dir.People(ctx, tenant.RoleHead)
	return slices.DeleteFunc(heads, func(p tenant.Person) bool { return p.Agency != i.Agency || slices.Contains(without, p.ID) }), err
}

// AskGate brings an innovation before its next gate.
func (s *Service) AskGate(ctx context.Context, id string, a Ask) error {
	i, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	if may, err := s.MayEdit(ctx, i); err != nil || !may {
		return orForbidden(err)
	}
	to := next(i.Stage)
	if to == "" {
		return errs.E(errs.Conflict, "innovation.error.no_gate", nil)
	}
	waiting, err := s.store.gates(ctx, s.DB, tenant.From(ctx).Regency, `innovation_id = $2 AND state = 'waiting'`, i.ID)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		return errs.E(errs.Conflict, "innovation.error.gate_waits", nil)
	}
	after := i
	after.Rev = a.Rev
	if err := s.checkAsk(ctx, &after, to, &a); err != nil {
		return err
	}
	g := Gate{ID: s.NewID(), Innovation: i.ID, From: i.Stage, To: to, Day: a.Day, Proof: a.Proof, Evidence: a.Evidence, Decider: a.Decider,
		AskedBy: tenant.From(ctx).UserID, AskedAt: s.now(), State: GateWaiting}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.keepAsk(ctx, tx, after, g); err != nil || g.Evidence == "" {
			return err
		}
		return s.Evidence.HangIn(ctx, tx, proof.OfInnovation(i.ID).At("gate", ""), g.Evidence)
	})
}

// checkEvidence wants a proof that exists and that the actor may see; "" is none.
func (s *Service) checkEvidence(ctx context.Context, id, field string, wrong map[string]errs.Msg) error {
	if id == "" {
		return nil
	}
	p, err := s.Evidence.Card(ctx, id)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) || err == nil && p.State == proof.Rejected {
		wrong[field] = errs.M("innovation.error.evidence")
		return nil
	}
	return err
}

func orForbidden(err error) error {
	if err != nil {
		return err
	}
	return errs.E(errs.Forbidden, "innovation.error.not_team", nil)
}

func (s *Service) keepAsk(ctx context.Context, tx *db.Tx, i Innovation, g Gate) error {
	regency := tenant.From(ctx).Regency
	i.ChangedAt = s.now()
	if err := s.store.update(tx, regency, i); err != nil {
		return err
	}
	if err := s.store.insertGate(tx, regency, g); err != nil {
		return err
	}
	if err := s.record(ctx, tx, "gate.ask", i, "", nil, g); err != nil {
		return err
	}
	return s.notify(ctx, tx, []string{g.Decider}, "innovation.notice.gate", i, g.ID, "")
}

// checkAsk wants one proof, one decider of the agency who is not the one asking, and what the stage needs to begin with.
func (s *Service) checkAsk(ctx context.Context, i *Innovation, to string, a *Ask) error {
	wrong := map[string]errs.Msg{}
	a.Proof = strings.TrimSpace(a.Proof)
	if a.Evidence == "" && utf8.RuneCountInString(a.Proof) < 10 || len(a.Proof) > 4000 {
		wrong["proof"] = errs.M("innovation.error.proof")
	}
	if err := s.checkEvidence(ctx, a.Evidence, "evidence", wrong); err != nil {
		return err
	}
	deciders, err := s.Deciders(ctx, *i, tenant.From(ctx).UserID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(deciders, func(p tenant.Person) bool { return p.ID == a.Decider }) {
		wrong["decider"] = errs.M("innovation.error.decider")
	}
	switch to {
	case Trial:
		if a.Trial != nil {
			i.Profile.Trial = *a.Trial
		}
		i.Profile.Trial.check(a.Day, wrong)
	case Live:
		if a.Rollout != nil {
			i.Profile.Rollout = *a.Rollout
		}
		i.Profile.Rollout.check(wrong)
		if a.Evidence == "" {
			wrong["evidence"] = errs.M("innovation.error.decree_file")
		}
	}
	s.checkDay(*i, to, a.Day, wrong)
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// checkDay keeps the days in order: no stage begins in the future or before the one it follows. It may begin before the
// idea was entered here, because things that run already are registered too.
func (s *Service) checkDay(i Innovation, to string, day int64, wrong map[string]errs.Msg) {
	switch {
	case day == 0:
		wrong["day"] = errs.M("innovation.error.day")
	case day > s.now():
		wrong["day"] = errs.M("innovation.error.day_future")
	case to == Live && i.TrialAt != 0 && day < i.TrialAt:
		wrong["day"] = errs.M("innovation.error.day_order")
	}
}

// Withdraw takes a request back that nobody decided yet.
func (s *Service) Withdraw(ctx context.Context, gate string) error {
	g, i, err := s.waitingGate(ctx, gate)
	if err != nil {
		return err
	}
	if _, err := s.gates().Take(ctx, moveWithdraw, asked{g, i}, ""); err != nil {
		return err
	}
	g.State, g.DecidedBy, g.DecidedAt = GateWithdrawn, tenant.From(ctx).UserID, s.now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.decideGate(tx, tenant.From(ctx).Regency, g); err != nil {
			return err
		}
		return s.record(ctx, tx, "gate.withdraw", i, "", nil, g)
	})
}

func (s *Service) waitingGate(ctx context.Context, id string) (Gate, Innovation, error) {
	all, err := s.store.gates(ctx, s.DB, tenant.From(ctx).Regency, `id = $2`, id)
	if err != nil {
		return Gate{}, Innovation{}, err
	}
	if len(all) == 0 {
		return Gate{}, Innovation{}, errs.E(errs.NotFound, "innovation.error.gate", nil)
	}
	if all[0].State != GateWaiting {
		return Gate{}, Innovation{}, errs.E(errs.Conflict, "innovation.error.gate_decided", nil)
	}
	i, err := s.read(ctx, all[0].Innovation)
	return all[0], i, err
}

// MayDecide reports whether the actor decides this gate.
func (s *Service) MayDecide(ctx context.Context, g Gate, i Innovation) bool {
	return s.gates().Can(ctx, movePass, asked{g, i})
}

// Pass lets an innovation through its gate.
func (s *Service) Pass(ctx context.Context, gate, note string) error {
	g, before, err := s.waitingGate(ctx, gate)
	if err != nil {
		return err
	}
	step, err := s.gates().Take(ctx, movePass, asked{g, before}, note)
	if err != nil {
		return err
	}
	g.State, g.DecidedBy, g.DecidedAt, g.Reason = step.To, tenant.From(ctx).UserID, s.now(), step.Reason
	after := before
	after.Stage = g.To
	if g.To == Trial {
		after.TrialAt = g.Day
	} else {
		after.LiveAt = g.Day
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.decideGate(tx, tenant.From(ctx).Regency, g); err != nil {
			return err
		}
		if err := s.bindGate(ctx, tx, g, before); err != nil {
			return err
		}
		return s.stepIn(ctx, tx, before, after, Step{Kind: KindStage, From: g.From, To: g.To, At: g.Day, Note: g.Reason, Evidence: g.Evidence})
	})
}

// Refuse sends an innovation back from its gate with a reason; it stays in its stage.
func (s *Service) Refuse(ctx context.Context, gate, reason string) error {
	g, i, err := s.waitingGate(ctx, gate)
	if err != nil {
		return err
	}
	step, err := s.gates().Take(ctx, moveRefuse, asked{g, i}, reason)
	if err != nil {
		return err
	}
	g.State, g.DecidedBy, g.DecidedAt, g.Reason = step.To, tenant.From(ctx).UserID, s.now(), step.Reason
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.decideGate(tx, tenant.From(ctx).Regency, g); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "gate.refuse", i, step.Reason, nil, g); err != nil {
			return err
		}
		if err := s.bindGate(ctx, tx, g, i); err != nil {
			return err
		}
		to := []string{g.AskedBy}
		if i.Proposer != g.AskedBy {
			to = append(to, i.Proposer)
		}
		return s.notify(ctx, tx, to, "innovation.notice.refused", i, g.ID, step.Reason)
	})
}

// Gates lists the requests of an innovation, newest first.
func (s *Service) Gates(ctx context.Context, id string) ([]Gate, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.store.gates(ctx, s.DB, tenant.From(ctx).Regency, `innovation_id = $2`, id)
}

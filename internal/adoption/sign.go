package adoption

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// SignDays is how many days lie at least between the first day of use and the signature. It is a rule of this house, not of
// the national guide: two working weeks are the least in which an office has met a busy day, a mistake and its repair, and
// a signature given sooner would only say that something was installed.
const SignDays = 14

// Replica is a signed adoption as the regency of the original sees it: names of offices, never of people.
type Replica struct {
	ID, Innovation, Title, OriginAgency string
	Regency                             int64 // of the adopter
	RegencyName, Agency, AgencyName     string
	Changes, Result                     string
	Users                               int64
	SignedAt                            int64
}

// MaySign says why the actor may not sign or correct this adoption; nil when they may.
func (s *Service) MaySign(ctx context.Context, a Adoption) error {
	actor := tenant.From(ctx)
	if !actor.Can(Sign, a.Agency) {
		return errs.E(errs.Forbidden, "adoption.error.not_head", nil)
	}
	return flow.NotOwn(ctx, "adoption.error.self", a.StartedBy, a.NotedBy)
}

// SignOff signs what the note says. The adopter's row and the original's row are written together.
func (s *Service) SignOff(ctx context.Context, id string, rev int64) error {
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.MaySign(ctx, before); err != nil {
		return err
	}
	if !before.Open() {
		return errs.E(errs.Conflict, "adoption.error.closed", nil)
	}
	if err := s.checkSign(ctx, before); err != nil {
		return err
	}
	after := before
	after.State, after.SignedBy, after.SignedAt, after.ChangedAt, after.Rev = Signed, tenant.From(ctx).UserID, s.now(), s.now(), rev
	rep, err := s.replicaOf(ctx, after)
	if err != nil {
		return err
	}
	return s.both(ctx, after.Origin.Regency,
		func(tx *db.Tx) error { return s.signHere(ctx, tx, before, after) },
		func(ctx context.Context, tx *db.Tx) error { return s.signThere(ctx, tx, after, rep) })
}

// checkSign wants the whole note, a first day that is long enough ago, and still no hand of the agency in the original.
func (s *Service) checkSign(ctx context.Context, a Adoption) error {
	wrong := map[string]errs.Msg{}
	if !enough(a.Changes) {
		wrong["changes"] = errs.M("adoption.error.changes", "Least", leastText)
	}
	if !enough(a.Result) {
		wrong["result"] = errs.M("adoption.error.result", "Least", leastText)
	}
	switch days := s.Days(ctx, a); {
	case a.StartedAt == 0:
		wrong["started"] = errs.M("adoption.error.no_start")
	case days < 0:
		wrong["started"] = errs.M("adoption.error.starts_later")
	case days < SignDays:
		wrong["started"] = errs.M("adoption.error.early", "Days", SignDays, "Left", SignDays-days)
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	own := tenant.From(ctx).Regency
	if a.Origin.Regency != own {
		return nil
	}
	o, err := s.original(ctx, own, a.Origin.ID, own)
	if err == nil && isOwn(o, own, a.Agency) {
		return errs.E(errs.Conflict, "adoption.error.own", nil)
	}
	return err
}

func (s *Service) replicaOf(ctx context.Context, a Adoption) (Replica, error) {
	regency := tenant.From(ctx).Regency
	g, err := s.Dir.Agency(ctx, a.Agency)
	if err != nil {
		return Replica{}, err
	}
	name, err := s.regencyName(ctx, regency)
	return Replica{ID: a.ID, Innovation: a.Origin.ID, Title: a.Origin.Title, OriginAgency: a.Origin.Agency, Regency: regency, RegencyName: name, Agency: a.Agency, AgencyName: g.Name,
		Changes: a.Changes, Result: a.Result, Users: a.Users, SignedAt: a.SignedAt}, err
}

// both writes on the side of the adopter and on the side of the original in one transaction, the lower regency first: the
// audit trail of a regency is locked by its first entry, and two regencies that sign each other's innovations at the same
// moment must not wait for one another.
func (s *Service) both(ctx context.Context, origin int64, here func(*db.Tx) error, there func(context.Context, *db.Tx) error) error {
	own := tenant.From(ctx).Regency
	// What is written there is written by the program: the other regency learns which office signed, not which person.
	far := tenant.With(ctx, tenant.SystemOf(origin, "adoption"))
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if origin < own {
			if err := there(far, tx); err != nil {
				return err
			}
			return here(tx)
		}
		if err := here(tx); err != nil {
			return err
		}
		return there(far, tx)
	})
}

func (s *Service) signHere(ctx context.Context, tx *db.Tx, before, after Adoption) error {
	if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
		return err
	}
	if err := s.record(ctx, tx, "sign", after, "", before, after); err != nil {
		return err
	}
	if err := s.bindSigned(ctx, tx, after); err != nil {
		return err
	}
	if err := s.notify(ctx, tx, "adoption.notice.signed", after.ID, after, writers(after)...); err != nil {
		return err
	}
	return s.publish(ctx, tx, after)
}

// writers gives who worked on an adoption, each once.
func writers(a Adoption) []string {
	if a.NotedBy == "" || a.NotedBy == a.StartedBy {
		return []string{a.StartedBy}
	}
	return []string{a.StartedBy, a.NotedBy}
}

// signThere keeps the proof on the side of the original and tells it; ctx acts in its regency.
func (s *Service) signThere(ctx context.Context, tx *db.Tx, a Adoption, r Replica) error {
	if err := s.proveThere(ctx, tx, a, r); err != nil || r.Regency == a.Origin.Regency {
		return err // within one regency it was told already
	}
	return s.publish(ctx, tx, a)
}

func (s *Service) proveThere(ctx context.Context, tx *db.Tx, a Adoption, r Replica) error {
	regency := a.Origin.Regency
	if err := s.store.insertReplica(tx, regency, r); err != nil {
		return err
	}
	if err := s.recordThere(ctx, tx, "replicated", r, nil); err != nil {
		return err
	}
	if err := s.bindReplica(ctx, tx, regency, r); err != nil {
		return err
	}
	who := r.AgencyName
	if r.Regency != regency {
		who += ", " + r.RegencyName
	}
	if err := s.Innovations.Replicated(ctx, tx, regency, a.Origin.ID, who); err != nil {
		return err
	}
	if s.Evidence == nil {
		return nil
	}
	return s.Evidence.FromAdoption(ctx, tx, regency, a.Origin.ID, a.ID, a.Origin.Title+" · "+who)
}

func (s *Service) recordThere(ctx context.Context, tx *db.Tx, action string, r Replica, before any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "adoption." + action, Object: "adoption_replica", ObjectID: r.ID, Agency: r.OriginAgency, Before: before, After: r})
}

// publish tells other rooms and the programs that asked, in the regency of ctx.
func (s *Service) publish(ctx context.Context, tx *db.Tx, a Adoption) error {
	const event = "adoption.signed"
	payload := map[string]any{"innovation": a.Origin.ID, "origin_regency": a.Origin.Regency, "adoption": a.ID}
	if err := s.Bus.Publish(ctx, tx, event, payload); err != nil {
		return err
	}
	if s.Hooks == nil {
		return nil
	}
	return s.Hooks.Publish(ctx, tx, event, a.ID, payload)
}

// Correction is a new text for what was signed. Users is as typed. Why is kept in the audit trail beside the old text.
type Correction struct {
	Changes, Result, Users, Why string
	Rev                         int64
}

// Correct replaces what was signed on both sides. Signer and day of the signature stay: what was replicated was replicated
// then. Who corrected stands in the audit trail.
func (s *Service) Correct(ctx context.Context, id string, c Correction) error {
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.MaySign(ctx, before); err != nil {
		return err
	}
	if before.State != Signed {
		return errs.E(errs.Conflict, "adoption.error.not_signed", nil)
	}
	after, err := s.corrected(before, &c)
	if err != nil {
		return err
	}
	old, err := s.replicaOf(ctx, before)
	if err != nil {
		return err
	}
	return s.both(ctx, after.Origin.Regency, func(tx *db.Tx) error {
		if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "correct", after, c.Why, before, after); err != nil {
			return err
		}
		if err := s.bindSigned(ctx, tx, after); err != nil {
			return err
		}
		return s.notify(ctx, tx, "adoption.notice.corrected", s.NewID(), after, writers(after)...)
	}, func(ctx context.Context, tx *db.Tx) error {
		r := old
		r.Changes, r.Result, r.Users = after.Changes, after.Result, after.Users
		if err := s.store.updateReplica(tx, after.Origin.Regency, r); err != nil {
			return err
		}
		if err := s.recordThere(ctx, tx, "corrected", r, old); err != nil {
			return err
		}
		return s.bindReplica(ctx, tx, after.Origin.Regency, r)
	})
}

// corrected puts a correction into the adoption and says what cannot stand.
func (s *Service) corrected(a Adoption, c *Correction) (Adoption, error) {
	wrong := map[string]errs.Msg{}
	texts(&c.Changes, &c.Result, wrong)
	if !enough(c.Changes) {
		wrong["changes"] = errs.M("adoption.error.changes", "Least", leastText)
	}
	if !enough(c.Result) {
		wrong["result"] = errs.M("adoption.error.result", "Least", leastText)
	}
	a.Users = users(c.Users, wrong)
	var err error
	if c.Why, err = why(c.Why, "why"); err != nil {
		wrong["why"] = errs.M("adoption.error.reason")
	}
	if len(wrong) > 0 {
		return a, errs.InvalidFields(wrong)
	}
	a.Changes, a.Result, a.Rev, a.ChangedAt = c.Changes, c.Result, c.Rev, s.now()
	return a, nil
}

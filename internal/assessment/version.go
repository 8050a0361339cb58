package assessment

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// What was published is never overwritten. Somebody proposes another version with a reason, somebody else confirms it; what
// stood before stays readable, for visitors too.

// States of a version.
const (
	Waiting   = "waiting"
	Accepted  = "accepted" // stands, or stood until the next one
	Rejected  = "rejected"
	Withdrawn = "withdrawn"
)

// Content is what a version says: the letter and the marks taken from it.
type Content struct {
	Letter Published
	Marks  []External
}

func (c Content) hash() string { return c.Letter.Fingerprint(c.Marks) }

// Version is a published result that stands or stood, or one that waits to take its place. Base is the fingerprint of what it
// was made from.
type Version struct {
	ID, Round, State, Base string
	Number                 int64 // 0 until it stands
	Content                Content
	Why, By                string
	At                     int64
	DecidedBy              string
	DecidedAt              int64
	Reason                 string // why it was rejected
	DecidedHash            string
}

// Fingerprint is what a version that stands or stood is bound to.
func (v Version) Fingerprint() string {
	return seal.New("published-version").Text("round", v.Round).Number("version", v.Number).Text("content", v.Content.hash()).Text("why", v.Why).
		Text("made_by", v.By).Number("made_at", v.At).Text("decided_by", v.DecidedBy).Number("decided_at", v.DecidedAt).Hash()
}

// Versions lists what waits and what stands or stood of a round, newest first. There is none while the first one stands alone.
func (s *Service) Versions(ctx context.Context, round string) ([]Version, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.store.versions(ctx, s.DB, tenant.From(ctx).Regency, round)
}

// stood is what is published of a round now. Last is the newest version that was accepted, without a number while the first
// stands alone.
type stood struct {
	Content
	Last Version
}

// standing gives what is published of a round.
func (s *Service) standing(ctx context.Context, q db.Queryer, r Round) (n stood, err error) {
	regency := tenant.From(ctx).Regency
	if n.Letter, err = s.store.published(ctx, q, regency, r.ID); err != nil {
		return n, err
	}
	if n.Marks, err = s.store.externalIn(ctx, q, regency, r.ID); err != nil {
		return n, err
	}
	all, err := s.store.versions(ctx, q, regency, r.ID)
	if at := slices.IndexFunc(all, func(v Version) bool { return v.State == Accepted }); at >= 0 {
		n.Last = all[at]
	}
	return n, err
}

// published reports whether anything was published of a round, be it that there are no marks: from then on only another
// version takes the place of what stands.
func (n stood) published(r Round) bool {
	return n.Letter.Known() || n.Last.Number > 0 || r.State == roundDone && len(n.Marks) > 0
}

// asLast gives what stands in the shape of the newest accepted version: a first letter may have come after it.
func (n stood) asLast() Content {
	if n.Last.Content.Letter.Known() {
		return n.Content
	}
	return Content{n.Last.Content.Letter, n.Marks}
}

// intact refuses what no longer is what was decided: another version would make it look as if it were.
func (n stood) intact() error {
	letter := !n.Letter.Known() || n.Letter.DecidedHash == n.hash()
	last := n.Last.Number == 0 || n.Last.DecidedHash == n.Last.Fingerprint() && n.asLast().hash() == n.Last.Content.hash()
	if letter && last {
		return nil
	}
	return errs.E(errs.Conflict, "assessment.error.altered", nil)
}

// ProposeLetter proposes another letter in the place of the one that stands.
func (s *Service) ProposeLetter(ctx context.Context, in Published, why string) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	pack, err := s.Rounds.PackOf(ctx, in.Round)
	if err != nil {
		return err
	}
	if err := checkPublished(pack, &in); err != nil {
		return err
	}
	return s.propose(ctx, in.Round, why, func(_ *db.Tx, _ Round, c *stood) error {
		if !c.Letter.Known() || c.Letter.Rev != in.Rev {
			return errs.E(errs.Conflict, "assessment.error.changed", nil)
		}
		in.ChangedBy, in.ChangedAt, in.DecidedHash = c.Letter.ChangedBy, c.Letter.ChangedAt, ""
		c.Letter = in
		return nil
	})
}

// ProposeMarks proposes other marks, as CSV, in the place of those taken from a letter; an empty text takes them away.
func (s *Service) ProposeMarks(ctx context.Context, round, csv, why string) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	all, err := s.readMarks(ctx, round, csv)
	if err != nil {
		return err
	}
	return s.propose(ctx, round, why, func(tx *db.Tx, r Round, c *stood) error {
		if !c.published(r) {
			return errs.E(errs.Conflict, "assessment.error.none_stands", nil)
		}
		c.Marks = all
		return s.noAssessors(ctx, tx, round, all)
	})
}

// propose keeps another version until somebody else decides on it; alter makes it from what stands.
func (s *Service) propose(ctx context.Context, round, why string, alter func(*db.Tx, Round, *stood) error) error {
	why, fits := text(why, mostComment)
	if !fits {
		return errs.InvalidFields(map[string]errs.Msg{"why": errs.M("assessment.error.too_long", "Most", mostComment)})
	}
	if utf8.RuneCountInString(why) < 10 {
		return errs.InvalidFields(map[string]errs.Msg{"why": errs.M("assessment.error.why")})
	}
	a := tenant.From(ctx)
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		r, err := s.Rounds.Hold(ctx, tx, round)
		if err != nil {
			return err
		}
		now, err := s.standing(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := now.intact(); err != nil {
			return err
		}
		next := now
		if err := alter(tx, r, &next); err != nil {
			return err
		}
		v := Version{ID: s.NewID(), Round: round, State: Waiting, Base: now.hash(), Content: next.Content, Why: why, By: a.UserID, At: s.now()}
		if v.Content.hash() == v.Base {
			return errs.E(errs.Invalid, "assessment.error.same", nil)
		}
		all, err := s.store.versions(ctx, tx, a.Regency, round)
		if err != nil {
			return err
		}
		if len(all) > 0 && all[0].State == Waiting {
			return errs.E(errs.Conflict, "assessment.error.waits", nil)
		}
		if err := s.store.insertVersion(tx, a.Regency, v); err != nil {
			return err
		}
		return s.record(ctx, tx, "version.propose", "version", v.ID, "", why, now.Content, v.Content)
	})
}

// WithdrawVersion takes a proposal back; who made it may.
func (s *Service) WithdrawVersion(ctx context.Context, round, id string) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	a := tenant.From(ctx)
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		v, err := s.store.version(ctx, tx, a.Regency, round, id)
		if err != nil {
			return err
		}
		if v.By != a.UserID {
			return errs.E(errs.Forbidden, "assessment.error.not_yours", nil)
		}
		return s.endVersion(ctx, tx, v, Withdrawn, "")
	})
}

func (s *Service) endVersion(ctx context.Context, tx *db.Tx, v Version, state, reason string) error {
	a := tenant.From(ctx)
	v.State, v.Reason, v.DecidedBy, v.DecidedAt = state, reason, a.UserID, s.now()
	if err := s.store.decideVersion(tx, a.Regency, v); err != nil {
		return err
	}
	return s.record(ctx, tx, "version."+state, "version", v.ID, "", reason, nil, map[string]string{"round": v.Round, "state": state})
}

// DecideVersion lets a proposal take the place of what stands, or rejects it with a reason. Nobody decides on their own.
func (s *Service) DecideVersion(ctx context.Context, round, id string, accept bool, reason string) error {
	if err := allow(ctx, Confirm); err != nil {
		return err
	}
	a := tenant.From(ctx)
	reason, fits := text(reason, mostComment)
	if !fits {
		return errs.InvalidFields(map[string]errs.Msg{"reason": errs.M("assessment.error.too_long", "Most", mostComment)})
	}
	if !accept && reason == "" {
		return errs.InvalidFields(map[string]errs.Msg{"reason": errs.M("assessment.error.reason")})
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		r, err := s.Rounds.Hold(ctx, tx, round)
		if err != nil {
			return err
		}
		v, err := s.store.version(ctx, tx, a.Regency, round, id)
		if err != nil {
			return err
		}
		if err := flow.NotOwn(ctx, "assessment.error.own", v.By); err != nil {
			return err
		}
		if !accept {
			return s.endVersion(ctx, tx, v, Rejected, reason)
		}
		return s.supersede(ctx, tx, r, v)
	})
}

// supersede puts a version in the place of what stands, which keeps its number.
func (s *Service) supersede(ctx context.Context, tx *db.Tx, r Round, v Version) error {
	a := tenant.From(ctx)
	was, err := s.standing(ctx, tx, r)
	if err != nil {
		return err
	}
	if was.hash() != v.Base {
		return errs.E(errs.Conflict, "assessment.error.changed", nil)
	}
	if err := was.intact(); err != nil {
		return err
	}
	if err := s.noAssessors(ctx, tx, r.ID, v.Content.Marks); err != nil {
		return err
	}
	last, err := s.lastVersion(ctx, tx, r.ID, was)
	if err != nil {
		return err
	}
	if err := s.putContent(ctx, tx, was.Content, v); err != nil {
		return err
	}
	v.State, v.Number, v.DecidedBy, v.DecidedAt = Accepted, last+1, a.UserID, s.now()
	v.DecidedHash = v.Fingerprint()
	if err := s.store.decideVersion(tx, a.Regency, v); err != nil {
		return err
	}
	return s.record(ctx, tx, "version.accepted", "version", v.ID, "", v.Why, was.Content, seal.Decision{State: Accepted, Decided: v.DecidedHash, Version: v.Number})
}

// lastVersion gives the number of what stands, which becomes version 1 when it is the first.
func (s *Service) lastVersion(ctx context.Context, tx *db.Tx, round string, was stood) (int64, error) {
	if was.Last.Number > 0 {
		return was.Last.Number, nil
	}
	first := Version{ID: s.NewID(), Round: round, Number: 1, State: Accepted, Content: was.Content, By: was.Letter.ChangedBy, At: was.Letter.ChangedAt}
	first.DecidedHash = first.Fingerprint()
	if err := s.store.insertVersion(tx, tenant.From(ctx).Regency, first); err != nil {
		return 0, err
	}
	return 1, s.record(ctx, tx, "version.first", "version", first.ID, "", "", nil, seal.Decision{State: Accepted, Decided: first.DecidedHash, Version: 1})
}

// putContent writes what a version says into the place of what stands.
func (s *Service) putContent(ctx context.Context, tx *db.Tx, was Content, v Version) error {
	regency := tenant.From(ctx).Regency
	if v.Content.Letter.Known() {
		p := v.Content.Letter
		p.ChangedBy, p.ChangedAt = v.By, s.now()
		if err := s.store.putPublished(tx, regency, p); err != nil {
			return err
		}
	}
	if err := s.store.setExternal(tx, regency, v.Round, v.Content.Marks); err != nil {
		return err
	}
	hash, err := s.bindPublished(ctx, tx, v.Round)
	if err != nil || hash == "" {
		return err
	}
	return s.record(ctx, tx, "published", "published", v.Round, "", v.Why, was.Letter, struct {
		Published
		Decided string `json:"decided"`
	}{v.Content.Letter, hash})
}

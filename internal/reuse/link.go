package reuse

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Pick is a proof chosen for a question of a holder. Slot is "" where the question has none.
type Pick struct{ Item, Evidence, Slot string }

// spot names where the proof will hang.
func (p Pick) spot() string { return proof.Spot{Item: p.Item, Slot: p.Slot}.String() }

// place is where a link of the batch hangs.
func (b Batch) place(l BatchLink) proof.Place {
	return proof.Place{Thing: proof.ParseThing(b.Holder), Spot: proof.ParseSpot(l.Item)}
}

// mostReason bounds a reason.
const mostReason = 500

// Link links one proof and gives the batch by which it can be taken back. A proof of another year than the question asks for
// wants a reason; it stays in the audit trail, here and in the room that owns the place.
func (s *Service) Link(ctx context.Context, holder string, p Pick, reason string) (string, error) {
	if err := allow(ctx, Use); err != nil {
		return "", err
	}
	if reason = tidy(reason); len(reason) > mostReason {
		return "", errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("reuse.error.reason_long", "Most", mostReason)})
	}
	w := &world{mapping: s.shipped, zone: s.Zone(ctx), now: s.now()}
	if err := s.readPlaces(ctx, w); err != nil {
		return "", err
	}
	at, err := w.place(holder)
	if err != nil {
		return "", err
	}
	if err := s.pickable(ctx, w, at, p, reason); err != nil {
		return "", err
	}
	b := Batch{ID: s.NewID(), Holder: holder, By: tenant.From(ctx).UserID, At: s.now(), Links: []BatchLink{{p.Evidence, p.spot()}}}
	err = s.carry(ctx, &b, reason, func(error) error { return nil })
	return b.ID, err
}

// pickable says what stands against linking a proof to a question: the question is not the actor's, the slot does not exist,
// the proof is not accepted or not for these eyes, or it is of another year and no reason was given.
func (s *Service) pickable(ctx context.Context, w *world, at place, p Pick, reason string) error {
	items, err := s.Rounds.OpenItems(ctx, proof.ParseThing(at.ID))
	if err != nil {
		return err
	}
	n := slices.IndexFunc(items, func(i Item) bool { return i.Code == p.Item && !i.Ready })
	q, _, ok := at.Pack.Question(p.Item)
	switch {
	case !at.Open:
		return errs.E(errs.Conflict, "reuse.error.closed", nil)
	case n < 0 || !ok:
		return errs.E(errs.Conflict, "reuse.error.not_open", nil)
	case !mayUse(ctx, items[n]):
		return errs.E(errs.Forbidden, "reuse.error.scope", nil)
	}
	if _, known := q.Slot(p.Slot); known != (len(q.Slots) > 0) || len(q.Slots) == 0 && p.Slot != "" {
		return errs.InvalidFields(map[string]errs.Msg{"slot": errs.M("reuse.error.slot")})
	}
	c, err := s.Evidence.Card(ctx, p.Evidence)
	if errs.Is(err, errs.NotFound) || err == nil && c.State != proof.Accepted {
		return errs.E(errs.NotFound, "reuse.error.proof", nil)
	}
	if err != nil {
		return err
	}
	if f := w.fitOf(at, q, c); f.how == yearWrong && reason == "" {
		return errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("reuse.error.year", "Want", f.want, "Got", f.got)})
	}
	return nil
}

// carry makes the links of a batch. What it is about to do is written down first, so that even after a crash everything can
// be taken back; what was refused is forgotten again. refused decides whether a refusal ends the batch.
func (s *Service) carry(ctx context.Context, b *Batch, reason string, refused func(error) error) error {
	regency := tenant.From(ctx).Regency
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.insertBatch(tx, regency, *b) }); err != nil {
		return err
	}
	var dropped []int
	var made []BatchLink
	var stop error
	for n, l := range b.Links {
		if stop == nil {
			err := s.Evidence.Hang(db.Before(ctx), b.place(l), l.Evidence, reason)
			if err == nil {
				made = append(made, l)
				continue
			}
			if stop = err; errs.KindOf(err) != errs.Internal && len(b.Links) > 1 {
				stop = refused(err)
			}
		}
		dropped = append(dropped, n)
	}
	b.Links = made
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		if len(made) == 0 {
			return s.store.deleteBatch(tx, regency, b.ID)
		}
		if err := s.store.dropLinks(tx, regency, b.ID, dropped); err != nil {
			return err
		}
		return s.record(ctx, tx, "link", "batch", b.ID, reason, nil, b)
	})
	if stop != nil {
		return stop
	}
	return err
}

// Planned is a link that "link all strong ones" would make.
type Planned struct {
	Open       Open
	Suggestion Suggestion
	Slot       instrument.Slot
}

// Key names a planned link in a form.
func (p Planned) Key() string { return p.Open.Code + "~" + p.Suggestion.Proof.ID }

const (
	mostPerQuestion = 2   // strong proofs linked to one question at once
	mostAtOnce      = 150 // links of one batch
)

// Plan lists what "link all strong ones" would do for a holder: the strong suggestions of the questions that the actor may
// link to, each slot once. others counts strong suggestions for questions of other agencies.
func (s *Service) Plan(ctx context.Context, holder string) (x Sheet, plan []Planned, others int, err error) {
	if err := allow(ctx, Use); err != nil {
		return x, nil, 0, err
	}
	if x, err = s.Suggest(ctx, holder); err != nil {
		return x, nil, 0, err
	}
	for _, o := range x.Open {
		if !o.MayLink {
			others += o.strong()
			continue
		}
		plan = append(plan, s.planned(o)...)
	}
	return x, plan[:min(len(plan), mostAtOnce)], others, nil
}

func (s *Service) planned(o Open) (out []Planned) {
	free := o.Slots
	for _, g := range o.Suggestions {
		if !g.Strong() || len(out) == mostPerQuestion {
			break
		}
		one := Planned{Open: o, Suggestion: g}
		if len(o.Question.Slots) > 0 {
			code, fits := s.shipped.pickSlot(free, g.Proof)
			if !fits {
				continue
			}
			one.Slot, _ = o.Question.Slot(code)
			free = slices.DeleteFunc(slices.Clone(free), func(x instrument.Slot) bool { return x.Code == code })
		}
		out = append(out, one)
	}
	return out
}

// LinkAll links those of the plan whose keys are given, as the plan stands now: what is no longer strong is left out. It gives
// the batch and why some were refused.
func (s *Service) LinkAll(ctx context.Context, holder string, keys []string) (Batch, []error, error) {
	_, plan, _, err := s.Plan(ctx, holder)
	if err != nil {
		return Batch{}, nil, err
	}
	b := Batch{ID: s.NewID(), Holder: holder, By: tenant.From(ctx).UserID, At: s.now()}
	for _, p := range plan {
		if slices.Contains(keys, p.Key()) {
			b.Links = append(b.Links, BatchLink{p.Suggestion.Proof.ID, Pick{Item: p.Open.Code, Slot: p.Slot.Code}.spot()})
		}
	}
	if len(b.Links) == 0 {
		return b, nil, errs.E(errs.Invalid, "reuse.error.none_chosen", nil)
	}
	var refusals []error
	err = s.carry(ctx, &b, "", func(why error) error { refusals = append(refusals, why); return nil })
	return b, refusals, err
}

// Undo takes back what a batch linked; the proofs stay in the library. Who made it may, and who manages the mapping.
func (s *Service) Undo(ctx context.Context, id string) (Batch, error) {
	if err := allow(ctx, Use); err != nil {
		return Batch{}, err
	}
	a := tenant.From(ctx)
	b, err := s.store.batch(ctx, a.Regency, id)
	switch {
	case err != nil:
		return b, err
	case b.By != a.UserID && !a.Can(Manage, ""):
		return b, errs.E(errs.NotFound, "reuse.error.batch", nil)
	case b.UndoneAt != 0:
		return b, errs.E(errs.Conflict, "reuse.error.undone", nil)
	}
	for _, l := range b.Links {
		if err := s.Evidence.Unhang(db.Before(ctx), b.place(l), l.Evidence); err != nil {
			return b, err
		}
	}
	return b, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.undone(tx, a, id, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "undo", "batch", id, "", b, nil)
	})
}

package evaluation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Create makes a round with all questions of its instrument, owners copied from the round before when there is one.
func (s *Service) Create(ctx context.Context, r Round) (string, error) {
	if err := allow(ctx, Manage); err != nil {
		return "", err
	}
	if err := checkRound(&r); err != nil {
		return "", err
	}
	p, err := s.Packs.Find(ctx, r.Pack)
	if err != nil {
		return "", errs.InvalidFields(map[string]errs.Msg{"pack": errs.M("evaluation.error.pack")})
	}
	owners, err := s.owners(ctx, p, r.Previous)
	if err != nil {
		return "", err
	}
	r.ID, r.State, r.CreatedAt = s.NewID(), Draft, s.now()
	regency := tenant.From(ctx).Regency
	return r.ID, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insertRound(tx, regency, r); err != nil {
			return err
		}
		for _, code := range p.Asked() {
			old := owners[code]
			if err := s.store.insertItem(tx, regency, r.ID, Item{Code: code, Lead: old.Lead, Support: old.Support, State: Empty, ChangedAt: r.CreatedAt}); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "round.create", "round", r.ID, "", "", nil, r)
	})
}

// owners gives who led and supported each question of p in an earlier round, matched by the same question.
func (s *Service) owners(ctx context.Context, p *instrument.Pack, previous string) (map[string]Item, error) {
	out := map[string]Item{}
	if previous == "" {
		return out, nil
	}
	old, err := s.PackOf(ctx, previous)
	if err != nil {
		return nil, err
	}
	items, err := s.Items(ctx, previous)
	if err != nil {
		return nil, err
	}
	byCode := map[string]Item{}
	for _, i := range items {
		byCode[i.Code] = i
	}
	for _, code := range p.Asked() {
		if was := sameQuestion(p, code, old); was != "" {
			out[code] = byCode[was]
		}
	}
	return out, nil
}

// sameQuestion finds the question of another instrument that asks the same: the same external figure, the same wording,
// or, within one instrument and its copies, the same code. "" when there is none.
func sameQuestion(p *instrument.Pack, code string, other *instrument.Pack) string {
	q, _, ok := p.Question(code)
	if !ok {
		return ""
	}
	for _, c := range other.Asked() {
		o, _, _ := other.Question(c)
		if q.Figure != "" && o.Figure == q.Figure || q.Figure == "" && strings.EqualFold(o.Text.ID, q.Text.ID) && o.Dimension == q.Dimension && other.ComponentOf(c) == p.ComponentOf(code) {
			return c
		}
	}
	family := func(x *instrument.Pack) []string { return []string{x.ID, x.BasedOn} }
	if slices.ContainsFunc(family(p), func(id string) bool { return id != "" && slices.Contains(family(other), id) }) {
		if _, _, ok := other.Question(code); ok {
			return code
		}
	}
	return ""
}

func checkRound(r *Round) error {
	r.Title = strings.Join(strings.Fields(r.Title), " ")
	wrong := map[string]errs.Msg{}
	if r.Title == "" || utf8.RuneCountInString(r.Title) > 200 {
		wrong["title"] = errs.M("evaluation.error.title")
	}
	if r.Year < 2017 || r.Year > 2100 {
		wrong["year"] = errs.M("evaluation.error.year")
	}
	if r.SelfTo == 0 || r.SelfFrom > r.SelfTo {
		wrong["self_to"] = errs.M("evaluation.error.self_to")
	}
	if r.CheckTo != 0 && r.CheckTo < r.SelfTo {
		wrong["check_to"] = errs.M("evaluation.error.check_to")
	}
	if r.AssessTo != 0 && (r.AssessFrom > r.AssessTo || r.AssessTo < r.SelfTo) {
		wrong["assess_to"] = errs.M("evaluation.error.assess_to")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// Edit changes title and dates.
func (s *Service) Edit(ctx context.Context, r Round) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	before, err := s.Round(ctx, r.ID)
	if err != nil {
		return err
	}
	if before.State == Done {
		return errs.E(errs.Invalid, "evaluation.error.done", nil)
	}
	r.State, r.Pack, r.Year, r.Previous, r.CreatedAt = before.State, before.Pack, before.Year, before.Previous, before.CreatedAt
	if err := checkRound(&r); err != nil {
		return err
	}
	if r.Choices == nil {
		r.Choices = before.Choices
	}
	p, err := s.Packs.Find(ctx, r.Pack)
	if err != nil {
		return err
	}
	if p.CheckOptions(r.Choices) != nil {
		return errs.E(errs.Invalid, "evaluation.error.choice", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.updateRound(tx, tenant.From(ctx).Regency, r); err != nil {
			return err
		}
		return s.record(ctx, tx, "round.edit", "round", r.ID, "", "", before, r)
	})
}

// Move takes a round to its next state, or back with a reason. Locking with unfinished questions needs a reason too.
func (s *Service) Move(ctx context.Context, id, to string, rev int64, reason string) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	before, err := s.Round(ctx, id)
	if err != nil {
		return err
	}
	ways := s.rounds()
	name, _ := ways.Way(before, to)
	step, err := ways.Take(ctx, name, before, reason)
	if err != nil {
		return err
	}
	reason = step.Reason
	after := before
	after.State, after.Rev = to, rev
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		regency := tenant.From(ctx).Regency
		if err := tx.Hold(roundLock(regency, id)); err != nil {
			return err
		}
		if err := s.store.updateRound(tx, regency, after); err != nil {
			return err
		}
		if err := s.recordMove(ctx, tx, before, after, reason); err != nil {
			return err
		}
		return s.Bus.Publish(ctx, tx, "evaluation.round.state", map[string]string{"round": id, "from": before.State, "to": to})
	})
}

// recordMove writes a step into the trail; the one into the end seals the round, the one out of it breaks the seal.
func (s *Service) recordMove(ctx context.Context, tx *db.Tx, before, after Round, reason string) error {
	if before.State != Done && after.State != Done {
		return s.record(ctx, tx, "round."+after.State, "round", after.ID, "", reason, before.State, after.State)
	}
	hash, err := s.sealRound(ctx, tx, after, after.State == Done)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "round."+after.State, "round", after.ID, "", reason, seal.Decision{State: before.State, Decided: before.Seal},
		seal.Decision{State: after.State, Decided: hash})
}

// owned wants at least one question with an agency in charge before a round opens.
func (s *Service) owned(ctx context.Context, r Round) error {
	items, err := s.Items(ctx, r.ID)
	if err != nil || slices.ContainsFunc(items, func(i Item) bool { return i.Lead != "" }) {
		return err
	}
	return errs.E(errs.Invalid, "evaluation.error.no_owner", nil)
}

// unready asks why a round is locked while questions are not ready.
func (s *Service) unready(ctx context.Context, r Round) (errs.Msg, error) {
	items, err := s.Items(ctx, r.ID)
	n := 0
	for _, i := range items {
		if !i.Ready() {
			n++
		}
	}
	if n == 0 {
		return errs.Msg{}, err
	}
	return errs.M("evaluation.error.unready", "N", n), err
}

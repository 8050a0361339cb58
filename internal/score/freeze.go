package score

import (
	"context"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/tenant"
)

// frozen is the sheet of a round as it was locked, and how it was read.
type frozen struct {
	Entries []instrument.Entry
	Regency []int8
	Choices map[string]string
}

// States of a round that this room knows.
const (
	roundDraft  = "draft"
	roundOpen   = "open"
	roundLocked = "locked"
)

// roundMoved hears that a round was locked, and keeps the sheet as it stood, or that it was opened again, and lets the sheet
// go. Word may come late or twice, so what the round is now decides.
func (s *Service) roundMoved(ctx context.Context, e events.Event) error {
	var at struct{ Round, From, To string }
	if err := e.Decode(&at); err != nil {
		return err
	}
	ctx = tenant.With(ctx, tenant.SystemOf(e.Regency, "job"))
	r, ok, err := s.roundOf(ctx, at.Round)
	if err != nil || !ok || r.ID != at.Round {
		return err
	}
	open := r.State == roundOpen || r.State == roundDraft
	switch {
	case at.From == roundOpen && at.To == roundLocked && !open:
		return s.freeze(ctx, at.Round)
	case at.To == roundOpen && open:
		return s.thaw(ctx, at.Round)
	}
	return nil
}

// freeze keeps the sheet of a round, so that later work does not change what was handed in.
func (s *Service) freeze(ctx context.Context, round string) error {
	b, err := s.board(ctx, round)
	if err != nil {
		return err
	}
	body, err := json.Marshal(frozen{Entries: b.Sheet.Entries, Regency: b.Sheet.Regency, Choices: b.Options.Chosen})
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putFrozen(tx, tenant.From(ctx).Regency, round, b.Pack.ID, string(body), trim(b.Result.Index), s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "freeze", "frozen", round, "", nil, map[string]any{"index": trim(b.Result.Index), "n": len(b.Sheet.Entries)})
	})
}

// thaw lets go of the sheet of a round that was opened again; the next lock keeps a new one.
func (s *Service) thaw(ctx context.Context, round string) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.dropFrozen(tx, tenant.From(ctx).Regency, round)
		if err != nil || n == 0 {
			return err
		}
		return s.record(ctx, tx, "thaw", "frozen", round, "", nil, nil)
	})
}

// Frozen gives the sheet of a round as it was locked and when; ok is false when it is not locked. The caller has checked the
// right on the round.
func (s *Service) Frozen(ctx context.Context, round string) (sheet instrument.Sheet, at int64, ok bool, err error) {
	body, at, err := s.store.frozen(ctx, tenant.From(ctx).Regency, round)
	if err != nil || body == "" {
		return sheet, 0, false, err
	}
	var f frozen
	if err := json.Unmarshal([]byte(body), &f); err != nil {
		return sheet, 0, false, err
	}
	return instrument.Sheet{Entries: f.Entries, Regency: f.Regency, Affairs: instrument.AffairsOfEntries}, at, true, nil
}

// SheetOf gives what a round computes with: as it was locked, else as it stands now. The caller has checked the right on the
// round; assessors read rounds and not the board.
func (s *Service) SheetOf(ctx context.Context, round string) (instrument.Sheet, error) {
	sheet, _, ok, err := s.Frozen(ctx, round)
	if err != nil || ok {
		return sheet, err
	}
	b, err := s.board(ctx, round)
	if err != nil {
		return sheet, err
	}
	return b.Sheet, nil
}

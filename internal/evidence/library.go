package evidence

import (
	"context"
	"maps"

	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The library as other rooms see it (package proof). What hangs on a question of a round and on an innovation is the same to
// this room; the room that owns the thing knows what it is called and who may hang something on it.
var (
	_ proof.Library = (*Service)(nil)
	_ proof.Sealer  = (*Service)(nil)
)

// card is what other rooms see of a proof.
func (i Item) card() proof.Card {
	return proof.Card{ID: i.ID, Title: i.Title, Kind: i.Kind, Number: i.Number, Agency: i.Agency, Page: i.Page,
		Confidentiality: i.Confidentiality, State: i.State, Reason: i.Reason, Date: i.Date, From: i.From, To: i.To,
		ValidUntil: i.ValidUntil, URL: i.URL, FileName: i.FileName, FileType: i.FileType, FileSize: i.FileSize, Rev: i.Rev,
		FileHash: i.FileHash, DecidedHash: i.DecidedHash}
}

func cards(all []Item) []proof.Card {
	out := make([]proof.Card, 0, len(all))
	for _, i := range all {
		out = append(out, i.card())
	}
	return out
}

// Card gives one card if the actor may see it.
func (s *Service) Card(ctx context.Context, id string) (proof.Card, error) {
	i, err := s.Get(ctx, id)
	return i.card(), err
}

// Hung lists the proofs of one spot that the actor may see, in the order of hanging.
func (s *Service) Hung(ctx context.Context, p proof.Place) ([]proof.Card, error) {
	all, err := s.store.hung(ctx, tenant.From(ctx).Regency, p)
	var out []proof.Card
	for _, i := range all {
		ok, err := s.visible(ctx, i)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, i.card())
		}
	}
	return out, err
}

// Held lists all proofs of a thing that the actor may see, by item and in the order of hanging.
func (s *Service) Held(ctx context.Context, t proof.Thing) ([]proof.Hanging, error) {
	all, err := s.store.held(ctx, tenant.From(ctx).Regency, t)
	if err != nil {
		return nil, err
	}
	return s.seen(ctx, all)
}

// mostNamed is how many rounds keep in memory what paper says of their proofs. One of 2,500 proofs takes about 1 MB.
const mostNamed = 8

// Named gives what paper says of the proofs of a thing that the actor may see: id, title, number, page and state. They are read
// again when a card or a link changed.
func (s *Service) Named(ctx context.Context, t proof.Thing) ([]proof.Hanging, error) {
	regency := tenant.From(ctx).Regency
	kept, err := s.named.Get(ctx, regency, "", t, func() ([]heldItem, error) { return s.store.named(ctx, regency, t) })
	if err != nil {
		return nil, err
	}
	return s.seen(ctx, kept)
}

// seen leaves those that the actor may see.
func (s *Service) seen(ctx context.Context, all []heldItem) ([]proof.Hanging, error) {
	out := make([]proof.Hanging, 0, len(all))
	for _, h := range all {
		ok, err := s.visible(ctx, h.item)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, proof.Hanging{Spot: h.at, Card: h.item.card()})
		}
	}
	return out, nil
}

// mostCounts is how many rounds and innovations keep their counts in memory.
const mostCounts = 500

// Counts counts the proofs of every spot of a thing, whoever may see them. The counts are kept until a card or a link
// changes: every page of a round asks for them.
func (s *Service) Counts(ctx context.Context, t proof.Thing) (proof.Counts, error) {
	regency := tenant.From(ctx).Regency
	kept, err := s.counts.Get(ctx, regency, "", t, func() (proof.Counts, error) { return s.store.count(ctx, regency, t) })
	return maps.Clone(kept), err
}

// CountsOf counts the proofs of all things of a kind, by the id of the thing.
func (s *Service) CountsOf(ctx context.Context, kind string) (map[string]proof.Counts, error) {
	return s.store.countKind(ctx, tenant.From(ctx).Regency, kind)
}

// Uses lists the places that a proof serves, the newest first.
func (s *Service) Uses(ctx context.Context, id string) ([]proof.Place, error) {
	return s.store.links(ctx, tenant.From(ctx).Regency, id)
}

// Links gives every link of the regency, whoever asks and whatever the state of the proof. There may be very many: they are
// kept until one comes or goes, and must not be changed.
func (s *Service) Links(ctx context.Context) ([]proof.Link, error) {
	regency := tenant.From(ctx).Regency
	return s.links.Get(ctx, regency, "", "", func() ([]proof.Link, error) { return s.store.allLinks(ctx, regency) })
}

// Accepted gives what suggestions read of the accepted proofs, newest first, whoever asks: no notes, addresses or files.
func (s *Service) Accepted(ctx context.Context) ([]proof.Card, error) {
	return s.store.accepted(ctx, tenant.From(ctx).Regency)
}

// Sees tells which proofs of the library the actor may be shown: a restricted one only to its agency and to those who check.
func (s *Service) Sees(ctx context.Context) func(proof.Card) bool {
	a := tenant.From(ctx)
	return func(c proof.Card) bool {
		return a.Can(Read, "") && (c.Confidentiality != "restricted" || seesRestricted(a, c.Agency))
	}
}

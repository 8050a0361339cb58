package evidence

import (
	"bytes"
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// SampleItem is a proof of the sample data with its file, the questions it serves and the state it is in.
type SampleItem struct {
	Item  Item
	Body  []byte
	Links []proof.Place
}

// Sample fills the library of a sample regency; it is for the program itself only.
func (s *Service) Sample(ctx context.Context, all []SampleItem) error {
	regency := tenant.From(ctx).Regency
	for n := range all {
		x := &all[n]
		if x.Body == nil {
			continue
		}
		file, err := s.Keep(ctx, x.Item.FileName, bytes.NewReader(x.Body))
		if err != nil {
			return err
		}
		x.Item.FileName, x.Item.FileType, x.Item.FileGroup, x.Item.FileHash, x.Item.FileSize, x.Item.claim = file.FileName, file.FileType, file.FileGroup, file.FileHash, file.FileSize, file.claim
	}
	const step = 200
	for len(all) > 0 {
		some := all[:min(step, len(all))]
		all = all[len(some):]
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.sample(ctx, tx, regency, some) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sample(ctx context.Context, tx *db.Tx, regency int64, all []SampleItem) error {
	for _, x := range all {
		if x.Item.HasFile() {
			if err := s.consume(tx, regency, x.Item); err != nil {
				return err
			}
		}
		if err := s.store.insert(tx, regency, x.Item); err != nil {
			return err
		}
		if err := s.store.addWords(tx, regency, x.Item.ID, "card", x.Item.words()); err != nil {
			return err
		}
		for _, p := range x.Links {
			if _, err := s.store.insertLink(tx, regency, p, x.Item.ID, "", x.Item.CreatedAt); err != nil {
				return err
			}
		}
		if x.Item.State != Accepted {
			continue
		}
		hash, number, err := s.accept(ctx, tx, x.Item, 0)
		if err != nil {
			return err
		}
		if err := s.record(ctx, tx, Accepted, x.Item, "", nil, seal.Decision{State: Accepted, Decided: hash, Version: number}); err != nil {
			return err
		}
	}
	return nil
}

package app

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

const bringBack = "bring the key folder of this house back from your copy or recovery sheet, or name it with the setting keys"

// fits tells whether the keys are those of this house: they open its secrets and signed its trail.
func (l *looker) fits(ctx context.Context, d *db.DB, tables []string) {
	ring, err := keys.Peek(keys.Options{Dir: l.c.Keys, Credentials: l.c.Credentials})
	if err != nil {
		return // what is missing was told
	}
	columns := slices.DeleteFunc(sealedColumns(), func(c keys.Column) bool {
		any, err := c.Any(ctx, d)
		return err != nil || !any
	})
	if err := keys.Missing(ctx, d, ring.Box(), columns, filepath.Join(l.c.Keys, keys.SealKey)); err != nil {
		l.wrong("keys", bringBack, "%v", err)
	}
	if slices.Contains(tables, "audit_checkpoint") {
		l.signed(ctx, d, ring)
	}
}

// signed compares the newest checkpoint of every trail with the keys of audit.pub.
func (l *looker) signed(ctx context.Context, d *db.DB, ring *keys.Ring) {
	signer := audit.NewSigner(ring.Audit())
	if text, err := ring.Trusted(); err == nil {
		_, old, err := trail.ParseKeys(text)
		for _, r := range old {
			v, wrong := r.Verifier()
			err = errors.Join(err, wrong)
			signer.Trust(v)
		}
		if err != nil {
			l.wrong("keys", bringBack, "audit.pub: %v", err)
			return
		}
	}
	log := audit.New(d, time.Now, signer)
	regencies, err := log.Regencies(ctx)
	if err != nil {
		l.wrong("store", damagedDo, "%v", d.Explain(err))
		return
	}
	for _, regency := range regencies {
		_, _, _, err := log.Newest(ctx, regency)
		if _, other := errors.AsType[*note.UnverifiedNoteError](err); err != nil && !other { // not a matter of keys
			l.wrong("store", damagedDo, "the newest checkpoint of %s cannot be read: %v", trail.Origin(regency), d.Explain(err))
			return
		}
		if err != nil {
			l.wrong("keys", bringBack, "the trail %s was signed by %s, the key in %s is %s",
				trail.Origin(regency), keys.SignerOf(err), l.c.Keys, keys.NameOf(ring.Audit().Verifier))
			return
		}
	}
	if text, err := swapped(ctx, d, ring.Audit()); err == nil && text != "" {
		l.wrong("keys", bringBack, "%s", text)
	}
}

package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// Who puts another audit.key into the key folder would sign the trail of this house from then on, and what audit.pub says of
// it can be put there too. So the trail itself must say that a key was replaced, before the new one signs anything.

// replaced is the action of the entry that says so.
const replaced = "keys.replace"

// swapped compares the newest checkpoint of every trail with a key. It says which trail was signed by another one without an
// entry that this one took its place; "" when there is none.
func swapped(ctx context.Context, d *db.DB, s keys.Signing) (string, error) {
	log := audit.New(d, time.Now, audit.NewSigner(s))
	regencies, err := log.Regencies(ctx)
	if err != nil {
		return "", err
	}
	for _, regency := range regencies {
		_, _, _, err := log.Newest(ctx, regency)
		if _, other := errors.AsType[*note.UnverifiedNoteError](err); !other {
			continue // a checkpoint that cannot be read is not a matter of keys
		}
		entries, _, listed := log.List(ctx, regency, audit.Filter{Object: "keys", Action: replaced}, audit.Many, 0)
		if listed != nil {
			return "", listed
		}
		if !slices.ContainsFunc(entries, func(r audit.Row) bool { return strings.Contains(r.After, s.Public) }) {
			return fmt.Sprintf("the trail %s was signed by %s, the audit.key in use is %s and no entry says that it was replaced",
				trail.Origin(regency), keys.SignerOf(err), keys.NameOf(s.Verifier)), nil
		}
	}
	return "", nil
}

// keyMine refuses a key that did not sign the trail of this house.
func (a *App) keyMine(ctx context.Context, s keys.Signing) error {
	tables, err := a.DB.Tables(ctx)
	if err != nil || !slices.Contains(tables, "audit_checkpoint") {
		return err
	}
	text, err := swapped(ctx, a.DB, s)
	if err == nil && text != "" {
		err = fmt.Errorf("%s: %s; if the key is lost, pendapa keys replace --accept-loss takes this one and says so in every trail",
			text, bringBack)
	}
	return err
}

// tellReplaced leaves an entry in every trail when its key is another and that was accepted, before the new one signs.
func (a *App) tellReplaced(ctx context.Context) error {
	text, err := swapped(ctx, a.DB, a.Keys.Audit())
	if err != nil || text == "" {
		return err
	}
	return a.RecordReplaced(ctx, a.Keys.Made())
}

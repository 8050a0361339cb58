package app

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// retireKeys lets keys of the trail that were replaced count for what they signed before, and for nothing after. How far
// that goes is looked up once, at the first start with the new key, and kept in audit.pub.
func (a *App) retireKeys(ctx context.Context, signer *audit.Signer) error {
	text, err := a.Keys.Trusted()
	if err != nil {
		return err
	}
	_, old, err := trail.ParseKeys(text)
	if err != nil || len(old) == 0 {
		return err
	}
	fresh := slices.ContainsFunc(old, func(r trail.Retired) bool { return r.Until == nil })
	var lines []string
	for i := range old {
		if old[i].Until == nil {
			if old[i].Until, err = a.signedBefore(ctx, old[i].Public); err != nil {
				return err
			}
		}
		if len(old[i].Until) == 0 {
			continue // it signed nothing that is here
		}
		v, err := old[i].Verifier()
		if err != nil {
			return err
		}
		signer.Trust(v)
		lines = append(lines, old[i].Line())
	}
	if !fresh {
		return nil
	}
	a.log.InfoContext(ctx, "the key of the trail is another; the one before counts for what it signed, see audit.pub", "keys", lines)
	return a.Keys.Retire(lines)
}

func (a *App) signedBefore(ctx context.Context, public string) (map[string]int64, error) {
	v, err := trail.Verifier(public)
	if err != nil {
		return nil, err
	}
	return a.Audit.SignedBy(ctx, v)
}

package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// mostHooks bounds what one event can set off.
const mostHooks = 20

// Create adds a hook and gives its id and its secret, which nobody sees again.
func (s *Service) Create(ctx context.Context, h Hook) (id, secret string, err error) {
	if err := s.allow(ctx); err != nil {
		return "", "", err
	}
	if err := s.check(ctx, &h, ""); err != nil {
		return "", "", err
	}
	a := tenant.From(ctx)
	h.ID, h.Active, h.CreatedAt, h.Rev, secret = s.NewID(), true, s.Now().UnixMilli(), 1, newSecret(s.Key())
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.count(ctx, tx, a.Regency)
		if err != nil {
			return err
		}
		if n >= mostHooks {
			return errs.E(errs.Conflict, "webhook.error.many", nil, "Most", mostHooks)
		}
		if err := s.store.insert(tx, a.Regency, h, secret, a.UserID); err != nil {
			return err
		}
		return s.record(ctx, tx, "webhook.create", h.ID, "", nil, h)
	})
	if err != nil {
		return "", "", nameTaken(err)
	}
	return h.ID, secret, nil
}

// Edit changes name, address and events.
func (s *Service) Edit(ctx context.Context, h Hook) error {
	return s.change(ctx, "webhook.edit", h.ID, h.Rev, func(now *Hook) error {
		was := now.URL
		now.Name, now.URL, now.Events = h.Name, h.URL, h.Events
		return s.check(ctx, now, was)
	})
}

// SetActive switches a hook on or off by hand. One whose secret was given up is not switched on before it has a new one.
func (s *Service) SetActive(ctx context.Context, id string, rev int64, on bool) error {
	return s.change(ctx, "webhook.active", id, rev, func(now *Hook) error {
		if on {
			if err := s.store.hasSecret(ctx, tenant.From(ctx).Regency, id); err != nil {
				return err
			}
		}
		now.Active, now.Reason, now.Deaths = on, "", 0
		if !on {
			now.Reason = OffByHand
		}
		return nil
	})
}

// change reads a hook, lets apply change it and writes it back unless somebody else was first. apply runs before the
// transaction because it may ask for the address of a name.
func (s *Service) change(ctx context.Context, action, id string, rev int64, apply func(*Hook) error) error {
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	after := before
	after.Rev = rev
	if err := apply(&after); err != nil {
		return err
	}
	return nameTaken(s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
			return err
		}
		return s.record(ctx, tx, action, id, "", before, after)
	}))
}

// Rotate gives a hook a new secret. The one before signs beside it for a day, so that the receiver can change over without
// losing a delivery; one before that ends at once.
func (s *Service) Rotate(ctx context.Context, id string, rev int64) (secret string, err error) {
	if _, err := s.Get(ctx, id); err != nil {
		return "", err
	}
	secret = newSecret(s.Key())
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.rotate(ctx, tx, tenant.From(ctx).Regency, id, rev, secret, s.Now().Add(overlap).UnixMilli()); err != nil {
			return err
		}
		return s.record(ctx, tx, "webhook.rotate", id, "", nil, nil)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Delete removes a hook with its deliveries. What was planned for it is dropped.
func (s *Service) Delete(ctx context.Context, id string) error {
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.remove(tx, tenant.From(ctx).Regency, id); err != nil {
			return err
		}
		return s.record(ctx, tx, "webhook.delete", id, "", before, nil)
	})
}

// seen is what the audit trail keeps of a hook: no secret, and of the address only where it leads, because receivers like to
// put secrets of their own into path and query. The digest shows that it changed.
type seen struct {
	Name   string   `json:"name"`
	URL    string   `json:"url"`
	Digest string   `json:"url_digest"`
	Events []string `json:"events"`
	Active bool     `json:"active"`
	Reason string   `json:"reason,omitempty"`
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action, id, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: action, Object: "webhook_hook", ObjectID: id, Why: why, Before: shown(before), After: shown(after)})
}

func shown(v any) any {
	h, ok := v.(Hook)
	if !ok {
		return v
	}
	sum := sha256.Sum256([]byte(h.URL))
	return seen{h.Name, h.Place(), hex.EncodeToString(sum[:8]), h.Events, h.Active, h.Reason}
}

// Place gives scheme and host of the address, and a sign that there is more.
func (h Hook) Place() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return ""
	}
	rest := ""
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		rest = "/…"
	}
	return u.Scheme + "://" + u.Host + rest
}

// check tidies the fields and refuses what cannot stand. An address that did not change is not looked up again: each
// connection does it anyway, and a name must be editable while the receiver's name server is down.
func (s *Service) check(ctx context.Context, h *Hook, was string) error {
	wrong := map[string]errs.Msg{}
	h.Name, h.URL = strings.Join(strings.Fields(h.Name), " "), strings.TrimSpace(h.URL)
	if n := utf8.RuneCountInString(h.Name); n == 0 || n > 80 {
		wrong["name"] = errs.M("webhook.error.name")
	}
	if h.URL != was {
		if err := s.guard.Check(ctx, h.URL); err != nil {
			wrong["url"], _ = errs.MsgOf(err)
		}
	}
	if h.Events = s.tidyEvents(h.Events); len(h.Events) == 0 {
		wrong["events"] = errs.M("webhook.error.events")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// tidyEvents keeps known events once each in their order; All swallows the rest. An unknown one spoils the list.
func (s *Service) tidyEvents(names []string) []string {
	if slices.Contains(names, All) {
		return []string{All}
	}
	var out []string
	for _, known := range s.Events() {
		if slices.Contains(names, known) {
			out = append(out, known)
		}
	}
	if slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(out, n) }) {
		return nil
	}
	return out
}

func nameTaken(err error) error {
	if db.IsUnique(err) {
		return errs.InvalidFields(map[string]errs.Msg{"name": errs.M("webhook.error.name_taken")})
	}
	return err
}

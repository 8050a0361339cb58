package seal

import (
	"context"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/platform/audit"
)

// Decision is what an entry of the audit trail says about a decision: the fingerprint it was bound to, "" when a decision
// was taken back. Rooms put it into the after-image of the entry.
type Decision struct {
	State   string `json:"state,omitempty"`
	Decided string `json:"decided"`
	Version int64  `json:"version,omitempty"` // of the content, where it has several
}

// Trail gives, for a kind of object, the fingerprint of the newest decision on each as the audit trail has it.
func Trail(ctx context.Context, log *audit.Log, regency int64, object string) (map[string]string, error) {
	out := map[string]string{}
	take := func(r audit.Row) error {
		hash, ok := decided(r.After)
		if _, newer := out[r.ObjectID]; ok && !newer {
			out[r.ObjectID] = hash
		}
		return nil
	}
	of := audit.Filter{Object: object}
	rows, total, err := log.List(ctx, regency, of, audit.Many, 0)
	if err != nil {
		return nil, err
	}
	if total >= audit.Many {
		return out, log.Each(ctx, regency, of, take)
	}
	for _, r := range rows {
		_ = take(r)
	}
	return out, nil
}

// decided reads what an entry says of a decision. An expired proof that was handed in again said so without the word, and
// with the fingerprint it had before.
func decided(after string) (hash string, ok bool) {
	var d struct {
		Decided            *string `json:"decided"`
		State, DecidedHash string
	}
	if json.Unmarshal([]byte(after), &d) != nil {
		return "", false
	}
	if d.Decided == nil {
		return "", d.State == "submitted" && d.DecidedHash != ""
	}
	return *d.Decided, true
}

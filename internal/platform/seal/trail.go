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
	const step = 5000
	out := map[string]string{}
	for offset := 0; ; offset += step {
		rows, total, err := log.List(ctx, regency, audit.Filter{Object: object}, step, offset)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			hash, ok := decided(r.After)
			if _, newer := out[r.ObjectID]; ok && !newer {
				out[r.ObjectID] = hash
			}
		}
		if offset+step >= total {
			return out, nil
		}
	}
}

// InTrail reports whether the trail has a fingerprint for one object.
func InTrail(ctx context.Context, log *audit.Log, regency int64, object, id string) (bool, error) {
	rows, _, err := log.List(ctx, regency, audit.Filter{Object: object, ObjectID: id}, 1000, 0)
	for _, r := range rows {
		if hash, ok := decided(r.After); ok && hash != "" {
			return true, err
		}
	}
	return false, err
}

func decided(after string) (hash string, ok bool) {
	var d struct {
		Decided *string `json:"decided"`
	}
	if json.Unmarshal([]byte(after), &d) != nil || d.Decided == nil {
		return "", false
	}
	return *d.Decided, true
}

package assessment

import (
	"context"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// What visitors read beside a result stands whole in the audit trail, so the row is compared with the newest entry.

// Fingerprint is of what visitors read and of who chose it.
func (p Publication) Fingerprint() string {
	flag := map[bool]int64{true: 1}
	return seal.New("publication").Number("shown", flag[p.Shown]).Number("result", flag[p.Result]).Text("masterplan", p.Masterplan).
		Text("text", p.Text).Text("changed_by", p.ChangedBy).Number("changed_at", p.ChangedAt).Hash()
}

// checkShown compares what visitors read of a round with what the trail says was chosen.
func (s *Service) checkShown(ctx context.Context, r Round) (n int, wrong []seal.Mismatch, err error) {
	regency := tenant.From(ctx).Regency
	now, err := s.store.publication(ctx, s.DB, regency, r.ID)
	if err != nil {
		return 0, nil, err
	}
	entries, _, err := s.Audit.List(ctx, regency, audit.Filter{Object: "assessment_publish", ObjectID: r.ID}, 1, 0)
	if err != nil || now.Rev == 0 && len(entries) == 0 {
		return 0, nil, err
	}
	m := seal.Mismatch{Regency: regency, Object: "assessment_publish", ID: r.ID, Name: r.Title, Found: now.Fingerprint(), Why: "trail"}
	if len(entries) > 0 {
		var said Publication
		if err := json.Unmarshal([]byte(entries[0].After), &said); err != nil {
			return 0, nil, err
		}
		m.Decided = said.Fingerprint()
	}
	if now.Rev == 0 {
		m.Why = "gone"
	}
	if m.Decided != m.Found {
		wrong = append(wrong, m)
	}
	return 1, wrong, nil
}

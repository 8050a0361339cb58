package webhook

import (
	"context"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Sample gives a regency one hook with a few deliveries behind it. The hook is off and its name never resolves (RFC 2606), so
// that nothing leaves the house.
func (s *Service) Sample(ctx context.Context) error {
	now := s.Now()
	at := func(ago time.Duration) int64 { return now.Add(-ago).UnixMilli() }
	h := Hook{ID: s.NewID(), Name: "Papan informasi (contoh)", URL: "https://papan.contoh.example/pendapa", Events: []string{All}, Reason: OffByHand,
		LastOK: at(26 * time.Hour), CreatedAt: at(240 * time.Hour), Rev: 1}
	regency := tenant.From(ctx).Regency
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insert(tx, regency, h, newSecret(s.Key()), ""); err != nil {
			return err
		}
		for n, d := range []Delivery{
			{Event: "innovation.stage", State: Sent, Attempts: 1, LastStatus: 200, LastAnswer: "ok", CreatedAt: at(50 * time.Hour), SentAt: at(50 * time.Hour)},
			{Event: "innovation.answered", State: Dead, Attempts: 9, LastStatus: 503, LastError: failStatus, LastAnswer: "Service Unavailable", CreatedAt: at(49 * time.Hour)},
			{Event: "innovation.adopted", State: Sent, Attempts: 2, LastStatus: 204, CreatedAt: at(26 * time.Hour), SentAt: at(26 * time.Hour)},
		} {
			d.ID, d.Hook, d.EventID, d.Turn = s.NewID(), h.ID, "contoh-"+strconv.Itoa(n), 1
			d.Body = `{"id":"` + d.ID + `","event":"` + d.Event + `","regency":` + strconv.FormatInt(regency, 10) + `,"at":` + strconv.FormatInt(d.CreatedAt, 10) + `,"data":{}}`
			if _, err := s.store.insertDelivery(tx, regency, d); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "webhook.sample", h.ID, "data contoh", nil, h)
	})
}

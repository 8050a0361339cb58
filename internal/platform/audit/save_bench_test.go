package audit_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// BenchmarkDurableSaves lets 32 people save at once: a row of 300 letters with its entry in the trail, each answered only when
// it is on the disk.
func BenchmarkDurableSaves(b *testing.B) {
	d := storetest.SQLite(b)
	storetest.Migrate(b, d, "audit", audit.Files)
	storetest.Migrate(b, d, "note", fstest.MapFS{"migrations/0001_note.sql": {Data: []byte(
		"-- +goose Up\nCREATE TABLE note_note (regency_id BIGINT NOT NULL, id BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (regency_id, id));\n")}})
	log, body := audit.New(d, time.Now, nil), strings.Repeat("x", 300)
	ctx := tenant.With(context.Background(), tenant.Actor{Regency: 3509, UserID: "u", Name: "Operator", Via: "session"})
	var n atomic.Int64
	start := time.Now()
	for b.Loop() {
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				for range 10 {
					id := n.Add(1)
					err := d.Tx(ctx, func(tx *db.Tx) error {
						if _, err := tx.Exec(`INSERT INTO note_note (regency_id, id, body) VALUES ($1, $2, $3)`, 3509, id, body); err != nil {
							return err
						}
						return log.Record(ctx, tx, audit.Entry{Action: "note.add", Object: "note_note", After: body})
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(n.Load())/time.Since(start).Seconds(), "saves/s")
}

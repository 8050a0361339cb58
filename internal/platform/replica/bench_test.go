package replica_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// BenchmarkChanges compares acknowledged changes by 32 clients without and with a continuous copy to a folder.
func BenchmarkChanges(b *testing.B) {
	for _, copied := range []bool{false, true} {
		name := "alone"
		if copied {
			name = "copied"
		}
		b.Run(name, func(b *testing.B) {
			d := victim(b, copied)
			var n atomic.Int64
			body := strings.Repeat("x", 300)
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					err := d.Tx(context.Background(), func(tx *db.Tx) error {
						_, err := tx.Exec("INSERT INTO demo (regency_id, id, text) VALUES (1, $1, $2)", n.Add(1), body)
						return err
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

func victim(b *testing.B, copied bool) *db.DB {
	b.Helper()
	ctx, dir := context.Background(), b.TempDir()
	var how []db.Option
	if copied {
		how = append(how, db.OwnCheckpoints())
	}
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "app.db"), how...)
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Migrate(ctx, "demo", fstest.MapFS{"migrations/0001_demo.sql": {Data: []byte(schema)}}); err != nil {
		b.Fatal(err)
	}
	if !copied {
		b.Cleanup(func() { _ = d.Close() })
		return d
	}
	dest, err := replica.OpenFolder(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	files, err := blob.New(filepath.Join(dir, "files"))
	if err != nil {
		b.Fatal(err)
	}
	s, err := replica.New(replica.Deps{DB: d, Dest: dest, Spool: filepath.Join(dir, "copy"), Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: id.New, Store: files})
	if err != nil {
		b.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.Run(running) }()
	b.Cleanup(func() {
		stop()
		<-done
		_ = d.Close()
	})
	return d
}

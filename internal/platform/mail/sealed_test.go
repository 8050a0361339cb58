package mail_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

type desk struct{ sent []mail.Message }

func (d *desk) Send(_ context.Context, m mail.Message) error { d.sent = append(d.sent, m); return nil }

// TestLettersWaitSealed: a link that opens an account is not readable in the outbox, and arrives.
func TestLettersWaitSealed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "jobs", jobs.Files)
		ctx, box, post := tenant.With(context.Background(), tenant.SystemOf(3509, "test")), keys.Memory(), &desk{}
		want := mail.Message{To: "op@jember.example", Subject: "Pendapa", Body: "https://pendapa.example/undangan/rahasia123"}
		open := mail.Message{To: "lama@jember.example", Subject: "Pendapa", Body: "left by an older version"}
		err := d.Tx(ctx, func(tx *db.Tx) error {
			if err := mail.Enqueue(ctx, tx, box, want); err != nil {
				return err
			}
			return jobs.Enqueue(ctx, tx, 3509, mail.Kind, open, time.Time{})
		})
		if err != nil {
			t.Fatal(err)
		}
		var readable int
		if err := d.QueryRow(ctx, `SELECT count(*) FROM jobs_job WHERE regency_id = 3509 AND args LIKE '%rahasia123%'`).Scan(&readable); err != nil || readable != 0 {
			t.Errorf("%d letters can be read in the outbox, %v", readable, err)
		}
		r := jobs.NewRunner(d, slog.New(slog.DiscardHandler), time.Now)
		r.Add(mail.Kind, mail.Job(post, box))
		if err := r.RunDue(ctx); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, m := range post.sent {
			got[m.To] = m.Body
		}
		if len(got) != 2 || got[want.To] != want.Body || !strings.Contains(got[open.To], "older version") {
			t.Errorf("sent %+v", post.sent)
		}
	})
}

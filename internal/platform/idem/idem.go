// Package idem lets a program repeat a write without doing it twice: a request with an Idempotency-Key is answered once,
// and the same key gives the same answer again for a day (draft-ietf-httpapi-idempotency-key-header).
//
// Table: idem_reply. A row is taken before the work and filled after it; a row that was never filled (the server was
// killed) is free again after a minute, and the revision in the request then refuses a second change.
package idem

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Files holds the migrations of this package.
//
//go:embed migrations
var Files embed.FS

const (
	keep     = 24 * time.Hour
	lease    = time.Minute
	mostKey  = 200
	mostBody = 1 << 20
)

// Keeper remembers answers.
type Keeper struct {
	d   *db.DB
	now func() time.Time
}

// New makes a keeper.
func New(d *db.DB, now func() time.Time) *Keeper { return &Keeper{d: d, now: now} }

// Reply is an answer that was given.
type Reply struct {
	Status     int
	Kind, Body string
}

// Do runs h for a request with a key, or gives the answer of the first time. Bodies over 1 MiB (uploads) are not
// remembered: the content address makes them safe to repeat.
func (k *Keeper) Do(w http.ResponseWriter, r *http.Request, h func(http.ResponseWriter, *http.Request)) error {
	key := r.Header.Get("Idempotency-Key")
	if key == "" || r.ContentLength > mostBody || r.ContentLength < 0 {
		h(w, r)
		return nil
	}
	if len(key) > mostKey {
		return errs.E(errs.Invalid, "web.error.idem_key", nil)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), body...))
	reply, err := k.take(r.Context(), key, hex.EncodeToString(sum[:]))
	if err != nil {
		return err
	}
	if reply.Status != 0 {
		w.Header().Set("Content-Type", reply.Kind)
		w.Header().Set("Idempotency-Replayed", "true")
		w.WriteHeader(reply.Status)
		_, err := io.WriteString(w, reply.Body)
		return err
	}
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	h(rec, r)
	return k.fill(context.WithoutCancel(r.Context()), key, Reply{Status: rec.status, Kind: w.Header().Get("Content-Type"), Body: rec.body.String()})
}

// take claims a key, or gives the answer that was kept.
func (k *Keeper) take(ctx context.Context, key, request string) (reply Reply, err error) {
	a, now := tenant.From(ctx), k.now().UnixMilli()
	err = k.d.Tx(ctx, func(tx *db.Tx) error {
		reply = Reply{}
		n, err := tx.Exec(`INSERT INTO idem_reply (regency_id, user_id, key, request, status, kind, body, at) VALUES ($1, $2, $3, $4, 0, '', '', $5)
			ON CONFLICT (regency_id, user_id, key) DO UPDATE SET at = excluded.at
			WHERE idem_reply.status = 0 AND idem_reply.at < $6 AND idem_reply.request = excluded.request`, a.Regency, a.UserID, key, request, now, now-lease.Milliseconds())
		if err != nil || n == 1 {
			return err
		}
		var was string
		err = tx.QueryRow(ctx, `SELECT request, status, kind, body FROM idem_reply WHERE regency_id = $1 AND user_id = $2 AND key = $3`, a.Regency, a.UserID, key).
			Scan(&was, &reply.Status, &reply.Kind, &reply.Body)
		switch {
		case err != nil:
			return err
		case was != request:
			return errs.E(errs.Invalid, "web.error.idem_other", nil)
		case reply.Status == 0:
			return errs.E(errs.Conflict, "web.error.idem_running", nil)
		}
		return nil
	})
	return reply, err
}

// fill keeps an answer; one of ours that failed is forgotten so that the request may be repeated.
func (k *Keeper) fill(ctx context.Context, key string, r Reply) error {
	a := tenant.From(ctx)
	return k.d.Tx(ctx, func(tx *db.Tx) error {
		if r.Status >= http.StatusInternalServerError {
			_, err := tx.Exec(`DELETE FROM idem_reply WHERE regency_id = $1 AND user_id = $2 AND key = $3`, a.Regency, a.UserID, key)
			return err
		}
		_, err := tx.Exec(`UPDATE idem_reply SET status = $4, kind = $5, body = $6 WHERE regency_id = $1 AND user_id = $2 AND key = $3`, a.Regency, a.UserID, key, r.Status, r.Kind, r.Body)
		return err
	})
}

// Sweep is the daily job that forgets answers older than a day.
func (k *Keeper) Sweep(ctx context.Context, _ jobs.Job) error {
	return k.d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM idem_reply WHERE regency_id >= 0 AND at < $1`, k.now().Add(-keep).UnixMilli())
		return err
	})
}

type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(code int) { r.status = code; r.ResponseWriter.WriteHeader(code) }
func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

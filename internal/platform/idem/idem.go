// Package idem lets a program repeat a write without doing it twice: a request with an Idempotency-Key is answered once,
// and the same key gives the same answer again for a day (draft-ietf-httpapi-idempotency-key-header).
//
// The same holds for the forms of pages (Form), whose key is written into the page: a double click, a reload and a resend after
// a break do their work once.
//
// Table: idem_reply. The key is written in the transaction of the change itself, so the key is known exactly when the change
// is kept, whenever the server is killed. The answer follows, whole or not at all; when it is missing, a repeat is told what
// was changed and that it is done. Nothing is ever done a second time.
package idem

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Files holds the migrations of this package.
//
//go:embed migrations
var Files embed.FS

const (
	keep     = 24 * time.Hour
	mostKey  = 200
	mostBody = 1 << 20
)

// Keeper remembers answers.
type Keeper struct {
	d       *db.DB
	log     *slog.Logger
	now     func() time.Time
	box     *keys.Box // answers are kept sealed: some show a secret once
	running sync.Map  // slot -> true, for requests of this process
	forms   sync.Map  // slot -> chan struct{} that closes when the form is answered
}

// New makes a keeper.
func New(d *db.DB, log *slog.Logger, now func() time.Time, box *keys.Box) *Keeper {
	return &Keeper{d: d, log: log, now: now, box: box}
}

// slot is whose key it is.
type slot struct {
	regency   int64
	user, key string
}

// turn is one request with a key while it runs.
type turn struct {
	slot
	request string // SHA-256 of what was asked
	path    string
	run     string // tells this request from another one with the same key
	rode    bool
	late    bool // another server took the key meanwhile
	instead any  // kept in place of the answer
}

type turnKey struct{}

// Instead keeps another answer in place of the one that is sent, for answers that show a secret once. A repeat gets the copy
// with the header Idempotency-Redacted. Without a key in the request it does nothing.
func Instead(ctx context.Context, v any) {
	if t, ok := ctx.Value(turnKey{}).(*turn); ok {
		t.instead = v
	}
}

// Do runs h for a request with a key, or gives the answer of the first time. Of bodies over 1 MiB (uploads) only the length
// is compared; their content address makes them safe to repeat.
func (k *Keeper) Do(w http.ResponseWriter, r *http.Request, h func(http.ResponseWriter, *http.Request)) error {
	a, key := tenant.From(r.Context()), r.Header.Get("Idempotency-Key")
	if key == "" || !a.SignedIn() {
		h(w, r)
		return nil
	}
	if len(key) > mostKey {
		return errs.E(errs.Invalid, "web.error.idem_key", nil)
	}
	request, err := fingerprint(w, r)
	if err != nil {
		return err
	}
	t := &turn{slot: slot{a.Regency, a.UserID, key}, request: request, path: r.Pattern, run: id.New()}
	if _, busy := k.running.LoadOrStore(t.slot, true); busy {
		return errs.E(errs.Conflict, "web.error.idem_running", nil)
	}
	defer k.running.Delete(t.slot)
	known, err := k.known(r.Context(), t)
	if err != nil {
		return err
	}
	if known != nil {
		return known.replay(w)
	}
	k.first(w, r, h, t)
	return nil
}

// first runs the handler against a buffer, keeps the answer and sends it. The caller gets the true answer also when it could
// not be kept.
func (k *Keeper) first(w http.ResponseWriter, r *http.Request, h func(http.ResponseWriter, *http.Request), t *turn) {
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	ctx := context.WithValue(r.Context(), turnKey{}, t)
	h(rec, r.WithContext(db.WithRider(ctx, func(tx *db.Tx) error { return k.ride(tx, t) })))
	if err := k.fill(context.WithoutCancel(r.Context()), t, rec.reply(t)); err != nil {
		k.log.ErrorContext(r.Context(), "an answer could not be kept; a repeat will be told that it is done", "err", err)
	}
	w.WriteHeader(rec.status)
	_, _ = w.Write(rec.body.Bytes())
}

// fingerprint is the hash of what was asked. A small body is read whole and put back.
func fingerprint(w http.ResponseWriter, r *http.Request) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n", r.Method, r.URL.RequestURI())
	if r.ContentLength > mostBody {
		fmt.Fprintf(sum, "%d bytes", r.ContentLength)
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "", errs.E(errs.Invalid, "web.error.cut", err)
	}
	if err != nil {
		return "", err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil)), nil
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
	wrote  bool
	body   bytes.Buffer
}

// WriteHeader remembers the first status.
func (r *recorder) WriteHeader(code int) {
	if !r.wrote {
		r.status, r.wrote = code, true
	}
}

// Write keeps what is said until it may be sent.
func (r *recorder) Write(p []byte) (int, error) { r.wrote = true; return r.body.Write(p) }

// Unwrap lets handlers set deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// reply is what is kept of the answer.
func (r *recorder) reply(t *turn) Reply {
	h := r.Header()
	out := Reply{Status: r.status, Kind: h.Get("Content-Type"), Body: r.body.String(), Place: h.Get("Location")}
	if t.instead == nil {
		return out
	}
	out.Redacted = true
	data, err := json.Marshal(t.instead)
	if err != nil {
		data = []byte("{}")
	}
	out.Body = string(data)
	return out
}

package idem

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

// Reply is an answer that was given. Place is its Location.
type Reply struct {
	Status            int
	Kind, Body, Place string
	Redacted          bool
}

// redacted marks the kind of an answer whose secret was left out.
const redacted = "; redacted"

func (r Reply) replay(w http.ResponseWriter) error {
	h := w.Header()
	kind, left := strings.CutSuffix(r.Kind, redacted)
	if kind != "" {
		h.Set("Content-Type", kind)
	}
	if left {
		h.Set("Idempotency-Redacted", "true")
	}
	if r.Place != "" {
		h.Set("Location", r.Place)
	}
	h.Set("Idempotency-Replayed", "true")
	w.WriteHeader(r.Status)
	_, err := io.WriteString(w, r.Body)
	return err
}

// known gives the answer that was kept for a key; nil when the key is new.
func (k *Keeper) known(ctx context.Context, t *turn) (*Reply, error) {
	var r Reply
	var was, object, objectID string
	err := k.d.QueryRow(ctx, `SELECT request, status, kind, body, place, object, object_id FROM idem_reply
		WHERE regency_id = $1 AND user_id = $2 AND key = $3`, t.regency, t.user, t.key).
		Scan(&was, &r.Status, &r.Kind, &r.Body, &r.Place, &object, &objectID)
	switch {
	case db.NotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case was != t.request:
		return nil, errs.E(errs.Invalid, "web.error.idem_other", nil)
	case r.Status == 0:
		return nil, errs.E(errs.Conflict, "web.error.idem_done", nil, "Object", object, "ID", objectID)
	}
	if keys.IsSealed(r.Body) { // one of an older version stands open for the rest of its day
		body, err := k.box.Open(bodyOf(t.slot), r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = string(body)
	}
	return &r, nil
}

// bodyOf is what a kept answer is sealed for.
func bodyOf(s slot) string { return keys.Context("idem_reply", "body", s.regency, s.user, s.key) }

// Sealed is where kept answers stand. One that no key opens is given up; its key stays taken, so that nothing is done twice.
func Sealed() keys.Column {
	return keys.Column{Table: "idem_reply", Name: "body", Row: []string{"user_id", "key"}, Lost: "status = 0, kind = ''"}
}

// inParts is said of a request whose changes are not one change. Each of them should be, or db.Before.
const inParts = "a request was done in parts"

// ride writes the key in the transaction of the change: done, the answer is still to come. A key that another server took
// meanwhile undoes the change.
func (k *Keeper) ride(tx *db.Tx, t *turn) error {
	what := tx.Touched()[0]
	if t.rode { // killed between the two it would count as done
		k.log.Warn(inParts, "request", t.path, "object", what.Object, "id", what.ID)
	}
	n, err := tx.Exec(`INSERT INTO idem_reply (regency_id, user_id, key, request, status, kind, body, at, run, object, object_id)
		VALUES ($1, $2, $3, $4, 0, '', '', $5, $6, $7, $8)
		ON CONFLICT (regency_id, user_id, key) DO UPDATE SET at = excluded.at WHERE idem_reply.run = excluded.run`,
		t.regency, t.user, t.key, t.request, k.now().UnixMilli(), t.run, what.Object, what.ID)
	if err == nil && n == 0 {
		t.late = true
		return errs.E(errs.Conflict, "web.error.idem_running", nil)
	}
	t.rode = err == nil
	return err
}

// fill keeps the answer. Where nothing was changed, a failure of ours and a refusal are not kept: asked again they may go
// through. Where something was changed, the key stays taken whatever the answer was.
func (k *Keeper) fill(ctx context.Context, t *turn, r Reply) error {
	if r.Status >= http.StatusInternalServerError || len(r.Body) > mostBody || !t.rode && passing(r.Status) {
		return nil
	}
	if r.Redacted {
		r.Kind += redacted
	}
	return k.d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO idem_reply (regency_id, user_id, key, request, status, kind, body, at, run, place)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (regency_id, user_id, key) DO UPDATE SET status = excluded.status, kind = excluded.kind,
			body = excluded.body, place = excluded.place WHERE idem_reply.run = excluded.run`,
			t.regency, t.user, t.key, t.request, r.Status, r.Kind, k.box.Seal(bodyOf(t.slot), []byte(r.Body)), k.now().UnixMilli(), t.run, r.Place)
		return err
	})
}

// passing are answers that depend on the moment.
func passing(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests
}

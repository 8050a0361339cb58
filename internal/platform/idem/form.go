package idem

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Form runs the work of a form that a page was written with, unless the same person sent the same form with the same words
// before: then done is true and nothing was run. place is where the first answer led, "" when it was a page or was cut off;
// pages are not kept, because some show a secret once. mark names the form of the page; other words under the same mark are
// other work. A form that comes while it runs waits for the end of that.
//
// What changed nothing, or was refused, may be sent again. Errors are those of the store and of a sender who left.
func (k *Keeper) Form(w http.ResponseWriter, r *http.Request, mark string, h func(http.ResponseWriter, *http.Request)) (
	place string, done bool, err error) {
	a := tenant.From(r.Context())
	if mark == "" || len(mark) > mostKey/2 || !a.SignedIn() {
		h(w, r)
		return "", false, nil
	}
	asked := formPrint(r)
	t := &turn{slot: slot{a.Regency, a.UserID, "form:" + mark + ":" + asked}, request: asked, path: r.Pattern, run: id.New()}
	end, err := k.alone(r.Context(), t.slot)
	if err != nil {
		return "", false, err
	}
	defer end()
	if place, done, err = k.formDone(r.Context(), t.slot); err != nil || done {
		return place, done, err
	}
	return k.firstForm(w, r, h, t)
}

// alone waits until no other request of this process works on a form.
func (k *Keeper) alone(ctx context.Context, s slot) (end func(), err error) {
	mine := make(chan struct{})
	for {
		other, busy := k.forms.LoadOrStore(s, mine)
		if !busy {
			return func() { k.forms.Delete(s); close(mine) }, nil
		}
		select {
		case <-other.(chan struct{}): //nolint:forcetypeassert // nothing else is stored there
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// firstForm runs the work and sends its answer, or says that another server did it meanwhile.
func (k *Keeper) firstForm(w http.ResponseWriter, r *http.Request, h func(http.ResponseWriter, *http.Request), t *turn) (
	place string, done bool, err error) {
	held := &held{ResponseWriter: w, header: w.Header().Clone(), status: http.StatusOK}
	h(held, r.WithContext(db.WithRider(r.Context(), func(tx *db.Tx) error { return k.ride(tx, t) })))
	ctx := context.WithoutCancel(r.Context())
	if t.late || !t.rode && held.status >= http.StatusBadRequest { // refused perhaps because another server just did it
		if place, done, err = k.formDone(ctx, t.slot); err != nil || done {
			return place, done, err
		}
	}
	if err := k.endForm(ctx, t, held); err != nil {
		k.log.ErrorContext(ctx, "where a form led could not be kept; sent again it is told that it is done", "err", err)
	}
	held.send()
	return "", false, nil
}

// formDone looks whether the change of a form is kept.
func (k *Keeper) formDone(ctx context.Context, s slot) (place string, done bool, err error) {
	var sealed string
	err = k.d.QueryRow(ctx, `SELECT body FROM idem_reply WHERE regency_id = $1 AND user_id = $2 AND key = $3`,
		s.regency, s.user, s.key).Scan(&sealed)
	if db.NotFound(err) {
		return "", false, nil
	}
	if err != nil || sealed == "" {
		return "", err == nil, err
	}
	open, err := k.box.Open(bodyOf(s), sealed)
	return string(open), err == nil, err
}

// endForm keeps where a form led. A refusal gives the form free, whatever it noted on the way: the person corrects it or
// sends it again. After a failure of ours the change stays what it is: done.
func (k *Keeper) endForm(ctx context.Context, t *turn, h *held) error {
	if !t.rode || h.status >= http.StatusInternalServerError {
		return nil
	}
	place := h.header.Get("Location")
	return k.d.Tx(ctx, func(tx *db.Tx) (err error) {
		switch {
		case h.status >= http.StatusBadRequest:
			_, err = tx.Exec(`DELETE FROM idem_reply WHERE regency_id = $1 AND user_id = $2 AND key = $3 AND run = $4`,
				t.regency, t.user, t.key, t.run)
		case place == "":
			_, err = tx.Exec(`UPDATE idem_reply SET status = $5 WHERE regency_id = $1 AND user_id = $2 AND key = $3 AND run = $4`,
				t.regency, t.user, t.key, t.run, h.status)
		default:
			_, err = tx.Exec(`UPDATE idem_reply SET status = $5, body = $6
				WHERE regency_id = $1 AND user_id = $2 AND key = $3 AND run = $4`,
				t.regency, t.user, t.key, t.run, h.status, k.box.Seal(bodyOf(t.slot), []byte(place)))
		}
		return err
	})
}

// formPrint is the hash of what a form says: of its first megabyte (and the length) when it is longer. Each sending of a form
// with files has another boundary, which says nothing. What was read is put back.
func formPrint(r *http.Request) string {
	head, failed := io.ReadAll(io.LimitReader(r.Body, mostBody))
	rest := io.Reader(r.Body)
	if failed != nil {
		rest = failing{failed} // the handler meets the same failure
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), rest), r.Body}
	said, marks, edge := head, 0, ""
	if _, params, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil {
		edge = params["boundary"]
	}
	if edge != "" {
		marks = bytes.Count(head, []byte(edge))
		said = bytes.ReplaceAll(head, []byte(edge), []byte("-"))
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n", r.Method, r.URL.RequestURI())
	if len(head) == mostBody {
		fmt.Fprintf(sum, "%d bytes\n", r.ContentLength-int64((marks+1)*len(edge))) // one more ends the last file
		said = said[:min(len(said), mostBody/2)]
	}
	sum.Write(said)
	return hex.EncodeToString(sum.Sum(nil))
}

// failing is the rest of a body that could not be read.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// held holds an answer with its header back until it is known whether it is the one to send.
type held struct {
	http.ResponseWriter
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

// Header gives the header of the answer that is held.
func (h *held) Header() http.Header { return h.header }

// WriteHeader remembers the first status.
func (h *held) WriteHeader(code int) {
	if !h.wrote {
		h.status, h.wrote = code, true
	}
}

// Write keeps what is said until it may be sent.
func (h *held) Write(p []byte) (int, error) { h.wrote = true; return h.body.Write(p) }

// Unwrap lets handlers set deadlines.
func (h *held) Unwrap() http.ResponseWriter { return h.ResponseWriter }

func (h *held) send() {
	to := h.ResponseWriter.Header()
	clear(to)
	for name, values := range h.header {
		to[name] = values
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(h.body.Bytes()) // who left does not hear it
}

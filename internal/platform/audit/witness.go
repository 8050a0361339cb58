package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// Witness cosigns the checkpoints of other installations: it remembers the last one of each log it knows and signs a newer
// one only with a proof that the newer history holds the older one (C2SP tlog-witness, tlog-cosignature).
type Witness struct {
	log    *Log
	signer *trail.Cosigner
	known  map[string]note.Verifier // origin -> key of the log
}

// NewWitness makes the witness of this installation. known names the logs it cosigns, by origin; no other is accepted.
func NewWitness(l *Log, k keys.Signing, known map[string]note.Verifier) *Witness {
	return &Witness{log: l, signer: trail.NewCosigner(k.Name, k.Private, l.now), known: known}
}

// Public is the key to give to the logs that are witnessed.
func (w *Witness) Public() string { return w.signer.Public() }

// mostProof bounds what is read of a request; a proof has at most 63 lines.
const mostProof = 64 << 10

// Answer is what a witness says: a status of HTTP and a text.
type Answer struct {
	Status int
	Kind   string // content type
	Text   string
}

func answer(status int, format string, a ...any) Answer {
	return Answer{status, "text/plain; charset=utf-8", fmt.Sprintf(format, a...)}
}

// Add takes the body of an add-checkpoint request and gives the cosignature, or why there is none: 400 not readable, 404 a
// log that is not known, 403 not signed by it, 409 the last size that was cosigned is another, 422 the history was changed.
func (w *Witness) Add(ctx context.Context, body string) (Answer, error) {
	old, proof, text, err := parseAdd(body)
	if err != nil {
		return answer(http.StatusBadRequest, "%v\n", err), nil //nolint:nilerr // the answer says it
	}
	origin, _, _ := strings.Cut(text, "\n")
	known, ok := w.known[origin]
	if !ok {
		return answer(http.StatusNotFound, "the log is not known here\n"), nil
	}
	c, err := trail.OpenCheckpoint(text, note.VerifierList(known))
	if err != nil {
		return answer(http.StatusForbidden, "the checkpoint is not signed by the key of its log\n"), nil //nolint:nilerr // as above
	}
	if old > c.Size {
		return answer(http.StatusBadRequest, "the old size is larger than the new one\n"), nil
	}
	var out Answer
	err = w.log.d.Tx(ctx, func(tx *db.Tx) (err error) { out, err = w.add(ctx, tx, c, old, proof); return err })
	return out, err
}

func (w *Witness) add(ctx context.Context, tx *db.Tx, c trail.Checkpoint, old int64, proof tlog.TreeProof) (Answer, error) {
	last, err := w.last(ctx, tx, c.Origin)
	if err != nil {
		return Answer{}, err
	}
	if last.Size != old {
		return Answer{http.StatusConflict, "text/x.tlog.size", strconv.FormatInt(last.Size, 10) + "\n"}, nil
	}
	if !follows(last, c, proof) {
		w.log.logger().WarnContext(ctx, "a log shows another history than the one that was cosigned", "origin", c.Origin, "cosigned", last.Size, "shown", c.Size)
		return answer(http.StatusUnprocessableEntity, "the history is not the one that was cosigned at %d entries\n", last.Size), nil
	}
	signed, err := note.Sign(&note.Note{Text: c.Body()}, w.signer)
	if err != nil {
		return Answer{}, err
	}
	_, line, _ := strings.Cut(string(signed), "\n\n")
	n, err := tx.Exec(`INSERT INTO audit_witnessed (regency_id, origin, size, at, note) VALUES (0, $1, $2, $3, $4)
		ON CONFLICT (regency_id, origin) DO UPDATE SET size = excluded.size, at = excluded.at, note = excluded.note
		WHERE audit_witnessed.size = $5`, c.Origin, c.Size, w.log.now().UnixMilli(), c.Text+line, old)
	if err == nil && n == 0 {
		return Answer{http.StatusConflict, "text/x.tlog.size", strconv.FormatInt(last.Size, 10) + "\n"}, nil
	}
	return Answer{http.StatusOK, "text/plain; charset=utf-8", line}, err
}

// follows reports whether the new history holds the old one.
func follows(old, now trail.Checkpoint, proof tlog.TreeProof) bool {
	switch {
	case old.Size == 0:
		return len(proof) == 0
	case old.Size == now.Size:
		return len(proof) == 0 && old.Root == now.Root
	}
	return tlog.CheckTree(proof, now.Size, now.Root, old.Size, old.Root) == nil
}

// last gives the newest checkpoint of a log that was cosigned; of size 0 before the first.
func (w *Witness) last(ctx context.Context, q db.Queryer, origin string) (c trail.Checkpoint, err error) {
	var text string
	err = q.QueryRow(ctx, `SELECT note FROM audit_witnessed WHERE regency_id = 0 AND origin = $1`, origin).Scan(&text)
	if db.NotFound(err) {
		return trail.Checkpoint{Origin: origin}, nil
	}
	if err == nil {
		c, err = trail.ParseBody(text)
		c.Text = text
	}
	return c, err
}

// Last gives the newest checkpoint of a log with the cosignature, "" when none was cosigned.
func (w *Witness) Last(ctx context.Context, origin string) (string, error) {
	c, err := w.last(ctx, w.log.d, origin)
	return c.Text, err
}

// parseAdd reads "old N", the hashes of the proof one a line, an empty line, and the signed checkpoint.
func parseAdd(body string) (old int64, proof tlog.TreeProof, text string, err error) {
	head, text, ok := strings.Cut(body, "\n\n")
	lines := strings.Split(head, "\n")
	size, isOld := strings.CutPrefix(lines[0], "old ")
	if !ok || !isOld || len(lines) > 64 {
		return 0, nil, "", errors.New("write old SIZE, the proof, an empty line, and the checkpoint")
	}
	if old, err = strconv.ParseInt(size, 10, 64); err != nil || old < 0 {
		return 0, nil, "", errors.New("the old size is no number")
	}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return 0, nil, "", errors.New("a line of the proof is no hash")
		}
		proof = append(proof, h)
	}
	return old, proof, text, nil
}

// Remote is a witness elsewhere: another Pendapa, the province, or any that speaks C2SP tlog-witness.
type Remote struct {
	URL    string // what add-checkpoint stands under, e.g. https://pendapa.example/api/v1/witness
	Key    note.Verifier
	Client *http.Client
	Last   func(ctx context.Context, origin string) int64 // size it cosigned last, as far as we know
}

var _ Place = Remote{}

// Name is the address.
func (r Remote) Name() string { return r.URL }

// Send asks the witness to cosign. Its answer that the last size is another is followed once.
func (r Remote) Send(ctx context.Context, c trail.Checkpoint, h History) (string, error) {
	if c.Size == 0 {
		return "", nil
	}
	old := min(r.Last(ctx, c.Origin), c.Size)
	for range 2 {
		a, err := r.post(ctx, c, old, h)
		if err != nil {
			return "", err
		}
		switch a.Status {
		case http.StatusOK:
			return r.accept(c, a.Text)
		case http.StatusUnprocessableEntity:
			return "", &Differs{trail.Problem{Kind: trail.Different, N: old, From: r.URL}}
		case http.StatusConflict:
			size, err := strconv.ParseInt(strings.TrimSpace(a.Text), 10, 64)
			if err != nil {
				return "", fmt.Errorf("witness: %.80q", a.Text)
			}
			if size > c.Size {
				return "", &Differs{trail.Problem{Kind: trail.Shorter, N: size, Have: c.Size, From: r.URL}}
			}
			old = size
		default:
			return "", fmt.Errorf("witness: status %d: %.200s", a.Status, a.Text)
		}
	}
	return "", errors.New("witness: somebody else sends checkpoints of this log at the same time")
}

// accept checks the cosignature and gives the note with both signatures.
func (r Remote) accept(c trail.Checkpoint, line string) (string, error) {
	kept := c.Text + strings.TrimSpace(line) + "\n"
	if _, err := note.Open([]byte(kept), note.VerifierList(r.Key)); err != nil {
		return "", fmt.Errorf("witness: its signature is not of the key in the settings: %w", err)
	}
	return kept, nil
}

func (r Remote) post(ctx context.Context, c trail.Checkpoint, old int64, h History) (a Answer, err error) {
	proof := tlog.TreeProof{}
	if old > 0 && old < c.Size {
		if proof, err = h.Prove(old, c.Size); err != nil {
			return a, err
		}
	}
	var body strings.Builder
	fmt.Fprintf(&body, "old %d\n", old)
	for _, p := range proof {
		fmt.Fprintf(&body, "%s\n", p)
	}
	body.WriteString("\n" + c.Text)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(r.URL, "/")+"/add-checkpoint", strings.NewReader(body.String()))
	if err != nil {
		return a, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := r.Client.Do(req)
	if err != nil {
		return a, err
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, mostProof))
	return Answer{resp.StatusCode, resp.Header.Get("Content-Type"), string(data)}, errors.Join(err, resp.Body.Close())
}

// ServeHTTP answers add-checkpoint and, for people and scripts, the newest cosigned checkpoint of a log.
func (w *Witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	var a Answer
	var err error
	if r.Method == http.MethodPost {
		var body []byte
		if body, err = io.ReadAll(http.MaxBytesReader(rw, r.Body, mostProof)); err == nil {
			a, err = w.Add(r.Context(), string(body))
		}
	} else {
		a = answer(http.StatusOK, "")
		if a.Text, err = w.Last(r.Context(), r.URL.Query().Get("origin")); a.Text == "" {
			a = answer(http.StatusNotFound, "nothing of this log was cosigned here\n")
		}
	}
	if err != nil {
		w.log.logger().ErrorContext(r.Context(), "witness", "err", err)
		a = answer(http.StatusServiceUnavailable, "not now\n")
	}
	rw.Header().Set("Content-Type", a.Kind)
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(a.Status)
	_, _ = io.WriteString(rw, a.Text)
}

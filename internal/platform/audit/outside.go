package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// Place keeps checkpoints outside this machine: what left cannot be rewritten by whoever owns the data folder.
type Place interface {
	// Name tells the place apart from others, and people where it is.
	Name() string
	// Send leaves a checkpoint there and gives the note as it is kept, with the signatures of witnesses. A place that holds
	// another history than h answers with *Differs, and nothing is left there.
	Send(ctx context.Context, c trail.Checkpoint, h History) (kept string, err error)
}

// History proves what this store holds.
type History interface {
	RootAt(size int64) (tlog.Hash, error)
	Prove(old, size int64) (tlog.TreeProof, error)
	Known() note.Verifiers
}

// Differs says that the outside holds what the trail here does not: it was cut, altered or replaced.
type Differs struct{ trail.Problem }

func (d *Differs) Error() string { return d.Words("en") }

// The states of a place.
const (
	OutsideOK      = "ok"      // the newest checkpoint is there
	OutsideLate    = "late"    // the place could not be reached
	OutsideDiffers = "differs" // the place holds another history
)

// Outside is how one place stands for one regency. At is when it last agreed, in milliseconds; Size what it then held.
type Outside struct {
	Place       string
	Size        int64
	At, TriedAt int64
	State, Why  string
	Note        string // the checkpoint with the signatures of witnesses
}

// Places names where checkpoints are left; call it before the jobs run.
func (l *Log) Places(all ...Place) { l.places = all }

type history struct {
	ctx     context.Context
	log     *Log
	regency int64
}

func (h history) RootAt(size int64) (tlog.Hash, error) {
	return tlog.TreeHash(size, hashReader{h.ctx, h.log.d, h.regency})
}

func (h history) Prove(old, size int64) (tlog.TreeProof, error) {
	if old == 0 {
		return nil, nil
	}
	return tlog.ProveTree(size, old, hashReader{h.ctx, h.log.d, h.regency})
}

func (h history) Known() note.Verifiers { return h.log.signer.known() }

// Newest gives the newest signed checkpoint of a regency and when it was made; ok is false before the first.
func (l *Log) Newest(ctx context.Context, regency int64) (c trail.Checkpoint, at time.Time, ok bool, err error) {
	return l.opened(l.d.QueryRow(ctx, `SELECT note, at FROM audit_checkpoint WHERE regency_id = $1 ORDER BY size DESC LIMIT 1`, regency))
}

// CheckpointOf gives the checkpoint that was signed when a regency had size entries; ok is false when there was none.
func (l *Log) CheckpointOf(ctx context.Context, regency, size int64) (c trail.Checkpoint, at time.Time, ok bool, err error) {
	return l.opened(l.d.QueryRow(ctx, `SELECT note, at FROM audit_checkpoint WHERE regency_id = $1 AND size = $2`, regency, size))
}

func (l *Log) opened(row interface{ Scan(to ...any) error }) (c trail.Checkpoint, at time.Time, ok bool, err error) {
	var text string
	var millis int64
	err = row.Scan(&text, &millis)
	if db.NotFound(err) {
		return c, at, false, nil
	}
	if err == nil {
		c, err = trail.OpenCheckpoint(text, l.signer.known())
	}
	return c, time.UnixMilli(millis), err == nil, err
}

// SendOutside leaves the newest checkpoint of every regency at every place and keeps how each place stands. What differs is
// logged loudly each time; a place that is out of reach is a state and no error.
func (l *Log) SendOutside(ctx context.Context) error {
	if len(l.places) == 0 {
		return nil
	}
	regencies, err := l.Regencies(ctx)
	if err != nil {
		return err
	}
	for _, regency := range withKept(l.places, regencies) {
		c, err := l.newestOrNone(ctx, regency)
		for _, p := range l.places {
			if err := l.send(ctx, regency, c, p, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// withKept adds the regencies of which an outside folder keeps checkpoints: a log that was dropped whole must be missed.
func withKept(places []Place, regencies []int64) []int64 {
	regencies = slices.Clone(regencies)
	for _, p := range places {
		f, ok := p.(Folder)
		if !ok {
			continue
		}
		origins, err := f.Origins()
		if err != nil {
			continue // the folder is out of reach, which its state says
		}
		for _, origin := range origins {
			regency, ok := trail.Regency(origin)
			if ok && !slices.Contains(regencies, regency) {
				regencies = append(regencies, regency)
			}
		}
	}
	return regencies
}

// send brings one checkpoint to one place and keeps how the place stands.
func (l *Log) send(ctx context.Context, regency int64, c trail.Checkpoint, p Place, unreadable error) error {
	o := l.try(ctx, regency, c, p, unreadable)
	return l.d.Tx(ctx, func(tx *db.Tx) error { return keepOutside(tx, regency, o) })
}

// try compares one checkpoint with one place; unreadable says why the newest checkpoint of this house is none.
func (l *Log) try(ctx context.Context, regency int64, c trail.Checkpoint, p Place, unreadable error) Outside {
	kept, err := "", unreadable
	switch {
	case unreadable != nil:
		err = &Differs{trail.Problem{Kind: trail.Signature, From: "this house", More: unreadable.Error()}}
	case c.Origin != trail.Origin(regency):
		err = &Differs{trail.Problem{Kind: trail.Foreign, From: "this house", More: c.Origin}}
	default:
		kept, err = p.Send(ctx, c, history{ctx, l, regency})
	}
	now := l.now().UnixMilli()
	o := Outside{Place: p.Name(), Size: c.Size, At: now, TriedAt: now, State: OutsideOK, Note: kept}
	if differs, ok := errors.AsType[*Differs](err); ok {
		l.logger().ErrorContext(ctx, "THE AUDIT TRAIL IS NOT WHAT LEFT THIS MACHINE", "regency", regency, "place", p.Name(), "what", differs.Error())
		o.State, o.Why = OutsideDiffers, differs.Error()
	} else if err != nil {
		l.logger().WarnContext(ctx, "a checkpoint could not leave the machine", "regency", regency, "place", p.Name(), "err", err)
		o.State, o.Why = OutsideLate, err.Error()
	}
	return o
}

// keepOutside keeps size, time and note of the last agreement when the place did not agree this time.
func keepOutside(tx *db.Tx, regency int64, o Outside) error {
	agreed := o.State == OutsideOK
	if !agreed {
		o.Size, o.At, o.Note = 0, 0, ""
	}
	_, err := tx.Exec(`INSERT INTO audit_outside (regency_id, place, size, at, tried_at, state, why, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (regency_id, place) DO UPDATE SET tried_at = excluded.tried_at, state = excluded.state, why = excluded.why,
		size = CASE WHEN $9 THEN excluded.size ELSE audit_outside.size END, at = CASE WHEN $9 THEN excluded.at ELSE audit_outside.at END,
		note = CASE WHEN $9 THEN excluded.note ELSE audit_outside.note END`,
		regency, o.Place, o.Size, o.At, o.TriedAt, o.State, o.Why, o.Note, agreed)
	return err
}

// OutsideOf lists how the places stand for a regency. A place that is no longer in the settings is not listed.
func (l *Log) OutsideOf(ctx context.Context, regency int64) ([]Outside, error) {
	rows, err := l.d.Query(ctx, `SELECT place, size, at, tried_at, state, why, note FROM audit_outside WHERE regency_id = $1`, regency)
	kept, err := db.Collect(rows, err, func(s *sql.Rows) (o Outside, err error) {
		return o, s.Scan(&o.Place, &o.Size, &o.At, &o.TriedAt, &o.State, &o.Why, &o.Note)
	})
	if err != nil {
		return nil, err
	}
	var all []Outside
	for _, p := range l.places {
		now := Outside{Place: p.Name(), State: OutsideLate}
		for _, o := range kept {
			if o.Place == p.Name() {
				now = o
			}
		}
		all = append(all, now)
	}
	return all, nil
}

// OutsideJob is the regular job that leaves checkpoints outside.
func (l *Log) OutsideJob(ctx context.Context, _ jobs.Job) error { return l.SendOutside(ctx) }

// Public is the key by which checkpoints of this house are verified.
func (l *Log) Public() string {
	if l.signer == nil {
		return ""
	}
	return l.signer.Public
}

// agrees compares a checkpoint that is kept outside with what this store holds.
func agrees(kept trail.Checkpoint, size int64, h History, from string) error {
	if kept.Size > size {
		return &Differs{trail.Problem{Kind: trail.Shorter, N: kept.Size, Have: size, From: from}}
	}
	if kept.Size == 0 {
		return nil
	}
	root, err := h.RootAt(kept.Size)
	if err != nil {
		return fmt.Errorf("root of %d entries: %w", kept.Size, err)
	}
	if root != kept.Root {
		return &Differs{trail.Problem{Kind: trail.Different, N: kept.Size, From: from}}
	}
	return nil
}

// SinceOutside gives every checkpoint that outside folders keep, and what witnesses cosigned, to verify against.
func (l *Log) SinceOutside(ctx context.Context) (wants []trail.Want, problems []trail.Problem, err error) {
	for _, p := range l.places {
		f, ok := p.(Folder)
		if !ok {
			continue
		}
		origins, err := f.Origins()
		if err != nil {
			return nil, nil, err
		}
		for _, origin := range origins {
			all, err := f.Read(origin)
			if err != nil {
				return nil, nil, err
			}
			some, wrong := trail.Wants(all, f.file(origin), l.signer.known())
			wants, problems = append(wants, some...), append(problems, wrong...)
		}
	}
	return wants, problems, nil
}

// VerifyAll checks the trail of every regency and compares it with checkpoints from outside. A log of which a checkpoint
// speaks and that is not here is a problem of its own.
func (l *Log) VerifyAll(ctx context.Context, outside []trail.Want) (all []Report, problems []trail.Problem, err error) {
	regencies, err := l.Logs(ctx)
	if err != nil {
		return nil, nil, err
	}
	odd, err := l.odd(ctx)
	if err != nil {
		return nil, nil, err
	}
	wants := map[string][]trail.Want{}
	for _, w := range outside {
		wants[w.Origin] = append(wants[w.Origin], w)
	}
	for _, regency := range regencies {
		origin := trail.Origin(regency)
		r, err := l.verify(ctx, regency, wants[origin], odd)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, r)
		delete(wants, origin)
	}
	return all, trail.Dropped(wants), nil
}

// WithKeys gives a log that verifies with other public keys than those of this house, as they were kept elsewhere.
func (l *Log) WithKeys(v note.Verifier, more ...note.Verifier) *Log {
	return &Log{d: l.d, now: l.now, signer: &Signer{verifier: v, retired: more}, log: l.log, places: l.places}
}

// Known are the keys whose checkpoints count: the one in use, and replaced ones for what they signed before.
func (l *Log) Known() note.Verifiers { return l.signer.known() }

// SignedBy gives the size of the newest checkpoint of each log that a key signed, by origin.
func (l *Log) SignedBy(ctx context.Context, v note.Verifier) (map[string]int64, error) {
	rows, err := l.d.Query(ctx, `SELECT note FROM audit_checkpoint WHERE regency_id >= $1`, 0)
	notes, err := db.Collect(rows, err, func(s *sql.Rows) (text string, err error) { return text, s.Scan(&text) })
	sizes := map[string]int64{}
	for _, text := range notes {
		if c, err := trail.OpenCheckpoint(text, note.VerifierList(v)); err == nil {
			sizes[c.Origin] = max(sizes[c.Origin], c.Size)
		}
	}
	return sizes, err
}

package audit

import (
	"context"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// Signer signs checkpoints with the Ed25519 key of this installation.
type Signer struct {
	signer   note.Signer
	verifier note.Verifier
	retired  []note.Verifier // keys that were replaced, for what they signed before
	Public   string          // the verifier key, to be kept elsewhere too
}

// Trust adds keys that were replaced; each accepts only what it signed before. Call it before the log is used.
func (s *Signer) Trust(old ...note.Verifier) { s.retired = append(s.retired, old...) }

// known are the keys whose checkpoints count.
func (s *Signer) known() note.Verifiers {
	return note.VerifierList(append([]note.Verifier{s.verifier}, s.retired...)...)
}

// NewSigner makes a signer of the audit key.
func NewSigner(k keys.Signing) *Signer {
	return &Signer{signer: k.Signer, verifier: k.Verifier, Public: k.Public}
}

// LoadSigner reads the key in a key folder, or makes one there.
func LoadSigner(dir string) (*Signer, error) {
	r, err := keys.Open(keys.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	return NewSigner(r.Audit()), nil
}

// Checkpoint signs the present root if the log has grown since the last one.
func (l *Log) Checkpoint(ctx context.Context, regency int64) error {
	return l.d.Tx(ctx, func(tx *db.Tx) error {
		var size, last int64
		err := tx.QueryRow(ctx, `SELECT h.size, coalesce((SELECT max(c.size) FROM audit_checkpoint c WHERE c.regency_id = $1), 0)
			FROM audit_head h WHERE h.regency_id = $1`, regency).Scan(&size, &last)
		if db.NotFound(err) || err == nil && size == last {
			return nil
		}
		if err != nil {
			return err
		}
		root, err := tlog.TreeHash(size, hashReader{ctx, tx, regency})
		if err != nil {
			return err
		}
		body := trail.Checkpoint{Origin: trail.Origin(regency), Size: size, Root: root}.Body()
		signed, err := note.Sign(&note.Note{Text: body}, l.signer.signer)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO audit_checkpoint (regency_id, size, at, note) VALUES ($1, $2, $3, $4)`,
			regency, size, l.now().UnixMilli(), string(signed))
		return err
	})
}

// CheckpointAll is the regular job: a checkpoint for every regency whose log has grown.
func (l *Log) CheckpointAll(ctx context.Context, _ jobs.Job) error {
	regencies, err := l.Regencies(ctx)
	if err != nil {
		return err
	}
	for _, regency := range regencies {
		if err := l.Checkpoint(ctx, regency); err != nil {
			return err
		}
	}
	return nil
}

package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
)

// Signer signs checkpoints with the Ed25519 key of this installation.
type Signer struct {
	signer   note.Signer
	verifier note.Verifier
	Public   string // the verifier key, to be kept elsewhere too
}

// LoadSigner reads the key below dir, or makes it at the first start: audit.key (secret) and audit.pub.
func LoadSigner(dir string) (*Signer, error) {
	secretPath, publicPath := filepath.Join(dir, "audit.key"), filepath.Join(dir, "audit.pub")
	secret, err := os.ReadFile(secretPath)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeKey(secretPath, publicPath); err != nil {
			return nil, fmt.Errorf("make audit key: %w", err)
		}
		secret, err = os.ReadFile(secretPath)
	}
	if err != nil {
		return nil, err
	}
	public, err := os.ReadFile(publicPath)
	if err != nil {
		return nil, err
	}
	s := &Signer{Public: strings.TrimSpace(string(public))}
	if s.signer, err = note.NewSigner(strings.TrimSpace(string(secret))); err != nil {
		return nil, err
	}
	s.verifier, err = note.NewVerifier(s.Public)
	return s, err
}

func makeKey(secretPath, publicPath string) error {
	secret, public, err := note.GenerateKey(rand.Reader, "pendapa-audit")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(secretPath), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(publicPath, []byte(public+"\n"), 0o644); err != nil {
		return err
	}
	return os.WriteFile(secretPath, []byte(secret+"\n"), 0o600)
}

// origin is the first line of a checkpoint: which log it speaks of.
func origin(regency int64) string { return "pendapa/" + strconv.FormatInt(regency, 10) }

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
		text := fmt.Sprintf("%s\n%d\n%s\n", origin(regency), size, root)
		signed, err := note.Sign(&note.Note{Text: text}, l.signer.signer)
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

// Package audit keeps who did what in a log that cannot be changed unnoticed: every entry is a leaf of a Merkle tree
// (RFC 6962 as in golang.org/x/mod/sumdb/tlog), and the tree's root is signed from time to time. An entry is written in
// the transaction of the change it describes. BSSN 4/2021, "pencatatan log"; ASVS 16.4.2.
//
// Tables: audit_head, audit_entry, audit_hash, audit_checkpoint.
package audit

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Files holds the migrations.
//
//go:embed migrations
var Files embed.FS

// Entry is what to remember of a change. Before and After become JSON; they hold no secrets and no more personal data
// than the change itself. Of a long text Before keeps how it differed from After (trail.Shorten). Regency is taken from the actor
// unless set.
type Entry struct {
	Regency       int64
	Action        string // "evaluation.round.open"
	Object        string // table or noun
	ObjectID      string
	Agency        string
	Why           string
	Before, After any
}

// Row is an entry as it stands in the log.
type Row = trail.Row

// Log writes and reads the audit trail.
type Log struct {
	d      *db.DB
	now    func() time.Time
	signer *Signer
	log    *slog.Logger
	places []Place

	refusals refusals
}

// New makes a log. signer may be nil where no checkpoints are made (tests, readers).
func New(d *db.DB, now func() time.Time, signer *Signer) *Log {
	return &Log{d: d, now: now, signer: signer}
}

// Of gives the log of another store, as a restored copy, that trusts the same keys.
func (l *Log) Of(d *db.DB) *Log { return New(d, l.now, l.signer) }

// Record appends an entry within the caller's transaction. The actor comes from ctx.
func (l *Log) Record(ctx context.Context, tx *db.Tx, e Entry) error {
	a := tenant.From(ctx)
	if e.Regency == 0 {
		e.Regency = a.Regency
	}
	row := Row{At: l.now().UnixMilli(), ActorID: a.UserID, ActorName: a.Name, Via: a.Via, IP: a.IP, Action: e.Action,
		Object: e.Object, ObjectID: e.ObjectID, Agency: e.Agency, Why: e.Why}
	var err error
	if row.Before, err = text(e.Before); err != nil {
		return err
	}
	if row.After, err = text(e.After); err != nil {
		return err
	}
	row.Before = trail.Shorten(row.Before, row.After)
	tx.Touch(e.Object, e.ObjectID)
	return appendRow(ctx, tx, e.Regency, row)
}

func text(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	data, err := json.Marshal(v)
	return string(data), err
}

// appendRow takes the next number, which also locks the regency's log until the transaction ends.
func appendRow(ctx context.Context, tx *db.Tx, regency int64, row Row) error {
	err := tx.QueryRow(ctx, `INSERT INTO audit_head (regency_id, size) VALUES ($1, 1)
		ON CONFLICT (regency_id) DO UPDATE SET size = audit_head.size + 1 RETURNING size`, regency).Scan(&row.Seq)
	if err != nil {
		return err
	}
	row.Seq--
	_, err = tx.Exec(`INSERT INTO audit_entry (regency_id, seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, regency, row.Seq, row.At, row.ActorID, row.ActorName,
		row.Via, row.IP, row.Action, row.Object, row.ObjectID, row.Agency, row.Why, row.Before, row.After)
	if err != nil {
		return err
	}
	hashes, err := tlog.StoredHashes(row.Seq, row.Leaf(), hashReader{ctx, tx, regency})
	if err != nil {
		return fmt.Errorf("audit entry %d: %w", row.Seq, err)
	}
	first := tlog.StoredHashIndex(0, row.Seq)
	for i, h := range hashes {
		_, err := tx.Exec(`INSERT INTO audit_hash (regency_id, idx, hash) VALUES ($1, $2, $3)`, regency, first+int64(i), h[:])
		if err != nil {
			return err
		}
	}
	return nil
}

// hashReader gives stored tree hashes to tlog.
type hashReader struct {
	ctx     context.Context
	q       db.Queryer
	regency int64
}

// ReadHashes implements tlog.HashReader.
func (r hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, idx := range indexes {
		var b []byte
		err := r.q.QueryRow(r.ctx, `SELECT hash FROM audit_hash WHERE regency_id = $1 AND idx = $2`, r.regency, idx).Scan(&b)
		if err != nil {
			return nil, fmt.Errorf("hash %d: %w", idx, err)
		}
		if copy(out[i][:], b) != tlog.HashSize || len(b) != tlog.HashSize {
			return nil, fmt.Errorf("hash %d has %d bytes", idx, len(b))
		}
	}
	return out, nil
}

// Hashes gives the stored tree hashes of a regency's trail in a store, also in a copy of one, to tlog.
func Hashes(ctx context.Context, q db.Queryer, regency int64) tlog.HashReader {
	return hashReader{ctx, q, regency}
}

// Size counts the entries of a regency.
func (l *Log) Size(ctx context.Context, regency int64) (size int64, err error) {
	err = l.d.QueryRow(ctx, `SELECT size FROM audit_head WHERE regency_id = $1`, regency).Scan(&size)
	if db.NotFound(err) {
		return 0, nil
	}
	return size, err
}

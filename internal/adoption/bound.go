package adoption

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// A signature is bound to the note that was signed, on the side of the adopter and on that of the original. A correction is
// a new signature with its reason: both sides are bound anew in the transaction that corrects.

// bound is the action of an entry that says which fingerprint a signature has.
const bound = "bound"

// Fingerprint is what the signature of an adoption is bound to.
func (a Adoption) Fingerprint() string {
	return seal.New("adoption").Text("id", a.ID).Number("origin_regency", a.Origin.Regency).Text("origin", a.Origin.ID).Text("agency", a.Agency).
		Number("started_at", a.StartedAt).Text("changes", a.Changes).Text("result", a.Result).Number("users", a.Users).
		Text("signed_by", a.SignedBy).Number("signed_at", a.SignedAt).Hash()
}

// Fingerprint is what the proof on the side of the original is bound to.
func (r Replica) Fingerprint() string {
	return seal.New("replica").Text("id", r.ID).Text("innovation", r.Innovation).Number("regency", r.Regency).Text("agency", r.Agency).
		Text("changes", r.Changes).Text("result", r.Result).Number("users", r.Users).Number("signed_at", r.SignedAt).Hash()
}

// bindSigned writes the fingerprint of a signed adoption and says so in the trail.
func (s *Service) bindSigned(ctx context.Context, tx *db.Tx, a Adoption) error {
	hash := a.Fingerprint()
	if _, err := tx.Exec(`UPDATE adoption_adoption SET decided_hash = $3 WHERE regency_id = $1 AND id = $2`, tenant.From(ctx).Regency, a.ID, hash); err != nil {
		return err
	}
	return s.record(ctx, tx, bound, a, "", nil, seal.Decision{State: Signed, Decided: hash})
}

// bindReplica does the same in the regency of the original.
func (s *Service) bindReplica(ctx context.Context, tx *db.Tx, regency int64, r Replica) error {
	hash := r.Fingerprint()
	if _, err := tx.Exec(`UPDATE adoption_replica SET decided_hash = $4 WHERE regency_id = $1 AND innovation_id = $2 AND id = $3`, regency, r.Innovation, r.ID, hash); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Regency: regency, Action: "adoption." + bound, Object: "adoption_replica", ObjectID: r.ID, Agency: r.OriginAgency,
		After: seal.Decision{State: Signed, Decided: hash}})
}

// signed is a signature with the fingerprint that stands beside it.
type signed[T any] struct {
	it   T
	hash string
}

// withHash scans the fingerprint after the columns of a row.
type withHash struct {
	r    *sql.Rows
	hash *string
}

func (w withHash) Scan(to ...any) error { return w.r.Scan(append(to, w.hash)...) }

// signatures lists what was signed here; more narrows it and begins with " AND".
func (s store) signatures(ctx context.Context, q db.Queryer, regency, now int64, more string, args ...any) ([]signed[Adoption], error) {
	rows, err := q.Query(ctx, `SELECT `+columns+`, decided_hash FROM adoption_adoption WHERE regency_id = $1 AND state = 'signed'`+more+` ORDER BY id`,
		append([]any{regency, now}, args...)...)
	return db.Collect(rows, err, func(r *sql.Rows) (x signed[Adoption], err error) {
		x.it, err = scan(withHash{r, &x.hash})
		return x, err
	})
}

func (s store) proofs(ctx context.Context, q db.Queryer, regency int64, more string, args ...any) ([]signed[Replica], error) {
	rows, err := q.Query(ctx, `SELECT `+replicaColumns+`, decided_hash FROM adoption_replica WHERE regency_id = $1`+more+` ORDER BY id`,
		append([]any{regency}, args...)...)
	return db.Collect(rows, err, func(r *sql.Rows) (x signed[Replica], err error) {
		x.it, err = scanReplica(withHash{r, &x.hash})
		return x, err
	})
}

// Decisions compares every signature of the regency, given and received, with what was signed and with the audit trail. It
// gives how many were looked at and what no longer fits.
func (s *Service) Decisions(ctx context.Context) (n int, wrong []seal.Mismatch, err error) {
	regency := tenant.From(ctx).Regency
	given, err := seal.Begin(ctx, s.Audit, "adoption_adoption")
	if err != nil {
		return 0, nil, err
	}
	received, err := seal.Begin(ctx, s.Audit, "adoption_replica")
	if err != nil {
		return 0, nil, err
	}
	own, err := s.store.signatures(ctx, s.DB, regency, s.now(), "")
	if err != nil {
		return 0, nil, err
	}
	proofs, err := s.store.proofs(ctx, s.DB, regency, "")
	if err != nil {
		return 0, nil, err
	}
	for _, x := range own {
		given.Add(x.it.ID, x.it.Origin.Title, x.hash, x.it.Fingerprint())
	}
	for _, x := range proofs {
		received.Add(x.it.ID, x.it.Title, x.hash, x.it.Fingerprint())
	}
	n, wrong = seal.Sum(given, received)
	return n, wrong, nil
}

// Old is what may have been signed before signatures carried a fingerprint.
func (s *Service) Old() []seal.Old {
	find := func(table string) func(context.Context) ([]seal.Key, error) {
		return func(ctx context.Context) ([]seal.Key, error) {
			rows, err := s.DB.Query(ctx, `SELECT regency_id, id FROM `+table+` WHERE regency_id > 0 AND decided_hash = 'unbound'`)
			return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) { return k, r.Scan(&k.Regency, &k.ID) })
		}
	}
	return []seal.Old{{Object: "adoption_adoption", Find: find("adoption_adoption"), Bind: s.bindOldSignature},
		{Object: "adoption_replica", Find: find("adoption_replica"), Bind: s.bindOldProof}}
}

func (s *Service) bindOldSignature(ctx context.Context, tx *db.Tx, id string) error {
	all, err := s.store.signatures(ctx, tx, tenant.From(ctx).Regency, s.now(), ` AND id = $3 AND decided_hash = 'unbound'`, id)
	for _, x := range all {
		if err == nil {
			err = s.bindSigned(ctx, tx, x.it)
		}
	}
	return err
}

func (s *Service) bindOldProof(ctx context.Context, tx *db.Tx, id string) error {
	regency := tenant.From(ctx).Regency
	all, err := s.store.proofs(ctx, tx, regency, ` AND id = $2 AND decided_hash = 'unbound'`, id)
	for _, x := range all {
		if err == nil {
			err = s.bindReplica(ctx, tx, regency, x.it)
		}
	}
	return err
}

package innovation

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// An innovation goes on growing after its gate, so the gate keeps what was decided on: the record and its profile as they were
// in that moment. Its fingerprint binds the request, the proof, the decision and that record.

// gateBound is the action of an entry that says which fingerprint a decision has.
const gateBound = "gate.bound"

// decidedOn is what a decider looks at: the record without its counters.
type decidedOn struct {
	Title, Problem, Sufferer, Idea string
	Measure                        Measure
	Agency, Stage, Affair          string
	Profile                        Profile
}

func (i Innovation) decidedOn() (string, error) {
	text, err := json.Marshal(decidedOn{i.Title, i.Problem, i.Sufferer, i.Idea, i.Measure, i.Agency, i.Stage, i.Affair, i.Profile})
	return string(text), err
}

// Fingerprint is what the decision at a gate is bound to; on is the record as it was decided on.
func (g Gate) Fingerprint(on string) string {
	return seal.New("gate").Text("id", g.ID).Text("innovation", g.Innovation).Text("from", g.From).Text("to", g.To).Number("day", g.Day).
		Text("proof", g.Proof).Text("evidence", g.Evidence).Text("asked_by", g.AskedBy).Text("state", g.State).Text("decided_by", g.DecidedBy).
		Number("decided_at", g.DecidedAt).Text("reason", g.Reason).Text("record", on).Hash()
}

// bindGate keeps what a gate was decided on, in the transaction that decides.
func (s *Service) bindGate(ctx context.Context, tx *db.Tx, g Gate, i Innovation) error {
	on, err := i.decidedOn()
	if err != nil {
		return err
	}
	return s.keepDecision(ctx, tx, g, on, i.Agency)
}

func (s *Service) keepDecision(ctx context.Context, tx *db.Tx, g Gate, on, agency string) error {
	hash := g.Fingerprint(on)
	if _, err := tx.Exec(`UPDATE innovation_gate SET decided_on = $3, decided_hash = $4 WHERE regency_id = $1 AND id = $2`, tenant.From(ctx).Regency, g.ID, on, hash); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "innovation." + gateBound, Object: "innovation_gate", ObjectID: g.ID, Agency: agency,
		After: seal.Decision{State: g.State, Decided: hash}})
}

// Decisions compares every decided gate of the regency with what was decided on and with the audit trail. It gives how many
// were looked at and what no longer fits.
func (s *Service) Decisions(ctx context.Context) (int, []seal.Mismatch, error) {
	regency := tenant.From(ctx).Regency
	check, err := seal.Begin(ctx, s.Audit, "innovation_gate")
	if err != nil {
		return 0, nil, err
	}
	rows, err := s.DB.Query(ctx, `SELECT id, decided_on, decided_hash FROM innovation_gate WHERE regency_id = $1`, regency)
	kept := map[string][2]string{}
	if _, err := db.Collect(rows, err, func(r *sql.Rows) (id string, err error) {
		var two [2]string
		err = r.Scan(&id, &two[0], &two[1])
		kept[id] = two
		return id, err
	}); err != nil {
		return 0, nil, err
	}
	gates, err := s.store.gates(ctx, s.DB, regency, `state IN ('passed', 'refused')`)
	if err != nil {
		return 0, nil, err
	}
	for _, g := range gates {
		on, hash := kept[g.ID][0], kept[g.ID][1]
		check.Add(g.ID, g.From+" > "+g.To, hash, g.Fingerprint(on))
	}
	n, wrong := check.End()
	return n, wrong, nil
}

// Old is what may have been decided before gates kept what they were decided on. Of the record nobody knows any more how it
// was then; the request, the proof and the decision are bound.
func (s *Service) Old() []seal.Old {
	return []seal.Old{{Object: "innovation_gate", Bind: s.bindOldGate, Find: func(ctx context.Context) ([]seal.Key, error) {
		rows, err := s.DB.Query(ctx, `SELECT regency_id, id FROM innovation_gate WHERE regency_id > 0 AND state IN ('passed', 'refused') AND decided_hash = ''`)
		return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) { return k, r.Scan(&k.Regency, &k.ID) })
	}}}
}

func (s *Service) bindOldGate(ctx context.Context, tx *db.Tx, id string) error {
	regency := tenant.From(ctx).Regency
	all, err := s.store.gates(ctx, tx, regency, `id = $2 AND state IN ('passed', 'refused') AND decided_hash = ''`, id)
	if err != nil || len(all) == 0 {
		return err
	}
	i, err := s.store.get(ctx, tx, regency, all[0].Innovation)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return s.keepDecision(ctx, tx, all[0], "", i.Agency)
}

package innovation_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// TestADecidedGateKeepsWhatWasDecidedOn: the innovation goes on, the decision does not change with it, and tampering shows.
func TestADecidedGateKeepsWhatWasDecidedOn(t *testing.T) {
	for name, statement := range map[string]string{
		"untouched":   "",
		"it goes on":  `UPDATE innovation_innovation SET title = 'Judul baru' WHERE regency_id = 1`,
		"the reason":  `UPDATE innovation_gate SET reason = 'lain' WHERE regency_id = 1`,
		"the record":  `UPDATE innovation_gate SET decided_on = '{}' WHERE regency_id = 1`,
		"the state":   `UPDATE innovation_gate SET state = 'refused' WHERE regency_id = 1`,
		"removed":     `DELETE FROM innovation_gate WHERE regency_id = 1`,
		"not decided": `UPDATE innovation_gate SET state = 'waiting' WHERE regency_id = 1`,
		"no trace":    `UPDATE innovation_gate SET decided_on = '', decided_hash = '' WHERE regency_id = 1`,
		"the decider": `UPDATE innovation_gate SET decided_by = 'staff-hub' WHERE regency_id = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, o *office) {
				i := o.accepted(t, "staff-hub", nil)
				must(t, o.AskGate(o.as("staff-hub"), i.ID, trialAsk(i, nil)))
				o.pass(t, i.ID, "head-hub")
				if statement != "" {
					must(t, o.db.Tx(system(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }))
				}
				tampered := statement != "" && name != "it goes on"
				n, wrong, err := o.Decisions(system())
				if err != nil || n != 1 || (len(wrong) == 1) != tampered {
					t.Errorf("looked at %d, found %v, %v", n, wrong, err)
				}
			})
		})
	}
}

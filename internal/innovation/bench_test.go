package innovation_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// fill puts innovations of many agencies into a room, with the counts, effects and gates that a busy regency has: two of
// five in use, two counts of users a year each, one effect with a source each, one of ten before a gate.
func (o *office) fill(t testing.TB, agencies, each int) {
	t.Helper()
	o.outside.agencies = nil
	for a := range agencies {
		o.outside.agencies = append(o.outside.agencies, tenant.Agency{ID: fmt.Sprintf("opd%02d", a), Code: fmt.Sprintf("%d.01", a), Name: fmt.Sprintf("Dinas Urusan Nomor %02d", a), Kind: "dinas", Active: true})
	}
	now, text := o.time.ms(), strings.Repeat("Rancang bangun yang ditulis dengan sungguh. ", 60)
	stages := []string{innovation.Live, innovation.Trial, innovation.Idea, innovation.Live, innovation.Problem}
	must(t, o.db.Tx(system(), func(tx *db.Tx) error {
		for n := range agencies * each {
			id, at := fmt.Sprintf("x%06d", n), now-int64(n*37%700)*86_400_000
			stage := stages[n%len(stages)]
			if err := insertRaw(tx, id, int64(n+1), o.outside.agencies[n%agencies].ID, stage, at, text); err != nil {
				return err
			}
			if stage == innovation.Live {
				if err := insertUse(tx, id, at); err != nil {
					return err
				}
			}
			if n%10 == 1 {
				if _, err := tx.Exec(`INSERT INTO innovation_gate (regency_id, id, innovation_id, from_stage, to_stage, day, proof, evidence_id, decider, asked_by, asked_at, state, decided_by, decided_at, reason)
					VALUES (1, $1, $2, 'trial', 'live', $3, 'Bukti', '', 'head-hub', 'staff-hub', $3, 'waiting', '', 0, '')`, "g"+id, id, at); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func insertRaw(tx *db.Tx, id string, number int64, agency, stage string, at int64, text string) error {
	answered := at + 86_400_000
	if stage == innovation.Problem {
		answered = 0
	}
	_, err := tx.Exec(`INSERT INTO innovation_innovation (regency_id, id, number, title, problem, sufferer, idea, measure_now, measure_want, measure_unit, agency_id, proposer, origin, origin_note,
		stage, stage_before, state, proposed_at, answer_due, answered_at, answer, answer_reason, answered_by, merged_into, trial_at, live_at, developed_at, affair, published, previous_id,
		lesson, stopped_at, submitted_by, reason, profile, created_at, changed_at, step_at, trial_end, rev)
		VALUES (1, $1, $2, $3, $4, 'Warga', $4, '180', '30', 'menit', $5, 'staff-hub', 'agency', '', $6, '', 'draft', $7, $8, $9, '', '', '', '', $7, $7, 0, '', $10, '', '', 0, '', '', $11, $7, $7, $7, $8, 1)`,
		id, number, "Inovasi layanan nomor "+id, text[:300], agency, stage, at, at+14*86_400_000, answered, false, `{"aims":"`+text+`"}`)
	return err
}

func insertUse(tx *db.Tx, id string, at int64) error {
	const year = 365 * 86_400_000
	for n := range int64(2) {
		if _, err := tx.Exec(`INSERT INTO innovation_count (regency_id, innovation_id, id, kind, value, period_from, period_to, source, evidence_id, entered_by, entered_at)
			VALUES (1, $1, $2, 'users', $3, $4, $5, 'Laporan', '', 'staff-hub', $5)`, id, fmt.Sprint("c", n), 100+n, at-(2-n)*year, at-(1-n)*year); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`INSERT INTO innovation_effect (regency_id, innovation_id, id, kind, name, before_value, after_value, unit, times, source, evidence_id, entered_by, entered_at)
		VALUES (1, $1, 'e', 'time', 'Antrean', '180', '30.5', 'minute', 1200, 'Survei', '', 'staff-hub', $2)`, id, at)
	return err
}

// p95 runs something many times and gives the time that 95 of 100 stay below.
func p95(b *testing.B, run func()) {
	var all []time.Duration
	for b.Loop() {
		start := time.Now()
		run()
		all = append(all, time.Since(start))
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)*95/100].Microseconds())/1000, "p95-ms")
}

// BenchmarkYouth asks the page of 75 agencies with 2,000 innovations through its route, as a leader does. Goal: p95 <= 30 ms.
func BenchmarkYouth(b *testing.B) {
	o := officeOf(b, storetest.SQLite(b))
	o.fill(b, 75, 27)
	v := doorOf(b, o)
	leader := o.as("leader")
	p95(b, func() {
		if got := v.do(leader, http.MethodGet, "/inovasi/muda", nil); got.status != http.StatusOK {
			b.Fatalf("%d %.300s", got.status, got.body)
		}
	})
}

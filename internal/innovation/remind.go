package innovation

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// remind is the job that watches the clocks: of ideas that wait for an answer, and of trials whose last day has passed. Every
// notice has a key of its own, so that running the job again says nothing twice.
func (s *Service) remind(ctx context.Context, _ jobs.Job) error {
	if s.Notices == nil {
		return nil
	}
	rows, err := s.DB.Query(ctx, `SELECT DISTINCT regency_id FROM innovation_innovation WHERE regency_id > 0 AND (answered_at = 0 AND stage = 'problem' OR stage = 'trial')`)
	regencies, err := db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil {
		return err
	}
	for _, regency := range regencies {
		here := tenant.With(ctx, tenant.SystemOf(regency, "job"))
		if err := s.remindIdeas(here, regency); err != nil {
			return err
		}
		if err := s.remindTrials(here, regency); err != nil {
			return err
		}
	}
	return nil
}

// remindIdeas tells the desk of clocks that run out or ran out, and the proposer that the answer is late.
func (s *Service) remindIdeas(ctx context.Context, regency int64) error {
	rows, err := s.DB.Query(ctx, `SELECT `+columns+` FROM innovation_innovation WHERE regency_id = $1 AND answered_at = 0 AND stage = 'problem' AND answer_due > 0 ORDER BY answer_due, id`, regency)
	all, err := db.Collect(rows, err, scanRows)
	if err != nil {
		return err
	}
	desk, err := s.desk(ctx)
	if err != nil {
		return err
	}
	for _, i := range all {
		c, err := s.clock(ctx, i)
		if err != nil {
			return err
		}
		if c.State == ClockCalm {
			continue
		}
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.remindIdea(ctx, tx, i, c, desk) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) remindIdea(ctx context.Context, tx *db.Tx, i Innovation, c Clock, desk []string) error {
	var others []string // nobody answers the own idea
	for _, person := range desk {
		if person != i.Proposer {
			others = append(others, person)
		}
	}
	n := Notice{To: others, Key: "innovation.notice.clock." + c.State, Args: map[string]any{"Title": i.Title, "Note": ""}, Path: deskPath(i.ID)}
	n.Once = n.Key + ":" + i.ID
	if err := s.Notices.Notify(ctx, tx, n); err != nil || c.State != ClockLate {
		return err
	}
	return s.notify(ctx, tx, []string{i.Proposer}, "innovation.notice.clock.proposer", i, i.ID, "")
}

// deskPath is where the desk answers an idea.
func deskPath(id string) string { return "/inovasi/meja?pilih=" + id }

// remindTrials tells the team once that the last day of its trial has passed. A trial that got another last day is told
// again when that has passed.
func (s *Service) remindTrials(ctx context.Context, regency int64) error {
	rows, err := s.DB.Query(ctx, `SELECT `+columns+` FROM innovation_innovation WHERE regency_id = $1 AND stage = 'trial' AND trial_end > 0 AND trial_end <= $2 ORDER BY id`, regency, s.now()-oneDay)
	all, err := db.Collect(rows, err, scanRows)
	if err != nil {
		return err
	}
	for _, i := range all {
		err := s.DB.Tx(ctx, func(tx *db.Tx) error {
			to, err := s.everybody(ctx, tx, i)
			if err != nil {
				return err
			}
			return s.notify(ctx, tx, to, "innovation.notice.trial_end", i, i.ID+":"+strconv.FormatInt(i.Profile.Trial.End, 10), "")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

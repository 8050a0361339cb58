package evaluation

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// remindBefore are the days before a due date on which an agency hears of an open request; afterwards every third day.
func remindBefore() []int { return []int{7, 3, 1, 0} }

// remindDue reports whether a letter is due today: days are whole days left, since is when the last letter went.
func remindDue(daysLeft int, since time.Duration) bool {
	if since < 20*time.Hour {
		return false
	}
	if daysLeft < 0 {
		return since >= 3*24*time.Hour-4*time.Hour
	}
	for _, d := range remindBefore() {
		if daysLeft == d {
			return true
		}
	}
	return false
}

// remind is the daily job: one letter per open request that is near or past its day.
func (s *Service) remind(ctx context.Context, _ jobs.Job) error {
	rows, err := s.DB.Query(ctx, `SELECT DISTINCT regency_id FROM evaluation_round WHERE regency_id > 0 AND state = 'open'`)
	regencies, err := db.Collect(rows, err, scanInt)
	if err != nil {
		return err
	}
	for _, regency := range regencies {
		if err := s.remindRegency(tenant.With(ctx, tenant.SystemOf(regency, "job")), regency); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) remindRegency(ctx context.Context, regency int64) error {
	open, err := s.store.requests(ctx, `state = 'open' AND round_id IN (SELECT id FROM evaluation_round WHERE regency_id = $1 AND state = 'open')`, regency)
	if err != nil {
		return err
	}
	now := s.Now()
	for _, r := range open {
		last := max(r.AskedAt, r.RemindedAt)
		left := int(time.UnixMilli(r.Due).Sub(now).Hours()) / 24
		if r.Due < now.UnixMilli() {
			left = -1
		}
		if !remindDue(left, now.Sub(time.UnixMilli(last))) {
			continue
		}
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.remindOne(ctx, tx, regency, r) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) remindOne(ctx context.Context, tx *db.Tx, regency int64, r Request) error {
	if _, err := tx.Exec(`UPDATE evaluation_request SET reminders = reminders + 1, reminded_at = $3 WHERE regency_id = $1 AND id = $2`, regency, r.ID, s.now()); err != nil {
		return err
	}
	if err := s.letters(ctx, tx, r, "evaluation.mail.remind"); err != nil {
		return err
	}
	return s.record(ctx, tx, "request.remind", "request", r.ID, r.Agency, "", nil, nil)
}

// letters writes to every operator of the agency asked. It runs inside a transaction and therefore reads the directory first.
func (s *Service) letters(ctx context.Context, tx *db.Tx, r Request, key string) error {
	if s.Mail == nil {
		return nil
	}
	people, err := s.Dir.People(ctx, tenant.RoleOperator)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Agency != r.Agency {
			continue
		}
		subject := s.Text("id", key+".subject", "Code", r.Code)
		body := s.Text("id", key+".body", "Code", r.Code, "Text", r.Text, "Due", time.UnixMilli(r.Due).Format("02-01-2006"),
			"Link", s.Address(ctx)+"/evaluasi/"+r.Round+"/soal/"+r.Code)
		if err := s.Mail.Send(ctx, tx, p.ID, subject, body); err != nil {
			return err
		}
	}
	return nil
}

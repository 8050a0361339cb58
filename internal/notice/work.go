package notice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	morning   = 6 // the hour from which the letter of a day goes
	mostLines = 50
	keep      = 400 * 24 * time.Hour
)

// digest is the hourly job that sends the letter of the day to everybody for whom something waits, from the morning of
// their regency on. One person's failure does not keep the others' letters back; the job fails at the end and is run
// again, which sends nothing twice.
func (s *Service) digest(ctx context.Context, _ jobs.Job) error {
	owed, err := s.store.owed(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, regency := range owed {
		failed = append(failed, s.digestOf(tenant.With(ctx, tenant.SystemOf(regency, "job")), regency))
	}
	return errors.Join(failed...)
}

func (s *Service) digestOf(ctx context.Context, regency int64) error {
	now := s.Now().In(s.Zone(ctx))
	if now.Hour() < morning {
		return nil
	}
	day := now.Format(time.DateOnly)
	all, err := s.store.waiting(ctx, regency, day)
	if err != nil {
		return err
	}
	var failed []error
	for _, to := range all {
		if err := s.letter(ctx, to, day); err != nil {
			failed = append(failed, fmt.Errorf("letter to %s: %w", to.person, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// errNothing undoes the claim of a letter for which nothing was left: it was read in the meantime.
var errNothing = errors.New("notice: nothing to mail")

// letter sends one person's letter and marks what it holds, both or neither.
func (s *Service) letter(ctx context.Context, to reader, day string) error {
	lang, err := s.People.Lang(ctx, to.person)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	lang = i18n.Known(lang)
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		mine, err := s.store.claim(tx, to, day, s.now())
		if err != nil || !mine {
			return err
		}
		items, err := s.store.mail(ctx, tx, to, s.now())
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return errNothing
		}
		if err := s.Mail.Send(ctx, tx, to.person, s.Text(lang, "notice.mail.subject", "N", len(items)), s.body(ctx, lang, items)); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "notice.mail", Object: "notice_letter", ObjectID: to.person + " " + day, After: map[string]int{"notices": len(items)}})
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// body writes the letter: newest first, each with its address, no more than anybody reads.
func (s *Service) body(ctx context.Context, lang string, items []Item) string {
	slices.SortFunc(items, func(a, b Item) int { return cmp.Or(cmp.Compare(b.At, a.At), strings.Compare(b.ID, a.ID)) })
	base := strings.TrimSuffix(s.Address(ctx), "/")
	var b strings.Builder
	for _, i := range items[:min(len(items), mostLines)] {
		b.WriteString("- " + s.text(lang, i) + "\n")
		if i.Path != "" {
			b.WriteString("  " + base + i.Path + "\n")
		}
	}
	if more := len(items) - mostLines; more > 0 {
		b.WriteString("\n" + s.Text(lang, "notice.mail.more", "N", more) + "\n")
	}
	return s.Text(lang, "notice.mail.body", "Lines", strings.TrimSuffix(b.String(), "\n"), "All", base+"/kabar", "Settings", base+"/kabar/pengaturan")
}

// sweep is the daily job that removes notices read long ago, and the ledger of letters of that time.
func (s *Service) sweep(ctx context.Context, _ jobs.Job) error {
	before := s.Now().Add(-keep).UnixMilli()
	regencies, err := s.store.old(ctx, before)
	if err != nil {
		return err
	}
	for _, regency := range regencies {
		if err := s.sweepRegency(tenant.With(ctx, tenant.SystemOf(regency, "job")), regency, before); err != nil {
			return err
		}
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.removeLetters(tx, before) })
}

func (s *Service) sweepRegency(ctx context.Context, regency, before int64) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.remove(tx, regency, before)
		if err != nil || n == 0 {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "notice.sweep", Object: "notice_notice", After: map[string]int64{"removed": n}})
	})
}

package adoption

import (
	"context"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/tenant"
)

// What an adoption waits for.
const (
	OwesStart = "start" // its first day is not known
	OwesWait  = "wait"  // the first days of use
	OwesNote  = "note"  // what was changed and how it went
	OwesSign  = "sign"  // the signature of a head
)

// Owes says what an open adoption waits for; "" when it is closed.
func (s *Service) Owes(ctx context.Context, a Adoption) string {
	switch {
	case !a.Open():
		return ""
	case a.StartedAt == 0:
		return OwesStart
	case s.Days(ctx, a) < SignDays:
		return OwesWait
	case !a.Written():
		return OwesNote
	}
	return OwesSign
}

// SignFrom is the first day on which an adoption may be signed; 0 while its first day is not known.
func (s *Service) SignFrom(ctx context.Context, a Adoption) int64 {
	if a.StartedAt == 0 {
		return 0
	}
	return s.after(ctx, a.StartedAt, SignDays)
}

// tasks lists what waits for the actor here: signatures for heads, notes for those who began.
func (s *Service) tasks(ctx context.Context) ([]tasks.Task, error) {
	a := tenant.From(ctx)
	if a.System || !a.SignedIn() || !a.Can(Adopt, "") && !a.Can(Sign, "") {
		return nil, nil
	}
	all, err := s.store.open(ctx, a.Regency, s.now(), s.after(ctx, s.now(), -SignDays), a.UserID, a.Scope(Sign))
	var out []tasks.Task
	for _, one := range all {
		t := tasks.Task{Title: one.Origin.Title, Path: "/adopsi/" + one.ID, Agency: one.Agency, Due: s.SignFrom(ctx, one), Urgency: 1,
			Detail: errs.M("adoption.task.from", "Agency", one.Origin.AgencyName, "Regency", one.Origin.RegencyName)}
		switch owes := s.Owes(ctx, one); {
		case owes == OwesSign && s.MaySign(ctx, one) == nil:
			t.Kind, t.Do = "adoption.task.sign", errs.M("adoption.task.sign_do")
			t.Due = 0 // a head signs when the text is there, not on a date
		case owes == OwesNote && one.StartedBy == a.UserID && a.Can(Adopt, one.Agency):
			t.Kind, t.Do = "adoption.task.note", errs.M("adoption.task.note_do")
		default:
			continue
		}
		out = append(out, t)
	}
	return out, err
}

package adoption

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Note is the draft of what will be signed. Users is as typed, "" when nobody counted. StartedAt moves the first day; nil
// leaves it.
type Note struct {
	Changes, Result, Users string
	StartedAt              *int64
	Rev                    int64
}

// SaveNote keeps the draft. Whoever may adopt for the agency may go on with it, so that work survives a transfer; who wrote
// last is kept, because nobody signs their own words.
func (s *Service) SaveNote(ctx context.Context, id string, n Note) error {
	before, err := s.mine(ctx, id, Adopt)
	if err != nil {
		return err
	}
	if !before.Open() {
		return errs.E(errs.Conflict, "adoption.error.closed", nil)
	}
	after, err := s.noted(ctx, before, n)
	if err != nil {
		return err
	}
	heads, err := s.heads(ctx, after)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "note", after, "", before, after); err != nil {
			return err
		}
		if !after.Written() || before.Written() {
			return nil
		}
		return s.notify(ctx, tx, "adoption.notice.written", after.ID, after, heads...)
	})
}

// mine gives an adoption on which the actor may do action.
func (s *Service) mine(ctx context.Context, id, action string) (Adoption, error) {
	a, err := s.Get(ctx, id)
	if err != nil {
		return a, err
	}
	return a, allow(ctx, action, a.Agency)
}

// noted puts a draft into the adoption and says what cannot stand. A draft may be short; only the signature wants it whole.
func (s *Service) noted(ctx context.Context, a Adoption, n Note) (Adoption, error) {
	wrong := map[string]errs.Msg{}
	texts(&n.Changes, &n.Result, wrong)
	a.Users = users(n.Users, wrong)
	a.Changes, a.Result, a.Rev = n.Changes, n.Result, n.Rev
	if n.StartedAt != nil && s.day(ctx, *n.StartedAt) != a.StartedAt {
		if err := s.moveStart(ctx, &a, s.day(ctx, *n.StartedAt), wrong); err != nil {
			return a, err
		}
	}
	if len(wrong) > 0 {
		return a, errs.InvalidFields(wrong)
	}
	a.State, a.NotedBy, a.ChangedAt = s.stateOf(a), tenant.From(ctx).UserID, s.now()
	return a, nil
}

// moveStart sets another first day. The original may have been hidden since; then only the plan's own limits are checked.
func (s *Service) moveStart(ctx context.Context, a *Adoption, day int64, wrong map[string]errs.Msg) error {
	o, err := s.original(ctx, a.Origin.Regency, a.Origin.ID, tenant.From(ctx).Regency)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	a.StartedAt = day
	s.checkDay(ctx, day, o.LiveAt, wrong)
	return nil
}

func texts(changes, result *string, wrong map[string]errs.Msg) {
	for name, text := range map[string]*string{"changes": changes, "result": result} {
		if *text = strings.TrimSpace(*text); utf8.RuneCountInString(*text) > mostText {
			wrong[name] = errs.M("adoption.error.long", "Most", mostText)
		}
	}
}

// english is a whole number in English groups. People are counted whole, so that 1,250 can only be a thousand and more.
var english = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+$`)

// users reads how many people use it here; -1 when nobody counted.
func users(text string, wrong map[string]errs.Msg) int64 {
	if text = strings.TrimSpace(text); text == "" {
		return -1
	}
	if english.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	v, err := instrument.Figure(text, false)
	if err != nil || !v.IsInt() || v.Sign() < 0 || v.Num().BitLen() > 53 {
		wrong["users"] = errs.M("adoption.error.users")
		return -1
	}
	return v.Num().Int64()
}

// heads lists who may sign an adoption: heads of its agency who neither began it nor wrote its note.
func (s *Service) heads(ctx context.Context, a Adoption) ([]string, error) {
	all, err := s.Dir.People(ctx, tenant.RoleHead)
	var out []string
	for _, p := range all {
		if p.Agency == a.Agency && p.ID != a.StartedBy && p.ID != a.NotedBy {
			out = append(out, p.ID)
		}
	}
	return out, err
}

// Withdraw ends an adoption that nobody signed. The reason is kept: why something could not be taken over is worth knowing.
func (s *Service) Withdraw(ctx context.Context, id string, rev int64, reason string) error {
	before, err := s.mine(ctx, id, Adopt)
	if err != nil {
		return err
	}
	switch before.State {
	case Signed:
		return errs.E(errs.Conflict, "adoption.error.signed", nil)
	case Withdrawn:
		return errs.E(errs.Conflict, "adoption.error.closed", nil)
	}
	if reason, err = why(reason, "reason"); err != nil {
		return err
	}
	after := before
	after.State, after.Reason, after.Rev, after.ChangedAt = Withdrawn, reason, rev, s.now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
			return err
		}
		return s.record(ctx, tx, "withdraw", after, reason, before, after)
	})
}

func why(text, field string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < leastWhy || n > mostText {
		return text, errs.InvalidFields(map[string]errs.Msg{field: errs.M("adoption.error.reason")})
	}
	return text, nil
}

package innovation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Change is what the team edits: the head of the record and the form. Number is the one number as typed and stands for
// Measure when it is given; Developed is the day of the last development, nil keeps the one there is.
type Change struct {
	Title, Problem, Sufferer, Idea string
	Number                         string
	Measure                        Measure
	Affair                         string
	Developed                      *int64
	Profile                        Profile
	Rev                            int64
}

// Save keeps the form. Stage dates, trial plan and rollout belong to the gates and stay as they are.
func (s *Service) Save(ctx context.Context, id string, c Change) (int64, error) {
	before, err := s.editable(ctx, id)
	if err != nil {
		return 0, err
	}
	wrong := map[string]errs.Msg{}
	c.checkHead(before, wrong)
	if err := s.checkLists(ctx, &c, wrong); err != nil {
		return 0, err
	}
	c.Profile.tidy(wrong)
	s.checkDeveloped(before, c.Developed, wrong)
	if len(wrong) > 0 {
		return 0, errs.InvalidFields(wrong)
	}
	after := before
	after.Title, after.Problem, after.Sufferer, after.Idea, after.Measure, after.Affair, after.Rev = c.Title, c.Problem, c.Sufferer, c.Idea, c.Measure, c.Affair, c.Rev
	if c.Developed != nil {
		after.DevelopedAt = *c.Developed
	}
	c.Profile.Trial, c.Profile.Rollout, c.Profile.Developed = before.Profile.Trial, before.Profile.Rollout, before.Profile.Developed
	c.Profile.PactAt, c.Profile.PactBy = before.Profile.PactAt, before.Profile.PactBy
	after.Profile, after.ChangedAt = c.Profile, s.now()
	return c.Rev + 1, s.DB.Tx(ctx, func(tx *db.Tx) error { return s.keepForm(ctx, tx, before, after) })
}

// checkHead tidies what every record has. What stood empty, as in a list that was brought in, may stay empty.
func (c *Change) checkHead(before Innovation, wrong map[string]errs.Msg) {
	c.Title = strings.Join(strings.Fields(c.Title), " ")
	if n := utf8.RuneCountInString(c.Title); n < 3 || n > 200 {
		wrong["title"] = errs.M("innovation.error.title")
	}
	for name, text := range map[string]struct {
		now *string
		had string
	}{"problem": {&c.Problem, before.Problem}, "sufferer": {&c.Sufferer, before.Sufferer}, "idea": {&c.Idea, before.Idea}} {
		*text.now = strings.TrimSpace(*text.now)
		if n := utf8.RuneCountInString(*text.now); n < 3 && (n > 0 || text.had != "") || len(*text.now) > 4000 {
			wrong[name] = errs.M("innovation.error." + name)
		}
	}
	if c.Number = strings.TrimSpace(c.Number); c.Number != "" {
		m, err := ParseMeasure(c.Number)
		if _, fields := errs.MsgOf(err); err != nil {
			wrong["number"] = fields["number"]
		}
		c.Measure = m
	} else if c.Measure == (Measure{}) && before.Measure != c.Measure {
		wrong["number"] = errs.M("innovation.error.number_arrow")
	}
}

// checkLists wants affairs and the district from their lists.
func (s *Service) checkLists(ctx context.Context, c *Change, wrong map[string]errs.Msg) error {
	var codes []string
	for _, a := range s.Affairs("id") {
		codes = append(codes, a.Code)
	}
	if c.Affair != "" && !slices.Contains(codes, c.Affair) {
		wrong["affair"] = errs.M("innovation.error.affair")
	}
	c.Profile.Touching = slices.DeleteFunc(known(c.Profile.Touching, codes), func(code string) bool { return code == c.Affair })
	if c.Profile.District = strings.TrimSpace(c.Profile.District); c.Profile.District == "" || s.Districts == nil {
		return nil
	}
	all, err := s.Districts(ctx)
	if !slices.ContainsFunc(all, func(d District) bool { return d.Code == c.Profile.District }) {
		wrong["district"] = errs.M("innovation.error.choice")
	}
	return err
}

// checkDeveloped keeps the day of development behind the day of implementation.
func (s *Service) checkDeveloped(i Innovation, day *int64, wrong map[string]errs.Msg) {
	switch {
	case day == nil || *day == 0:
	case *day > s.now():
		wrong["developed"] = errs.M("innovation.error.day_future")
	case i.LiveAt == 0 || *day < i.LiveAt:
		wrong["developed"] = errs.M("innovation.error.developed_order")
	}
}

// keepForm writes the form unless another agency registered its title before.
func (s *Service) keepForm(ctx context.Context, tx *db.Tx, before, after Innovation) error {
	other, claimed, err := s.claimed(ctx, tx, after, titleKey(before.Title) != titleKey(after.Title))
	if err != nil {
		return err
	}
	if claimed {
		return errs.InvalidFields(map[string]errs.Msg{"title": errs.M("innovation.error.claimed", "Agency", other.Agency.Name, "Number", other.Number)})
	}
	return s.putIn(ctx, tx, "save", before, after)
}

// put writes a record that took no step.
func (s *Service) put(ctx context.Context, action string, before, after Innovation) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.putIn(ctx, tx, action, before, after) })
}

func (s *Service) putIn(ctx context.Context, tx *db.Tx, action string, before, after Innovation) error {
	if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
		return err
	}
	return s.record(ctx, tx, action, after, "", before, after)
}

// Pact signs or withdraws the integrity pact: the form tells the truth.
func (s *Service) Pact(ctx context.Context, id string, rev int64, signed bool) error {
	before, err := s.editable(ctx, id)
	if err != nil {
		return err
	}
	after := before
	after.Rev, after.ChangedAt, after.Profile.PactAt, after.Profile.PactBy = rev, s.now(), 0, ""
	if signed {
		after.Profile.PactAt, after.Profile.PactBy = s.now(), tenant.From(ctx).UserID
	}
	return s.put(ctx, "pact", before, after)
}

// Publish shows an innovation to the public, or hides it again. Only what runs or stopped with a lesson may be shown.
func (s *Service) Publish(ctx context.Context, id string, rev int64, shown bool) error {
	if err := allow(ctx, Desk); err != nil {
		return err
	}
	before, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	if shown && before.National() == NationalInitiative {
		return errs.E(errs.Conflict, "innovation.error.publish", nil)
	}
	after := before
	after.Rev, after.Published, after.ChangedAt = rev, shown, s.now()
	return s.put(ctx, "publish", before, after)
}

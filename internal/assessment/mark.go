package assessment

import (
	"context"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Entry is a mark as an assessor writes it. Value takes a decimal comma or point, "" keeps only the comment. Rev is the
// one that was read, 0 when there was none. Submit shows the mark to the others and closes it until Reopen.
type Entry struct {
	Item    string `json:"item"`
	Value   string `json:"value"`
	Comment string `json:"comment"`
	Rev     int64  `json:"rev"`
	Submit  bool   `json:"submit"`
}

const mostComment = 4000

// seen keeps the marks the actor may see. Own marks always. Marks of others only when submitted, and then: to an invited
// assessor while the assessment runs, once they submitted the same question themselves; to who may watch, at once; to
// everybody who reads results, when the round is done.
func seen(a tenant.Actor, r Round, invited bool, all []Mark) []Mark {
	mine := map[string]bool{}
	for _, m := range all {
		if a.SignedIn() && m.Assessor == a.UserID && m.State == Submitted {
			mine[m.Item] = true
		}
	}
	bound := invited && r.State == roundAssess
	free := !bound && (a.Can(Watch, "") || r.State == roundDone && (a.Can(Read, "") || invited))
	return slices.DeleteFunc(slices.Clone(all), func(m Mark) bool {
		own := a.SignedIn() && m.Assessor == a.UserID
		return !own && (m.State != Submitted || !free && !(invited && mine[m.Item]))
	})
}

// Marks lists the marks of a round that the actor may see.
func (s *Service) Marks(ctx context.Context, round string) ([]Mark, error) {
	return s.visible(ctx, round, func(regency int64) ([]Mark, error) { return s.store.marks(ctx, regency, round) })
}

// MarksFor lists the marks of one question that the actor may see.
func (s *Service) MarksFor(ctx context.Context, round, item string) ([]Mark, error) {
	return s.visible(ctx, round, func(regency int64) ([]Mark, error) { return s.store.marksFor(ctx, regency, round, item) })
}

func (s *Service) visible(ctx context.Context, round string, load func(regency int64) ([]Mark, error)) ([]Mark, error) {
	a := tenant.From(ctx)
	r, err := s.Rounds.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	invited, err := s.Invited(ctx, round)
	if err != nil {
		return nil, err
	}
	if !invited && !a.Can(Read, "") {
		return nil, errs.E(errs.NotFound, "assessment.error.not_invited", nil)
	}
	all, err := load(a.Regency)
	return seen(a, r, invited, all), err
}

// Mine lists the actor's own marks of a round by question.
func (s *Service) Mine(ctx context.Context, round string) (map[string]Mark, error) {
	if _, _, err := s.asAssessor(ctx, round); err != nil {
		return nil, err
	}
	a := tenant.From(ctx)
	all, err := s.store.marksOf(ctx, s.DB, a.Regency, round, a.UserID)
	out := map[string]Mark{}
	for _, m := range all {
		out[m.Item] = m
	}
	return out, err
}

// Save writes the actor's marks, all of them or none. It gives them back with their new revisions.
func (s *Service) Save(ctx context.Context, round string, entries ...Entry) ([]Mark, error) {
	r, _, err := s.asAssessor(ctx, round)
	if err != nil {
		return nil, err
	}
	if r.State != roundAssess {
		return nil, notAssess(r)
	}
	p, err := s.Rounds.PackOf(ctx, round)
	if err != nil {
		return nil, err
	}
	var marks []Mark
	for _, e := range entries {
		m, err := s.check(ctx, p, e)
		if err != nil {
			return nil, err
		}
		marks = append(marks, m)
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error { return s.write(ctx, tx, round, marks) })
	for i := range marks {
		marks[i].Rev++
	}
	return marks, err
}

// check turns what was typed into a mark.
func (s *Service) check(ctx context.Context, p *instrument.Pack, e Entry) (Mark, error) {
	m := Mark{Item: p.Canonical(e.Item), Assessor: tenant.From(ctx).UserID, State: Draft, At: s.now(), Rev: e.Rev}
	if _, _, ok := p.Question(m.Item); !ok {
		return m, errs.E(errs.NotFound, "assessment.error.item", nil)
	}
	wrong := map[string]errs.Msg{}
	if strings.TrimSpace(e.Value) != "" {
		v, err := p.ParseMark(e.Value)
		if err != nil {
			wrong["value"] = errs.M("assessment.error.value", "Min", p.Scale.Min, "Max", p.Scale.Max)
		} else {
			m.Value = exact(v)
		}
	} else if e.Submit {
		wrong["value"] = errs.M("assessment.error.no_value")
	}
	comment, fits := text(e.Comment, mostComment)
	if !fits {
		wrong["comment"] = errs.M("assessment.error.too_long", "Most", mostComment)
	}
	m.Comment = comment
	if e.Submit {
		m.State = Submitted
	}
	if len(wrong) > 0 {
		return m, errs.InvalidFields(wrong)
	}
	return m, nil
}

func (s *Service) write(ctx context.Context, tx *db.Tx, round string, marks []Mark) error {
	a := tenant.From(ctx)
	byItem := func(a, b Mark) int { return strings.Compare(a.Item, b.Item) } // two writers take the locks in one order
	for _, m := range slices.SortedFunc(slices.Values(marks), byItem) {
		if err := s.hold(ctx, tx, round, m.Item); err != nil {
			return err
		}
		before, err := s.store.mark(ctx, tx, a.Regency, round, m.Item, m.Assessor)
		if err != nil {
			return err
		}
		if before.State == Submitted {
			return errs.E(errs.Conflict, "assessment.error.submitted", nil)
		}
		m.keepFirst(before, round)
		if err := s.store.putMark(tx, a.Regency, round, m); err != nil {
			return err
		}
		if m.State != Submitted {
			continue // drafts belong to the assessor alone; what counts is in the audit trail
		}
		if err := s.record(ctx, tx, "mark.submit", "mark", markID(round, m), "", "", nil, boundMark{m, m.DecidedHash}); err != nil {
			return err
		}
	}
	return nil
}

// keepFirst takes over what was first submitted, and binds a mark that is submitted now.
func (m *Mark) keepFirst(before Mark, round string) {
	m.First, m.FirstComment, m.FirstAt, m.SeenAt, m.SeenWhy = before.First, before.FirstComment, before.FirstAt, before.SeenAt, before.SeenWhy
	if m.State != Submitted {
		return
	}
	if m.FirstAt == 0 {
		m.First, m.FirstComment, m.FirstAt = m.Value, m.Comment, m.At
	}
	m.DecidedHash = m.Fingerprint(round)
}

// SubmitAll submits every mark of the actor that has a value and is still a draft. It gives how many those were and how
// many questions are left without a mark.
func (s *Service) SubmitAll(ctx context.Context, round string) (submitted, left int, err error) {
	r, _, err := s.asAssessor(ctx, round)
	if err != nil {
		return 0, 0, err
	}
	if r.State != roundAssess {
		return 0, 0, notAssess(r)
	}
	p, err := s.Rounds.PackOf(ctx, round)
	if err != nil {
		return 0, 0, err
	}
	a := tenant.From(ctx)
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		own, err := s.store.marksOf(ctx, tx, a.Regency, round, a.UserID)
		if err != nil {
			return err
		}
		submitted, left = 0, len(p.Codes())
		var ready []Mark
		for _, m := range own {
			if m.Value == "" {
				continue
			}
			left--
			if m.State == Draft {
				m.State, m.At = Submitted, s.now()
				ready = append(ready, m)
			}
		}
		submitted = len(ready)
		return s.write(ctx, tx, round, ready)
	})
	return submitted, left, err
}

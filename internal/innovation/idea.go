package innovation

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// AnswerDays is how many working days the desk has to answer an idea.
const AnswerDays = 10

// NewIdea is what a proposer types: four fields. Agency, Origin and OriginNote have defaults: the proposer's agency, and an
// idea of the agency itself. Ideas of citizens and council members enter through an agency or the desk.
type NewIdea struct {
	Problem, Sufferer, Idea, Number string
	Agency, Origin, OriginNote      string
}

// Origins lists whose idea it can be.
func Origins() []string { return []string{"agency", "citizen", "council"} }

var (
	arrow     = regexp.MustCompile(`\s*(?:[-−–—=]+>|→|⇒|➔|›|»|>)\s*`)
	arrowWord = regexp.MustCompile(`(?i)\s(?:menjadi|jadi|ke|to)\s`)
	figure    = regexp.MustCompile(`^([^0-9−–-]*)([-−]?[0-9][0-9.,]*)\s*(.*)$`)
	unitStart = regexp.MustCompile(`^[-−–+0-9]`)
)

// mostMeasure is how many bytes the one number of an idea may take.
const mostMeasure = 200

// ParseMeasure reads "180 -> 30 menit", "dari 3 jam menjadi 30 menit" or "0 → 1.000 pelaku usaha". Both numbers may be written
// with Indonesian or English separators; three digits behind the only separator are a thousand. The unit is that of the wanted
// number, or of the present one.
func ParseMeasure(text string) (Measure, error) {
	now, wanted, ok := sides(text)
	if !ok {
		return Measure{}, errs.InvalidFields(map[string]errs.Msg{"number": errs.M("innovation.error.number_arrow")})
	}
	from, unitNow, okNow := number(now)
	to, unit, okWanted := number(wanted)
	if !okNow || !okWanted || len(text) > mostMeasure {
		return Measure{}, errs.InvalidFields(map[string]errs.Msg{"number": errs.M("innovation.error.number")})
	}
	if unit == "" {
		unit = unitNow
	}
	if unitNow != "" && unit != unitNow {
		unit = unitNow + " → " + unit
	}
	return Measure{Now: from, Wanted: to, Unit: unit}, nil
}

// sides cuts a measure at its arrow, or at the word that stands for one.
func sides(text string) (now, wanted string, ok bool) {
	text = " " + strings.TrimSpace(text) + " "
	for _, mark := range []*regexp.Regexp{arrow, arrowWord} {
		if parts := mark.Split(text, 2); len(parts) == 2 {
			return parts[0], parts[1], true
		}
	}
	return "", "", false
}

func number(text string) (value, unit string, ok bool) {
	m := figure.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", "", false
	}
	v, err := instrument.Figure(strings.TrimRight(m[2], ".,"), false)
	unit = strings.TrimRight(strings.TrimSpace(m[3]), " .,;")
	if err != nil || unitStart.MatchString(unit) {
		return "", "", false
	}
	if unit == "" && strings.HasSuffix(strings.ToLower(strings.TrimRight(m[1], " .")), "rp") {
		unit = "rupiah"
	}
	return plain(v), unit, true
}

// tidy cleans what was typed and says what is wrong with it.
func (n *NewIdea) tidy() (Measure, error) {
	wrong := map[string]errs.Msg{}
	for name, field := range map[string]*string{"problem": &n.Problem, "sufferer": &n.Sufferer, "idea": &n.Idea} {
		*field = strings.TrimSpace(*field)
		if utf8.RuneCountInString(*field) < 3 || len(*field) > 4000 {
			wrong[name] = errs.M("innovation.error." + name)
		}
	}
	m, err := ParseMeasure(n.Number)
	if _, fields := errs.MsgOf(err); err != nil {
		wrong["number"] = fields["number"]
	}
	if n.Origin == "" {
		n.Origin = "agency"
	}
	n.OriginNote = strings.TrimSpace(n.OriginNote)
	if !slices.Contains(Origins(), n.Origin) || len(n.OriginNote) > 300 {
		wrong["origin"] = errs.M("innovation.error.origin")
	}
	if len(wrong) > 0 {
		return m, errs.InvalidFields(wrong)
	}
	return m, nil
}

// Propose keeps an idea and starts the clock for its answer. Gives the id.
func (s *Service) Propose(ctx context.Context, n NewIdea) (string, error) {
	if err := allow(ctx, Propose); err != nil {
		return "", err
	}
	m, err := n.tidy()
	if err != nil {
		return "", err
	}
	a := tenant.From(ctx)
	if n.Agency == "" {
		n.Agency = a.Agency
	}
	if err := s.knownAgency(ctx, n.Agency); err != nil {
		return "", err
	}
	if !a.Can(Desk, "") && !a.Can(Propose, n.Agency) {
		return "", errs.E(errs.Forbidden, "innovation.error.other_agency", nil)
	}
	now := s.now()
	due, err := s.Calendar.Due(ctx, now, AnswerDays)
	if err != nil {
		return "", err
	}
	i := Innovation{ID: s.NewID(), Title: titleOf(n.Idea), Problem: n.Problem, Sufferer: n.Sufferer, Idea: n.Idea, Measure: m, Agency: n.Agency, Proposer: a.UserID,
		Origin: n.Origin, OriginNote: n.OriginNote, Stage: Problem, State: Draft, ProposedAt: now, AnswerDue: due, CreatedAt: now, ChangedAt: now, StepAt: now}
	return i.ID, s.DB.Tx(ctx, func(tx *db.Tx) error { return s.keepIdea(ctx, tx, &i) })
}

func (s *Service) keepIdea(ctx context.Context, tx *db.Tx, i *Innovation) error {
	regency := tenant.From(ctx).Regency
	if err := s.store.insert(ctx, tx, regency, i); err != nil {
		return err
	}
	st := Step{ID: s.NewID(), Kind: KindStage, To: i.Stage, At: i.ProposedAt, EnteredAt: s.now(), User: i.Proposer}
	if err := s.store.insertStep(tx, regency, i.ID, st); err != nil {
		return err
	}
	if err := s.record(ctx, tx, "propose", *i, "", nil, i); err != nil {
		return err
	}
	desk, err := s.desk(ctx)
	if err != nil {
		return err
	}
	if err := s.notify(ctx, tx, desk, "innovation.notice.idea", *i, i.ID, ""); err != nil {
		return err
	}
	return s.publish(ctx, tx, "innovation.idea", st.ID, *i, st)
}

// desk lists the people of the innovation desk.
func (s *Service) desk(ctx context.Context) ([]string, error) {
	people, err := s.Dir.People(ctx, tenant.RoleDesk)
	var out []string
	for _, p := range people {
		out = append(out, p.ID)
	}
	return out, err
}

func (s *Service) knownAgency(ctx context.Context, id string) error {
	a, err := s.Dir.Agency(ctx, id)
	if id == "" || errs.Is(err, errs.NotFound) || err == nil && !a.Active {
		return errs.InvalidFields(map[string]errs.Msg{"agency": errs.M("innovation.error.agency")})
	}
	return err
}

const mostTitle = 90

// titleOf makes a first title of an idea: its first sentence, cut at a word.
func titleOf(idea string) string {
	text := strings.Join(strings.Fields(idea), " ")
	if at := strings.IndexAny(text, ".!?\n"); at > 10 {
		text = text[:at]
	}
	if utf8.RuneCountInString(text) <= mostTitle {
		return text
	}
	cut := string([]rune(text)[:mostTitle])
	if at := strings.LastIndexByte(cut, ' '); at > 20 {
		cut = cut[:at]
	}
	return cut + "…"
}

// Reply is the desk's answer to an idea: accept for trial, merge into another, refer to another agency, or decline.
type Reply struct {
	Answer string
	Reason string // compulsory unless accepted
	Into   string // id, for merge
	Agency string // id, for refer
	Rev    int64
}

// Reply answers an idea. The proposer cannot answer it; every answer but acceptance needs a reason.
func (s *Service) Reply(ctx context.Context, id string, r Reply) error {
	if err := allow(ctx, Desk); err != nil {
		return err
	}
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if _, err := ideas().Take(ctx, moveAnswer, before, ""); err != nil {
		return err
	}
	r.Reason = strings.TrimSpace(r.Reason)
	if err := s.checkReply(ctx, before, r); err != nil {
		return err
	}
	after := s.replied(before, r)
	after.AnsweredBy = tenant.From(ctx).UserID
	return s.step(ctx, before, after, Step{Kind: KindAnswer, From: before.Stage, To: r.Answer, Note: r.Reason})
}

func (s *Service) checkReply(ctx context.Context, before Innovation, r Reply) error {
	wrong := map[string]errs.Msg{}
	if !slices.Contains(Answers(), r.Answer) {
		wrong["answer"] = errs.M("innovation.error.answer")
	}
	if r.Answer != AnswerAccept && utf8.RuneCountInString(r.Reason) < 10 || len(r.Reason) > 4000 {
		wrong["reason"] = errs.M("innovation.error.reason")
	}
	if r.Answer == AnswerMerge {
		other, err := s.Get(ctx, r.Into)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if err != nil || other.ID == before.ID || other.MergedInto != "" {
			wrong["into"] = errs.M("innovation.error.into")
		}
	}
	if r.Answer == AnswerRefer {
		err := s.knownAgency(ctx, r.Agency)
		if err != nil && !errs.Is(err, errs.Invalid) {
			return err
		}
		if err != nil || r.Agency == before.Agency {
			wrong["agency"] = errs.M("innovation.error.refer")
		}
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// replied gives the record after an answer. A referral keeps the clock that runs: the proposer still waits.
func (s *Service) replied(i Innovation, r Reply) Innovation {
	i.Rev, i.Answer, i.AnswerReason, i.AnsweredAt = r.Rev, r.Answer, r.Reason, s.now()
	switch r.Answer {
	case AnswerAccept:
		i.Stage = Idea
	case AnswerMerge:
		i.MergedInto, i.Stage, i.StageBefore, i.StoppedAt, i.Lesson = r.Into, Stopped, Problem, s.now(), r.Reason
	case AnswerDecline:
		i.Stage, i.StageBefore, i.StoppedAt, i.Lesson = Stopped, Problem, s.now(), r.Reason
	case AnswerRefer:
		i.Agency, i.AnsweredAt = r.Agency, 0
	}
	return i
}

package innovation

import (
	"context"
	"slices"
	"sync"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read    = "innovation.read"
	Propose = "innovation.propose" // save an idea; work in teams one belongs to
	Write   = "innovation.write"   // work on all innovations of an agency
	Desk    = "innovation.desk"    // triage, validate, review, send, publish
	Decide  = "innovation.decide"  // gates and authorisation of an agency
)

// Measure is the one number of an idea: decimals now and wanted, and what is counted.
type Measure struct{ Now, Wanted, Unit string }

// Innovation is one record. Times are milliseconds, 0 is not set; TrialAt, LiveAt and DevelopedAt are days.
type Innovation struct {
	ID     string
	Number int64
	Title  string

	Problem, Sufferer, Idea string
	Measure                 Measure
	Agency, Proposer        string
	Origin, OriginNote      string // agency, citizen, council

	Stage, StageBefore string
	State              string
	SubmittedBy        string
	Reason             string // why the dossier came back

	ProposedAt, AnswerDue, AnsweredAt int64
	Answer, AnswerReason, AnsweredBy  string
	MergedInto                        string

	TrialAt, LiveAt, DevelopedAt int64
	Affair                       string
	Published                    bool
	Previous                     string // the record it was carried over from
	Lesson                       string
	StoppedAt                    int64

	Profile                      Profile
	CreatedAt, ChangedAt, StepAt int64
	Rev                          int64
}

// National gives the national stage.
func (i Innovation) National() string { return National(i.Stage, i.StageBefore) }

// Waits reports whether the idea has not been answered yet.
func (i Innovation) Waits() bool { return i.AnsweredAt == 0 && i.Stage == Problem }

// Editable reports whether the team may still change the dossier.
func (i Innovation) Editable() bool { return open(i.State) }

// Counts reports whether the dossier counts in the national index.
func (i Innovation) Counts() bool { return Counts(i.State) }

// Service is the door of the room.
type Service struct {
	Deps
	store  store
	lists  *db.Memo[string, listed]
	flows  *db.Memo[struct{}, []Flow]
	youths *db.Memo[struct{}, *youthKept]

	mu      sync.Mutex
	indexes map[int64]*index // search, by regency
}

// New makes the room.
func New(d Deps) *Service {
	return &Service{Deps: d, store: store{d.DB}, indexes: map[int64]*index{}, lists: db.NewMemo[string, listed](d.DB, mostLists, "innovation_*"),
		flows:  db.NewMemo[struct{}, []Flow](d.DB, mostFlows, "innovation_innovation"),
		youths: db.NewMemo[struct{}, *youthKept](d.DB, mostYouth, "innovation_innovation", "innovation_count", "innovation_effect", "innovation_gate")}
}

func (s *Service) now() int64 { return s.Now().UnixMilli() }

// Get gives one innovation, without the personal data that the actor may not see.
func (s *Service) Get(ctx context.Context, id string) (Innovation, error) {
	i, err := s.read(ctx, id)
	if err != nil {
		return i, err
	}
	return s.shown(ctx, i)
}

// History gives every step of an innovation, newest first.
func (s *Service) History(ctx context.Context, id string) ([]Step, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.store.history(ctx, tenant.From(ctx).Regency, id)
}

func allow(ctx context.Context, action string) error {
	if !tenant.From(ctx).Can(action, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// MayEdit reports whether the actor works on this innovation: the desk, those who write for its agency, its proposer and the
// members of its team.
func (s *Service) MayEdit(ctx context.Context, i Innovation) (bool, error) {
	a := tenant.From(ctx)
	if a.Can(Desk, "") || i.Agency != "" && a.Can(Write, i.Agency) {
		return true, nil
	}
	if !a.Can(Propose, "") || !a.SignedIn() {
		return false, nil
	}
	if i.Proposer == a.UserID {
		return true, nil
	}
	team, err := s.store.members(ctx, s.DB, a.Regency, i.ID)
	return slices.ContainsFunc(team, func(m Member) bool { return m.User == a.UserID }), err
}

// ours gives an innovation on which the actor works.
func (s *Service) ours(ctx context.Context, id string) (Innovation, error) {
	i, err := s.read(ctx, id)
	if err != nil {
		return i, err
	}
	may, err := s.MayEdit(ctx, i)
	if err == nil && !may {
		err = errs.E(errs.Forbidden, "innovation.error.not_team", nil)
	}
	return i, err
}

// editable gives an innovation that the actor may change now. A record that was merged or stopped, and a dossier on its way,
// stay as they are.
func (s *Service) editable(ctx context.Context, id string) (Innovation, error) {
	i, err := s.ours(ctx, id)
	switch {
	case err != nil:
		return i, err
	case i.MergedInto != "":
		return i, errs.E(errs.Conflict, "innovation.error.merged", nil)
	case i.Stage == Stopped:
		return i, errs.E(errs.Conflict, "innovation.error.stopped", nil)
	case !i.Editable():
		return i, errs.E(errs.Conflict, "innovation.error.on_its_way", nil)
	}
	return i, nil
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action string, i Innovation, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "innovation." + action, Object: "innovation_innovation", ObjectID: i.ID, Agency: i.Agency, Why: why, Before: before, After: after})
}

// step writes a change of stage, status or answer: the record, its log, the audit entry, the event and the notices.
func (s *Service) step(ctx context.Context, before, after Innovation, st Step) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.stepIn(ctx, tx, before, after, st) })
}

func (s *Service) stepIn(ctx context.Context, tx *db.Tx, before, after Innovation, st Step) error {
	regency := tenant.From(ctx).Regency
	st.ID, st.EnteredAt, st.User = s.NewID(), s.now(), tenant.From(ctx).UserID
	if st.At == 0 {
		st.At = st.EnteredAt
	}
	after.ChangedAt = st.EnteredAt
	if st.Kind != KindStatus || st.To != Revision {
		after.StepAt = st.EnteredAt
	}
	if err := s.store.update(tx, regency, after); err != nil {
		return err
	}
	if err := s.store.insertStep(tx, regency, after.ID, st); err != nil {
		return err
	}
	if err := s.record(ctx, tx, st.Kind+"."+st.To, after, st.Note, st.From, st.To); err != nil {
		return err
	}
	event := map[string]string{KindStage: "innovation.stage", KindStatus: "innovation.status", KindAnswer: "innovation.answered"}[st.Kind]
	if err := s.tell(ctx, tx, after, st); err != nil {
		return err
	}
	return s.publish(ctx, tx, event, st.ID, after, st)
}

// publish tells other rooms and the programs that asked.
func (s *Service) publish(ctx context.Context, tx *db.Tx, event, eventID string, i Innovation, st Step) error {
	payload := map[string]any{"innovation": i.ID, "number": i.Number, "title": i.Title, "agency": i.Agency, "stage": i.Stage, "national_stage": i.National(), "state": i.State,
		"from": st.From, "to": st.To, "at": st.EnteredAt}
	if err := s.Bus.Publish(ctx, tx, event, payload); err != nil {
		return err
	}
	if s.Hooks == nil {
		return nil
	}
	return s.Hooks.Publish(ctx, tx, event, eventID, payload)
}

// tell leaves a notice for everybody on the team and the proposer; an agency hears what was referred to it.
func (s *Service) tell(ctx context.Context, tx *db.Tx, i Innovation, st Step) error {
	to, err := s.everybody(ctx, tx, i)
	if err != nil {
		return err
	}
	if err := s.notify(ctx, tx, to, "innovation.notice."+st.Kind+"."+st.To, i, st.ID, st.Note); err != nil || st.Kind != KindAnswer || st.To != AnswerRefer {
		return err
	}
	var theirs []string
	for _, role := range []string{tenant.RoleOperator, tenant.RoleHead} {
		people, err := s.Dir.People(ctx, role)
		if err != nil {
			return err
		}
		for _, p := range people {
			if p.Agency == i.Agency && !slices.Contains(to, p.ID) && !slices.Contains(theirs, p.ID) {
				theirs = append(theirs, p.ID)
			}
		}
	}
	return s.notify(ctx, tx, theirs, "innovation.notice.referred", i, st.ID, st.Note)
}

// everybody gives the proposer and the members of the team who have an account.
func (s *Service) everybody(ctx context.Context, q db.Queryer, i Innovation) ([]string, error) {
	team, err := s.store.members(ctx, q, tenant.From(ctx).Regency, i.ID)
	var to []string
	if i.Proposer != "" {
		to = append(to, i.Proposer)
	}
	for _, m := range team {
		if m.User != "" && !slices.Contains(to, m.User) {
			to = append(to, m.User)
		}
	}
	return to, err
}

func (s *Service) notify(ctx context.Context, tx *db.Tx, to []string, key string, i Innovation, once, note string) error {
	if s.Notices == nil {
		return nil
	}
	return s.Notices.Notify(ctx, tx, Notice{To: to, Key: key, Args: map[string]any{"Title": i.Title, "Note": note}, Path: "/inovasi/" + i.ID, Once: key + ":" + once})
}

package innovation

import (
	"context"
	"math/big"
	"net/http"
	"time"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// apiInnovation is an innovation as lists of the API show it. Moments are RFC 3339, days 2026-03-01, null when not set.
type apiInnovation struct {
	ID            string     `json:"id"`
	Number        int64      `json:"number"`
	Title         string     `json:"title"`
	Problem       string     `json:"problem"`
	Sufferer      string     `json:"sufferer"`
	Idea          string     `json:"idea"`
	Measure       apiMeasure `json:"measure"`
	Agency        string     `json:"agency"`
	Proposer      string     `json:"proposer"`
	Origin        string     `json:"origin"`
	OriginNote    string     `json:"origin_note"`
	Stage         string     `json:"stage"`
	StageBefore   string     `json:"stage_before"`
	NationalStage string     `json:"national_stage"`
	State         string     `json:"state"`
	Reason        string     `json:"reason"`
	ProposedAt    *string    `json:"proposed_at"`
	AnswerDue     *string    `json:"answer_due"`
	AnsweredAt    *string    `json:"answered_at"`
	Answer        string     `json:"answer"`
	AnswerReason  string     `json:"answer_reason"`
	MergedInto    string     `json:"merged_into"`
	TrialDay      *string    `json:"trial_day"`
	LiveDay       *string    `json:"live_day"`
	DevelopedDay  *string    `json:"developed_day"`
	Affair        string     `json:"affair"`
	Published     bool       `json:"published"`
	Previous      string     `json:"previous"`
	Lesson        string     `json:"lesson"`
	StoppedAt     *string    `json:"stopped_at"`
	CreatedAt     *string    `json:"created_at"`
	ChangedAt     *string    `json:"changed_at"`
	StepAt        *string    `json:"step_at"`
	Rev           int64      `json:"rev"`
}

type apiMeasure struct {
	Now    string `json:"now"`
	Wanted string `json:"wanted"`
	Unit   string `json:"unit"`
}

// moment writes a time of the API; nil when it is not set.
func (s *Service) moment(ctx context.Context, ms int64) *string {
	if ms == 0 {
		return nil
	}
	text := time.UnixMilli(ms).In(s.Zone(ctx)).Format(time.RFC3339)
	return &text
}

func (s *Service) dayOnly(ctx context.Context, ms int64) *string {
	if ms == 0 {
		return nil
	}
	text := time.UnixMilli(ms).In(s.Zone(ctx)).Format(time.DateOnly)
	return &text
}

func (s *Service) apiOf(ctx context.Context, i Innovation) apiInnovation {
	return apiInnovation{ID: i.ID, Number: i.Number, Title: i.Title, Problem: i.Problem, Sufferer: i.Sufferer, Idea: i.Idea, Measure: apiMeasure(i.Measure), Agency: i.Agency, Proposer: i.Proposer,
		Origin: i.Origin, OriginNote: i.OriginNote, Stage: i.Stage, StageBefore: i.StageBefore, NationalStage: i.National(), State: i.State, Reason: i.Reason,
		ProposedAt: s.moment(ctx, i.ProposedAt), AnswerDue: s.moment(ctx, i.AnswerDue), AnsweredAt: s.moment(ctx, i.AnsweredAt), Answer: i.Answer, AnswerReason: i.AnswerReason, MergedInto: i.MergedInto,
		TrialDay: s.dayOnly(ctx, i.TrialAt), LiveDay: s.dayOnly(ctx, i.LiveAt), DevelopedDay: s.dayOnly(ctx, i.DevelopedAt), Affair: i.Affair, Published: i.Published, Previous: i.Previous, Lesson: i.Lesson,
		StoppedAt: s.moment(ctx, i.StoppedAt), CreatedAt: s.moment(ctx, i.CreatedAt), ChangedAt: s.moment(ctx, i.ChangedAt), StepAt: s.moment(ctx, i.StepAt), Rev: i.Rev}
}

// apiDetail is one innovation with its form, gates and history.
type apiDetail struct {
	apiInnovation
	Profile apiProfile `json:"profile"`
	Gates   []apiGate  `json:"gates"`
	History []apiStep  `json:"history"`
}

// apiProfile is the form; what holds times is written anew.
type apiProfile struct {
	Profile
	Trial  *apiTrial `json:"trial,omitempty"`
	PactAt *string   `json:"pact_at"`
	PactBy string    `json:"pact_by,omitempty"`
}

type apiGate struct {
	ID        string  `json:"id"`
	From      string  `json:"from"`
	To        string  `json:"to"`
	Day       *string `json:"day"`
	Proof     string  `json:"proof"`
	Evidence  string  `json:"evidence"`
	Decider   string  `json:"decider"`
	AskedBy   string  `json:"asked_by"`
	AskedAt   *string `json:"asked_at"`
	State     string  `json:"state"`
	DecidedBy string  `json:"decided_by"`
	DecidedAt *string `json:"decided_at"`
	Reason    string  `json:"reason"`
}

type apiStep struct {
	Kind      string  `json:"kind"`
	From      string  `json:"from"`
	To        string  `json:"to"`
	At        *string `json:"at"`
	EnteredAt *string `json:"entered_at"`
	User      string  `json:"user"`
	Note      string  `json:"note"`
	Evidence  string  `json:"evidence"`
}

func (s *Service) apiWhole(ctx context.Context, i Innovation, gates []Gate, steps []Step) apiDetail {
	out := apiDetail{apiInnovation: s.apiOf(ctx, i), Profile: apiProfile{Profile: i.Profile, PactAt: s.moment(ctx, i.Profile.PactAt), PactBy: i.Profile.PactBy}, Gates: []apiGate{}, History: []apiStep{}}
	if t := i.Profile.Trial; t != (TrialPlan{}) {
		out.Profile.Trial = &apiTrial{Hypothesis: t.Hypothesis, Place: t.Place, StopRule: t.StopRule}
		if end := s.dayOnly(ctx, t.End); end != nil {
			out.Profile.Trial.EndDay = *end
		}
	}
	for _, g := range gates {
		out.Gates = append(out.Gates, apiGate{g.ID, g.From, g.To, s.dayOnly(ctx, g.Day), g.Proof, g.Evidence, g.Decider, g.AskedBy, s.moment(ctx, g.AskedAt), g.State, g.DecidedBy, s.moment(ctx, g.DecidedAt), g.Reason})
	}
	for _, st := range steps {
		out.History = append(out.History, apiStep{st.Kind, st.From, st.To, s.moment(ctx, st.At), s.moment(ctx, st.EnteredAt), st.User, st.Note, st.Evidence})
	}
	return out
}

type apiFound struct {
	apiInnovation
	Score float64  `json:"score"`
	Words []string `json:"words"`
}

// apiYouthRow is a line of the page of a young organisation; what nobody counted or measured is null.
type apiYouthRow struct {
	Agency           string  `json:"agency,omitempty"`
	Name             string  `json:"name,omitempty"`
	LastStepAt       *string `json:"last_step_at"`
	Months           *int    `json:"months_since_step"`
	IdeasProposed    int     `json:"ideas_proposed"`
	IdeasInTime      int     `json:"ideas_answered_in_time"`
	IdeasLate        int     `json:"ideas_late"`
	IdeasWaiting     int     `json:"ideas_waiting"`
	InTimePercent    *int    `json:"answered_in_time_percent"`
	Trials           int     `json:"trials"`
	InUse            int     `json:"in_use"`
	Counted          int     `json:"in_use_counted"`
	Users            *int64  `json:"users"`
	UsersFrom        *string `json:"users_from"`
	UsersTo          *string `json:"users_to"`
	UsersEnteredAt   *string `json:"users_entered_at"`
	AdoptedFrom      *int    `json:"adopted_from_others"`
	AdoptedBy        *int    `json:"adopted_by_others"`
	HoursSaved       *string `json:"hours_saved_per_year"`
	RupiahSaved      *string `json:"rupiah_saved_per_year"`
	PeopleMore       *string `json:"people_more_per_year"`
	Effects          int     `json:"effects_with_source"`
	EffectsWithFiles int     `json:"effects_with_evidence"`
}

func (s *Service) apiYouthOf(ctx context.Context, r YouthRow, adoption bool) apiYouthRow {
	out := apiYouthRow{Agency: r.Agency.ID, Name: r.Agency.Name, LastStepAt: s.moment(ctx, r.LastStep), IdeasProposed: r.Proposed, IdeasInTime: r.InTime, IdeasLate: r.Late, IdeasWaiting: r.Waiting,
		Trials: r.Trials, InUse: r.InUse, Counted: r.Counted, UsersFrom: s.dayOnly(ctx, r.UsersFrom), UsersTo: s.dayOnly(ctx, r.UsersTo), UsersEnteredAt: s.moment(ctx, r.UsersEntered), Effects: r.Effects, EffectsWithFiles: r.Proven}
	if r.Months >= 0 && r.LastStep != 0 {
		out.Months = &r.Months
	}
	if rate, known := r.Rate(); known {
		out.InTimePercent = &rate
	}
	if r.Counted > 0 {
		out.Users = &r.Users
	}
	if adoption {
		out.AdoptedFrom, out.AdoptedBy = &r.AdoptedIn, &r.AdoptedOut
	}
	out.HoursSaved, out.RupiahSaved, out.PeopleMore = decimalText(r.Timed, r.Hours), decimalText(r.Priced, r.Rupiah), decimalText(r.Headed, r.People)
	return out
}

// decimalText writes a sum; nil when nothing was added up.
func decimalText(n int, v *big.Rat) *string {
	if n == 0 {
		return nil
	}
	text := plain(v)
	return &text
}

type apiStalled struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Agency  string  `json:"agency"`
	Stage   string  `json:"stage"`
	State   string  `json:"state"`
	Why     string  `json:"why"`
	Since   *string `json:"since"`
	Days    *int    `json:"days"`
	Action  string  `json:"next_action"`
	By      string  `json:"by"`
	Decider string  `json:"decider"`
}

func (s *Service) apiYouth(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := YouthFilter{Kind: q.Get("kind"), Agency: q.Get("agency")}
	y, err := s.Youth(r.Context(), f)
	if err != nil {
		return err
	}
	rest, total, err := s.Stalled(r.Context(), f, apiMost, 0)
	if err != nil {
		return err
	}
	rows, stalled := []apiYouthRow{}, []apiStalled{}
	for _, one := range y.Rows {
		rows = append(rows, s.apiYouthOf(r.Context(), one, y.Adoption))
	}
	for _, one := range rest {
		x := apiStalled{ID: one.ID, Title: one.Title, Agency: one.Agency, Stage: one.Stage, State: one.State, Why: one.Why, Since: s.moment(r.Context(), one.Since), Action: one.Action, By: one.By, Decider: one.Decider}
		if one.Days >= 0 {
			x.Days = &one.Days
		}
		stalled = append(stalled, x)
	}
	sum := s.apiYouthOf(r.Context(), y.Sum, y.Adoption)
	return web.JSON(w, http.StatusOK, map[string]any{"from": s.moment(r.Context(), y.From), "at": s.moment(r.Context(), y.At), "agencies": len(rows), "young": y.Young, "sum": sum, "rows": rows, "stalled_total": total, "stalled": stalled})
}

package innovation

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
)

type store struct{ d *db.DB }

type scanner interface{ Scan(...any) error }

const columns = `id, number, title, problem, sufferer, idea, measure_now, measure_want, measure_unit, agency_id, proposer, origin, origin_note, stage, stage_before, state,
	proposed_at, answer_due, answered_at, answer, answer_reason, answered_by, merged_into, trial_at, live_at, developed_at, affair, published, previous_id, lesson, stopped_at,
	submitted_by, reason, profile, created_at, changed_at, step_at, rev`

func scan(r scanner) (i Innovation, err error) {
	var profile string
	err = r.Scan(&i.ID, &i.Number, &i.Title, &i.Problem, &i.Sufferer, &i.Idea, &i.Measure.Now, &i.Measure.Wanted, &i.Measure.Unit, &i.Agency, &i.Proposer, &i.Origin, &i.OriginNote,
		&i.Stage, &i.StageBefore, &i.State, &i.ProposedAt, &i.AnswerDue, &i.AnsweredAt, &i.Answer, &i.AnswerReason, &i.AnsweredBy, &i.MergedInto, &i.TrialAt, &i.LiveAt, &i.DevelopedAt,
		&i.Affair, &i.Published, &i.Previous, &i.Lesson, &i.StoppedAt, &i.SubmittedBy, &i.Reason, &profile, &i.CreatedAt, &i.ChangedAt, &i.StepAt, &i.Rev)
	if err == nil {
		err = json.Unmarshal([]byte(profile), &i.Profile)
	}
	return i, err
}

func scanRows(r *sql.Rows) (Innovation, error) { return scan(r) }

func (s store) get(ctx context.Context, q db.Queryer, regency int64, id string) (Innovation, error) {
	i, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM innovation_innovation WHERE regency_id = $1 AND id = $2`, regency, id))
	if db.NotFound(err) {
		return i, errs.E(errs.NotFound, "innovation.error.not_found", err)
	}
	return i, err
}

// insert keeps a new record under the next number of its regency.
func (s store) insert(ctx context.Context, tx *db.Tx, regency int64, i *Innovation) error {
	if i.Number == 0 {
		last, err := s.lastNumber(ctx, tx, regency)
		if err != nil {
			return err
		}
		i.Number = last + 1
	}
	profile, err := json.Marshal(i.Profile)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO innovation_innovation (regency_id, id, number, title, problem, sufferer, idea, measure_now, measure_want, measure_unit, agency_id, proposer, origin, origin_note,
		stage, stage_before, state, proposed_at, answer_due, answered_at, answer, answer_reason, answered_by, merged_into, trial_at, live_at, developed_at, affair, published, previous_id,
		lesson, stopped_at, submitted_by, reason, profile, created_at, changed_at, step_at, title_key, trial_end, rev)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, 1)`,
		regency, i.ID, i.Number, i.Title, i.Problem, i.Sufferer, i.Idea, i.Measure.Now, i.Measure.Wanted, i.Measure.Unit, i.Agency, i.Proposer, i.Origin, i.OriginNote, i.Stage, i.StageBefore,
		i.State, i.ProposedAt, i.AnswerDue, i.AnsweredAt, i.Answer, i.AnswerReason, i.AnsweredBy, i.MergedInto, i.TrialAt, i.LiveAt, i.DevelopedAt, i.Affair, i.Published, i.Previous, i.Lesson,
		i.StoppedAt, i.SubmittedBy, i.Reason, string(profile), i.CreatedAt, i.ChangedAt, i.StepAt, titleKey(i.Title), i.Profile.Trial.End)
	i.Rev = 1
	return err
}

// lastNumber gives the highest number of a regency. Until the transaction ends nobody else takes the next ones.
func (s store) lastNumber(ctx context.Context, tx *db.Tx, regency int64) (last int64, err error) {
	if err := tx.Hold(fmt.Sprintf("innovation number %d", regency)); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) FROM innovation_innovation WHERE regency_id = $1`, regency).Scan(&last)
	return last, err
}

// update writes a record if nobody changed it since rev was read.
func (s store) update(tx *db.Tx, regency int64, i Innovation) error {
	profile, err := json.Marshal(i.Profile)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE innovation_innovation SET title = $4, problem = $5, sufferer = $6, idea = $7, measure_now = $8, measure_want = $9, measure_unit = $10, agency_id = $11,
		stage = $12, stage_before = $13, state = $14, answered_at = $15, answer = $16, answer_reason = $17, answered_by = $18, merged_into = $19, trial_at = $20, live_at = $21, developed_at = $22,
		affair = $23, published = $24, lesson = $25, stopped_at = $26, submitted_by = $27, reason = $28, profile = $29, changed_at = $30, step_at = $31, title_key = $32,
		trial_end = $33, rev = rev + 1
		WHERE regency_id = $1 AND id = $2 AND rev = $3`, regency, i.ID, i.Rev, i.Title, i.Problem, i.Sufferer, i.Idea, i.Measure.Now, i.Measure.Wanted, i.Measure.Unit, i.Agency,
		i.Stage, i.StageBefore, i.State, i.AnsweredAt, i.Answer, i.AnswerReason, i.AnsweredBy, i.MergedInto, i.TrialAt, i.LiveAt, i.DevelopedAt, i.Affair, i.Published, i.Lesson, i.StoppedAt,
		i.SubmittedBy, i.Reason, string(profile), i.ChangedAt, i.StepAt, titleKey(i.Title), i.Profile.Trial.End)
	if err == nil && n == 0 {
		return errs.E(errs.Conflict, "innovation.error.changed", nil)
	}
	return err
}

// carriedInto gives the record that an old one was carried over into; "" when there is none.
func (s store) carriedInto(ctx context.Context, regency int64, old string) (id string, err error) {
	err = s.d.QueryRow(ctx, `SELECT id FROM innovation_innovation WHERE regency_id = $1 AND previous_id = $2`, regency, old).Scan(&id)
	if db.NotFound(err) {
		return "", nil
	}
	return id, err
}

// Kinds of steps in the log.
const (
	KindStage  = "stage"
	KindStatus = "status"
	KindAnswer = "answer"
)

// Step is one entry of an innovation's history: At is when it happened, EnteredAt when it was entered.
type Step struct {
	ID, Kind, From, To string
	At, EnteredAt      int64
	User               string
	Note, Evidence     string
}

func (s store) insertStep(tx *db.Tx, regency int64, innovation string, st Step) error {
	_, err := tx.Exec(`INSERT INTO innovation_log (regency_id, innovation_id, id, kind, from_value, to_value, at, entered_at, user_id, note, evidence_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, regency, innovation, st.ID, st.Kind, st.From, st.To, st.At, st.EnteredAt, st.User, st.Note, st.Evidence)
	return err
}

func (s store) history(ctx context.Context, regency int64, innovation string) ([]Step, error) {
	rows, err := s.d.Query(ctx, `SELECT id, kind, from_value, to_value, at, entered_at, user_id, note, evidence_id FROM innovation_log WHERE regency_id = $1 AND innovation_id = $2
		ORDER BY entered_at DESC, at DESC, id`, regency, innovation)
	return db.Collect(rows, err, func(r *sql.Rows) (st Step, err error) {
		return st, r.Scan(&st.ID, &st.Kind, &st.From, &st.To, &st.At, &st.EnteredAt, &st.User, &st.Note, &st.Evidence)
	})
}

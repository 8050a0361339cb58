package assessment

import (
	"context"
	"database/sql"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// A submitted mark is bound to what was submitted, a published result to what the letter prints and the marks taken from it.

// Fingerprint is what a submitted mark of a round is bound to.
func (m Mark) Fingerprint(round string) string {
	return seal.New("mark").Text("round", round).Text("question", m.Item).Text("assessor", m.Assessor).Text("value", m.Value).Text("comment", m.Comment).
		Text("first_value", m.First).Text("first_comment", m.FirstComment).Number("first_at", m.FirstAt).Number("seen_at", m.SeenAt).Hash()
}

// Fingerprint is what a published result is bound to; letter are the marks taken from the letter.
func (p Published) Fingerprint(letter []External) string {
	var parts, marks []string
	for code, value := range p.Components {
		parts = append(parts, code+" "+value)
	}
	for _, e := range letter {
		marks = append(marks, seal.New("line").Text("item", e.Item).Text("assessor", e.Assessor).Text("value", e.Value).Hash())
	}
	return seal.New("published").Text("round", p.Round).Text("letter", p.Letter).Number("date", p.Date).Text("index", p.Index).List("component", parts).
		Text("note", p.Note).List("mark", marks).Hash()
}

// boundMark is a mark in the audit trail with the fingerprint it is bound to.
type boundMark struct {
	Mark
	Decided string `json:"decided"`
}

// RoundLines gives one line for each submitted mark of a round: what the seal of the round holds.
func (s *Service) RoundLines(ctx context.Context, q db.Queryer, round string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT `+markColumns+` FROM assessment_mark WHERE regency_id = $1 AND round_id = $2 AND state = 'submitted'`, tenant.From(ctx).Regency, round)
	return db.Collect(rows, err, func(r *sql.Rows) (string, error) {
		m, err := scanMark(r)
		return m.Item + " " + m.Assessor + " " + m.Value + " " + m.Fingerprint(round), err
	})
}

// bindPublished writes the fingerprint of the published result of a round, when there is one, and gives it.
func (s *Service) bindPublished(ctx context.Context, tx *db.Tx, round string) (string, error) {
	regency := tenant.From(ctx).Regency
	p, err := s.store.published(ctx, tx, regency, round)
	if err != nil || !p.Known() {
		return "", err
	}
	letter, err := s.store.externalIn(ctx, tx, regency, round)
	if err != nil {
		return "", err
	}
	hash := p.Fingerprint(letter)
	_, err = tx.Exec(`UPDATE assessment_published SET decided_hash = $3 WHERE regency_id = $1 AND round_id = $2`, regency, round, hash)
	return hash, err
}

// PublishedIntact reports whether a published result still is what was entered.
func (s *Service) PublishedIntact(ctx context.Context, p Published) (bool, error) {
	if !seal.Bound(p.DecidedHash) {
		return !p.Known(), nil
	}
	letter, err := s.store.external(ctx, tenant.From(ctx).Regency, p.Round)
	return err != nil || p.Fingerprint(letter) == p.DecidedHash, err
}

// Decisions compares every submitted mark and published result of the regency with what was decided and with the audit trail.
// It gives how many were looked at and what no longer fits.
func (s *Service) Decisions(ctx context.Context) (n int, wrong []seal.Mismatch, err error) {
	regency := tenant.From(ctx).Regency
	rounds, err := s.Rounds.Rounds(ctx)
	if err != nil {
		return 0, nil, err
	}
	given, err := seal.Begin(ctx, s.Audit, "assessment_mark")
	if err != nil {
		return 0, nil, err
	}
	letters, err := seal.Begin(ctx, s.Audit, "assessment_published")
	if err != nil {
		return 0, nil, err
	}
	versions, err := seal.Begin(ctx, s.Audit, "assessment_version")
	if err != nil {
		return 0, nil, err
	}
	for _, r := range rounds {
		marks, err := s.store.marks(ctx, regency, r.ID)
		if err != nil {
			return 0, nil, err
		}
		for _, m := range marks {
			if m.State == Submitted {
				given.Add(markID(r.ID, m), r.Title+" · "+m.Item, m.DecidedHash, m.Fingerprint(r.ID))
			}
		}
		if err := s.checkPublished(ctx, r, letters, versions); err != nil {
			return 0, nil, err
		}
		shown, other, err := s.checkShown(ctx, r)
		if err != nil {
			return 0, nil, err
		}
		n, wrong = n+shown, append(wrong, other...)
	}
	looked, found := seal.Sum(given, letters, versions)
	return n + looked, append(wrong, found...), nil
}

// checkPublished looks at what is published of a round, and at every version that stands or stood; what stands is compared
// with the newest of them.
func (s *Service) checkPublished(ctx context.Context, r Round, letters, versions *seal.Check) error {
	now, err := s.standing(ctx, s.DB, r)
	if err != nil {
		return err
	}
	if p := now.Letter; p.Known() {
		letters.Add(r.ID, r.Title, p.DecidedHash, now.hash())
	}
	kept, err := s.store.versions(ctx, s.DB, tenant.From(ctx).Regency, r.ID)
	for _, v := range kept {
		if v.State != Accepted {
			continue
		}
		found := v.Fingerprint()
		if stands := now.asLast(); v.ID == now.Last.ID && stands.hash() != v.Content.hash() {
			v.Content = stands
			found = v.Fingerprint()
		}
		versions.Add(v.ID, r.Title, v.DecidedHash, found)
	}
	return err
}

// markID names a mark in the audit trail.
func markID(round string, m Mark) string { return round + "/" + m.Item + "/" + m.Assessor }

// Old is what may have been decided here before decisions carried a fingerprint.
func (s *Service) Old() []seal.Old {
	return []seal.Old{
		{Object: "assessment_mark", Bind: s.bindMark, Find: func(ctx context.Context) ([]seal.Key, error) {
			rows, err := s.DB.Query(ctx, `SELECT regency_id, round_id, item, assessor_id FROM assessment_mark WHERE regency_id > 0 AND decided_hash = 'unbound'`)
			return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) {
				var round string
				var m Mark
				err = r.Scan(&k.Regency, &round, &m.Item, &m.Assessor)
				k.ID = markID(round, m)
				return k, err
			})
		}},
		{Object: "assessment_published", Bind: s.bindLetter, Find: func(ctx context.Context) ([]seal.Key, error) {
			rows, err := s.DB.Query(ctx, `SELECT regency_id, round_id FROM assessment_published WHERE regency_id > 0 AND decided_hash = 'unbound'`)
			return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) { return k, r.Scan(&k.Regency, &k.ID) })
		}},
	}
}

func (s *Service) bindMark(ctx context.Context, tx *db.Tx, id string) error {
	regency := tenant.From(ctx).Regency
	round, rest, _ := strings.Cut(id, "/")
	item, assessor, _ := strings.Cut(rest, "/")
	m, err := s.store.mark(ctx, tx, regency, round, item, assessor)
	if err != nil || m.DecidedHash != seal.Unbound {
		return err
	}
	m.DecidedHash = m.Fingerprint(round)
	if err := s.store.putMark(tx, regency, round, m); err != nil {
		return err
	}
	return s.record(ctx, tx, "mark.bound", "mark", id, "", "", nil, seal.Decision{State: m.State, Decided: m.DecidedHash})
}

func (s *Service) bindLetter(ctx context.Context, tx *db.Tx, round string) error {
	p, err := s.store.published(ctx, tx, tenant.From(ctx).Regency, round)
	if err != nil || p.DecidedHash != seal.Unbound {
		return err
	}
	hash, err := s.bindPublished(ctx, tx, round)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "published.bound", "published", round, "", "", nil, seal.Decision{Decided: hash})
}

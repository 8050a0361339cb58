package evidence

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Linked lists the proofs of a question that the actor may see, in the order of linking.
func (s *Service) Linked(ctx context.Context, round, item string) ([]Item, error) {
	all, err := s.store.linked(ctx, tenant.From(ctx).Regency, round, item)
	return slices.DeleteFunc(all, func(i Item) bool {
		ok, failed := s.visible(ctx, i)
		if failed != nil {
			err = failed
		}
		return !ok
	}), err
}

// mostCounts is how many rounds and innovations keep their counts in memory.
const mostCounts = 500

// Counts counts the proofs of every question of a round, whoever may see them. The counts are kept until a card or a link
// changes: every page of a round asks for them.
func (s *Service) Counts(ctx context.Context, round string) (map[string]Count, error) {
	kept, err := s.counts.Get(ctx, tenant.From(ctx).Regency, "", round, func() (map[string]Count, error) { return s.count(ctx, round) })
	return maps.Clone(kept), err
}

func (s *Service) count(ctx context.Context, round string) (map[string]Count, error) {
	rows, err := s.DB.Query(ctx, `SELECT l.item, CASE WHEN l.sealed <> '' THEN l.sealed ELSE e.state END AS state, count(*) FROM evidence_link l JOIN evidence_item e ON e.regency_id = l.regency_id AND e.id = l.evidence_id
		WHERE l.regency_id = $1 AND l.round_id = $2 GROUP BY 1, 2`, tenant.From(ctx).Regency, round)
	type one struct {
		item, state string
		n           int
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.item, &o.state, &o.n) })
	out := map[string]Count{}
	for _, o := range all {
		c := out[o.item]
		c.add(o.state, o.n)
		out[o.item] = c
	}
	return out, err
}

func (c *Count) add(state string, n int) {
	c.Total += n
	switch state {
	case Accepted:
		c.Accepted += n
	case Draft, Submitted:
		c.Waiting += n
	default:
		c.Returned += n
	}
}

// Uses lists the questions that a proof serves.
func (s *Service) Uses(ctx context.Context, id string) ([]Target, error) {
	return s.store.links(ctx, tenant.From(ctx).Regency, id)
}

// Link hangs a proof on a question; a draft is thereby handed in. The caller has checked the right on the question.
func (s *Service) Link(ctx context.Context, id, round, item string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if i.State == Rejected {
		return errs.E(errs.Conflict, "evidence.error.rejected", nil)
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.link(ctx, tx, i, Target{round, item}) })
}

func (s *Service) link(ctx context.Context, tx *db.Tx, i Item, t Target) error {
	regency := tenant.From(ctx).Regency
	n, err := tx.Exec(`INSERT INTO evidence_link (regency_id, round_id, item, evidence_id, linked_by, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (regency_id, round_id, item, evidence_id) DO NOTHING`, regency, t.Round, t.Item, i.ID, tenant.From(ctx).UserID, s.now())
	if err != nil || n == 0 {
		return err
	}
	if _, err := tx.Exec(`UPDATE evidence_item SET state = 'submitted', rev = rev + 1 WHERE regency_id = $1 AND id = $2 AND state = 'draft'`, regency, i.ID); err != nil {
		return err
	}
	if err := s.placeChanged(ctx, tx, t); err != nil {
		return err
	}
	if err := s.record(ctx, tx, "link", i, "", nil, t); err != nil {
		return err
	}
	return s.Bus.Publish(ctx, tx, "evidence.linked", map[string]string{"round": t.Round, "item": t.Item, "agency": i.Agency, "evidence": i.ID})
}

// Unlink takes a proof from a question; the proof stays in the library. A place that an acceptance was bound to is given up
// only by who decides on proofs, and the acceptance is bound anew; a round that has ended gives up nothing.
func (s *Service) Unlink(ctx context.Context, id, round, item string) error {
	i, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.unlink(ctx, tx, i, Target{round, item}) })
}

func (s *Service) unlink(ctx context.Context, tx *db.Tx, i Item, t Target) error {
	a := tenant.From(ctx)
	var bound int64
	var sealed string
	err := tx.QueryRow(ctx, `SELECT bound, sealed FROM evidence_link WHERE regency_id = $1 AND round_id = $2 AND item = $3 AND evidence_id = $4`,
		a.Regency, t.Round, t.Item, i.ID).Scan(&bound, &sealed)
	switch {
	case db.NotFound(err):
		return nil
	case err != nil:
		return err
	case sealed != "":
		return s.errSealed(ctx, t)
	case bound != 0 && !a.Can(Check, ""):
		return errs.E(errs.Conflict, "evidence.error.bound", nil)
	}
	if _, err := tx.Exec(`DELETE FROM evidence_link WHERE regency_id = $1 AND round_id = $2 AND item = $3 AND evidence_id = $4`, a.Regency, t.Round, t.Item, i.ID); err != nil {
		return err
	}
	if err := s.placeChanged(ctx, tx, t); err != nil {
		return err
	}
	if bound == 0 {
		return s.record(ctx, tx, "unlink", i, "", t, nil)
	}
	if i, err = s.store.get(ctx, tx, a.Regency, i.ID); err != nil {
		return err
	}
	hash, err := s.bind(ctx, tx, a.Regency, i, a.UserID)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "unlink", i, "", t, seal.Decision{State: i.State, Decided: hash})
}

// Want says what a question needs.
type Want struct {
	Agency string
	Words  string   // the question
	Past   []Target // the same question in earlier rounds
}

// Suggest lists proofs that may serve a question: those that served it before, then those of the agency whose words fit.
func (s *Service) Suggest(ctx context.Context, w Want, limit int) ([]Item, error) {
	score := map[string]int{}
	regency := tenant.From(ctx).Regency
	for _, t := range w.Past {
		before, err := s.store.linked(ctx, regency, t.Round, t.Item)
		if err != nil {
			return nil, err
		}
		for _, i := range before {
			score[i.ID] += 10
		}
	}
	if err := s.scoreWords(ctx, regency, telling(w.Words), score); err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(score))
	for id := range score {
		ids = append(ids, id)
	}
	all, err := s.store.byIDs(ctx, regency, ids)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(i Item) bool {
		ok, failed := s.visible(ctx, i)
		if failed != nil {
			err = failed
		}
		if i.Agency == w.Agency {
			score[i.ID] += 2
		}
		return !ok || i.State == Rejected || i.State == Expired || score[i.ID] < 3
	})
	slices.SortFunc(all, func(a, b Item) int {
		if score[a.ID] != score[b.ID] {
			return score[b.ID] - score[a.ID]
		}
		return int(b.ChangedAt - a.ChangedAt)
	})
	return all[:min(limit, len(all))], err
}

// perWord is how many cards of one word are looked at, the newest first: a word that stands on more says little about any.
const perWord = 150

func (s *Service) scoreWords(ctx context.Context, regency int64, words []string, score map[string]int) error {
	if len(words) == 0 {
		return nil
	}
	args := []any{regency, perWord}
	var parts []string
	for _, w := range words[:min(len(words), 20)] {
		args = append(args, w)
		parts = append(parts, `SELECT regency_id, evidence_id FROM (SELECT DISTINCT regency_id, evidence_id FROM evidence_word WHERE regency_id = $1 AND word = $`+
			strconv.Itoa(len(args))+` ORDER BY evidence_id DESC LIMIT $2) t`)
	}
	rows, err := s.DB.Query(ctx, `SELECT evidence_id, count(*) AS n FROM (`+strings.Join(parts, " UNION ALL ")+`) hits
		WHERE regency_id = $1 GROUP BY evidence_id ORDER BY n DESC, evidence_id DESC LIMIT 60`, args...)
	type hit struct {
		id string
		n  int
	}
	hits, err := db.Collect(rows, err, func(r *sql.Rows) (h hit, err error) { return h, r.Scan(&h.id, &h.n) })
	for _, h := range hits {
		score[h.id] += h.n
	}
	return err
}

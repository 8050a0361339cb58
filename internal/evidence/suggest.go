package evidence

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Suggest lists proofs that may serve a place: those that served it before, then those of the agency whose words fit.
func (s *Service) Suggest(ctx context.Context, w proof.Want, limit int) ([]proof.Card, error) {
	score := map[string]int{}
	regency := tenant.From(ctx).Regency
	for _, p := range w.Past {
		before, err := s.store.hung(ctx, regency, p)
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
	return cards(all[:min(limit, len(all))]), err
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

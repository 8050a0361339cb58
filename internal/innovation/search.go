package innovation

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"github.com/pendapa/pendapa/internal/innovation/similar"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// index is the search of one regency. It is filled on first use and then brought up to date by reading what changed since,
// which is right also when several processes serve one store.
type index struct {
	words *similar.Index

	mu   sync.Mutex
	seen int64            // changed_at up to which everything was read
	last map[string]int64 // records read at exactly that moment, by rev
}

// Found is an innovation that resembles a text, with the words in which it does.
type Found struct {
	Innovation
	Score float64
	Words []string
}

// Similar lists the innovations of the regency, all agencies, that resemble a text best. without leaves one out.
func (s *Service) Similar(ctx context.Context, text, without string, n int) ([]Found, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	hits := x.words.Search(text, n, func(id string) bool { return id != without })
	ids := make([]string, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	all, err := s.store.byIDs(ctx, tenant.From(ctx).Regency, ids)
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, h := range hits {
		if i, ok := all[h.ID]; ok {
			out = append(out, Found{Innovation: i, Score: h.Score, Words: h.Words})
		}
	}
	return out, nil
}

// matching gives the ids that a search finds, best first; nil for an empty search.
func (s *Service) matching(ctx context.Context, query string) ([]string, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, h := range x.words.Search(query, mostFound, nil) {
		ids = append(ids, h.ID)
	}
	return ids, nil
}

// mostFound bounds a search in a list.
const mostFound = 500

func (s *Service) index(ctx context.Context) (*index, error) {
	regency := tenant.From(ctx).Regency
	s.mu.Lock()
	x := s.indexes[regency]
	if x == nil {
		x = &index{words: similar.New(), last: map[string]int64{}}
		s.indexes[regency] = x
	}
	s.mu.Unlock()
	return x, x.refresh(ctx, s.store, regency)
}

// overlap is how far back a refresh reads again: another process may commit a little later than the time in its row.
const overlap = 5_000

func (x *index) refresh(ctx context.Context, s store, regency int64) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	rows, err := s.d.Query(ctx, `SELECT id, title, problem, sufferer, idea, lesson, changed_at, rev FROM innovation_innovation
		WHERE regency_id = $1 AND changed_at >= $2 ORDER BY changed_at`, regency, x.seen-overlap)
	type row struct {
		id, title, problem, sufferer, idea, lesson string
		at, rev                                    int64
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o row, err error) {
		return o, r.Scan(&o.id, &o.title, &o.problem, &o.sufferer, &o.idea, &o.lesson, &o.at, &o.rev)
	})
	if err != nil {
		return err
	}
	last := map[string]int64{}
	for _, o := range all {
		if rev, read := x.last[o.id]; !read || rev != o.rev {
			x.words.Put(similar.Doc{ID: o.id, Title: o.title, Text: o.problem + "\n" + o.sufferer + "\n" + o.idea + "\n" + o.lesson})
		}
		x.seen = max(x.seen, o.at)
		last[o.id] = o.rev
	}
	x.last = last
	return nil
}

func (s store) byIDs(ctx context.Context, regency int64, ids []string) (map[string]Innovation, error) {
	out := map[string]Innovation{}
	for some := range slices.Chunk(ids, 200) {
		args := []any{regency}
		rows, err := s.d.Query(ctx, `SELECT `+columns+` FROM innovation_innovation WHERE regency_id = $1 AND id IN (`+inList(&args, some)+`)`, args...)
		all, err := db.Collect(rows, err, scanRows)
		if err != nil {
			return nil, err
		}
		for _, i := range shownAll(ctx, all) {
			out[i.ID] = i
		}
	}
	return out, nil
}

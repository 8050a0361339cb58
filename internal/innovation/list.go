package innovation

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Filter narrows a list. Empty fields match everything.
type Filter struct {
	Query, Agency, Stage, State string
	Waiting                     bool // ideas without an answer
	Mine                        bool // proposed by the actor, or on a team of theirs
	Counting                    bool // ready or sent
	Published                   bool
	Whole                       bool  // without what was merged into another
	Since                       int64 // changed at or after this moment
}

func inList(args *[]any, values []string) string {
	marks := make([]string, len(values))
	for n, v := range values {
		*args = append(*args, v)
		marks[n] = "$" + strconv.Itoa(len(*args))
	}
	return strings.Join(marks, ", ")
}

func (f Filter) where(a tenant.Actor, found []string) (string, []any) {
	args, parts := []any{a.Regency}, []string{"regency_id = $1"}
	mark := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if f.Agency != "" {
		parts = append(parts, "agency_id = "+mark(f.Agency))
	}
	if f.Stage != "" {
		parts = append(parts, "stage = "+mark(f.Stage))
	}
	if f.State != "" {
		parts = append(parts, "state = "+mark(f.State))
	}
	if f.Waiting {
		parts = append(parts, "answered_at = 0 AND stage = 'problem'")
	}
	if f.Counting {
		parts = append(parts, "state IN ('ready', 'sent')")
	}
	if f.Published {
		parts = append(parts, "published")
	}
	if f.Whole {
		parts = append(parts, "merged_into = ''")
	}
	if f.Since != 0 {
		parts = append(parts, "changed_at >= "+mark(f.Since))
	}
	if f.Mine {
		me := mark(a.UserID)
		parts = append(parts, "(proposer = "+me+" OR id IN (SELECT innovation_id FROM innovation_member WHERE regency_id = $1 AND user_id = "+me+"))")
	}
	if f.Query != "" {
		if len(found) == 0 {
			return "FALSE AND regency_id = $1", args[:1]
		}
		parts = append(parts, "id IN ("+inList(&args, found)+")")
	}
	return strings.Join(parts, " AND "), args
}

// order is how a list stands that is not searched: the latest step first.
func (f Filter) order() string {
	switch {
	case f.Since != 0: // who follows changes reads them in the order they happened
		return "changed_at, id"
	case f.Waiting:
		return "answer_due, id"
	}
	return "step_at DESC, id"
}

// ids gives the innovations of a list in its order, for what reads all of them.
func (s *Service) ids(ctx context.Context, f Filter) ([]string, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	f.Query = strings.TrimSpace(f.Query)
	found, err := s.searched(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	where, args := f.where(tenant.From(ctx), found)
	if f.Query != "" {
		return s.ranking(ctx, where, args, found)
	}
	rows, err := s.DB.Query(ctx, `SELECT id FROM innovation_innovation WHERE `+where+` ORDER BY `+f.order(), args...)
	return db.Collect(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
}

// List gives innovations, the best match first when something is searched, else the latest step first; and how many there are.
func (s *Service) List(ctx context.Context, f Filter, limit, offset int) ([]Innovation, int, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, 0, err
	}
	f.Query = strings.TrimSpace(f.Query)
	found, err := s.searched(ctx, f.Query)
	if err != nil {
		return nil, 0, err
	}
	where, args := f.where(tenant.From(ctx), found)
	order := f.order()
	if f.Query != "" {
		return s.ranked(ctx, where, args, found, limit, offset)
	}
	read := func() (out listed, err error) {
		if err = s.DB.QueryRow(ctx, `SELECT count(*) FROM innovation_innovation WHERE `+where, args...).Scan(&out.total); err != nil {
			return out, err
		}
		n := len(args)
		rows, err := s.DB.Query(ctx, `SELECT `+columns+` FROM innovation_innovation WHERE `+where+` ORDER BY `+order+` LIMIT $`+strconv.Itoa(n+1)+` OFFSET $`+strconv.Itoa(n+2), append(args, limit, offset)...)
		out.all, err = db.Collect(rows, err, scanRows)
		return out, err
	}
	var out listed
	if limit > mostKept {
		out, err = read()
	} else {
		out, err = s.lists.Get(ctx, tenant.From(ctx).Regency, "", fmt.Sprint(where, args, order, limit, offset), read)
	}
	return shownAll(ctx, slices.Clone(out.all)), out.total, err
}

// listed is one page of the register and how many records there are in all, as they are stored and not yet cut to what the
// actor may see. It is kept until something in the register changes.
type listed struct {
	all   []Innovation
	total int
}

const (
	mostKept  = 100 // records on a page that is kept
	mostLists = 200 // pages kept in memory
	mostFlows = 600 // regencies whose counts are kept
)

func (s *Service) searched(ctx context.Context, query string) ([]string, error) {
	if query == "" {
		return nil, nil
	}
	return s.matching(ctx, query)
}

// ranking tells which of the found ones pass the filter, the best match first.
func (s *Service) ranking(ctx context.Context, where string, args []any, found []string) ([]string, error) {
	rows, err := s.DB.Query(ctx, `SELECT id FROM innovation_innovation WHERE `+where, args...)
	ids, err := db.Collect(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
	place := map[string]int{}
	for n, id := range found {
		place[id] = n
	}
	slices.SortFunc(ids, func(a, b string) int { return place[a] - place[b] })
	return ids, err
}

// ranked reads the whole records of one page of the found ones only.
func (s *Service) ranked(ctx context.Context, where string, args []any, found []string, limit, offset int) ([]Innovation, int, error) {
	ids, err := s.ranking(ctx, where, args, found)
	if err != nil {
		return nil, 0, err
	}
	page := ids[min(offset, len(ids)):min(offset+limit, len(ids))]
	all, err := s.store.byIDs(ctx, tenant.From(ctx).Regency, page)
	var out []Innovation
	for _, id := range page {
		if i, ok := all[id]; ok {
			out = append(out, i)
		}
	}
	return out, len(ids), err
}

// Flow counts what came to each stage and what waits or stopped there.
type Flow struct {
	Stage                string
	Came, Waiting, Ended int
}

// Flow counts innovations by the stage they reached, in the order of the way. The counts are kept until the register changes.
func (s *Service) Flow(ctx context.Context) ([]Flow, error) {
	kept, err := s.flows.Get(ctx, tenant.From(ctx).Regency, "", struct{}{}, func() ([]Flow, error) { return s.flow(ctx) })
	return slices.Clone(kept), err
}

func (s *Service) flow(ctx context.Context) ([]Flow, error) {
	rows, err := s.DB.Query(ctx, `SELECT stage, stage_before, count(*) FROM innovation_innovation WHERE regency_id = $1 AND merged_into = '' GROUP BY stage, stage_before`, tenant.From(ctx).Regency)
	type one struct {
		stage, before string
		n             int
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.stage, &o.before, &o.n) })
	stages := Stages()[:5]
	out := make([]Flow, len(stages))
	for n, stage := range stages {
		out[n].Stage = stage
	}
	for _, o := range all {
		reached, stopped := o.stage, o.stage == Stopped
		if stopped {
			reached = o.before
		}
		at := max(0, slices.Index(stages, reached))
		for n := range at + 1 {
			out[n].Came += o.n
		}
		if stopped {
			out[at].Ended += o.n
		} else {
			out[at].Waiting += o.n
		}
	}
	return out, err
}

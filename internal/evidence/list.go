package evidence

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Filter narrows the library. Empty fields match everything.
type Filter struct {
	Query, Kind, State, Agency string
	Until                      int64 // validity ends at or before
	Unlinked                   bool  // serves no question yet
}

// where writes a filter as SQL, with the rule for restricted proofs in it.
func (f Filter) where(a tenant.Actor) (string, []any) {
	args, parts := []any{a.Regency}, []string{"e.regency_id = $1"}
	mark := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	for _, x := range [][2]string{{"e.kind", f.Kind}, {"e.agency_id", f.Agency}} {
		if x[1] != "" {
			parts = append(parts, x[0]+" = "+mark(x[1]))
		}
	}
	switch f.State {
	case "":
	case Submitted: // a change of an accepted proof waits like a new one
		parts = append(parts, `(e.state = `+mark(f.State)+` OR e.pending > 0 AND EXISTS (SELECT 1 FROM evidence_version v
			WHERE v.regency_id = e.regency_id AND v.evidence_id = e.id AND v.number = e.pending AND v.state = 'submitted'))`)
	default:
		parts = append(parts, "e.state = "+mark(f.State))
	}
	if f.Until != 0 {
		parts = append(parts, "e.valid_until > 0 AND e.valid_until <= "+mark(f.Until), "e.state <> 'rejected'")
	}
	if f.Unlinked {
		parts = append(parts, "NOT EXISTS (SELECT 1 FROM evidence_link l WHERE l.regency_id = e.regency_id AND l.evidence_id = e.id)")
	}
	for _, w := range asked(f.Query) {
		part := "w.regency_id = $1 AND w.word >= " + mark(w)
		if end := after(w); end != "" {
			part += " AND w.word < " + mark(end)
		}
		parts = append(parts, "e.id IN (SELECT w.evidence_id FROM evidence_word w WHERE "+part+")")
	}
	if !a.Can(Audit, "") && !a.Can(Check, "") {
		scope := a.Scope(Write)
		if a.Agency != "" {
			scope.Agencies = append(scope.Agencies, a.Agency)
		}
		parts = append(parts, "(e.confidentiality <> 'restricted' OR "+scope.Where("e.agency_id", &args)+")")
	}
	return strings.Join(parts, " AND "), args
}

// List gives proofs that the actor may see, newest first, and how many there are.
func (s *Service) List(ctx context.Context, f Filter, limit, offset int) ([]Item, int, error) {
	where, args := f.where(tenant.From(ctx))
	order := "e.changed_at DESC, e.id"
	if f.Until != 0 {
		order = "e.valid_until, e.id"
	}
	read := func() (out listed, err error) {
		if err = s.DB.QueryRow(ctx, `SELECT count(*) FROM evidence_item e WHERE `+where, args...).Scan(&out.total); err != nil {
			return out, err
		}
		n := len(args)
		rows, err := s.DB.Query(ctx, `SELECT `+columns+` FROM evidence_item e WHERE `+where+` ORDER BY `+order+` LIMIT $`+strconv.Itoa(n+1)+` OFFSET $`+strconv.Itoa(n+2), append(args, limit, offset)...)
		out.items, err = db.Collect(rows, err, scanRows)
		return out, err
	}
	if limit > mostKept {
		out, err := read()
		return out.items, out.total, err
	}
	out, err := s.lists.Get(ctx, tenant.From(ctx).Regency, "", fmt.Sprint(where, args, order, limit, offset), read)
	return slices.Clone(out.items), out.total, err
}

// Each gives every proof of a filter to fn, the latest change first, reading them by their place in that order and never all at
// once. It stops at the first error of fn.
func (s *Service) Each(ctx context.Context, f Filter, fn func(Item) error) error {
	const step = 500
	where, args := f.where(tenant.From(ctx))
	at, of := "$"+strconv.Itoa(len(args)+1), "$"+strconv.Itoa(len(args)+2)
	query := `SELECT ` + columns + ` FROM evidence_item e WHERE ` + where + ` AND e.changed_at <= ` + at + ` AND (e.changed_at < ` + at + ` OR e.id > ` + of + `)
		ORDER BY e.changed_at DESC, e.id LIMIT ` + strconv.Itoa(step)
	for last := (Item{ChangedAt: math.MaxInt64}); ; {
		rows, err := s.DB.Query(ctx, query, append(slices.Clone(args), last.ChangedAt, last.ID)...)
		some, err := db.Collect(rows, err, scanRows)
		if err != nil {
			return err
		}
		for _, last = range some {
			if err := fn(last); err != nil {
				return err
			}
		}
		if len(some) < step {
			return nil
		}
	}
}

// listed is one page of the library and how many proofs there are in all. It is kept until a card, a link or a word changes,
// because counting reads every card that fits.
type listed struct {
	items []Item
	total int
}

const (
	mostKept  = 100 // proofs on a page that is kept
	mostLists = 200 // pages kept in memory
)

// Usage is how much of its quota an agency has used, in bytes.
func (s *Service) Usage(ctx context.Context, agency string) (used, quota int64, err error) {
	limits, err := s.limits(ctx)
	if err != nil {
		return 0, 0, err
	}
	used, err = s.store.used(ctx, s.DB, tenant.From(ctx).Regency, agency, "", s.now())
	return used, limits.Agency, err
}

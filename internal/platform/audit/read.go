package audit

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/db"
)

const columns = `seq, at, actor_id, actor_name, via, ip, action, object, object_id, agency_id, why, before, after`

func scan(s *sql.Rows) (r Row, err error) {
	err = s.Scan(&r.Seq, &r.At, &r.ActorID, &r.ActorName, &r.Via, &r.IP, &r.Action, &r.Object, &r.ObjectID, &r.Agency, &r.Why, &r.Before, &r.After)
	return r, err
}

// Filter narrows the trail. Empty fields match everything.
type Filter struct {
	Actor, Object, ObjectID, Agency string
	Action                          string // prefix
	From, Until                     int64  // milliseconds
	Refused                         bool   // only what was tried and refused
}

func (f Filter) where(d db.Dialect, regency int64) (string, []any) {
	args, parts := []any{regency}, []string{"regency_id = $1"}
	add := func(text string, v any) {
		args = append(args, v)
		parts = append(parts, strings.ReplaceAll(text, "?", "$"+strconv.Itoa(len(args))))
	}
	for _, x := range [][2]string{{"actor_id", f.Actor}, {"object", f.Object}, {"object_id", f.ObjectID}, {"agency_id", f.Agency}} {
		if x[1] != "" {
			add(x[0]+" = ?", x[1])
		}
	}
	if f.Action != "" {
		add("substr(action, 1, length(?)) = ?", f.Action)
		if d == db.SQLite { // whose order of letters is known, so that the index finds the beginning
			add("action >= ?", f.Action)
			add("action < ?", f.Action+"\U0010FFFF")
		}
	}
	if f.Refused {
		add("via = ?", ViaRefused)
	}
	if f.From != 0 {
		add("at >= ?", f.From)
	}
	if f.Until != 0 {
		add("at < ?", f.Until)
	}
	return strings.Join(parts, " AND "), args
}

// Many is how far entries are counted: a page that says "more than" costs no more than the page itself.
const Many = 2000

// List gives entries newest first and how many there are in all, counted up to Many.
func (l *Log) List(ctx context.Context, regency int64, f Filter, limit, offset int) (rows []Row, total int, err error) {
	where, args := f.where(l.d.Dialect(), regency)
	err = l.d.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM audit_entry WHERE `+where+` LIMIT `+strconv.Itoa(Many)+`) t`, args...).Scan(&total)
	if err != nil || total == 0 {
		return nil, 0, err
	}
	if total < Many { // few: their numbers are found by the index of the filter and put in order
		rows, err = l.numbered(ctx, where, args, limit, offset)
		return rows, total, err
	}
	// Many: they stand close together, so the trail itself is read from its end. The plus keeps SQLite from sorting all of them.
	rows, err = l.read(ctx, walked(where), args, limit, offset)
	return rows, total, err
}

// Each gives every entry that fits to fn, newest first, reading them by their number and never all at once. It stops at the
// first error of fn.
func (l *Log) Each(ctx context.Context, regency int64, f Filter, fn func(Row) error) error {
	const step = 500
	where, args := f.where(l.d.Dialect(), regency)
	where = walked(where) + ` AND seq < $` + strconv.Itoa(len(args)+1)
	for before := int64(math.MaxInt64); ; {
		some, err := l.read(ctx, where, append(slices.Clone(args), before), step, 0)
		if err != nil {
			return err
		}
		for _, r := range some {
			if err := fn(r); err != nil {
				return err
			}
			before = r.Seq
		}
		if len(some) < step {
			return nil
		}
	}
}

// walked writes a condition so that only the number of an entry can be searched for.
func walked(where string) string {
	for _, column := range []string{"actor_id", "object", "object_id", "agency_id", "action", "via"} {
		where = strings.ReplaceAll(where, "AND "+column+" ", "AND "+column+" || '' ")
	}
	return strings.ReplaceAll(where, "AND at ", "AND at + 0 ")
}

func (l *Log) read(ctx context.Context, where string, args []any, limit, offset int) ([]Row, error) {
	n := len(args)
	args = append(slices.Clone(args), limit, offset)
	found, err := l.d.Query(ctx, `SELECT `+columns+` FROM audit_entry WHERE `+where+
		` ORDER BY seq DESC LIMIT $`+strconv.Itoa(n+1)+` OFFSET $`+strconv.Itoa(n+2), args...)
	return db.Collect(found, err, scan)
}

// numbered reads a page of few entries.
func (l *Log) numbered(ctx context.Context, where string, args []any, limit, offset int) ([]Row, error) {
	n := len(args)
	args = append(slices.Clone(args), limit, offset)
	found, err := l.d.Query(ctx, `SELECT `+columns+` FROM audit_entry WHERE regency_id = $1 AND seq IN (SELECT seq FROM audit_entry WHERE `+where+
		` ORDER BY seq + 0 DESC LIMIT $`+strconv.Itoa(n+1)+` OFFSET $`+strconv.Itoa(n+2)+`) ORDER BY seq DESC`, args...)
	return db.Collect(found, err, scan)
}

// Logs lists every log of which something is stored, also one that no head names: what a check must look at.
func (l *Log) Logs(ctx context.Context) ([]int64, error) {
	rows, err := l.d.Query(ctx, `SELECT regency_id FROM audit_head WHERE regency_id >= $1
		UNION SELECT regency_id FROM audit_entry WHERE regency_id >= $1
		UNION SELECT regency_id FROM audit_checkpoint WHERE regency_id >= $1 ORDER BY regency_id`, int64(math.MinInt64))
	return db.Collect(rows, err, func(s *sql.Rows) (id int64, err error) { return id, s.Scan(&id) })
}

// Regencies lists whose trails are kept here.
func (l *Log) Regencies(ctx context.Context) ([]int64, error) {
	rows, err := l.d.Query(ctx, `SELECT regency_id FROM audit_head WHERE regency_id >= $1 ORDER BY regency_id`, 0)
	return db.Collect(rows, err, func(s *sql.Rows) (id int64, err error) { return id, s.Scan(&id) })
}

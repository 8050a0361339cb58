package audit

import (
	"context"
	"database/sql"
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

func (f Filter) where(regency int64) (string, []any) {
	args, parts := []any{regency}, []string{"regency_id = $1"}
	add := func(text string, v any) {
		args = append(args, v)
		parts = append(parts, strings.ReplaceAll(text, "?", "$"+strconv.Itoa(len(args))))
	}
	for column, v := range map[string]string{"actor_id": f.Actor, "object": f.Object, "object_id": f.ObjectID, "agency_id": f.Agency} {
		if v != "" {
			add(column+" = ?", v)
		}
	}
	if f.Action != "" {
		add("substr(action, 1, length(?)) = ?", f.Action)
	}
	if f.Refused {
		add("via = ?", refused)
	}
	if f.From != 0 {
		add("at >= ?", f.From)
	}
	if f.Until != 0 {
		add("at < ?", f.Until)
	}
	return strings.Join(parts, " AND "), args
}

// List gives entries newest first and how many there are in all.
func (l *Log) List(ctx context.Context, regency int64, f Filter, limit, offset int) (rows []Row, total int, err error) {
	where, args := f.where(regency)
	if err = l.d.QueryRow(ctx, `SELECT count(*) FROM audit_entry WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	n := len(args)
	args = append(args, limit, offset)
	found, err := l.d.Query(ctx, `SELECT `+columns+` FROM audit_entry WHERE `+where+
		` ORDER BY seq DESC LIMIT $`+strconv.Itoa(n+1)+` OFFSET $`+strconv.Itoa(n+2), args...)
	rows, err = db.Collect(found, err, scan)
	return rows, total, err
}

// Regencies lists whose trails are kept here.
func (l *Log) Regencies(ctx context.Context) ([]int64, error) {
	rows, err := l.d.Query(ctx, `SELECT regency_id FROM audit_head WHERE regency_id >= $1 ORDER BY regency_id`, 0)
	return db.Collect(rows, err, func(s *sql.Rows) (id int64, err error) { return id, s.Scan(&id) })
}

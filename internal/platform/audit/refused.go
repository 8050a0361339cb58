package audit

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Refusal is something that was tried and not allowed: a wrong password, a wrong code, a change without the right. It holds
// no secret that was tried. Equal refusals of one minute become one entry and a count.
type Refusal struct {
	Regency  int64  // whose trail; the actor's when 0
	Action   string // "access.signin.failed"; Filter.Refused finds what is written here
	Object   string // table or noun
	ObjectID string // the account that was tried, the route that was refused
	Agency   string
	Source   string // address it came from; the actor's when ""
	Why      string // key of the reason
}

// ViaRefused is the way of entries about refusals, by which they are found.
const ViaRefused = "refused"

// mostRefusals bounds the different refusals of one minute in one trail; what is over it is only counted.
const mostRefusals = 30

// refusals counts what happens in one minute.
type refusals struct {
	mu    sync.Mutex
	since int64 // milliseconds
	seen  map[Refusal]int
	kinds map[int64]int // different refusals of a regency
	over  map[int64]int // refusals of a regency beyond mostRefusals kinds
}

// note counts a refusal; first is true for one that gets an entry now.
func (r *refusals) note(e Refusal, now int64) (first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen, r.kinds, r.over, r.since = map[Refusal]int{}, map[int64]int{}, map[int64]int{}, now
	}
	if n := r.seen[e]; n > 0 {
		r.seen[e] = n + 1
		return false
	}
	if r.kinds[e.Regency] >= mostRefusals {
		r.over[e.Regency]++
		return false
	}
	r.seen[e], r.kinds[e.Regency] = 1, r.kinds[e.Regency]+1
	return true
}

// take gives what was counted once the minute is over, or at once when all is set, and begins anew.
func (r *refusals) take(now int64, all bool) (seen map[Refusal]int, over map[int64]int, since int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil || !all && now-r.since < time.Minute.Milliseconds() && now >= r.since {
		return nil, nil, 0
	}
	seen, over, since = r.seen, r.over, r.since
	r.seen, r.kinds, r.over = nil, nil, nil
	return seen, over, since
}

// Refused writes that something was tried and refused. The first of its kind in a minute gets an entry at once, the others
// of that minute one entry with their number, and the number of kinds in a minute is bounded: a stranger cannot flood the
// trail. It is also logged. Call it outside a transaction; a store that cannot write does not turn a refusal into a failure.
func (l *Log) Refused(ctx context.Context, e Refusal) {
	a := tenant.From(ctx)
	if e.Regency == 0 {
		e.Regency = a.Regency
	}
	if e.Source == "" {
		e.Source = a.IP
	}
	e.ObjectID = short(e.ObjectID)
	now := l.now().UnixMilli()
	if err := l.settle(ctx, now, false); err != nil {
		l.logger().ErrorContext(ctx, "refusals could not be written into the audit trail", "err", err)
	}
	if !l.refusals.note(e, now) {
		return
	}
	l.logger().WarnContext(ctx, "refused", "regency", e.Regency, "action", e.Action, "object", e.Object, "id", e.ObjectID,
		"source", e.Source, "why", e.Why)
	err := l.d.Tx(context.Background(), func(tx *db.Tx) error { return l.writeRefusal(ctx, tx, e, nil) })
	if err != nil {
		l.logger().ErrorContext(ctx, "a refusal could not be written into the audit trail", "err", err)
	}
}

// short keeps what a stranger typed from filling the trail.
func short(text string) string {
	const most = 120
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

func (l *Log) writeRefusal(ctx context.Context, tx *db.Tx, e Refusal, times map[string]int64) error {
	a := tenant.From(ctx)
	if a.Regency != e.Regency {
		a = tenant.Actor{}
	}
	row := Row{At: l.now().UnixMilli(), ActorID: a.UserID, ActorName: a.Name, Via: ViaRefused, IP: e.Source, Action: e.Action,
		Object: e.Object, ObjectID: e.ObjectID, Agency: e.Agency, Why: e.Why}
	if times != nil {
		row.ActorID, row.ActorName = "", ""
		var err error
		if row.After, err = text(times); err != nil {
			return err
		}
	}
	return appendRow(ctx, tx, e.Regency, row)
}

// settle writes the counts of the minute that is over.
func (l *Log) settle(ctx context.Context, now int64, all bool) error {
	seen, over, since := l.refusals.take(now, all)
	var list []Refusal
	for e, n := range seen {
		if n > 1 {
			list = append(list, e)
		}
	}
	for regency := range over {
		list = append(list, Refusal{Regency: regency, Action: "audit.refused.more"})
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b Refusal) int {
		return strings.Compare(a.Action+a.ObjectID+a.Source, b.Action+b.ObjectID+b.Source)
	})
	return l.d.Tx(context.Background(), func(tx *db.Tx) error {
		for _, e := range list {
			n := seen[e] - 1
			if e.Action == "audit.refused.more" {
				n = over[e.Regency]
			}
			err := l.writeRefusal(ctx, tx, e, map[string]int64{"more": int64(n), "since": since, "until": now})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Settle writes the counts of refusals that are still in memory, at the end of the server.
func (l *Log) Settle(ctx context.Context) error { return l.settle(ctx, l.now().UnixMilli(), true) }

// SettleJob is the regular job that writes the counts of refusals of minutes that are over.
func (l *Log) SettleJob(ctx context.Context, _ jobs.Job) error {
	return l.settle(ctx, l.now().UnixMilli(), false)
}

// LogTo names where refusals are also logged; without it they stand in the trail alone.
func (l *Log) LogTo(log *slog.Logger) { l.log = log }

func (l *Log) logger() *slog.Logger {
	if l.log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l.log
}

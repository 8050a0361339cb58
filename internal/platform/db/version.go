package db

import (
	"cmp"
	"context"
	"embed"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Versions make values that are kept in memory exact: every change of a watched table counts a number up in the same
// transaction, so a value that was computed under a number is right as long as the number stands, also when another process
// writes. Changes are read from the statements themselves; no room can forget to say them.
//
// Table: store_version.

//go:embed migrations
var ownFiles embed.FS

// Watch is a table whose changes are counted. Part names a column behind regency_id by which they are counted apart, "" none:
// a mark of one round then leaves the values of the others alone. Fold may make few parts of many.
type Watch struct {
	Table, Part string
	Fold        func(part string) string
}

// Watch lets changes of these tables be counted. It is called while rooms are built, before anything is written.
func (d *DB) Watch(all ...Watch) {
	d.watched.mu.Lock()
	defer d.watched.mu.Unlock()
	if d.watched.of == nil {
		d.watched.of = map[string]Watch{}
	}
	d.watched.texts.Clear() // what was read before knows nothing of these
	for _, w := range all {
		if had, ok := d.watched.of[w.Table]; !ok || had.Part == "" {
			d.watched.of[w.Table] = w
		}
	}
	d.watched.texts.Clear()
}

type watched struct {
	mu    sync.RWMutex
	of    map[string]Watch
	texts sync.Map // statement -> written
}

// written is what a statement changes.
type written struct {
	watch   []Watch
	regency bool // its first argument is the regency
	part    bool // its second argument is the part
}

var writes = regexp.MustCompile(`(?i)^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+(\w+)(\s*\(\s*regency_id(?:,\s*(\w+))?[^)]*\)\s*VALUES\s*\(\$1(?:,\s*\$(2)\b)?)?`)

// reads tells what a statement changes.
func (w *watched) reads(text string) written {
	if known, ok := w.texts.Load(text); ok {
		return known.(written)
	}
	m := writes.FindStringSubmatch(text)
	if m == nil {
		w.texts.Store(text, written{})
		return written{}
	}
	room, _, _ := strings.Cut(m[1], "_")
	var out written
	w.mu.RLock()
	table, ok := w.of[m[1]]
	if ok {
		out.watch = append(out.watch, table)
	}
	if all, ok := w.of[room+"_*"]; ok {
		out.watch = append(out.watch, all)
	}
	w.mu.RUnlock()
	if len(out.watch) == 0 {
		w.texts.Store(text, out)
		return out
	}
	if m[2] != "" {
		out.regency, out.part = true, table.Part != "" && m[3] == table.Part && m[4] != ""
	} else {
		out.regency = strings.Contains(text, "regency_id = $1")
		out.part = out.regency && table.Part != "" && strings.Contains(text, " "+table.Part+" = $2")
	}
	w.texts.Store(text, out)
	return out
}

// counted is one number that a transaction counts up. Regency 0 is every regency, part "" every part.
type counted struct {
	regency    int64
	name, part string
}

// wrote notes what a statement changed.
func (t *Tx) wrote(query string, args []any) {
	if t.watched == nil {
		return
	}
	w := t.watched.reads(query)
	for _, watch := range w.watch {
		c := counted{name: watch.Table}
		if w.regency && len(args) > 0 {
			c.regency, _ = args[0].(int64)
		}
		if w.part && watch.Part != "" && len(args) > 1 {
			c.part, _ = args[1].(string)
			if watch.Fold != nil {
				c.part = watch.Fold(c.part)
			}
		}
		if !slices.Contains(t.counted, c) {
			t.counted = append(t.counted, c)
		}
	}
}

// versioned counts up at the end of a change what it changed. The numbers are taken in one order, so that changes that
// run side by side cannot wait for each other.
func versioned(fn func(*Tx) error) func(*Tx) error {
	return func(tx *Tx) error {
		if err := fn(tx); err != nil || len(tx.counted) == 0 {
			return err
		}
		slices.SortFunc(tx.counted, func(a, b counted) int {
			return cmp.Or(cmp.Compare(a.regency, b.regency), cmp.Compare(a.name, b.name), cmp.Compare(a.part, b.part))
		})
		for _, c := range tx.counted {
			if _, err := tx.Exec(`INSERT INTO store_version (regency_id, name, part, n) VALUES ($1, $2, $3, 1)
				ON CONFLICT (regency_id, name, part) DO UPDATE SET n = store_version.n + 1`, c.regency, c.name, c.part); err != nil {
				return err
			}
		}
		return nil
	}
}

// Memo keeps computed values in memory until one of the tables they were computed from changes. Values are shared and must
// not be changed by those who get them. K is what distinguishes the values of one regency.
type Memo[K comparable, T any] struct {
	d    *DB
	most int
	text string

	mu  sync.Mutex
	all map[memoKey[K]]*kept[T]
}

type memoKey[K comparable] struct {
	regency int64
	part    string
	key     K
}

type kept[T any] struct {
	mu      sync.Mutex
	ok      bool
	version int64
	value   T
}

// Everywhere asks a memo for a value that all regencies feed.
const Everywhere = int64(-1)

// NewMemo makes a memo of at most most values. Tables stand for themselves, "room_*" for all tables of a room; "table/part"
// counts only changes of the part that is asked for.
func NewMemo[K comparable, T any](d *DB, most int, tables ...string) *Memo[K, T] {
	var whole, parted []string
	for _, t := range tables {
		if name, ok := strings.CutSuffix(t, "/part"); ok {
			parted = append(parted, name)
		} else {
			whole = append(whole, t)
		}
	}
	d.watched.mu.Lock()
	defer d.watched.mu.Unlock()
	if d.watched.of == nil {
		d.watched.of = map[string]Watch{}
	}
	d.watched.texts.Clear()
	for _, t := range append(whole, parted...) {
		if _, ok := d.watched.of[t]; !ok {
			d.watched.of[t] = Watch{Table: t}
		}
	}
	quoted := func(all []string) string { return "('" + strings.Join(append(all, ""), "', '") + "')" }
	text := `SELECT coalesce(sum(n), 0) FROM store_version WHERE regency_id IN (0, $1) AND (name IN ` + quoted(whole) + ` OR name IN ` + quoted(parted) + ` AND part IN ('', $2))`
	return &Memo[K, T]{d: d, most: most, text: text, all: map[memoKey[K]]*kept[T]{}}
}

// Get gives the value of a key in a regency, computing it when an input changed since. Those who ask meanwhile wait for the one
// who computes. part is "" unless the memo has tables with parts.
func (m *Memo[K, T]) Get(ctx context.Context, regency int64, part string, key K, compute func() (T, error)) (T, error) {
	var version int64
	var zero T
	text := m.text
	if regency == Everywhere {
		text = strings.Replace(text, "regency_id IN (0, $1)", "regency_id > $1", 1)
	}
	if err := m.d.QueryRow(ctx, text, regency, part).Scan(&version); err != nil {
		return zero, err
	}
	k := m.entry(memoKey[K]{regency, part, key})
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ok && k.version >= version {
		return k.value, nil
	}
	value, err := compute()
	if err != nil {
		return zero, err
	}
	k.ok, k.version, k.value = true, version, value
	return value, nil
}

func (m *Memo[K, T]) entry(key memoKey[K]) *kept[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.all[key]; k != nil {
		return k
	}
	for old := range m.all {
		if len(m.all) < m.most {
			break
		}
		delete(m.all, old)
	}
	k := &kept[T]{}
	m.all[key] = k
	return k
}

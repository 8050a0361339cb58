package reuse

import (
	"context"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The mapping as a table: one line a pair. A table is written with Indonesian words and read with those or the English ones.

// columns of the table; the first name is the one written.
func columns() [][]string {
	return [][]string{{"dari_instrumen", "from_kind"}, {"dari_butir", "from_item"}, {"ke_instrumen", "to_kind"}, {"ke_butir", "to_item"}, {"jenis_bukti", "kinds"},
		{"kekuatan", "strength"}, {"alasan", "why_id", "why"}, {"alasan_inggris", "why_en"}, {"keadaan", "state"}, {"asal", "origin"}}
}

// wordsOfTable gives the word of a table for each value.
func wordsOfTable() map[string]string {
	return map[string]string{"regulation": "peraturan", "decree": "keputusan", "minutes": "notula", "budget": "anggaran", "plan": "rencana", "report": "laporan", "screenshot": "tangkapan",
		"photo": "foto", "survey": "survei", "agreement": "perjanjian", "link": "tautan", "other": "lainnya", Strong: "kuat", Possible: "mungkin", "on": "aktif", "off": "mati",
		"shipped": "pendapa", "changed": "pendapa-diubah", "own": "sendiri"}
}

// valueOf finds the value behind a word of a table; the word itself when it is none.
func valueOf(word string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	for value, written := range wordsOfTable() {
		if word == written {
			return value
		}
	}
	return word
}

// Origin says where a line comes from: shipped, changed or own.
func (l Line) Origin() string {
	switch {
	case l.Own:
		return "own"
	case l.Changed:
		return "changed"
	}
	return "shipped"
}

// Table writes lines as a table with its heading.
func Table(all []Line) [][]string {
	var head []string
	for _, names := range columns() {
		head = append(head, names[0])
	}
	out, word := [][]string{head}, wordsOfTable()
	for _, l := range all {
		var kinds []string
		for _, k := range l.Kinds {
			kinds = append(kinds, word[k])
		}
		state := word["on"]
		if l.Off {
			state = word["off"]
		}
		out = append(out, []string{l.From.Of, l.From.Item, l.To.Of, l.To.Item, strings.Join(kinds, " "), word[l.Strength], l.Why.ID, l.Why.EN, state, word[l.Origin()]})
	}
	return out
}

// Row is a line of a table that was brought, with what would happen and what is wrong. N counts from 1, the heading is row 1.
type Row struct {
	N     int
	Line  Line
	Do    string // add, change, same
	Wrong []errs.Msg
}

// What a row would do.
const (
	DoAdd    = "add"
	DoChange = "change"
	DoSame   = "same"
)

// ReadTable turns a table into rows. Errors say which column is missing.
func ReadTable(t sheet.Table) ([]Row, error) {
	if len(t.Rows) < 2 {
		return nil, errs.E(errs.Invalid, "reuse.error.table_empty", nil)
	}
	at := make([]int, len(columns()))
	for n, names := range columns() {
		at[n] = slices.IndexFunc(t.Rows[0], func(h string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(h))) })
		if at[n] < 0 && n < 7 {
			return nil, errs.E(errs.Invalid, "reuse.error.table_column", nil, "Column", names[0], "Found", strings.Join(t.Rows[0], ", "))
		}
	}
	var out []Row
	for i, cells := range t.Rows[1:] {
		cell := func(n int) string {
			if at[n] < 0 || at[n] >= len(cells) {
				return ""
			}
			return strings.TrimSpace(cells[at[n]])
		}
		r := Row{N: i + 2, Line: Line{From: Ref{cell(0), plainItem(cell(1))}, To: Ref{cell(2), plainItem(cell(3))}, Strength: valueOf(cell(5)), Why: instrument.Text{ID: cell(6), EN: cell(7)}}}
		for _, k := range strings.FieldsFunc(cell(4), func(r rune) bool { return strings.ContainsRune(" ,;|/", r) }) {
			r.Line.Kinds = append(r.Line.Kinds, valueOf(k))
		}
		switch state := valueOf(cell(8)); state {
		case "", "on":
		case "off":
			r.Line.Off = true
		default:
			r.Wrong = append(r.Wrong, errs.M("reuse.error.state", "Text", cell(8)))
		}
		out = append(out, r)
	}
	return out, nil
}

// plainItem takes back what spreadsheets make of a code: 1.0 is 1.
func plainItem(cell string) string { return strings.TrimSuffix(cell, ".0") }

// fieldOrder is the order in which what is wrong with a row is told.
func fieldOrder() []string {
	return []string{"from_of", "from_item", "to_of", "to_item", "kinds", "strength", "why_id", "why_en"}
}

// CheckTable compares rows with the mapping as it stands, and says for each what it would do and what is wrong with it.
func (s *Service) CheckTable(ctx context.Context, rows []Row) ([]Row, error) {
	if err := allow(ctx, Manage); err != nil {
		return nil, err
	}
	packs, err := s.Packs.List(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.lines(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	fresh := ownLines(all)
	for i := range rows {
		r := &rows[i]
		r.Line = r.Line.tidied(packs)
		before := slices.IndexFunc(all, func(x Line) bool { return x.ID() == r.Line.ID() || x.ID() == r.Line.turned().ID() })
		wrong := r.Line.check()
		if before < 0 {
			wrong = r.Line.checkWith(packs)
		}
		for _, field := range fieldOrder() {
			if m, ok := wrong[field]; ok {
				r.Wrong = append(r.Wrong, m)
			}
		}
		if n := max(seen[r.Line.ID()], seen[r.Line.turned().ID()]); n > 0 {
			r.Wrong = append(r.Wrong, errs.M("reuse.error.row_twice", "N", n))
		}
		seen[r.Line.ID()] = r.N
		r.compare(all, before)
		if r.Do == DoAdd {
			if fresh++; fresh > mostLines {
				r.Wrong = append(r.Wrong, errs.M("reuse.error.many", "Most", mostLines))
			}
		}
	}
	return rows, nil
}

// compare says what a row would do to the line it is about; at is -1 when there is none yet.
func (r *Row) compare(all []Line, at int) {
	if at < 0 {
		r.Do, r.Line.Own = DoAdd, true
		return
	}
	was := all[at]
	content := slices.Equal(r.Line.Kinds, was.Kinds) && r.Line.Strength == was.Strength && r.Line.Why == was.Why
	r.Do = DoChange
	if content && r.Line.Off == was.Off {
		r.Do = DoSame
	}
	r.Line.From, r.Line.To, r.Line.Rev, r.Line.Own, r.Line.Changed = was.From, was.To, was.Rev, was.Own, was.Changed
	if content && !was.Own && !was.Changed { // only switched
		r.Line.Kinds, r.Line.Strength, r.Line.Why = nil, "", instrument.Text{}
	}
}

// Import writes the rows of a table: all or none. It gives how many were added and changed, and the rows with what is wrong.
func (s *Service) Import(ctx context.Context, rows []Row) (added, changed int, checked []Row, err error) {
	if checked, err = s.CheckTable(ctx, rows); err != nil {
		return 0, 0, nil, err
	}
	if n := len(slices.DeleteFunc(slices.Clone(checked), func(r Row) bool { return len(r.Wrong) == 0 })); n > 0 {
		return 0, 0, checked, errs.E(errs.Invalid, "reuse.error.table_wrong", nil, "N", n)
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		added, changed = 0, 0
		for _, r := range checked {
			switch r.Do {
			case DoSame:
				continue
			case DoAdd:
				added++
			case DoChange:
				changed++
			}
			if err := s.store.putLine(tx, tenant.From(ctx), r.Line, s.now()); err != nil {
				return err
			}
			if err := s.record(ctx, tx, "map.import", "map", r.Line.ID(), "", nil, r.Line); err != nil {
				return err
			}
		}
		return nil
	})
	return added, changed, checked, err
}

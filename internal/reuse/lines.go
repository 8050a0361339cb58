package reuse

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	mostName  = 60  // characters of the name of instruments or of a question
	mostWhy   = 300 // characters of a reason
	mostLines = 500 // of a regency's own
)

// check says what is wrong with a line by itself: form field -> text.
func (l Line) check() map[string]errs.Msg {
	wrong := map[string]errs.Msg{}
	for field, text := range map[string]string{"from_of": l.From.Of, "to_of": l.To.Of} {
		if text == "" || len(text) > mostName || strings.ContainsAny(text, ":~, ") {
			wrong[field] = errs.M("reuse.error.of")
		}
	}
	for field, text := range map[string]string{"from_item": l.From.Item, "to_item": l.To.Item} {
		if text == "" || len(text) > mostName || strings.ContainsAny(text, ":~, ") {
			wrong[field] = errs.M("reuse.error.item")
		}
	}
	if len(l.Kinds) == 0 || slices.ContainsFunc(l.Kinds, func(k string) bool { return !slices.Contains(Kinds(), k) }) {
		wrong["kinds"] = errs.M("reuse.error.kinds")
	}
	if !slices.Contains(Strengths(), l.Strength) {
		wrong["strength"] = errs.M("reuse.error.strength")
	}
	if l.Why.ID == "" || utf8.RuneCountInString(l.Why.ID) > mostWhy {
		wrong["why_id"] = errs.M("reuse.error.why", "Most", mostWhy)
	}
	if utf8.RuneCountInString(l.Why.EN) > mostWhy {
		wrong["why_en"] = errs.M("reuse.error.why", "Most", mostWhy)
	}
	return wrong
}

// tidied writes a line the way it is kept: codes as the instruments write them, kinds once and in their order.
func (l Line) tidied(packs []*instrument.Pack) Line {
	for _, r := range []*Ref{&l.From, &l.To} {
		r.Of, r.Item = strings.TrimSpace(r.Of), strings.TrimSpace(r.Item)
		for _, p := range packsOf(packs, r.Of) {
			if _, _, ok := p.Question(p.Canonical(r.Item)); ok {
				r.Item = p.Canonical(r.Item)
			}
		}
	}
	l.Why.ID, l.Why.EN = tidy(l.Why.ID), tidy(l.Why.EN)
	given := l.Kinds
	l.Kinds = slices.DeleteFunc(slices.Clone(Kinds()), func(k string) bool { return !slices.Contains(given, k) })
	for _, k := range given {
		if !slices.Contains(Kinds(), k) {
			l.Kinds = append(l.Kinds, k) // for check to name
		}
	}
	return l
}

// checkWith says what is wrong with a line: by itself, and when no instrument has the questions it names.
func (l Line) checkWith(packs []*instrument.Pack) map[string]errs.Msg {
	wrong := l.check()
	for field, r := range map[string]Ref{"from": l.From, "to": l.To} {
		if wrong[field+"_of"].Key == "" && len(packsOf(packs, r.Of)) == 0 {
			wrong[field+"_of"] = errs.M("reuse.error.of")
		} else if _, ok := questionOf(packs, r); !ok && wrong[field+"_of"].Key == "" {
			wrong[field+"_item"] = errs.M("reuse.error.no_item", "Item", r.Item, "Of", r.Of)
		}
	}
	return wrong
}

// Mapping gives every line as it stands for the regency, ordered by pair: the shipped ones with what the regency changed, and
// its own.
func (s *Service) Mapping(ctx context.Context) ([]Line, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.lines(ctx)
}

func (s *Service) lines(ctx context.Context) ([]Line, error) {
	own, err := s.store.lines(ctx, s.DB, tenant.From(ctx).Regency)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(s.shipped.Lines)
	at := map[string]int{}
	for n, l := range out {
		at[l.ID()] = n
	}
	for _, l := range own {
		if n, ok := at[l.ID()]; ok {
			out[n] = out[n].under(l)
			continue
		}
		l.Own = true
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b Line) int {
		return cmp.Or(strings.Compare(a.From.Of, b.From.Of), strings.Compare(a.To.Of, b.To.Of), byCode(a.From.Item, b.From.Item), byCode(a.To.Item, b.To.Item))
	})
	return out, nil
}

// under lays the regency's row over a shipped line; a row without a reason only switches.
func (l Line) under(row Line) Line {
	l.Off, l.Rev = row.Off, row.Rev
	if row.Why.ID != "" {
		l.Kinds, l.Strength, l.Why, l.Changed = row.Kinds, row.Strength, row.Why, true
	}
	return l
}

// byCode orders codes the way people count: A2 before A10, 9 before 10a.
func byCode(a, b string) int {
	letters := func(s string) (string, string) {
		n := strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' })
		if n < 0 {
			return s, ""
		}
		return s[:n], s[n:]
	}
	la, na := letters(a)
	lb, nb := letters(b)
	digits := func(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
	return cmp.Or(strings.Compare(la, lb), digits(na)-digits(nb), strings.Compare(na, nb))
}

// Line gives one line of the mapping.
func (s *Service) Line(ctx context.Context, id string) (Line, error) {
	all, err := s.Mapping(ctx)
	if err != nil {
		return Line{}, err
	}
	n := slices.IndexFunc(all, func(l Line) bool { return l.ID() == id })
	if n < 0 {
		return Line{}, errs.E(errs.NotFound, "reuse.error.line", nil)
	}
	return all[n], nil
}

// Save adds a line (id ""), or changes kinds, strength and reason of a known one, own or shipped. The pair itself stays.
func (s *Service) Save(ctx context.Context, id string, l Line) (string, error) {
	if err := allow(ctx, Manage); err != nil {
		return "", err
	}
	packs, err := s.Packs.List(ctx)
	if err != nil {
		return "", err
	}
	all, err := s.lines(ctx)
	if err != nil {
		return "", err
	}
	if id == "" {
		l.Rev, l.Off = 0, false
		l = l.tidied(packs)
		if err := addable(all, l, packs); err != nil {
			return "", err
		}
		return l.ID(), s.put(ctx, "map.add", l, Line{})
	}
	n := slices.IndexFunc(all, func(x Line) bool { return x.ID() == id })
	if n < 0 {
		return "", errs.E(errs.NotFound, "reuse.error.line", nil)
	}
	if all[n].Rev != l.Rev {
		return "", errs.E(errs.Conflict, "reuse.error.changed", nil)
	}
	l.From, l.To, l.Off = all[n].From, all[n].To, all[n].Off
	l = l.tidied(nil)
	if wrong := l.check(); len(wrong) > 0 { // not against the instruments: that of an old line may be gone
		return "", errs.InvalidFields(wrong)
	}
	return id, s.put(ctx, "map.edit", l, all[n])
}

// addable says what stands against a new line.
func addable(all []Line, l Line, packs []*instrument.Pack) error {
	if wrong := l.checkWith(packs); len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	if known(all, l) {
		return errs.E(errs.Conflict, "reuse.error.twice", nil)
	}
	if ownLines(all) >= mostLines {
		return errs.E(errs.Conflict, "reuse.error.many", nil, "Most", mostLines)
	}
	return nil
}

// known reports whether a pair has a line already, told from either side.
func known(all []Line, l Line) bool {
	return slices.ContainsFunc(all, func(x Line) bool { return x.ID() == l.ID() || x.ID() == l.turned().ID() })
}

func ownLines(all []Line) (n int) {
	for _, l := range all {
		if l.Own {
			n++
		}
	}
	return n
}

// Switch turns a line off or on again.
func (s *Service) Switch(ctx context.Context, id string, off bool, rev int64) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	before, err := s.Line(ctx, id)
	if err != nil {
		return err
	}
	if before.Rev != rev {
		return errs.E(errs.Conflict, "reuse.error.changed", nil)
	}
	if before.Off == off {
		return nil
	}
	after := before
	after.Off = off
	if !before.Own && !before.Changed { // only switched: later versions of the shipped line still show
		after.Kinds, after.Strength, after.Why = nil, "", instrument.Text{}
	}
	action := "map.on"
	if off {
		action = "map.off"
	}
	return s.put(ctx, action, after, before)
}

func (s *Service) put(ctx context.Context, action string, after, before Line) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putLine(tx, tenant.From(ctx), after, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, action, "map", after.ID(), "", before, after)
	})
}

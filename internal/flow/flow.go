// Package flow is the one part for moves of a state: where something may go from where it stands, who may take it there, what
// must hold first, and by when. A room describes its machine once; its services take moves, its pages and its API ask which
// are open for the actor, and one test walks every state, move and actor (package flowtest).
//
// "Nobody decides on their own work" stands here and nowhere else.
package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Move is a way from some states to one.
type Move[T any] struct {
	Name string   // "approve"; the word of the API, of forms and of the audit trail
	From []string // states from which it leads
	To   string   // the state it leads to
	// May is the right: nil, or why the actor may not.
	May func(ctx context.Context, x T) error
	// Writers are the people whose own work the move decides on; none of them may take it.
	Writers func(x T) []string
	// Needs says what still lacks before the move; nil when nothing does.
	Needs func(ctx context.Context, x T) error
	// Reason gives what is said when the move wants words and has none; a message without key, or nil: it wants none.
	Reason func(ctx context.Context, x T) (errs.Msg, error)
	// Least is how many letters such a reason has at least; 0 is one.
	Least int
	// Field is where the words stand in forms; "" is "reason".
	Field string
	// Says is the message when x is in none of From; "": that of the machine.
	Says string
	// Due is the moment in milliseconds until which the move should be taken; 0 or nil: none.
	Due func(x T) int64
}

// Words are the messages of a machine: what is said when a move is refused.
type Words struct {
	State string // not from this state
	Own   string // one's own work
	Long  string // too many words, with Most
}

// Machine is everything that can happen to the state of one kind of thing.
type Machine[T any] struct {
	Name   string // "evaluation.item"
	States []string
	State  func(x T) string
	Moves  []Move[T]
	Words  Words
	// Most is how many letters a reason may have; 0 is 4,000.
	Most int
}

// Step is a move that an actor takes.
type Step struct {
	Move, From, To, Reason string
}

const mostReason = 4000

// Open lists the moves that the actor may take now, in the order of the machine: what a page offers. What Needs says is not
// asked, so that a page can offer a move and tell what it still wants.
func (m *Machine[T]) Open(ctx context.Context, x T) ([]Move[T], error) {
	var out []Move[T]
	for _, v := range m.Moves {
		err := m.may(ctx, v, x)
		switch kind := errs.KindOf(err); {
		case err == nil:
			out = append(out, v)
		case kind != errs.Forbidden && kind != errs.Conflict:
			return nil, err
		}
	}
	return out, nil
}

// Can reports whether the actor may take a move now.
func (m *Machine[T]) Can(ctx context.Context, name string, x T) bool {
	v, ok := m.move(name)
	return ok && m.may(ctx, v, x) == nil
}

// Take checks a move and gives the step: the right, the state, that it is nobody's own work, the reason, what it needs. The
// caller writes the new state in its transaction.
func (m *Machine[T]) Take(ctx context.Context, name string, x T, reason string) (Step, error) {
	v, ok := m.move(name)
	if !ok {
		return Step{}, errs.E(errs.Conflict, m.Words.State, nil)
	}
	if err := m.may(ctx, v, x); err != nil {
		return Step{}, err
	}
	step := Step{Move: v.Name, From: m.State(x), To: v.To, Reason: strings.TrimSpace(reason)}
	if err := m.reasoned(ctx, v, x, step.Reason); err != nil {
		return Step{}, err
	}
	if v.Needs != nil {
		if err := v.Needs(ctx, x); err != nil {
			return Step{}, err
		}
	}
	return step, nil
}

// Way gives the move that leads to a state from where x stands; the first of several.
func (m *Machine[T]) Way(x T, to string) (name string, ok bool) {
	for _, v := range m.Moves {
		if v.To == to && slices.Contains(v.From, m.State(x)) {
			return v.Name, true
		}
	}
	return "", false
}

func (m *Machine[T]) move(name string) (Move[T], bool) {
	n := slices.IndexFunc(m.Moves, func(v Move[T]) bool { return v.Name == name })
	if n < 0 {
		return Move[T]{}, false
	}
	return m.Moves[n], true
}

// may asks in this order, so that whoever may not learns nothing of the state: the right, the state, whose work it is.
func (m *Machine[T]) may(ctx context.Context, v Move[T], x T) error {
	if v.May != nil {
		if err := v.May(ctx, x); err != nil {
			return err
		}
	}
	if !slices.Contains(v.From, m.State(x)) {
		return errs.E(errs.Conflict, cmp.Or(v.Says, m.Words.State), nil)
	}
	if v.Writers == nil {
		return nil
	}
	return NotOwn(ctx, m.Words.Own, v.Writers(x)...)
}

func (m *Machine[T]) reasoned(ctx context.Context, v Move[T], x T, reason string) error {
	most, field := cmp.Or(m.Most, mostReason), cmp.Or(v.Field, "reason")
	if utf8.RuneCountInString(reason) > most {
		return errs.InvalidFields(map[string]errs.Msg{field: errs.M(m.Words.Long, "Most", most)})
	}
	if v.Reason == nil || utf8.RuneCountInString(reason) >= max(1, v.Least) {
		return nil
	}
	says, err := v.Reason(ctx, x)
	if err != nil || says.Key == "" {
		return err
	}
	return errs.InvalidFields(map[string]errs.Msg{field: says})
}

// NotOwn refuses an actor who is one of those whose work is decided on. The program itself is nobody.
func NotOwn(ctx context.Context, says string, writers ...string) error {
	a := tenant.From(ctx)
	if a.UserID != "" && slices.Contains(writers, a.UserID) {
		return errs.E(errs.Forbidden, says, nil)
	}
	return nil
}

// Wants is the Reason of a move that never goes without words.
func Wants[T any](says string) func(context.Context, T) (errs.Msg, error) {
	return func(context.Context, T) (errs.Msg, error) { return errs.M(says), nil }
}

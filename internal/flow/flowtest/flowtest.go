// Package flowtest walks a machine of package flow: every state, every move, every actor.
package flowtest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actors are those who try every move, by the name they have in the table.
type Actors map[string]context.Context

// Person is somebody with one role of a room and exactly the rights that the room gives it, for one agency or, with "", for
// the whole regency.
func Person(m module.Module, user, role, agency string) context.Context {
	g := tenant.Grant{Role: role, Actions: map[string]bool{}, All: agency == "", Agencies: []string{agency}}
	for _, p := range m.Perms {
		g.Actions[p.Action] = slices.Contains(p.Roles, role)
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: user, Agency: agency, Grants: []tenant.Grant{g}})
}

// Walk takes every move as every actor from every state and compares what was let through with the table: one line a state
// and move, "submitted approve: head", actors in order of the alphabet. A line whose moves nobody may take is left out. Besides
// the table it checks that pages offer exactly what services take, that no move leads to or from an unknown state, and that
// each state but the first can be reached.
func Walk[T any](t *testing.T, m *flow.Machine[T], in func(state string) T, actors Actors, want string) {
	t.Helper()
	var got []string
	for _, state := range m.States {
		x := in(state)
		if m.State(x) != state {
			t.Fatalf("%s: a thing in state %q says it is in %q", m.Name, state, m.State(x))
		}
		for _, v := range m.Moves {
			var who []string
			for _, name := range slices.Sorted(maps.Keys(actors)) {
				if taken(t, m, v.Name, x, actors[name]) {
					who = append(who, name)
				}
			}
			if len(who) > 0 {
				got = append(got, fmt.Sprintf("%s %s: %s", state, v.Name, strings.Join(who, " ")))
			}
		}
	}
	if text := strings.Join(got, "\n"); text != strings.TrimSpace(want) {
		t.Errorf("%s lets through\n%s\nwant\n%s", m.Name, text, strings.TrimSpace(want))
	}
	known(t, m)
}

// taken reports whether the actor may take the move now, leaving aside words and what it needs first.
func taken[T any](t *testing.T, m *flow.Machine[T], move string, x T, actor context.Context) bool {
	t.Helper()
	_, err := m.Take(actor, move, x, "alasan yang cukup panjang")
	open, failed := m.Open(actor, x)
	if failed != nil {
		t.Fatal(failed)
	}
	offered := slices.ContainsFunc(open, func(v flow.Move[T]) bool { return v.Name == move })
	refused := errs.Is(err, errs.Forbidden) || errs.Is(err, errs.Conflict) || errs.Is(err, errs.NotFound)
	if offered == refused || offered != m.Can(actor, move, x) {
		t.Errorf("%s %s in %s: offered %v, taken %v", m.Name, move, m.State(x), offered, err)
	}
	return offered
}

func known[T any](t *testing.T, m *flow.Machine[T]) {
	t.Helper()
	reached := map[string]bool{m.States[0]: true}
	for _, v := range m.Moves {
		reached[v.To] = true
		for _, state := range append([]string{v.To}, v.From...) {
			if !slices.Contains(m.States, state) {
				t.Errorf("%s: %s leads to or from %q, which is no state", m.Name, v.Name, state)
			}
		}
	}
	for _, state := range m.States {
		if !reached[state] {
			t.Errorf("%s: nothing leads to %s", m.Name, state)
		}
	}
}

package flow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/flow"
	"github.com/pendapa/pendapa/internal/flow/flowtest"
	"github.com/pendapa/pendapa/internal/tenant"
)

type letter struct{ state, by, text string }

func has(action string) func(context.Context, letter) error {
	return func(ctx context.Context, _ letter) error {
		if !tenant.From(ctx).Can(action, "") {
			return errs.E(errs.Forbidden, "no", nil)
		}
		return nil
	}
}

func machine() *flow.Machine[letter] {
	return &flow.Machine[letter]{
		Name: "letter", States: []string{"draft", "sent", "signed"}, State: func(x letter) string { return x.state }, Most: 40,
		Words: flow.Words{State: "state", Own: "own", Long: "long"},
		Moves: []flow.Move[letter]{
			{Name: "send", From: []string{"draft"}, To: "sent", May: has("write"), Needs: func(_ context.Context, x letter) error {
				if x.text == "" {
					return errs.InvalidFields(map[string]errs.Msg{"text": errs.M("text")})
				}
				return nil
			}},
			{Name: "sign", From: []string{"sent"}, To: "signed", May: has("sign"), Writers: func(x letter) []string { return []string{x.by} }},
			{Name: "return", From: []string{"sent", "signed"}, To: "draft", May: has("sign"), Reason: flow.Wants[letter]("reason"), Least: 5},
		},
	}
}

func as(user string, actions ...string) context.Context {
	g := tenant.Grant{Actions: map[string]bool{}, All: true}
	for _, a := range actions {
		g.Actions[a] = true
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: user, Grants: []tenant.Grant{g}})
}

func TestEveryStateMoveAndActor(t *testing.T) {
	t.Parallel()
	flowtest.Walk(t, machine(), func(state string) letter { return letter{state, "both", "isi"} }, flowtest.Actors{
		"both": as("both", "write", "sign"), "head": as("head", "sign"), "clerk": as("clerk", "write"), "stranger": as("x"),
		"program": tenant.With(context.Background(), tenant.SystemOf(1, "job")),
	}, `
draft send: both clerk program
sent sign: head program
sent return: both head program
signed return: both head program`)
}

func TestWhyAMoveIsRefused(t *testing.T) {
	t.Parallel()
	m := machine()
	sent := letter{"sent", "both", "isi"}
	for name, c := range map[string]struct {
		who    context.Context
		move   string
		x      letter
		reason string
		want   string
	}{
		"no right":             {as("x"), "sign", sent, "", "no"},
		"no right, no state":   {as("x"), "sign", letter{state: "draft"}, "", "no"},
		"another state":        {as("head", "sign"), "sign", letter{state: "draft"}, "", "state"},
		"no such move":         {as("head", "sign"), "burn", sent, "", "state"},
		"own work":             {as("both", "sign"), "sign", sent, "", "own"},
		"blank reason":         {as("head", "sign"), "return", sent, "  ", "reason"},
		"too few words":        {as("head", "sign"), "return", sent, " abcd ", "reason"},
		"too long a reason":    {as("head", "sign"), "return", sent, strings.Repeat("a", 41), "long"},
		"something is lacking": {as("clerk", "write"), "send", letter{state: "draft"}, "", "text"},
	} {
		_, err := m.Take(c.who, c.move, c.x, c.reason)
		msg, fields := errs.MsgOf(err)
		got := msg.Key
		for _, f := range fields {
			got = f.Key
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if _, err := m.Take(as("head", "sign"), "return", sent, strings.Repeat("é", 40)); err != nil {
		t.Errorf("40 letters of two bytes: %v", err)
	}
	program := tenant.With(context.Background(), tenant.SystemOf(1, "job"))
	if _, err := m.Take(program, "sign", letter{state: "sent"}, ""); err != nil {
		t.Errorf("the program is taken for the writer of a letter that nobody wrote: %v", err)
	}
	step, err := m.Take(as("head", "sign"), "return", sent, " kurang tanggal ")
	if err != nil || step != (flow.Step{Move: "return", From: "sent", To: "draft", Reason: "kurang tanggal"}) {
		t.Errorf("%+v %v", step, err)
	}
	if name, ok := m.Way(sent, "draft"); !ok || name != "return" {
		t.Errorf("the way back is %q", name)
	}
	if _, ok := m.Way(sent, "nowhere"); ok {
		t.Error("a way to nowhere")
	}
}

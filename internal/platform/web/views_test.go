package web

import (
	"testing"
	"testing/fstest"
)

// TestStatesSpeakOneVocabulary: a word nobody knows is refused when a room is added, and a view cannot show a state without one.
func TestStatesSpeakOneVocabulary(t *testing.T) {
	t.Parallel()
	room := func(states string) fstest.MapFS {
		return fstest.MapFS{"views/states.json": {Data: []byte(states)},
			"views/x.html": {Data: []byte(`{{define "main"}}{{(look "room.state." .Title).Kind}}{{end}}`)}}
	}
	v, err := NewViews()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Add("other", room(`{"other.state.": {"done": "splendid"}}`)); err == nil {
		t.Error("a word outside the vocabulary was taken")
	}
	if err := v.Add("room", room(`{"room.state.": {"done": "good"}}`)); err != nil {
		t.Fatal(err)
	}
	if l, err := v.look("room.state.", "done"); err != nil || l != (Look{"good", "m-good"}) {
		t.Errorf("done looks like %+v (%v)", l, err)
	}
	if _, err := v.look("room.state.", "lost"); err == nil {
		t.Error("a state without a word has a look")
	}
}

package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
)

// Look is how a state is shown: the colour of its word and the shape before it.
type Look struct{ Kind, Mark string }

// looks is the one vocabulary of states: what a state says to a person, whichever room it is of, has one colour and one shape.
var looks = map[string]Look{
	"nothing":  {"stale", "m-none"},  // not begun
	"sketch":   {"stale", "m-draft"}, // prepared, nobody waits for it
	"writing":  {"warn", "m-draft"},  // somebody has to go on with it
	"sent":     {"info", "m-sent"},   // handed on
	"running":  {"info", "m-run"},
	"linked":   {"info", "m-ok"},
	"near":     {"warn", "m-near"},
	"returned": {"bad", "m-ret"},
	"late":     {"bad", "m-bad"},
	"expired":  {"warn", "m-stale"},
	"good":     {"good", "m-good"},
	"stopped":  {"stale", "m-stop"},
}

// addStates takes views/states.json of a room: beginning of the text keys -> state -> word of the vocabulary.
func (v *Views) addStates(module string, files fs.FS) error {
	data, err := fs.ReadFile(files, "views/states.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var all map[string]map[string]string
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("%s states: %w", module, err)
	}
	for of, states := range all {
		for state, word := range states {
			if _, ok := looks[word]; !ok {
				return fmt.Errorf("%s states: %s%s is %q, which is no word of the vocabulary", module, of, state, word)
			}
		}
	}
	maps.Copy(v.states, all)
	return nil
}

// look gives the look of a state; a view that names an unknown one does not render.
func (v *Views) look(of, state string) (Look, error) {
	l, ok := looks[v.states[of][state]]
	if !ok {
		return l, fmt.Errorf("views/states.json says nothing of %s%s", of, state)
	}
	return l, nil
}

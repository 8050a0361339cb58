package trail

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// A long text is saved again on every pause of the keys, and most of it stays. What it was before is kept as its difference from
// what it became: nothing is lost, an entry can be read by itself, and a save takes about the room of one text instead of two.

// shortText is up to how many bytes a text is kept whole.
const shortText = 80

// difference stands in the place of a text: so many bytes at the beginning and at the end are those of the text after the change,
// and between them stood Was.
type difference struct {
	Same *[2]int `json:"$same"`
	Was  string  `json:"was"`
}

// Shorten gives what stood before a change with its long texts as differences from the same fields after it. Both are JSON objects;
// anything else is given back as it is.
func Shorten(before, after string) string {
	if len(before) <= shortText || len(after) <= shortText {
		return before
	}
	return changed(before, after, shorter)
}

// Was is what stood before the change in full, with every difference put back into a text.
func (r Row) Was() string {
	if !bytes.Contains([]byte(r.Before), []byte(`"$same"`)) {
		return r.Before
	}
	return changed(r.Before, r.After, longer)
}

// changed rewrites the fields of an object that are also in another; f gives the new value, or nil to leave a field.
func changed(of, with string, f func(a, b json.RawMessage) json.RawMessage) string {
	out := fields(json.RawMessage(of), json.RawMessage(with), f)
	if out == nil {
		return of
	}
	return string(out)
}

func fields(of, with json.RawMessage, f func(a, b json.RawMessage) json.RawMessage) json.RawMessage {
	var a, b map[string]json.RawMessage
	if json.Unmarshal(of, &a) != nil || json.Unmarshal(with, &b) != nil {
		return nil
	}
	touched := false
	for name, value := range a {
		other, ok := b[name]
		if !ok {
			continue
		}
		to := f(value, other)
		if to == nil && len(value) > 0 && value[0] == '{' {
			to = fields(value, other, f)
		}
		if to != nil {
			a[name], touched = to, true
		}
	}
	if !touched {
		return nil
	}
	data, err := json.Marshal(a)
	if err != nil {
		return nil
	}
	return data
}

// shorter gives the difference of two texts where that is worth it.
func shorter(before, after json.RawMessage) json.RawMessage {
	var was, is string
	if len(before) <= shortText || json.Unmarshal(before, &was) != nil || json.Unmarshal(after, &is) != nil {
		return nil
	}
	head, tail := shared(was, is)
	data, err := json.Marshal(difference{Same: &[2]int{head, tail}, Was: was[head : len(was)-tail]})
	if err != nil || len(data)*4 > len(before)*3 {
		return nil
	}
	return data
}

// shared counts the bytes that two texts have in common at the beginning and at the end, without cutting a letter.
func shared(was, is string) (head, tail int) {
	most := min(len(was), len(is))
	for head < most && was[head] == is[head] {
		head++
	}
	for head > 0 && head < len(was) && !utf8.RuneStart(was[head]) {
		head--
	}
	for tail < most-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	for tail > 0 && !utf8.RuneStart(was[len(was)-tail]) {
		tail--
	}
	return head, tail
}

// longer puts a difference back into a text.
func longer(before, after json.RawMessage) json.RawMessage {
	var d difference
	var is string
	if len(before) == 0 || before[0] != '{' || json.Unmarshal(before, &d) != nil || d.Same == nil || json.Unmarshal(after, &is) != nil {
		return nil
	}
	head, tail := d.Same[0], d.Same[1]
	if head < 0 || tail < 0 || head > len(is) || tail > len(is) {
		return nil
	}
	data, err := json.Marshal(is[:head] + d.Was + is[len(is)-tail:])
	if err != nil {
		return nil
	}
	return data
}

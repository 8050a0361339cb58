package trail

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// TestADifferenceLosesNothing edits texts at random, with letters of several bytes, and reads back what stood before.
func TestADifferenceLosesNothing(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	letters := []rune("abc \"\\<&\né”—日🙂")
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune(letters[dice.IntN(len(letters))])
		}
		return b.String()
	}
	shorter := 0
	for range 3000 {
		was := text(dice.IntN(400))
		runes := []rune(was)
		from := dice.IntN(len(runes) + 1)
		to := from + dice.IntN(len(runes)-from+1)
		is := string(runes[:from]) + text(dice.IntN(30)) + string(runes[to:])
		before := object(t, map[string]any{"Answer": was, "Rev": 9007199254740993, "In": map[string]any{"Note": was}, "Only": was, "List": []string{was}})
		after := object(t, map[string]any{"Answer": is, "Rev": 9007199254740994, "In": map[string]any{"Note": is}, "List": []string{is}})
		kept := Shorten(before, after)
		if len(kept) < len(before) {
			shorter++
		}
		if len(kept) > len(before) {
			t.Fatalf("%d bytes became %d", len(before), len(kept))
		}
		if got := (Row{Before: kept, After: after}).Was(); !same(t, got, before) {
			t.Fatalf("kept %s\nafter %s\ngives %s\nwant  %s", kept, after, got, before)
		}
	}
	if shorter < 1500 {
		t.Errorf("only %d of 3000 entries became shorter", shorter)
	}
}

// TestWhatIsNoObjectStays: entries of old, texts, lists and a difference that fits nothing are shown as they are.
func TestWhatIsNoObjectStays(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("kata ", 40)
	for _, before := range []string{"", `"` + long + `"`, `["` + long + `"]`, long, `{"A":1}`, `null`} {
		if got := Shorten(before, object(t, map[string]any{"A": long})); got != before {
			t.Errorf("%q became %q", before, got)
		}
	}
	odd := `{"A":{"$same":[900,2],"was":"x"}}`
	if got := (Row{Before: odd, After: `{"A":"pendek"}`}).Was(); got != odd {
		t.Errorf("a difference that fits nothing became %q", got)
	}
}

func object(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func same(t *testing.T, a, b string) bool {
	t.Helper()
	read := func(text string) (v any) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	return reflect.DeepEqual(read(a), read(b))
}

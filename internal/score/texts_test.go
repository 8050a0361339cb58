package score_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/score"
)

func textsOf(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile((&score.Service{}).Module().Files, "locale/"+lang+".json")
	out := map[string]string{}
	if err != nil || json.Unmarshal(data, &out) != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return out
}

// written gives every text key that the code and the views of the room name. A key that ends in a dot is the beginning of
// keys whose end comes from data.
func written(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	code, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	views, err := filepath.Glob("views/*.html")
	if err != nil || len(views) < 6 {
		t.Fatalf("%d views, %v", len(views), err)
	}
	key := regexp.MustCompile(`"(score\.[a-z0-9_.]*)"`)
	for _, name := range slices.Concat(code, views) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllSubmatch(data, -1) {
			if k := string(m[1]); k != "score." {
				out[k] = name
			}
		}
	}
	return out
}

func TestEveryTextNamedExistsInBothLanguages(t *testing.T) {
	t.Parallel()
	id, en := textsOf(t, "id"), textsOf(t, "en")
	actions := map[string]bool{} // names of rights look like names of texts
	for _, p := range (&score.Service{}).Module().Perms {
		actions[p.Action] = true
	}
	for key, where := range written(t) {
		ok := id[key] != "" && en[key] != ""
		if strings.HasSuffix(key, ".") {
			ok = slices.ContainsFunc(slices.Collect(maps.Keys(id)), func(k string) bool { return strings.HasPrefix(k, key) })
		}
		if !ok && !actions[key] {
			t.Errorf("%s names %s, which has no text", where, key)
		}
	}
	value := regexp.MustCompile(`\{\{\.\w+\}\}`)
	for key, text := range id {
		want, got := value.FindAllString(text, -1), value.FindAllString(en[key], -1)
		slices.Sort(want)
		slices.Sort(got)
		if en[key] == "" || !slices.Equal(slices.Compact(want), slices.Compact(got)) {
			t.Errorf("%s: Indonesian %q, English %q", key, text, en[key])
		}
	}
	for key := range en {
		if id[key] == "" {
			t.Errorf("%s exists only in English", key)
		}
	}
}

func TestNoTextIsLeftOver(t *testing.T) {
	t.Parallel()
	named := written(t)
	for key := range textsOf(t, "id") {
		if named[key] != "" || slices.ContainsFunc(slices.Collect(maps.Keys(named)), func(k string) bool { return strings.HasSuffix(k, ".") && strings.HasPrefix(key, k) }) {
			continue
		}
		t.Errorf("nobody names %s", key)
	}
}

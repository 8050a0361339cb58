// Package texttest checks the words of a room: every text that its code and views name exists in both languages with the same
// values, and none is left over.
package texttest

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

	"github.com/pendapa/pendapa/internal/platform/module"
)

// Of gives the texts of a room in a language by their keys.
func Of(t *testing.T, m module.Module, lang string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile(m.Files, "locale/"+lang+".json")
	out := map[string]string{}
	if err != nil || json.Unmarshal(data, &out) != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return out
}

// Check runs in the folder of the room, which has at least so many views. others are names that look like texts and are none:
// events and acts of the audit trail. Rights and jobs of the room are known.
func Check(t *testing.T, m module.Module, views int, others ...string) {
	t.Helper()
	id, en, named := Of(t, m, "id"), Of(t, m, "en"), written(t, m.Name, views)
	for _, p := range m.Perms {
		others = append(others, p.Action)
	}
	for kind := range m.Jobs {
		others = append(others, kind)
	}
	for key, where := range named {
		if !has(id, key) && !slices.Contains(others, key) {
			t.Errorf("%s names %s, which has no text", where, key)
		}
	}
	for key, text := range id {
		if en[key] == "" || !slices.Equal(values(text), values(en[key])) {
			t.Errorf("%s: Indonesian %q, English %q", key, text, en[key])
		}
		if !isNamed(named, key) {
			t.Errorf("nobody names %s", key)
		}
	}
	for key := range en {
		if id[key] == "" {
			t.Errorf("%s exists only in English", key)
		}
	}
}

// written gives every text key that the code and the views of the room name, with the file that does. A key that ends in a
// dot or a line is the beginning of keys whose end comes from data; a letter is named without its ".subject" and ".body".
func written(t *testing.T, room string, least int) map[string]string {
	t.Helper()
	code, err := filepath.Glob("*.go")
	if err != nil || len(code) == 0 {
		t.Fatalf("no code here: %v", err)
	}
	views, err := filepath.Glob("views/*.html")
	if err != nil || len(views) < least {
		t.Fatalf("%d views, want %d: %v", len(views), least, err)
	}
	out, key := map[string]string{}, regexp.MustCompile(`"(`+room+`\.[a-z0-9_.]+)"`)
	for _, name := range slices.Concat(code, views) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllSubmatch(data, -1) {
			out[string(m[1])] = name
		}
	}
	return out
}

// ends lists what may follow a name whose text stands under a longer key.
func ends(name string) []string {
	if strings.HasSuffix(name, ".") || strings.HasSuffix(name, "_") {
		return nil
	}
	return []string{"", ".subject", ".body"}
}

// covers reports whether a name in the code means a key.
func covers(name, key string) bool {
	all := ends(name)
	return all == nil && strings.HasPrefix(key, name) || slices.ContainsFunc(all, func(end string) bool { return name+end == key })
}

func has(texts map[string]string, name string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(texts)), func(key string) bool { return covers(name, key) && texts[key] != "" })
}

func isNamed(named map[string]string, key string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(named)), func(name string) bool { return covers(name, key) })
}

// values gives the names of the values that a text takes, each once, in whatever form of the word they stand.
func values(text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`\{\{[^}]*?\.(\w+)[^}]*\}\}|(?:^|[^{])\{(\w+)\}`).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1]+m[2])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

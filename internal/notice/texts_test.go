package notice_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/notice"
)

func textsOf(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile((&notice.Service{}).Module().Files, "locale/"+lang+".json")
	out := map[string]string{}
	if err != nil || json.Unmarshal(data, &out) != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return out
}

// written gives every text key that the code and the views name. A key that ends in a dot is the beginning of keys whose end
// comes from data.
func written(t *testing.T) []string {
	t.Helper()
	var out []string
	key := regexp.MustCompile(`"(notice\.[a-z0-9_.]+)"`)
	for _, pattern := range []string{"*.go", "views/*.html"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			must(t, err)
			if !strings.HasSuffix(name, "_test.go") {
				for _, m := range key.FindAllSubmatch(data, -1) {
					out = append(out, string(m[1]))
				}
			}
		}
	}
	return out
}

func TestTextsAreWholeAndUsed(t *testing.T) {
	t.Parallel()
	id, en, named := textsOf(t, "id"), textsOf(t, "en"), written(t)
	value := regexp.MustCompile(`\{\{\.\w+\}\}`)
	for key, text := range id {
		a, b := value.FindAllString(text, -1), value.FindAllString(en[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if en[key] == "" || !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: Indonesian %q, English %q", key, text, en[key])
		}
		if !slices.ContainsFunc(named, func(n string) bool { return n == key || strings.HasSuffix(n, ".") && strings.HasPrefix(key, n) }) {
			t.Errorf("nobody names %s", key)
		}
	}
	if len(en) != len(id) {
		t.Errorf("%d texts in English, %d in Indonesian", len(en), len(id))
	}
	other := []string{"notice.digest", "notice.sweep", "notice.mail"} // jobs and acts of the audit trail are no texts
	for _, key := range named {
		if !strings.HasSuffix(key, ".") && id[key] == "" && !slices.Contains(other, key) && key != "notice.setting" {
			t.Errorf("%s has no text", key)
		}
	}
}

package webhook_test

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

	"github.com/pendapa/pendapa/internal/webhook"
)

func textsOf(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile((&webhook.Service{}).Module().Files, "locale/"+lang+".json")
	out := map[string]string{}
	if err != nil || json.Unmarshal(data, &out) != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return out
}

// written gives every text key that the code and the views of the room name. A key that ends in a dot is the beginning of
// keys whose end comes from data.
func written(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	code, _ := filepath.Glob("*.go")
	views, _ := filepath.Glob("views/*.html")
	if len(views) < 4 || len(code) < 10 {
		t.Fatalf("%d views, %d files", len(views), len(code))
	}
	key := regexp.MustCompile(`"(webhook\.[a-z0-9_.]*)"`)
	for _, name := range slices.Concat(code, views) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllSubmatch(data, -1) {
			if !strings.HasSuffix(name, "_test.go") {
				out[string(m[1])] = true
			}
		}
	}
	return out
}

func TestEveryTextExistsInBothLanguagesAndIsUsed(t *testing.T) {
	t.Parallel()
	id, en, named := textsOf(t, "id"), textsOf(t, "en"), written(t)
	value := regexp.MustCompile(`\{\{\.\w+\}\}`)
	for key, text := range id {
		want, got := value.FindAllString(text, -1), value.FindAllString(en[key], -1)
		if en[key] == "" || !slices.Equal(want, got) {
			t.Errorf("%s: Indonesian %q, English %q", key, text, en[key])
		}
		if !named[key] && !slices.ContainsFunc(slices.Collect(maps.Keys(named)), func(k string) bool { return strings.HasSuffix(k, ".") && strings.HasPrefix(key, k) }) {
			t.Errorf("nobody names %s", key)
		}
	}
	if len(id) != len(en) {
		t.Errorf("%d texts in Indonesian, %d in English", len(id), len(en))
	}
	// Names of actions, jobs, events and audit entries look like names of texts.
	other := []string{"webhook.manage", "webhook.ping", "webhook.deliver", "webhook.tidy", "webhook.create", "webhook.edit", "webhook.active", "webhook.sample"}
	for key := range named {
		if id[key] == "" && !strings.HasSuffix(key, ".") && !slices.Contains(other, key) {
			t.Errorf("%s has no text", key)
		}
	}
	for _, key := range append([]string{"webhook.off.hand", "webhook.off.gone", "webhook.off.dead", "webhook.event.webhook.ping"}, prefixed("webhook.event.", events())...) {
		if id[key] == "" {
			t.Errorf("%s has no text", key)
		}
	}
	fails := regexp.MustCompile(`(?m)^\tfail\w+\s+= "(\w+)"`)
	source, err := os.ReadFile("send.go")
	found := fails.FindAllSubmatch(source, -1)
	if err != nil || len(found) < 9 {
		t.Fatalf("%d reasons, %v", len(found), err)
	}
	for _, m := range found {
		if id["webhook.fail."+string(m[1])] == "" {
			t.Errorf("the reason %s has no text", m[1])
		}
	}
}

func prefixed(prefix string, all []string) (out []string) {
	for _, text := range all {
		out = append(out, prefix+text)
	}
	return out
}

package webhook_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/pendapa/pendapa/internal/texttest"
	"github.com/pendapa/pendapa/internal/webhook"
)

func TestEveryTextExistsInBothLanguagesAndIsUsed(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&webhook.Service{}).Module(), 4, "webhook.ping", "webhook.create", "webhook.edit", "webhook.active", "webhook.sample")
}

func TestEveryReasonAndEventHasAText(t *testing.T) {
	t.Parallel()
	id := texttest.Of(t, (&webhook.Service{}).Module(), "id")
	for _, key := range append([]string{"webhook.off.hand", "webhook.off.gone", "webhook.off.dead", "webhook.off.key", "webhook.event.webhook.ping"}, prefixed("webhook.event.", events())...) {
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

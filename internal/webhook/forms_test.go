package webhook_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/webhook"
)

func TestAWrongFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	taken, _ := v.hook(t, "papan")
	for name, c := range map[string]struct {
		form  url.Values
		field string
	}{
		"no name":       {url.Values{"name": {" "}, "url": {v.receiver.URL}, "events": {"*"}}, "name"},
		"long name":     {url.Values{"name": {strings.Repeat("é", 81)}, "url": {v.receiver.URL}, "events": {"*"}}, "name"},
		"name taken":    {url.Values{"name": {"papan"}, "url": {v.receiver.URL}, "events": {"*"}}, "name"},
		"inside":        {url.Values{"name": {"a"}, "url": {"https://10.0.0.1/x"}, "events": {"innovation.idea"}}, "url"},
		"plain":         {url.Values{"name": {"a"}, "url": {"http://kabar.example/"}, "events": {"innovation.idea"}}, "url"},
		"port":          {url.Values{"name": {"a"}, "url": {"https://kabar.example:25/"}, "events": {"innovation.idea"}}, "url"},
		"no event":      {url.Values{"name": {"a"}, "url": {v.receiver.URL}}, "events"},
		"unknown event": {url.Values{"name": {"a"}, "url": {v.receiver.URL}, "events": {"innovation.idea", "x.y"}}, "events"},
		"ping":          {url.Values{"name": {"a"}, "url": {v.receiver.URL}, "events": {webhook.Ping}}, "events"},
	} {
		code, body, _ := v.post(t, "/kait/baru", c.form)
		doc := whole(t, name, "id", body)
		if code != http.StatusUnprocessableEntity || doc.Find(".error-summary a[href='#"+c.field+"']").Length() != 1 || doc.Find("#"+c.field+"-e").Text() == "" {
			t.Errorf("%s: %d, %q", name, code, doc.Find(".error-summary").Text())
		}
		if got := doc.Find("#url").AttrOr("value", ""); got != c.form.Get("url") || doc.Find("input[name=events]:checked").Length() != len(c.form["events"])-strings.Count(name, "unknown")-strings.Count(name, "ping") {
			t.Errorf("%s: the form came back with %q and %d events", name, got, doc.Find("input[name=events]:checked").Length())
		}
	}
	if n := len(must(v.List(admin()))(t)); n != 1 {
		t.Errorf("%d hooks, want 1", n)
	}
	code, body, _ := v.post(t, "/kait/"+taken, url.Values{"rev": {"7"}, "name": {"baru"}, "url": {v.receiver.URL}, "events": {"*"}})
	if doc := whole(t, "conflict", "id", body); code != http.StatusConflict || doc.Find("#name").AttrOr("value", "") != "baru" {
		t.Errorf("an old revision: %d", code)
	}
	code, _, head := v.post(t, "/kait/"+taken, url.Values{"rev": {"1"}, "name": {"baru"}, "url": {v.receiver.URL + "/lain"}, "events": {"innovation.idea", "*"}})
	if h := v.get(t, taken); code != http.StatusSeeOther || head.Get("Location") != "/kait/"+taken || h.Name != "baru" || h.URL != v.receiver.URL+"/lain" || len(h.Events) != 1 || h.Events[0] != "*" || h.Rev != 2 {
		t.Errorf("%d %+v", code, h)
	}
	if code, _, _ := v.post(t, "/kait/"+taken+"/hapus", nil); code != http.StatusUnprocessableEntity || v.get(t, taken).Name != "baru" {
		t.Errorf("deleted without the tick: %d", code)
	}
}

func TestSwitchingAndSendingAgainOnThePage(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	id, _ := v.hook(t, "papan")
	v.receiver.say(status(500))
	v.tell(t, "innovation.stage", "e", nil)
	v.work(t)
	if code, _, _ := v.post(t, "/kait/"+id+"/aktif", url.Values{"rev": {"1"}, "active": {"tidak"}}); code != http.StatusSeeOther || v.get(t, id).Active {
		t.Fatalf("off: %d", code)
	}
	again := "/kait/" + id + "/kiriman/" + v.one(t, id).ID
	if code, body, _ := v.post(t, again, nil); code != http.StatusConflict || !strings.Contains(body, "Nyalakan dulu") {
		t.Errorf("sending again while off: %d", code)
	}
	if code, _, _ := v.post(t, "/kait/"+id+"/aktif", url.Values{"rev": {"2"}, "active": {"ya"}}); code != http.StatusSeeOther || !v.get(t, id).Active {
		t.Fatalf("on: %d", code)
	}
	v.receiver.say(nil)
	if code, _, _ := v.post(t, again, nil); code != http.StatusSeeOther {
		t.Errorf("sending again: %d", code)
	}
	v.work(t)
	if d := v.one(t, id); d.State != webhook.Sent {
		t.Errorf("%+v", d)
	}
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, open(t, d))
		who := tenant.From(admin())
		who.Via, who.Token = tenant.ViaToken, tenant.Scopes{"webhook": true}
		send := func(method, path, body string) (int, map[string]any) {
			code, text, _ := v.call(t, who, method, path, "application/json", body)
			out := map[string]any{}
			if text != "" && json.Unmarshal([]byte(text), &out) != nil {
				t.Fatalf("%s %s: %s", method, path, text)
			}
			return code, out
		}
		if code, out := send("GET", "/api/v1/webhooks", ""); code != 200 || len(out["webhooks"].([]any)) != 0 {
			t.Errorf("empty: %d %v", code, out)
		}
		code, made := send("POST", "/api/v1/webhooks", `{"name":"papan","url":"`+v.receiver.URL+`","events":["innovation.stage"]}`)
		if code != 201 || !strings.HasPrefix(made["secret"].(string), "whsec_") || made["active"] != true {
			t.Fatalf("%d %v", code, made)
		}
		for body, field := range map[string]string{`{"name":"b","url":"https://127.0.0.1.nip.io:22/","events":["*"]}`: "url", `{"name":"b","url":"` + v.receiver.URL + `","events":[]}`: "events",
			`{"name":"papan","url":"` + v.receiver.URL + `","events":["*"]}`: "name"} {
			code, out := send("POST", "/api/v1/webhooks", body)
			if fields, _ := out["fields"].(map[string]any); code != 422 || fields[field] == nil {
				t.Errorf("%s: %d %v", body, code, out)
			}
		}
		if code, _ := send("POST", "/api/v1/webhooks", `{"name":"b","secret":"whsec_x"}`); code != 422 {
			t.Errorf("an unknown field: %d", code)
		}
		code, out := send("GET", "/api/v1/webhooks", "")
		one := out["webhooks"].([]any)[0].(map[string]any)
		if code != 200 || one["id"] != made["id"] || one["secret"] != nil {
			t.Errorf("%d %v", code, out)
		}
		who.ReadOnly = true
		if code, _ := send("DELETE", "/api/v1/webhooks/"+made["id"].(string), ""); code != 403 {
			t.Errorf("a token that may only read: %d", code)
		}
		who.ReadOnly = false
		if code, _ := send("DELETE", "/api/v1/webhooks/"+made["id"].(string), ""); code != 204 {
			t.Errorf("delete: %d", code)
		}
		if code, _ := send("DELETE", "/api/v1/webhooks/"+made["id"].(string), ""); code != 404 {
			t.Errorf("delete again: %d", code)
		}
	})
}

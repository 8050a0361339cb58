package innovation_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/tenant"
)

// call sends a request of a program and gives the status and the decoded answer.
func (v *door) call(t testing.TB, ctx context.Context, method, path, body string) (int, map[string]any) {
	t.Helper()
	v.who = tenant.From(ctx)
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer x")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	data, err := io.ReadAll(w.Result().Body)
	must(t, err)
	out := map[string]any{}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%s %s: %d %.200s", method, path, w.Code, data)
	}
	if w.Code >= 400 && (w.Header().Get("Content-Type") != "application/problem+json" || out["status"] != float64(w.Code)) {
		t.Errorf("%s %s: %d is no problem document: %s %v", method, path, w.Code, w.Header().Get("Content-Type"), out)
	}
	return w.Code, out
}

func list(t testing.TB, out map[string]any, name string) []map[string]any {
	t.Helper()
	all, ok := out[name].([]any)
	if !ok {
		t.Fatalf("no list %q in %v", name, out)
	}
	var rows []map[string]any
	for _, one := range all {
		rows = append(rows, one.(map[string]any))
	}
	return rows
}

func TestAProgramTakesAnIdeaToUse(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v := doorOf(t, o)
		staff, desk, head := o.as("staff-hub"), o.as("desk"), o.as("head-hub")
		code, got := v.call(t, staff, "POST", "/innovations", `{"problem":"Antrean obat tiga jam","sufferer":"Lansia","idea":"Resep dikirim dulu","number":"180 -> 30 menit"}`)
		if code != http.StatusCreated || got["stage"] != "problem" || got["agency"] != "hub" || got["trial_day"] != nil || got["measure"].(map[string]any)["unit"] != "menit" {
			t.Fatalf("%d %v", code, got)
		}
		if _, err := time.Parse(time.RFC3339, got["answer_due"].(string)); err != nil {
			t.Errorf("answer_due: %v", err)
		}
		id := got["id"].(string)
		if code, got = v.call(t, desk, "POST", "/innovations/"+id+"/answer", `{"answer":"accept","rev":1}`); code != http.StatusOK || got["stage"] != "idea" || got["rev"] != float64(2) {
			t.Fatalf("%d %v", code, got)
		}
		if code, got = v.call(t, desk, "POST", "/innovations/"+id+"/answer", `{"answer":"accept","rev":2}`); code != http.StatusConflict || got["code"] != "innovation.error.answered" {
			t.Errorf("answered twice: %d %v", code, got)
		}
		code, got = v.call(t, staff, "POST", "/innovations/"+id+"/gates", `{"day":"2026-03-02","proof":"Rencana sudah disepakati","decider":"head-hub","rev":2,
			"trial":{"hypothesis":"Antrean turun","place":"Patrang","end_day":"2026-05-01","stop_rule":"Bila tidak turun"}}`)
		if code != http.StatusCreated {
			t.Fatalf("%d %v", code, got)
		}
		gates := list(t, got, "gates")
		if len(gates) != 1 || gates[0]["day"] != "2026-03-02" || gates[0]["state"] != "waiting" || got["profile"].(map[string]any)["trial"].(map[string]any)["end_day"] != "2026-05-01" {
			t.Errorf("the gate: %v %v", gates, got["profile"])
		}
		gate := gates[0]["id"].(string)
		if code, _ = v.call(t, staff, "POST", "/gates/"+gate+"/decision", `{"decision":"pass"}`); code != http.StatusForbidden {
			t.Errorf("staff decided: %d", code)
		}
		if code, got = v.call(t, head, "POST", "/gates/"+gate+"/decision", `{"decision":"refuse","reason":"kurang"}`); code != http.StatusUnprocessableEntity || got["fields"].(map[string]any)["reason"] == nil {
			t.Errorf("refused without a reason: %d %v", code, got)
		}
		o.time.minutes(1)
		if code, got = v.call(t, head, "POST", "/gates/"+gate+"/decision", `{"decision":"pass"}`); code != http.StatusOK || got["stage"] != "trial" || got["national_stage"] != "uji-coba" || got["trial_day"] != "2026-03-02" {
			t.Errorf("%d %v", code, got)
		}
		if steps := list(t, got, "history"); steps[0]["to"] != "trial" || steps[0]["kind"] != "stage" {
			t.Errorf("history %v", steps)
		}
		if code, got = v.call(t, staff, "POST", "/innovations/"+id+"/status", `{"to":"submitted","rev":4}`); code != http.StatusUnprocessableEntity || len(got["fields"].(map[string]any)) == 0 {
			t.Errorf("an unfinished form was handed in: %d %v", code, got)
		}
	})
}

func TestTheListOfTheAPI(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, leader := doorOf(t, o), o.as("leader")
		first := o.live(t)
		o.time.days(1)
		second := o.propose(t, "staff-kes", nil)
		since := o.time.now().Add(-time.Hour).Format(time.RFC3339)
		for path, want := range map[string]int{"": 2, "?agency=kes": 1, "?stage=live": 1, "?stage=trial": 0, "?state=draft": 2, "?waiting=true": 1, "?counting=true": 0, "?published=true": 0, "?mine=true": 0,
			"?q=resep": 2, "?since=" + since: 1, "?per_page=1": 2, "?per_page=1&page=2": 2, "?page=9": 2} {
			code, got := v.call(t, leader, "GET", "/innovations"+path, "")
			rows := list(t, got, "innovations")
			if code != http.StatusOK || got["total"] != float64(want) {
				t.Errorf("%s: %d %v, want %d", path, code, got["total"], want)
			}
			if strings.Contains(path, "per_page=1") && len(rows) != 1 || path == "?page=9" && len(rows) != 0 {
				t.Errorf("%s: %d rows", path, len(rows))
			}
		}
		for _, path := range []string{"?stage=x", "?state=x", "?waiting=ya", "?since=kemarin", "?page=0", "?page=x", "?per_page=1000"} {
			if code, got := v.call(t, leader, "GET", "/innovations"+path, ""); code != http.StatusUnprocessableEntity || len(got["fields"].(map[string]any)) != 1 {
				t.Errorf("%s: %d %v", path, code, got)
			}
		}
		if code, got := v.call(t, leader, "GET", "/innovations/"+first.ID, ""); code != http.StatusOK || got["live_day"] != "2026-03-02" || got["profile"] == nil {
			t.Errorf("%d %v", code, got)
		}
		if code, _ := v.call(t, leader, "GET", "/innovations/tidak-ada", ""); code != http.StatusNotFound {
			t.Errorf("an unknown one: %d", code)
		}
		code, got := v.call(t, leader, "GET", "/innovations/similar?q=resep+apotek&without="+second.ID, "")
		if found := list(t, got, "similar"); code != http.StatusOK || len(found) != 1 || found[0]["id"] != first.ID || found[0]["score"].(float64) <= 0 {
			t.Errorf("similar: %d %v", code, got)
		}
	})
}

func TestPersonalDataStaysWithThoseWhoNeedIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), filled(t, o)
		for who, sees := range map[string]bool{"leader": false, "operator-kes": false, "desk": true, "operator-hub": true} {
			for _, path := range []string{"/innovations/" + i.ID, "/innovations", "/innovations?q=obat", "/innovations/similar?q=antar+obat"} {
				v.who = tenant.From(o.as(who))
				r := httptest.NewRequest("GET", "/api/v1"+path, nil)
				w := httptest.NewRecorder()
				v.handler.ServeHTTP(w, r)
				if strings.Contains(w.Body.String(), "198001012005011001") && !sees || path == "/innovations/"+i.ID && sees != strings.Contains(w.Body.String(), "198001012005011001") {
					t.Errorf("%s at %s: sees the NIP, want %v", who, path, sees)
				}
			}
		}
	})
}

func TestYouthOfTheAPI(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.live(t)
		o.time.days(100)
		code, got := v.call(t, o.as("leader"), "GET", "/innovations/youth", "")
		if code != http.StatusOK || got["young"] != float64(1) || got["agencies"] != float64(3) || got["stalled_total"] != float64(1) {
			t.Fatalf("%d %v", code, got)
		}
		rows := list(t, got, "rows")
		if rows[0]["agency"] != "hub" || rows[0]["users"] != nil || rows[0]["in_use"] != float64(1) || rows[1]["months_since_step"] != nil || rows[1]["answered_in_time_percent"] != nil || rows[0]["hours_saved_per_year"] != nil {
			t.Errorf("what is unknown must be null: %v", rows)
		}
		must(t, o.AddEffect(o.as("staff-hub"), i.ID, innovation.Effect{Kind: "time", Name: "Antrean", Unit: "hour", Source: "Survei"}, "3", "0,5", "4"))
		if _, more := v.call(t, o.as("leader"), "GET", "/innovations/youth", ""); list(t, more, "rows")[0]["hours_saved_per_year"] != "10" || list(t, more, "rows")[0]["rupiah_saved_per_year"] != nil {
			t.Errorf("only hours were measured: %v", list(t, more, "rows")[0])
		}
		if one := list(t, got, "stalled")[0]; one["next_action"] != "count" || one["by"] != "team" || one["days"] != float64(100) {
			t.Errorf("stalled: %v", one)
		}
		if _, got = v.call(t, o.as("leader"), "GET", "/innovations/youth?agency=kes", ""); got["agencies"] != float64(1) || got["stalled_total"] != float64(0) {
			t.Errorf("one agency: %v", got)
		}
	})
}

func TestDoorsOfTheAPI(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		v, i := doorOf(t, o), o.propose(t, "staff-hub", nil)
		stranger := tenant.With(context.Background(), tenant.Actor{Regency: 1, Lang: "id"})
		for _, c := range []struct {
			who                string
			ctx                context.Context
			method, path, body string
			want               int
		}{
			{"a stranger", stranger, "GET", "/innovations", "", http.StatusUnauthorized},
			{"a leader", o.as("leader"), "POST", "/innovations", `{}`, http.StatusForbidden},
			{"a leader", o.as("leader"), "POST", "/innovations/" + i.ID + "/answer", `{"answer":"accept","rev":1}`, http.StatusForbidden},
			{"another agency", o.as("staff-kes"), "POST", "/innovations/" + i.ID + "/gates", `{"rev":1}`, http.StatusForbidden},
			{"another agency", o.as("staff-kes"), "POST", "/innovations", `{"problem":"Antre lama","sufferer":"Warga","idea":"Daring","number":"3 -> 1 jam","agency":"hub"}`, http.StatusForbidden},
			{"the desk", o.as("desk"), "POST", "/innovations/" + i.ID + "/answer", `{"answer":"decline","rev":1}`, http.StatusUnprocessableEntity},
			{"the desk", o.as("desk"), "POST", "/innovations/" + i.ID + "/answer", `{"answer":"accept","rev":9}`, http.StatusConflict},
			{"the desk", o.as("desk"), "POST", "/innovations/" + i.ID + "/answer", `{"x":1}`, http.StatusUnprocessableEntity},
			{"the desk", o.as("desk"), "POST", "/innovations/" + i.ID + "/status", `{"to":"selesai"}`, http.StatusUnprocessableEntity},
			{"the desk", o.as("desk"), "POST", "/innovations/" + i.ID + "/status", `{"to":"approved","rev":1}`, http.StatusConflict},
			{"staff", o.as("staff-hub"), "POST", "/innovations", `{"problem":"","sufferer":"","idea":"","number":""}`, http.StatusUnprocessableEntity},
			{"staff", o.as("staff-hub"), "POST", "/innovations/" + i.ID + "/gates", `{"day":"besok","rev":1}`, http.StatusUnprocessableEntity},
			{"a head", o.as("head-hub"), "POST", "/gates/tidak-ada/decision", `{"decision":"pass"}`, http.StatusNotFound},
			{"a head", o.as("head-hub"), "POST", "/gates/tidak-ada/decision", `{"decision":"mungkin"}`, http.StatusUnprocessableEntity},
			{"another regency", tenant.With(context.Background(), tenant.SystemOf(2, "test")), "GET", "/innovations/" + i.ID, "", http.StatusUnauthorized},
		} {
			if code, got := v.call(t, c.ctx, c.method, c.path, c.body); code != c.want {
				t.Errorf("%s %s %s %s: %d %v, want %d", c.who, c.method, c.path, c.body, code, got, c.want)
			}
		}
		other := tenant.From(o.as("desk"))
		other.Regency = 2
		if code, _ := v.call(t, tenant.With(context.Background(), other), "GET", "/innovations/"+i.ID, ""); code != http.StatusNotFound {
			t.Errorf("another regency reads it: %d", code)
		}
		if _, n, err := o.List(o.as("desk"), innovation.Filter{}, 10, 0); err != nil || n != 1 {
			t.Errorf("refused calls left %d records: %v", n, err)
		}
	})
}

package score_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

// ask sends a request of a program and gives the document it answers with.
func (v *door) ask(t *testing.T, who context.Context, method, path, body string, want int) map[string]any {
	t.Helper()
	status, answer, header := v.call(t, who, method, path, body)
	out := map[string]any{}
	if err := json.Unmarshal([]byte(answer), &out); status != want || err != nil {
		t.Fatalf("%s %s %s: %d %v, want %d: %.400s", method, path, body, status, err, want, answer)
	}
	if kind := header.Get("Content-Type"); status >= 400 != (kind == "application/problem+json") {
		t.Errorf("%s %s: %s", method, path, kind)
	}
	return out
}

// at walks into a document: names and places in lists.
func at(v any, way ...any) any {
	for _, step := range way {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			all, _ := v.([]any)
			if step >= len(all) {
				return nil
			}
			v = all[step]
		}
	}
	return v
}

func TestTheIndexForPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, furnished(t, d, 6))
		v.w.round.Published = "44.40"
		b := v.board(t)
		got := v.ask(t, leader(), "GET", "/api/v1/iid", "", http.StatusOK)
		for name, want := range map[string]any{"instrument": "iid-2026", "year": 2026.0, "simulation": true, "index": b.Result.Index.FloatString(12), "band": "Kurang Inovatif", "published": "44.40", "n": 6.0, "divisor": 12.0} {
			if got[name] != want {
				t.Errorf("%s: %v, want %v", name, got[name], want)
			}
		}
		if at(got, "gate", "required") != 5.0 || at(got, "gate", "open") != true || len(at(got, "gate", "covered").([]any)) != 6 {
			t.Errorf("gate: %v", got["gate"])
		}
		for n, code := range []string{"SPD", "SID", "COUNT"} {
			if at(got, "components", n, "code") != code || at(got, "components", n, "value") != b.Result.Components[n].Value.FloatString(12) {
				t.Errorf("component %d: %v", n, at(got, "components", n))
			}
		}
		if len(got["items"].([]any)) != 20 || len(got["entries"].([]any)) != 8 || len(got["options"].([]any)) != 4 || at(got, "items", 0, "points") != 1.0 || at(got, "items", 0, "state") != "linked" {
			t.Errorf("items: %v", got["items"])
		}
		if at(got, "items", 3, "points") != nil || !strings.Contains(fmt.Sprint(at(got, "items", 3, "why")), "belum lengkap") {
			t.Errorf("a figure that is missing: %v", at(got, "items", 3))
		}
		if at(got, "entries", 7, "counts") != false || at(got, "entries", 0, "score") != b.Score(b.Rows[0]).FloatString(12) {
			t.Errorf("entries: %v", got["entries"])
		}
		for _, who := range []context.Context{context.Background(), assessor()} {
			if status, _, _ := v.call(t, who, "GET", "/api/v1/iid", ""); status != http.StatusUnauthorized && status != http.StatusForbidden {
				t.Errorf("a stranger: %d", status)
			}
		}
	})
}

func TestStepsForPrograms(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	b := v.board(t)
	for query, want := range map[string][]score.Next{"": b.Steps("", 50), "?limit=3": b.Steps("", 3), "?innovation=i001&limit=1000": b.Steps("i001", 0), "?innovation=draft": b.Steps("draft", 50)} {
		got := v.ask(t, leader(), "GET", "/api/v1/iid/steps"+query, "", http.StatusOK)["steps"].([]any)
		if len(got) != len(want) {
			t.Errorf("%q: %d steps, want %d", query, len(got), len(want))
			continue
		}
		for n, st := range want {
			if at(got, n, "innovation") != st.Entry || at(got, n, "item") != st.Item || at(got, n, "from") != float64(st.From) || at(got, n, "to") != float64(st.To) || at(got, n, "days") != float64(st.Effort) ||
				at(got, n, "gain") != st.Gain.FloatString(12) || at(got, n, "per_day") != st.PerDay().FloatString(12) {
				t.Errorf("%q %d: %v, want %+v", query, n, got[n], st)
			}
		}
	}
	for _, bad := range []string{"0", "-1", "1001", "x"} {
		v.ask(t, leader(), "GET", "/api/v1/iid/steps?limit="+bad, "", http.StatusUnprocessableEntity)
	}
	v.ask(t, leader(), "GET", "/api/v1/iid/steps?innovation=hantu", "", http.StatusNotFound)
}

func TestWhatIfForPrograms(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	b, trail := v.board(t), v.trail(t, home)
	sim := func(body string, want int) map[string]any {
		t.Helper()
		return v.ask(t, leader(), "POST", "/api/v1/iid/simulation", body, want)
	}
	got := sim(`{"changes": [{"innovation": "i000", "item": "34", "points": 3}, {"item": "12", "points": 3}], "drop": ["i001"], "add": ["draft"]}`, http.StatusOK)
	want := b.Simulate([]score.Change{{Entry: "i000", Item: "34", Points: 3}, {Item: "12", Points: 3}}, []string{"i001"}, []string{"draft"})
	if got["now"] != b.Result.Index.FloatString(12) || at(got, "then", "index") != want.Then.Index.FloatString(12) || got["delta"] != want.Delta.FloatString(12) || at(got, "then", "n") != 6.0 {
		t.Errorf("%v, want %s", got, want.Delta)
	}
	if got := sim(`{}`, http.StatusOK); got["delta"] != "0.000000000000" {
		t.Errorf("nothing: %v", got)
	}
	for body, field := range map[string]string{
		`{"changes": [{"innovation": "i000", "item": "34", "points": 3}, {"innovation": "i000", "item": "99", "points": 1}]}`: "changes[1]",
		`{"changes": [{"innovation": "hantu", "item": "34", "points": 3}]}`:                                                   "changes[0]",
		`{"changes": [{"innovation": "i000", "item": "34", "points": 4}]}`:                                                    "changes[0]",
		`{"changes": [{"item": "34", "points": 1}]}`:                                                                          "changes[0]",
		`{"drop": ["draft"]}`: "drop[0]", `{"drop": ["i000", "hantu"]}`: "drop[1]", `{"add": ["i000"]}`: "add[0]",
		`{"changes": [` + strings.Repeat(`{"item": "12", "points": 1},`, 500) + `{"item": "12", "points": 1}]}`: "changes",
	} {
		if got := sim(body, http.StatusUnprocessableEntity); at(got, "fields", field) == nil {
			t.Errorf("%.80s: %v", body, got)
		}
	}
	sim(`{"ubah": []}`, http.StatusUnprocessableEntity)
	if v.index(t).Cmp(b.Result.Index) != 0 || v.trail(t, home) != trail {
		t.Error("a simulation left something")
	}
}

func TestItemsForPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		v := doorOf(t, furnished(t, d, 2))
		op, path := operator("hub"), "/api/v1/innovations/i000/score"
		item := func(code string) map[string]any {
			t.Helper()
			for _, one := range v.ask(t, leader(), "GET", path, "", http.StatusOK)["items"].([]any) {
				if at(one, "code") == code {
					return one.(map[string]any)
				}
			}
			return nil
		}
		got := v.ask(t, leader(), "GET", path, "", http.StatusOK)
		if got["id"] != "i000" || got["max"] != "111.000000000000" || got["counts"] != true || len(got["items"].([]any)) != 20 || len(got["steps"].([]any)) == 0 {
			t.Errorf("%v", got)
		}
		if it := item("35"); it["points"] != nil || it["claimed"] != 3.0 || it["state"] != "missing" || it["rev"] != 1.0 {
			t.Errorf("claimed and not proven: %v", it)
		}
		if it := item("17"); it["points"] != 2.0 || it["state"] != "auto" || it["raw"] != "12" || it["why"] != "12 nama tercatat di tim" {
			t.Errorf("found: %v", it)
		}
		put := func(item, body string, want int) map[string]any {
			t.Helper()
			return v.ask(t, op, "PUT", path+"/"+item, body, want)
		}
		if got := put("34", `{"points": 2, "note": "Survei"}`, http.StatusOK); got["points"] != 2.0 || got["rev"] != 1.0 || got["item"] != "34" {
			t.Errorf("%v", got)
		}
		if got := put("34", `{"points": 3}`, http.StatusConflict); got["code"] != "score.error.changed" {
			t.Errorf("%v", got)
		}
		if got := put("34", `{"points": 3, "rev": 1}`, http.StatusOK); got["rev"] != 2.0 {
			t.Errorf("%v", got)
		}
		if got := put("33", `{"raw": "20,005", "basis": "b"}`, http.StatusOK); got["points"] != 2.0 || got["raw"] != "20.005" || got["basis"] != "b" {
			t.Errorf("%v", got)
		}
		for body, field := range map[string]string{`{}`: "points", `{"points": 4}`: "points", `{"points": 300}`: "points", `{"raw": "x"}`: "raw", `{"raw": "12", "basis": "a"}`: "basis", `{"raw": "12", "points": 1}`: "points"} {
			if got := put("17", body, http.StatusUnprocessableEntity); at(got, "fields", field) == nil {
				t.Errorf("%s: %v", body, got)
			}
		}
		put("31", `{"points": 1}`, http.StatusConflict)
		put("99", `{"points": 1}`, http.StatusNotFound)
		put("2a", `{"points": 1}`, http.StatusNotFound)
		v.ask(t, operator("kes"), "PUT", path+"/34", `{"points": 1, "rev": 2}`, http.StatusForbidden)
		v.ask(t, leader(), "PUT", path+"/34", `{"points": 1, "rev": 2}`, http.StatusForbidden)
		v.ask(t, leader(), "GET", "/api/v1/innovations/hantu/score", "", http.StatusNotFound)
	})
}

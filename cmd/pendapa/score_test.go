package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
)

func call(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, fault bytes.Buffer
	status = run(context.Background(), args, strings.NewReader(stdin), &out, &fault)
	return status, out.String(), fault.String()
}

func TestScoreJSON(t *testing.T) {
	t.Parallel()
	status, out, fault := call(t, "", "score", "--instrument", "smartcity-2022-kppn", "--marks", "testdata/malang-2022.csv", "--json")
	var got scoreJSON
	if status != 0 || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("status %d, %s%s", status, out, fault)
	}
	if got.Index == nil || *got.Index != "2.504199308756" || got.Answered != 59 || len(got.Missing) != 0 || len(got.Components) != 5 {
		t.Errorf("score = %s", out)
	}
	if c := got.Components[1]; c.Code != "B" || c.Name != "Output" || c.Weight != "20" || *c.Value != "1.535714285714" {
		t.Errorf("component B = %+v, value %s", c, *c.Value)
	}
}

func TestScoreRefusesBadInput(t *testing.T) {
	t.Parallel()
	status, out, fault := call(t, "item,entry,assessor,value\nA1,,,9\n", "score", "--instrument", "smartcity-2022-kppn", "--marks", "-")
	if status != 2 || out != "" || !strings.Contains(fault, "line 2, column 4") {
		t.Errorf("status %d, %q, %q", status, out, fault)
	}
	status, _, fault = call(t, "", "score", "--instrument", "none-such", "--marks", "-")
	if status != 2 || !strings.Contains(fault, "none-such") {
		t.Errorf("status %d, %q", status, fault)
	}
}

func TestScoreOfNothing(t *testing.T) {
	t.Parallel()
	status, out, _ := call(t, "item,entry,assessor,value\nA,,,3\n", "score", "--instrument", "smartcity-2022-kppn", "--marks", "-", "--json")
	var got scoreJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != 0 || got.Index != nil || len(got.Missing) != 54 || got.Components[1].Value != nil {
		t.Errorf("status %d, %s", status, out)
	}
}

func TestInstrumentCommands(t *testing.T) {
	t.Parallel()
	status, out, _ := call(t, "", "instrument", "list")
	if status != 0 || !strings.Contains(out, "smartcity-2023-kppn") {
		t.Errorf("list: %d, %s", status, out)
	}
	status, out, _ = call(t, "", "instrument", "show", "smartcity-2022-kppn")
	if status != 0 || !strings.Contains(out, "code: E12") {
		t.Errorf("show: %d, %s", status, out)
	}
	status, _, fault := call(t, "", "instrument", "check", "score_test.go")
	if status != 2 || fault == "" {
		t.Errorf("check of a file that is no instrument: %d, %s", status, fault)
	}
}

package i18n

import (
	"bytes"
	"html/template"
	"testing"
	"testing/fstest"
	texttemplate "text/template"
)

// TestTextsAreFilledAsByATemplate compares the short way with the template it stands for.
func TestTextsAreFilledAsByATemplate(t *testing.T) {
	t.Parallel()
	args := map[string]any{"N": 3, "Big": int64(7), "Name": "<Dinas>", "Half": 0.5, "HTML": template.HTML("<b>"), "None": nil}
	for _, text := range []string{"", "tanpa nilai", "{{.N}}", "a {{.Name}} b {{.N}}", "{{.Big}}{{.Half}} {{.HTML}}.", "{{.None}}", "{{.Missing}}", "satu } dan { dua {{.N}}"} {
		var want bytes.Buffer
		if err := texttemplate.Must(texttemplate.New("").Parse(text)).Execute(&want, args); err != nil {
			t.Fatal(err)
		}
		if got, ok := filled(text, args); !ok || got != want.String() {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want.String())
		}
	}
	for _, text := range []string{"{{if eq .N 1}}day{{else}}days{{end}}", "{{ .N }}", "{{.N", "{{.A.B}}", "{{.}}"} {
		if got, ok := filled(text, args); ok {
			t.Errorf("%q was filled without a template: %q", text, got)
		}
	}
}

// TestTextsThatDecideStillDo asks for a text with a choice in it.
func TestTextsThatDecideStillDo(t *testing.T) {
	t.Parallel()
	c := New()
	text := []byte(`{"days": "{{.N}} {{if eq .N 1}}day{{else}}days{{end}}", "left": "{{.N}} left"}`)
	if err := c.Add(fstest.MapFS{"locale/id.json": {Data: text}, "locale/en.json": {Data: text}}); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "1 day", 2: "2 days"} {
		if got := c.T("en", "days", map[string]any{"N": n}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := c.T("id", "left", map[string]any{"N": 4}); got != "4 left" {
		t.Error(got)
	}
}

package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
)

func TestTheDocumentDescribesEveryRoute(t *testing.T) {
	t.Parallel()
	a := house(t)
	code, body := get(t, a.Handler(), "GET", "/api/v1/openapi.json", "id")
	if code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	document, err := libopenapi.NewDocument([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	if v := document.GetVersion(); !strings.HasPrefix(v, "3.1") {
		t.Errorf("version %s", v)
	}
	var written []string
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method := range item.GetOperations().FromOldest() {
			written = append(written, strings.ToUpper(method)+" /api/v1"+path)
		}
	}
	var registered []string
	for _, r := range a.Mux.Routes() {
		if r.API {
			registered = append(registered, r.Pattern)
		}
	}
	slices.Sort(written)
	slices.Sort(registered)
	if !slices.Equal(written, registered) {
		t.Errorf("document: %v\nroutes: %v", written, registered)
	}
}

func TestProblemsAreDocuments(t *testing.T) {
	t.Parallel()
	v := signIn(t, sampleHouse(t), "Operator Dishub", "id")
	res, body := v.do("GET", "/api/v1/rounds/tidak-ada", nil)
	if res.StatusCode != http.StatusNotFound || res.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"evaluation.error.round"`) {
		t.Errorf("%d %s %s", res.StatusCode, res.Header.Get("Content-Type"), body)
	}
	res, body = v.do("POST", "/api/v1/rounds/"+"x"+"/questions/A1/submit", url.Values{"a": {"b"}})
	if res.StatusCode < 400 || !strings.Contains(body, `"status"`) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

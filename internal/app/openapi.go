package app

import (
	_ "embed" // the document
	"net/http"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// openapiYAML describes the programming interface (OpenAPI 3.1). A test compares it with the registered routes.
//
//go:embed openapi.yaml
var openapiYAML []byte

// document serves the description as JSON.
func (a *App) document() error {
	data, err := yaml.YAMLToJSON(openapiYAML)
	if err != nil {
		return err
	}
	a.Mux.For("app").API("GET /api/v1/openapi.json", web.Public, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write(data)
		return err
	})
	return nil
}

// programRooms lists the rooms that answer programs, in the order of their names: what a token may be made for.
func (a *App) programRooms() []string {
	var out []string
	for _, r := range a.Mux.Routes() {
		if r.API && r.Module != "" {
			out = append(out, r.Module)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

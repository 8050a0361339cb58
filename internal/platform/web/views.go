package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Files holds the layouts, shared parts and texts of the house.
//
//go:embed views locale
var Files embed.FS

// Views is every page template, parsed once with the layouts and shared parts.
type Views struct {
	shared *template.Template
	pages  map[string]*template.Template
}

// NewViews reads the shared layouts.
func NewViews() (*Views, error) {
	shared, err := template.New("").Funcs(funcs()).ParseFS(Files, "views/layout/*.html")
	if err != nil {
		return nil, err
	}
	v := &Views{shared: shared, pages: map[string]*template.Template{}}
	return v, v.Add("web", Files)
}

// Add reads views/*.html of a module. Files that begin with "_" hold parts shared by its pages.
func (v *Views) Add(module string, files fs.FS) error {
	names, err := fs.Glob(files, "views/*.html")
	if err != nil {
		return err
	}
	base, err := v.shared.Clone()
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, "views/_") {
			if base, err = base.ParseFS(files, name); err != nil {
				return fmt.Errorf("%s %s: %w", module, name, err)
			}
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "views/_") {
			continue
		}
		page, err := base.Clone()
		if err != nil {
			return err
		}
		if page, err = page.ParseFS(files, name); err != nil {
			return fmt.Errorf("%s %s: %w", module, name, err)
		}
		v.pages[module+"/"+strings.TrimSuffix(strings.TrimPrefix(name, "views/"), ".html")] = page
	}
	return nil
}

// Names lists all pages; a test runs each one.
func (v *Views) Names() []string { return slices.Sorted(maps.Keys(v.pages)) }

func (v *Views) execute(w io.Writer, name, layout string, data any) error {
	page, ok := v.pages[name]
	if !ok {
		return fmt.Errorf("no view %q", name)
	}
	if layout == "" {
		layout = "layout"
	}
	return page.ExecuteTemplate(w, layout, data)
}

// funcs are the few helpers that need no page: building a map for a part, simple sums.
func funcs() template.FuncMap {
	return template.FuncMap{
		"dict": dict,
		"list": func(v ...any) []any { return v },
		"add":  func(a, b int) int { return a + b },
		"sub":  func(a, b int) int { return a - b },
		"has":  func(all []string, one string) bool { return slices.Contains(all, one) },
		"join": strings.Join,
	}
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict wants pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict wants names")
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

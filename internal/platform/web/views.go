package web

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Files holds the layouts, shared parts and texts of the house.
//
//go:embed views locale
var Files embed.FS

// Views is every page template with the layouts and shared parts. A page is parsed when it is first shown, so that the start
// does not wait for pages that nobody opens; a test shows each one.
type Views struct {
	shared func() (*template.Template, error)
	pages  map[string]func() (*template.Template, error)
	states map[string]map[string]string // beginning of text keys -> state -> word of the vocabulary
}

// NewViews takes the shared layouts.
func NewViews() (*Views, error) {
	v := &Views{pages: map[string]func() (*template.Template, error){}, states: map[string]map[string]string{}}
	v.shared = sync.OnceValues(func() (*template.Template, error) {
		names, err := fs.Glob(Files, "views/layout/*.html")
		if err != nil {
			return nil, err
		}
		return grown("web", Files, template.New("").Funcs(funcs()).Funcs(template.FuncMap{"look": v.look}), names...)
	})
	return v, v.Add("web", Files)
}

// Add takes views/*.html of a module. Files that begin with "_" hold parts shared by its pages.
func (v *Views) Add(module string, files fs.FS) error {
	if err := v.addStates(module, files); err != nil {
		return err
	}
	names, err := fs.Glob(files, "views/*.html")
	if err != nil {
		return err
	}
	var parts []string
	base := sync.OnceValues(func() (*template.Template, error) {
		shared, err := v.shared()
		if err != nil {
			return nil, err
		}
		return grown(module, files, shared, parts...)
	})
	for _, name := range names {
		if strings.HasPrefix(name, "views/_") {
			parts = append(parts, name)
			continue
		}
		v.pages[module+"/"+strings.TrimSuffix(strings.TrimPrefix(name, "views/"), ".html")] = sync.OnceValues(func() (*template.Template, error) {
			t, err := base()
			if err != nil {
				return nil, err
			}
			return grown(module, files, t, name)
		})
	}
	return nil
}

// grown parses files into a copy of a template.
func grown(module string, files fs.FS, from *template.Template, names ...string) (*template.Template, error) {
	t, err := from.Clone()
	for _, name := range names {
		if err == nil {
			t, err = parse(t, files, name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", module, name, err)
		}
	}
	return t, err
}

// indent is the white space at the beginning of a line: it is for people who read a view and is not sent to browsers.
var indent = regexp.MustCompile(`\n[ \t]+`)

func parse(t *template.Template, files fs.FS, name string) (*template.Template, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return t.New(path.Base(name)).Parse(indent.ReplaceAllString(string(text), "\n"))
}

// Names lists all pages.
func (v *Views) Names() []string { return slices.Sorted(maps.Keys(v.pages)) }

// Check parses every page, for a test: at run time each is parsed when it is first shown.
func (v *Views) Check() error {
	var wrong []error
	for _, name := range v.Names() {
		_, err := v.pages[name]()
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

func (v *Views) execute(w io.Writer, name, layout string, data any) error {
	parse, ok := v.pages[name]
	if !ok {
		return fmt.Errorf("no view %q", name)
	}
	page, err := parse()
	if err != nil {
		return err
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

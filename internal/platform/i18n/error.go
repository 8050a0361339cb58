package i18n

import (
	"maps"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
)

// Error writes an error for somebody who reads no page, as at the console: every part that has a translated text is told in
// words, with its wrong fields and, when it is ours to mend, its cause. What was wrapped around it stays.
func (c *Catalogue) Error(lang string, err error) string {
	text := err.Error()
	for _, e := range known(err) {
		text = strings.ReplaceAll(text, e.Error(), c.told(lang, e))
	}
	return text
}

func (c *Catalogue) told(lang string, e *errs.Error) string {
	said := strings.TrimSuffix(c.Msg(lang, e.Msg), ".")
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		fields = append(fields, name+": "+strings.TrimSuffix(c.Msg(lang, e.Fields[name]), "."))
	}
	if len(fields) > 0 {
		said += ": " + strings.Join(fields, "; ")
	}
	if cause := e.Unwrap(); cause != nil && e.Kind == errs.Internal {
		said += " (" + c.Error(lang, cause) + ")"
	}
	return said
}

// known finds the outermost errors with a text.
func known(err error) []*errs.Error {
	switch e := err.(type) { //nolint:errorlint // the tree is walked by hand
	case nil:
		return nil
	case *errs.Error:
		return []*errs.Error{e}
	case interface{ Unwrap() []error }:
		var all []*errs.Error
		for _, one := range e.Unwrap() {
			all = append(all, known(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		return known(e.Unwrap())
	}
	return nil
}

// Package i18n holds the texts people read, in Indonesian and English, and writes numbers and dates their way.
//
// Every module brings locale/id.json and locale/en.json: flat objects of key -> text, where a text may name values as
// {{.Name}}. Both files must hold the same keys; a test keeps it. A missing key shows itself.
package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/pendapa/pendapa/internal/errs"
)

// Default is the language of a new visitor.
const Default = "id"

// Languages lists what the catalogue speaks, the default first.
func Languages() []string { return []string{"id", "en"} }

// Catalogue is every text of the house. Fill it with Add before the first use.
type Catalogue struct {
	plain   map[string]map[string]string
	bundle  *i18n.Bundle // the few texts that decide something
	speaker map[string]*i18n.Localizer
}

// New makes an empty catalogue.
func New() *Catalogue {
	c := &Catalogue{plain: map[string]map[string]string{}, bundle: i18n.NewBundle(language.Indonesian), speaker: map[string]*i18n.Localizer{}}
	for _, lang := range Languages() {
		c.plain[lang] = map[string]string{}
		c.speaker[lang] = i18n.NewLocalizer(c.bundle, lang)
	}
	return c
}

// Add reads locale/*.json of one module.
func (c *Catalogue) Add(files fs.FS) error {
	for _, lang := range Languages() {
		data, err := fs.ReadFile(files, "locale/"+lang+".json")
		if err != nil {
			return err
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			return fmt.Errorf("locale/%s.json: %w", lang, err)
		}
		if err := c.add(lang, texts); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalogue) add(lang string, texts map[string]string) error {
	for key, text := range texts {
		if _, twice := c.plain[lang][key]; twice {
			return fmt.Errorf("text %s (%s) stands in two modules", key, lang)
		}
		c.plain[lang][key] = text
		if _, ok := filled(text, nil); ok {
			continue
		}
		err := c.bundle.AddMessages(language.Make(lang), &i18n.Message{ID: key, Other: text})
		if err != nil {
			return fmt.Errorf("text %s (%s): %w", key, lang, err)
		}
	}
	return nil
}

// Has reports whether a key is known.
func (c *Catalogue) Has(lang, key string) bool { _, ok := c.plain[lang][key]; return ok }

// Keys lists the keys of a language with their texts, for tests and the copy check.
func (c *Catalogue) Keys(lang string) map[string]string { return c.plain[lang] }

// T gives the text behind key in lang. args name the values.
func (c *Catalogue) T(lang, key string, args map[string]any) string {
	text, ok := c.plain[lang][key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if done, ok := filled(text, args); ok {
		return done
	}
	s, err := c.speaker[lang].Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: args})
	if err != nil {
		return "⟦" + key + "⟧"
	}
	return s
}

// Msg gives the text of an error message. Values that are messages themselves are translated too.
func (c *Catalogue) Msg(lang string, m errs.Msg) string {
	for name, v := range m.Args {
		if inner, ok := v.(errs.Msg); ok {
			m.Args[name] = c.Msg(lang, inner)
		}
	}
	return c.T(lang, m.Key, m.Args)
}

// Known gives lang if the catalogue speaks it, else the default.
func Known(lang string) string {
	if lang == "en" {
		return "en"
	}
	return Default
}

package trail

import (
	"embed"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
)

//go:embed locale
var words embed.FS

var texts = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range []string{"id", "en"} {
		data, err := words.ReadFile("locale/" + lang + ".json")
		if err == nil {
			one := map[string]string{}
			err = json.Unmarshal(data, &one)
			all[lang] = one
		}
		if err != nil {
			panic(err) // the files are part of the program
		}
	}
	return all
})

// Say gives a text of this package by its key.
func Say(lang, key string) string { return texts()[lang][key] }

// Words says a problem in plain words; lang is "id" or "en".
func (p Problem) Words(lang string) string {
	text := texts()[lang][p.Kind]
	if text == "" {
		text = p.Kind
	}
	return strings.NewReplacer("{n}", strconv.FormatInt(p.N, 10), "{have}", strconv.FormatInt(p.Have, 10),
		"{from}", p.From, "{more}", p.More).Replace(text)
}

package main

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// keyed is what the key of an error looks like, and a text that is not there.
var keyed = regexp.MustCompile(`⟦[^⟧]*⟧|\b[a-z]+\.error\.[a-z_]+`)

// wrongCalls calls every command wrongly, in as many ways as there are errors of rooms behind it.
func wrongCalls(dir string) map[string][][]string {
	file := func(name string) string { return filepath.Join(dir, name) }
	return map[string][][]string{
		"serve":      {{"apa"}, {"--listen", "x"}},
		"check":      {{"apa"}, {"--database", "mysql://x"}},
		"score":      {{}, {"--instrument", "apa", "--marks", file("kosong.csv")}, {"--instrument", "smartcity-2022-kppn", "--marks", file("salah.csv")}},
		"instrument": {{}, {"show", "apa"}, {"check", file("kosong.csv")}},
		"import": {{}, {"agencies", file("tiada.csv")}, {"agencies", file("kosong.csv")}, {"agencies", file("gambar.xlsx")},
			{"agencies", file("salah.csv")}, {"agencies", file("baris.csv"), "--write"}},
		"regency": {{}, {"add", "35.10"}, {"add", "99.99", "--name", "Administrator", "--email", "a@b.example"},
			{"add", "35.10", "--name", "", "--email", "x"}, {"add", "35.10", "--name", "Administrator", "--email", "bukan-surel"},
			{"add", "35.09", "--name", "Administrator", "--email", "a@b.example"},
			{"add", "35.10", "--zone", "Mars", "--name", "Administrator", "--email", "a@b.example"},
			{"set", "99.99"}, {"set", "35.09", "--zone", "Mars"}, {"set", "35.09", "--host", "http://x/y"}, {"set", "35.09", "--slug", "A B"},
			{"set", "35.09", "--file-mb", "-1"}, {"set", "35.09", "--file-mb", "x"}, {"operator", "35.09", "tiada@jember.example"}},
		"user": {{}, {"apa"}, {"reset", "tiada@jember.example"}, {"add", "X", "bukan-surel", "admin"}, {"add", "", "a@b.example", "admin"},
			{"add", "X", "a@b.example", "operator"}, {"add", "X", "a@b.example", "raja"}, {"add", "X", "admin@jember.example", "admin"},
			{"add", "X", "a@b.example", "operator", "tiada"}},
		"sample":  {{"apa"}},
		"backup":  {{"apa"}},
		"verify":  {{}, {file("tiada")}},
		"restore": {{}, {file("tiada")}, {"--from", file("tiada"), "--until", "kemarin"}},
		"repair":  {{"apa"}, {"--from", file("tiada")}},
		"audit": {{}, {"apa"}, {"verify", "--since", file("tiada")}, {"verify", "--key", file("kosong.csv")},
			{"verify", "--since", file("kosong.csv")}, {"export", file("salah.csv")}, {"export", "a", "b"}},
		"keys": {{}, {"apa"}, {"export"}, {"export", "--recipient", "x"}, {"replace"}, {"rotate", "--accept-loss"}},
	}
}

// TestErrorsAreToldInWords calls every command wrongly, in both languages: no key of a text is printed, and something is.
func TestErrorsAreToldInWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "house")
	must(t, "ready", "sample", "--data", data)
	for name, text := range map[string]string{"kosong.csv": "", "gambar.xlsx": "PK?", "salah.csv": "a;b\n1;2\n", "baris.csv": "kode;nama\n;\nx;\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	calls := wrongCalls(dir)
	for _, c := range commands() {
		if c.name != "version" && len(calls[c.name]) == 0 {
			t.Errorf("no wrong call of pendapa %s", c.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		for _, words := range calls[name] {
			args := append([]string{name}, words...)
			if name != "score" && name != "instrument" {
				args = append(args, "--data", data)
			}
			for _, lang := range []string{"id", "en"} {
				code, said := pendapaIn(lang, args...)
				if code == 0 || strings.TrimSpace(said) == "" {
					t.Errorf("pendapa %s (%s): status %d, said %q", strings.Join(args, " "), lang, code, said)
				}
				if key := keyed.FindString(said); key != "" {
					t.Errorf("pendapa %s (%s) prints the key %s:\n%s", strings.Join(args, " "), lang, key, said)
				}
			}
		}
	}
}

func pendapaIn(lang string, args ...string) (int, string) {
	var out bytes.Buffer
	code := run(withLang(context.Background(), lang), args, strings.NewReader(""), &out, &out)
	return code, out.String()
}

// TestErrorsSpeakTheLanguageOfTheConsole: also when the command runs inside the server, whose language is another.
func TestErrorsSpeakTheLanguageOfTheConsole(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "a")
	must(t, "ready", "sample", "--data", data)
	ask := func() {
		for lang, want := range map[string]string{"id": "zone: Pilih WIB", "en": "zone: Choose WIB"} {
			code, said := pendapaIn(lang, "regency", "set", "35.09", "--zone", "Mars", "--data", data)
			if code != 2 || !strings.Contains(said, want) {
				t.Errorf("%s: %d %s", lang, code, said)
			}
		}
	}
	ask()
	serving(t, data, ask)
	must(t, "saved", "regency", "set", "35.09", "--zone", "wita", "--data", data)
	must(t, `"zone":"Asia/Makassar"`, "regency", "list", "--data", data)
}

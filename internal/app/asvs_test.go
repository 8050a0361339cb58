package app

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// update writes the page of requirements anew: go test ./internal/app -run TestASVS -update
var update = flag.Bool("update", false, "write docs/security/asvs.md anew")

// chapters are the requirements of ASVS 5.0, levels 1 and 2, that apply to this program. Those of LDAP, XPath, LaTeX, JNDI,
// memcache, GraphQL, WebSocket, SAML, authorization servers and WebRTC do not: nothing of it is here.
func chapters() []struct {
	name string
	n    int
} {
	return []struct {
		name string
		n    int
	}{{"", 0}, {"Encoding and sanitization", 22}, {"Validation and business logic", 11}, {"Web frontend", 19}, {"API and web service", 4},
		{"Files", 9}, {"Authentication", 34}, {"Sessions", 18}, {"Authorization", 7}, {"Self-contained tokens", 7}, {"OAuth and OIDC", 13},
		{"Cryptography", 14}, {"Secure communication", 9}, {"Configuration", 13}, {"Data protection", 9}, {"Coding and architecture", 13},
		{"Logging and errors", 16}}
}

type requirement struct {
	id, level, what string
	evidence        []string
}

func readRequirements(t *testing.T, name string) []requirement {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []requirement
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 4 {
			t.Fatalf("%s: %q has %d columns", name, line, len(f))
		}
		out = append(out, requirement{f[0], f[1], f[2], strings.Fields(f[3])})
	}
	return out
}

var testNamed = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// testsOf finds every test of the repository and the folder it stands in.
func testsOf(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			if err == nil && d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
				return filepath.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(path)
		folder, _ := filepath.Rel(root, filepath.Dir(path))
		for _, m := range testNamed.FindAllStringSubmatch(string(data), -1) {
			out[m[1]] = filepath.ToSlash(folder)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestASVS keeps the page of requirements true: all that apply are there, every test and page named exists.
func TestASVS(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	tests := testsOf(t, root)
	var page strings.Builder
	page.WriteString("# ASVS 5.0, levels 1 and 2, and BSSN 4/2021\n\nWritten by `go test ./internal/app -run TestASVS -update` from " +
		"`internal/app/testdata`; the test fails when a test, a page or a passage named here is gone.\nThe words are ours; the requirements are at OWASP " +
		"(ASVS 5.0.0) under the same numbers. Requirements about techniques that are not here (LDAP, XPath, LaTeX, JNDI,\nmemcache, GraphQL, " +
		"WebSocket, SAML, an authorization server of our own, WebRTC) do not apply.\n")
	all := readRequirements(t, "asvs.tsv")
	for number, c := range chapters() {
		if number > 0 {
			writeChapter(t, &page, root, tests, fmt.Sprintf("V%d %s", number, c.name), c.n, ofChapter(all, number))
		}
	}
	bssn := readRequirements(t, "bssn.tsv")
	writeChapter(t, &page, root, tests, "BSSN 4/2021: web applications", 13, bssn)
	if bare := shownByNothing(slices.Concat(all, bssn), tests); len(bare) > 0 {
		t.Errorf("only a page is named, no test and no passage: %v", bare)
	}
	fmt.Fprintf(&page, "\n%d of %d requirements have evidence that a test reads.\n", len(all), len(all))
	path := filepath.Join(root, "docs", "security", "asvs.md")
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != page.String() {
		t.Errorf("docs/security/asvs.md is not what the tables say; write it anew with -update (%v)", err)
	}
}

func ofChapter(all []requirement, number int) []requirement {
	prefix := fmt.Sprintf("%d.", number)
	return slices.DeleteFunc(slices.Clone(all), func(r requirement) bool { return !strings.HasPrefix(r.id, prefix) })
}

func writeChapter(t *testing.T, page *strings.Builder, root string, tests map[string]string, title string, want int, rows []requirement) {
	t.Helper()
	if len(rows) != want {
		t.Errorf("%s: %d requirements, want %d", title, len(rows), want)
	}
	fmt.Fprintf(page, "\n## %s\n\n| | level | how | shown by |\n|---|---|---|---|\n", title)
	for _, r := range rows {
		var shown []string
		for _, e := range r.evidence {
			shown = append(shown, evidenceLink(t, root, tests, r.id, e))
		}
		if len(shown) == 0 {
			t.Errorf("%s has no evidence", r.id)
		}
		fmt.Fprintf(page, "| %s | %s | %s | %s |\n", r.id, r.level, r.what, strings.Join(shown, ", "))
	}
}

// evidenceLink names a test with its folder, or leads to a passage of a page, written PAGE#words_of_the_passage: a page alone would
// stay evidence after what it says was taken out.
func evidenceLink(t *testing.T, root string, tests map[string]string, id, e string) string {
	t.Helper()
	if folder, ok := tests[e]; ok {
		return "`" + e + "` (" + folder + ")"
	}
	page, words, named := strings.Cut(e, "#")
	words = strings.ReplaceAll(words, "_", " ")
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	switch {
	case err != nil:
		t.Errorf("%s: %s is neither a test nor a page", id, page)
	case !named:
		return "[" + filepath.Base(page) + "](../../" + page + ")"
	case !strings.Contains(strings.Join(strings.Fields(string(text)), " "), strings.Join(strings.Fields(words), " ")):
		t.Errorf("%s: %s says nothing of %q", id, page, words)
	}
	return "[" + filepath.Base(page) + "](../../" + page + "): " + strings.ReplaceAll(words, "|", "/")
}

// shownByNothing are requirements whose evidence no test reads: no test is named, and no passage of a page.
func shownByNothing(rows []requirement, tests map[string]string) (out []string) {
	for _, r := range rows {
		if !slices.ContainsFunc(r.evidence, func(e string) bool { return tests[e] != "" || strings.Contains(e, "#") }) {
			out = append(out, r.id)
		}
	}
	return out
}

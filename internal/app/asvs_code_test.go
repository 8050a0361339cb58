package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources gives the text of every file below a folder with this ending, tests left out.
func sources(t *testing.T, below, end string) map[string]string {
	t.Helper()
	out, root := map[string]string{}, filepath.Join("..", "..")
	err := filepath.WalkDir(filepath.Join(root, below), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, end) || strings.HasSuffix(path, "_test.go") {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || testOnly(filepath.ToSlash(name)) {
			return err
		}
		text, err := os.ReadFile(path)
		out[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files in %s: %v", len(out), below, err)
	}
	return out
}

// TestTemplatesArePartOfTheProgram: pages are made in one place from files inside the program, never from what somebody typed.
func TestTemplatesArePartOfTheProgram(t *testing.T) {
	t.Parallel()
	made := regexp.MustCompile(`template\.(New|Must|ParseFS|ParseFiles|ParseGlob)\(|"text/template"`)
	for name, text := range sources(t, "internal", ".go") {
		if made.MatchString(text) && name != "internal/platform/web/views.go" && !strings.HasPrefix(name, "internal/platform/i18n/") {
			t.Errorf("%s makes templates of its own", name)
		}
		if name == "internal/platform/web/views.go" && (!strings.Contains(text, "fs.ReadFile(files, name)") || strings.Contains(text, "ParseFiles(")) {
			t.Error("views are not read from the files of the program")
		}
	}
}

// TestScriptsTakeNoMessages of other windows, build no page or code from text, and leave nothing in the browser beyond small
// settings.
func TestScriptsTakeNoMessages(t *testing.T) {
	t.Parallel()
	wrong := regexp.MustCompile(`postMessage|addEventListener\(\s*["']message["']|onmessage|\beval\(|new Function\(|document\.write|` +
		`sessionStorage|indexedDB|document\.cookie\s*=`)
	for name, text := range sources(t, filepath.Join("web", "js"), ".js") {
		if found := wrong.FindString(text); found != "" && (name != "web/js/theme.js" || !strings.HasPrefix(found, "document.cookie")) {
			t.Errorf("%s: %s", name, found)
		}
		if strings.Contains(text, "localStorage") && name != "web/js/dom.js" {
			t.Errorf("%s keeps something in the browser past the one place for settings", name)
		}
	}
}

// TestNoWeakHashesAndNoDebugModes: none of these is in the program.
func TestNoWeakHashesAndNoDebugModes(t *testing.T) {
	t.Parallel()
	wrong := regexp.MustCompile(`"(crypto/(md5|sha1|des|rc4|dsa|elliptic)|golang\.org/x/crypto/(md4|ripemd160|blowfish|cast5|tea|xtea|pbkdf2|scrypt)|` +
		`net/http/pprof|expvar)"|"math/rand"|InsecureSkipVerify:\s*true`)
	for _, below := range []string{"internal", "cmd"} {
		for name, text := range sources(t, below, ".go") {
			if found := wrong.FindString(text); found != "" {
				t.Errorf("%s uses %s", name, found)
			}
		}
	}
}

// TestEveryLibraryIsListed with its reason, and fixed by its hash.
func TestEveryLibraryIsListed(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	listed, sums := read(filepath.Join("docs", "dependencies.md")), read("go.sum")
	direct := 0
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)( // indirect)?$`).FindAllStringSubmatch(read("go.mod"), -1) {
		if !strings.Contains(sums, m[1]+" "+m[2]+" h1:") {
			t.Errorf("%s %s has no hash in go.sum", m[1], m[2])
		}
		if m[3] != "" {
			continue
		}
		if direct++; !strings.Contains(listed, m[1]) {
			t.Errorf("%s is not in docs/dependencies.md", m[1])
		}
	}
	if direct < 10 {
		t.Errorf("%d direct libraries were found", direct)
	}
}

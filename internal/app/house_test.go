package app

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	ImportPath, Doc string
	Imports         []string
	GoFiles         []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Doc,Imports,GoFiles", "../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

const root = "github.com/pendapa/pendapa/internal/"

// shared are the packages every room may use.
func shared(name string) bool {
	return slices.Contains([]string{"errs", "tenant", "platform", "instrument", "storetest", "texttest", "testdata", "proof", "flow"}, name)
}

func room(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, root), "/")
	return name
}

func TestRoomsDoNotImportEachOther(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from == "app" || from == "torture" {
			continue
		}
		for _, to := range p.Imports {
			if !strings.HasPrefix(to, root) || room(to) == from {
				continue
			}
			if from == "tenant" || from == "errs" || !shared(room(to)) {
				t.Errorf("%s imports %s: state the need in needs.go and let app connect it", p.ImportPath, to)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

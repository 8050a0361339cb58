package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// parsing are calls that take a file apart.
var parsing = regexp.MustCompile(`\b(?:zip|tar|gzip|zlib|flate|bzip2|csv|xml|yaml|gob)\.(?:New(?:Reader|Decoder)|OpenReader|Unmarshal\w*)\(` +
	`|\bexcelize\.Open\w+\(|\b(?:image|png|jpeg|gif|webp)\.Decode\w*\(|\bwebassembly\.Init\w*\(|\bmscfb\.New\(` +
	`|\bReadGeoJSON\(|\binstrument\.Parse\(`)

// ours are the places outside the readers that take files apart, and whose files those are.
func ours() map[string]string {
	return map[string]string{
		"cmd/pendapa/score.go":                    "a file of whoever types the command, in their own process",
		"internal/agency/sample.go":               "the sample comes with the program",
		"internal/calendar/official.go":           "the holidays come with the program",
		"internal/innovation/import_pack.go":      "the page's own field: bounded, and checked like cells",
		"internal/instrument/figures/figures.go":  "the figures come with the program",
		"internal/instrument/marks.go":            "marks that the house writes, or whoever types the command",
		"internal/instrument/pack.go":             "called by the reader of instruments, for shipped ones, and for what the house wrote",
		"internal/pack/foreign.go":                "the reader of instruments, and what it wrote",
		"internal/pack/pack.go":                   "what the house wrote",
		"internal/platform/config/config.go":      "the operator's settings",
		"internal/platform/replica/s3.go":         "answers of the store that the operator chose",
		"internal/reuse/mapping.go":               "the mapping comes with the program",
		"internal/territory/foreign.go":           "the reader of boundaries",
		"internal/territory/geojson.go":           "called by the reader of boundaries alone",
		"internal/territory/official/official.go": "the codes come with the program",
		"internal/territory/territory.go":         "the sample comes with the program",
		"internal/platform/sheet/":                "a reader",
		"internal/platform/filetype/archive.go":   "a reader",
		"internal/platform/docx/":                 "a reader",
		"internal/platform/pdf/reader.go":         "a reader",
		"internal/platform/picture/":              "a reader",
	}
}

// TestForeignFilesAreTakenApartInTheJailAlone: who calls a parser is a reader of the jail, or stands in ours with the reason.
func TestForeignFilesAreTakenApartInTheJailAlone(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, folder := range []string{"cmd", "internal", "web"} {
		err := filepath.WalkDir(filepath.Join("..", "..", folder), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			return findParsers(t, path, used)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for place := range ours() {
		if !used[place] {
			t.Errorf("%s takes nothing apart any more: remove it from the list", place)
		}
	}
}

func findParsers(t *testing.T, path string, used map[string]bool) error {
	code, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
	for n, line := range strings.Split(string(code), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "//") || !parsing.MatchString(line) {
			continue
		}
		place := name
		if _, known := ours()[name]; !known {
			place = name[:strings.LastIndexByte(name, '/')+1]
		}
		if _, known := ours()[place]; !known {
			t.Errorf("%s:%d takes a file apart in the server: let a reader of package jail do it, or say in this test whose file it is", name, n+1)
		}
		used[place] = true
	}
	return nil
}

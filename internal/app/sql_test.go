package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/storetest"
)

var statement = regexp.MustCompile(`^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s`)

// hostWide are statements that by their nature look at the whole host: an e-mail or a token comes before anybody knows the
// regency; snapshots, health, backups and the look for values of another kind are about the store itself.
func hostWide() []string {
	return append(oneStoreNames(), "SELECT * FROM ", "INSERT INTO \x00", "idem_reply WHERE at", " FROM schema_", "FROM \x00 NOT INDEXED")
}

// oneStoreNames are tables that only one of the stores has: its own, and that of the self-test of the guard.
func oneStoreNames() []string {
	return []string{"sqlite_", "pragma_", "information_schema", "FROM dbstat", "guard_test", "pg_advisory", "FROM schema_"}
}

func oneStore(text string) bool {
	return slices.ContainsFunc(oneStoreNames(), func(name string) bool { return strings.Contains(text, name) })
}

// constants gives the texts that the files of one package name.
func constants(files []*ast.File) map[string]string {
	out := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					out[spec.Names[0].Name] = text
				}
			}
			return true
		})
	}
	return out
}

// texts gives every text in a file, with the parts of a sum joined; what is no literal or constant stands as a zero byte.
func texts(f *ast.File, named map[string]string) (out []string) {
	inside := map[ast.Node]bool{}
	var join func(e ast.Expr) string
	join = func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			inside[e] = true
			if text, err := strconv.Unquote(e.Value); err == nil {
				return text
			}
		case *ast.BinaryExpr:
			inside[e] = true
			return join(e.X) + join(e.Y)
		case *ast.ParenExpr:
			return join(e.X)
		case *ast.Ident:
			if text, ok := named[e.Name]; ok {
				return text
			}
		}
		return "\x00"
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.BinaryExpr:
			if e.Op == token.ADD && !inside[e] {
				out = append(out, join(e))
			}
		case *ast.BasicLit:
			if e.Kind == token.STRING && !inside[e] {
				out = append(out, join(e))
			}
		}
		return true
	})
	return out
}

// statements reads the SQL of the whole program: file -> statement.
func statements(t *testing.T) map[string][]string {
	t.Helper()
	packages := map[string][]*ast.File{}
	names := map[*ast.File]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err == nil {
			names[f] = path
			packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], f)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, found := map[string][]string{}, 0
	for _, files := range packages {
		named := constants(files)
		for _, f := range files {
			for _, text := range texts(f, named) {
				if statement.MatchString(text) {
					out[names[f]] = append(out[names[f]], text)
					found++
				}
			}
		}
	}
	if found < 150 {
		t.Fatalf("only %d statements were found", found)
	}
	return out
}

// TestEveryStatementNamesTheRegency reads the SQL of the whole program.
func TestEveryStatementNamesTheRegency(t *testing.T) {
	t.Parallel()
	for path, all := range statements(t) {
	next:
		for _, text := range all {
			for _, allowed := range hostWide() {
				if strings.Contains(text, allowed) || text == "SELECT 1" {
					continue next
				}
			}
			// Where a condition is put together elsewhere, the caller's part names the regency as its first argument.
			if !strings.Contains(text, "regency_id") && !strings.Contains(text, "WHERE \x00") {
				t.Errorf("%s: %.160s", path, text)
			}
		}
	}
}

// TestBothStoresUnderstandEveryStatement prepares each statement that stands whole in the code on both stores; statements
// that are put together while running are covered by the tests of their rooms, which run on both.
func TestBothStoresUnderstandEveryStatement(t *testing.T) {
	t.Parallel()
	houses := map[string]*App{"sqlite": house(t)}
	if os.Getenv("PENDAPA_TEST_POSTGRES") != "" {
		houses["postgres"] = sampleHouseOn(t, storetest.Schema(t))
	}
	for store, a := range houses {
		prepared, open := 0, 0
		for path, all := range statements(t) {
			for _, text := range all {
				if strings.Contains(text, "\x00") || oneStore(text) {
					open++
					continue
				}
				s, err := a.DB.SQL().Prepare(text)
				if err != nil {
					t.Errorf("%s: %s: %.200s: %v", store, path, text, err)
					continue
				}
				_ = s.Close()
				prepared++
			}
		}
		if t.Logf("%s: %d statements, %d put together while running", store, prepared, open); prepared < 120 {
			t.Errorf("%s: only %d statements were prepared", store, prepared)
		}
	}
}

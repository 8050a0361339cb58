package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var statement = regexp.MustCompile(`^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s`)

// hostWide are statements that by their nature look at the whole host: an e-mail or a token comes before anybody knows the
// regency; snapshots, health and backups are about the store itself.
func hostWide() []string {
	return []string{"sqlite_", "pragma_", "information_schema", "SELECT * FROM ", "INSERT INTO \x00", "idem_reply WHERE at"}
}

// texts gives every text in a file, with the parts of a sum joined; what is no literal stands as a zero byte.
func texts(f *ast.File) (out []string) {
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

// TestEveryStatementNamesTheRegency reads the SQL of the whole program.
func TestEveryStatementNamesTheRegency(t *testing.T) {
	t.Parallel()
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
	next:
		for _, text := range texts(f) {
			if !statement.MatchString(text) {
				continue
			}
			found++
			for _, allowed := range hostWide() {
				if strings.Contains(text, allowed) {
					continue next
				}
			}
			// Where a condition is put together elsewhere, the caller's part names the regency as its first argument.
			if !strings.Contains(text, "regency_id") && !strings.Contains(text, "WHERE \x00") {
				t.Errorf("%s: %.160s", path, text)
			}
		}
		return nil
	})
	if err != nil || found < 100 {
		t.Fatalf("%d statements, %v", found, err)
	}
	t.Logf("%d statements", found)
}

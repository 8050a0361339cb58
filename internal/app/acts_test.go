package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/admin"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/texttest"
)

// acts reads the code of a folder for what it writes into the audit trail: the actions and objects of its entries, also
// where they come through a parameter or a variable.
type acts struct {
	files            []*ast.File
	constants        map[string]string
	actions, objects []string
}

func readActs(t *testing.T, dir string) *acts {
	t.Helper()
	a := &acts{constants: map[string]string{}}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		a.files = append(a.files, f)
	}
	a.each(func(n ast.Node) {
		if v, is := n.(*ast.ValueSpec); is {
			for i, name := range v.Names {
				if text, ok := text(v.Values, i); ok {
					a.constants[name.Name] = text
				}
			}
		}
	})
	for _, f := range a.files {
		for _, d := range f.Decls {
			if fn, is := d.(*ast.FuncDecl); is {
				a.read(fn)
			}
		}
	}
	return a
}

func text(all []ast.Expr, i int) (string, bool) {
	if i >= len(all) {
		return "", false
	}
	l, is := all[i].(*ast.BasicLit)
	if !is || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

func (a *acts) each(f func(n ast.Node)) {
	for _, file := range a.files {
		ast.Inspect(file, func(n ast.Node) bool { f(n); return true })
	}
}

// read looks for entries in a function.
func (a *acts) read(fn *ast.FuncDecl) {
	ast.Inspect(fn, func(n ast.Node) bool {
		lit, is := n.(*ast.CompositeLit)
		if !is || !isEntry(lit.Type) {
			return true
		}
		for _, e := range lit.Elts {
			kv, is := e.(*ast.KeyValueExpr)
			if !is {
				continue
			}
			switch name, _ := kv.Key.(*ast.Ident); name.Name {
			case "Action":
				a.actions = append(a.actions, a.values(fn, kv.Value, 0)...)
			case "Object":
				a.objects = append(a.objects, a.values(fn, kv.Value, 0)...)
			}
		}
		return true
	})
}

func isEntry(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name == "Entry" || x.Sel.Name == "Refusal"
	case *ast.Ident:
		return x.Name == "Entry" || x.Name == "Refusal"
	}
	return false
}

// values gives every text that an expression of a function may have.
func (a *acts) values(fn *ast.FuncDecl, e ast.Expr, deep int) []string {
	if s, ok := text([]ast.Expr{e}, 0); ok {
		return []string{s}
	}
	if deep > 6 {
		return nil
	}
	switch x := e.(type) {
	case *ast.BinaryExpr:
		var all []string
		for _, l := range a.values(fn, x.X, deep+1) {
			for _, r := range a.values(fn, x.Y, deep+1) {
				all = append(all, l+r)
			}
		}
		return all
	case *ast.IndexExpr:
		return a.indexed(x)
	case *ast.Ident:
		if s, ok := a.constants[x.Name]; ok {
			return []string{s}
		}
		return append(a.assigned(fn, x.Name, deep), a.handed(fn, x.Name, deep)...)
	}
	return nil
}

// indexed gives the texts of a map that is written where it is read.
func (a *acts) indexed(x *ast.IndexExpr) (all []string) {
	lit, is := x.X.(*ast.CompositeLit)
	if !is {
		return nil
	}
	for _, e := range lit.Elts {
		if kv, is := e.(*ast.KeyValueExpr); is {
			if s, ok := text([]ast.Expr{kv.Value}, 0); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// assigned gives what a variable of a function is set to.
func (a *acts) assigned(fn *ast.FuncDecl, name string, deep int) (all []string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		set, is := n.(*ast.AssignStmt)
		if !is {
			return true
		}
		for i, to := range set.Lhs {
			if id, is := to.(*ast.Ident); is && id.Name == name && i < len(set.Rhs) {
				all = append(all, a.values(fn, set.Rhs[i], deep+1)...)
			}
		}
		return true
	})
	return all
}

// handed gives what the callers of a function give for its parameter.
func (a *acts) handed(fn *ast.FuncDecl, name string, deep int) (all []string) {
	at, n := -1, 0
	for _, field := range fn.Type.Params.List {
		for _, id := range field.Names {
			if id.Name == name {
				at = n
			}
			n++
		}
	}
	if at < 0 {
		return nil
	}
	for _, f := range a.files {
		for _, d := range f.Decls {
			caller, is := d.(*ast.FuncDecl)
			if !is {
				continue
			}
			ast.Inspect(caller, func(n ast.Node) bool {
				call, is := n.(*ast.CallExpr)
				if is && called(call) == fn.Name.Name && at < len(call.Args) {
					all = append(all, a.values(caller, call.Args[at], deep+1)...)
				}
				return true
			})
		}
	}
	return all
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// allActs gives every action and object that the house writes.
func allActs(t *testing.T) (actions, objects []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() != "testdata" {
			a := readActs(t, path)
			actions, objects = append(actions, a.actions...), append(objects, a.objects...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(actions)
	slices.Sort(objects)
	return slices.Compact(actions), slices.Compact(objects)
}

// chosen are acts whose end is a state, which the reading of the code does not see.
func chosen() (all []string) {
	add := func(before string, ends []string) {
		for _, end := range ends {
			all = append(all, before+end)
		}
	}
	add("innovation.stage.", innovation.Stages())
	add("innovation.status.", innovation.States())
	add("innovation.answer.", innovation.Answers())
	add("innovation.", []string{"count.remove", "effect.remove", "budget.remove"})
	add("evaluation.round.", evaluation.RoundStates())
	add("evaluation.item.", []string{"approve", "check", "return"})
	add("evaluation.request.", []string{"done", "cancelled"})
	add("evidence.", evidence.States())
	return all
}

// TestEveryActOfTheTrailHasWords: people who read the trail meet no codes, in neither language; and no word is left over.
func TestEveryActOfTheTrailHasWords(t *testing.T) {
	t.Parallel()
	actions, objects := allActs(t)
	actions = append(actions, chosen()...)
	if len(actions) < 150 || len(objects) < 40 {
		t.Fatalf("the code shows %d acts and %d objects, which is too few", len(actions), len(objects))
	}
	for _, lang := range []string{"id", "en"} {
		texts := texttest.Of(t, (&admin.Service{}).Module(), lang)
		for _, a := range actions {
			if texts["admin.act."+a] == "" {
				t.Errorf("%s: no words for the act %s", lang, a)
			}
		}
		for _, o := range objects {
			if texts["admin.object."+o] == "" {
				t.Errorf("%s: no words for the object %s", lang, o)
			}
		}
		for key := range texts {
			if act, is := strings.CutPrefix(key, "admin.act."); is && !slices.Contains(actions, act) {
				t.Errorf("%s: nothing does %s", lang, act)
			}
		}
	}
}

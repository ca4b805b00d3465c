package arch

import (
	"go/ast"
	"path/filepath"
	"strings"
	"testing"
)

// quotesForPrograms are the files that quote as Go does for a reader that is a program, or for nobody.
var quotesForPrograms = map[string]string{
	"parser/diag/quote.go":              "the one home of quotes",
	"lint/path.go":                      "paths of elements are keys of a baseline",
	"proxy/demo/demo.go":                "it writes XML, of names of its own",
	"internal/configtest/configtest.go": "it writes XML for tests",
	"generate/merge/clusters.go":        "a key, shown to nobody",
	"generate/merge/proof/proof.go":     "a key",
	"generate/graph/graph.go":           "the name of a format",
}

// TestQuotes: texts of the user's stand in messages as diag.Quote shows them. The %q of fmt, and strconv.Quote, double
// the backslashes of a path of Windows.
func TestQuotes(t *testing.T) {
	program := loadProgram(t)
	for i := range program.packages {
		name, ours := program.packages[i].ours()
		if !ours {
			continue
		}
		for _, f := range program.checkPackage(t, &program.packages[i]).files {
			at := program.fset.Position(f.Package)
			if quotesForPrograms[name+"/"+filepath.Base(at.Filename)] != "" {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && quotesAsGo(call) {
					t.Errorf("%s: write diag.Quote, diag.Sprintf or diag.Errorf", program.fset.Position(call.Pos()))
				}
				return true
			})
		}
	}
}

// quotesAsGo reports whether a call is strconv.Quote, or one of fmt with a format that has %q. It looks at what is
// written in the call itself: a format in a constant goes by.
func quotesAsGo(call *ast.CallExpr) bool {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	from, ok := fn.X.(*ast.Ident)
	switch {
	case !ok:
	case from.Name == "strconv":
		return strings.HasPrefix(fn.Sel.Name, "Quote")
	case from.Name == "fmt":
		for _, arg := range call.Args {
			if text, ok := arg.(*ast.BasicLit); ok && strings.Contains(text.Value, "%q") {
				return true
			}
		}
	}
	return false
}

package arch

import (
	"go/ast"
	"testing"
)

// asking are the rooms that ask about many requests or tell a story. A near miss or a class is found there by asking
// again: by a name of the file they could only conclude it.
var asking = []string{"routecheck/batch", "routecheck/simulate", "routecheck/diagnose",
	"routecheck/diagnose/facts", "internal/watch", "parser/pluginlog/story", "cmd/wasplug"}

// readsNames finds the names of the file by which requests are decided: that of a Uri or a VirtualHost, and clone IDs.
// Names of servers and clusters are left: by these answers say who is meant.
func readsNames(p *typed, n ast.Node) bool {
	e, ok := n.(ast.Expr)
	if !ok {
		return false
	}
	name := p.fieldOf(e, "parser", "Uri", "VirtualHost", "Server")
	return name == "CloneID" || name == "Name" && p.fieldOf(e, "parser", "Uri", "VirtualHost") != ""
}

// TestWhoAsks: these rooms never read the name of a Uri or a VirtualHost, or a clone ID.
func TestWhoAsks(t *testing.T) {
	program := loadProgram(t)
	for i := range program.packages {
		name, ours := program.packages[i].ours()
		for _, room := range asking {
			if !ours || name != room {
				continue
			}
			for _, n := range namesRead(program.checkPackage(t, &program.packages[i])) {
				t.Errorf("%s: %s asks routecheck, and does not read names of the file",
					program.fset.Position(n.Pos()), name)
			}
		}
	}
	if found := namesRead(program.check(t, "routecheck/batch", "testdata/asking/names.go")); len(found) != 3 {
		t.Errorf("%d of 3 tries are found", len(found))
	}
}

func namesRead(p *typed) (found []ast.Node) {
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			if n != nil && readsNames(p, n) {
				found = append(found, n)
			}
			return true
		})
	}
	return found
}

package arch

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// edges say who alone may touch what makes two runs differ. Everybody else is told the time, handed a connection, or
// given a seed.
var edges = []struct {
	name  string
	rooms []string
	of    func(types.Object) bool
}{
	{"the wall clock", []string{"cmd/wasplug", "proxy/wire", "internal/certtest"}, func(o types.Object) bool {
		return isOneOf(o, "time", "Now", "Since", "Until")
	}},
	{"sockets", []string{"cmd/wasplug", "proxy/demo", "proxy/wire"}, func(o types.Object) bool {
		return isOneOf(o, "net", "Dialer", "ListenConfig") || isFunc(o, "net", "Dial", "Listen") ||
			isOneOf(o, "net/http", "Client", "DefaultClient", "Get", "Post", "Head") || isFunc(o, "net/http", "Listen")
	}},
	// routecheck: a hash table that nobody can fill by intent; proxy: the seed where none is given
	{"chance", []string{"proxy", "routecheck", "routecheck/match"}, func(o types.Object) bool {
		return (isFunc(o, "math/rand/v2", "") || isFunc(o, "math/rand", "")) && !strings.HasPrefix(o.Name(), "New")
	}},
}

func isOneOf(o types.Object, pkg string, names ...string) bool {
	return o.Pkg() != nil && o.Pkg().Path() == pkg && slices.Contains(names, o.Name())
}

// isFunc reports whether an object is a function of a package whose name begins so: Dial, DialTimeout, DialTCP.
func isFunc(o types.Object, pkg string, names ...string) bool {
	_, ok := o.(*types.Func)
	return ok && o.Pkg() != nil && o.Pkg().Path() == pkg &&
		slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(o.Name(), n) })
}

// TestEdges: the clock, sockets and chance stand at the edge.
func TestEdges(t *testing.T) {
	program := loadProgram(t)
	for i := range program.packages {
		name, ours := program.packages[i].ours()
		if !ours {
			continue
		}
		p := program.checkPackage(t, &program.packages[i])
		for _, e := range edges {
			if slices.Contains(e.rooms, name) {
				continue
			}
			for _, use := range p.uses(e.of) {
				t.Errorf("%s: %s must not touch %s", program.fset.Position(use.Pos()), name, e.name)
			}
		}
	}
}

// TestEdgesAreFound: each of them is found in a file that touches all.
func TestEdgesAreFound(t *testing.T) {
	program := loadProgram(t)
	p := program.check(t, "lint", "testdata/edge.go")
	want := map[string]string{"the wall clock": "12 13", "sockets": "14 15 16", "chance": "17"}
	for _, e := range edges {
		var got []string
		for _, use := range p.uses(e.of) {
			got = append(got, strconv.Itoa(program.fset.Position(use.Pos()).Line))
		}
		if strings.Join(got, " ") != want[e.name] {
			t.Errorf("%s: found on lines %v, want %s", e.name, got, want[e.name])
		}
	}
}

// uses lists where a package names functions, types and variables of a kind; methods are none.
func (p *typed) uses(of func(types.Object) bool) (uses []*ast.Ident) {
	for id, obj := range p.info.Uses {
		if !isMethod(obj) && of(obj) {
			uses = append(uses, id)
		}
	}
	slices.SortFunc(uses, func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) })
	return uses
}

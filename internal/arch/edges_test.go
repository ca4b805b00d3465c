package arch

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayTouch are the rooms at the edge: these alone read the wall clock, wait, open sockets and draw numbers by chance.
// All others are given what they need: a time, a connection, a seed.
var mayTouch = []string{"cmd/wasplug", "proxy/wire", "proxy/admin", "proxy/demo", "lab", "lab/...", "internal/watch",
	"internal/live", "internal/port", "internal/certtest", "internal/exporttest"} // the last two for tests

// An edge is a part of the world outside, and the names of the standard library through which a program reaches it.
// "..." stands for any end of a name, and what ends with a point for all names of a package or methods
// of a type.
type edge struct {
	name    string
	through []string
	except  []string
}

var edges = []edge{
	{"clock", []string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.AfterFunc",
		"time.Tick",
		"time.NewTimer", "time.NewTicker", "context.WithTimeout...", "context.WithDeadline..."}, nil},
	{"socket", []string{"net.Dial...", "net.Listen...", "net.Lookup...", "net.Resolve...", "net.DefaultResolver",
		"net.File...", "net.Dialer.", "net.Resolver.", "crypto/tls.Dial...", "crypto/tls.Listen", "net/http.Get",
		"net/http.Head", "net/http.Post...", "net/http.Serve", "net/http.ServeTLS", "net/http.ListenAndServe...",
		"net/http.Client.", "net/http.Server.Serve...", "net/http.Server.ListenAndServe...", "net/http.Transport.",
		"net/http.DefaultClient",
		"net/http.DefaultTransport", "syscall.Socket...", "syscall.Bind", "syscall.Connect", "syscall.Listen",
		"syscall.Accept..."}, nil},
	{"chance", []string{"math/rand.", "math/rand/v2.", "crypto/rand.", "hash/maphash.MakeSeed"},
		// these draw from a seed that they are given
		[]string{"math/rand.New...", "math/rand/v2.New...", "math/rand.Rand.", "math/rand/v2.Rand."}},
}

// touches are the places outside mayTouch that reach an edge all the same, by top room, edge and declaration, and why.
// None may be added; those of the proxy go with what moves to proxy/wire and proxy/admin.
var touches = map[string]string{
	"routecheck chance newPatternTable": "the seed of a hash, which no answer depends on: nobody outside can aim at " +
		"a bucket",

	"proxy socket Options.complete": "the resolver and the dialer that it has unless it is given others",
	"proxy chance Options.complete": "the seed that it draws unless it is given one",
	"proxy clock Source.readInTime": "a file that hangs while it is read must not stop the reload",
	"proxy clock Folder.OpenInTime": "a file that hangs while it is opened must not hold the request",
	"proxy clock body.underWay":     "a member that has answered may not hold the rest of the body for ever",
}

// TestEdges holds who may touch clock, sockets and chance.
func TestEdges(t *testing.T) {
	program, found := loadProgram(t), map[string]bool{}
	for i := range program.packages {
		name, ours := program.packages[i].ours()
		if !ours || slices.ContainsFunc(mayTouch, func(pattern string) bool { return matches(name, pattern) }) {
			continue
		}
		room, _, _ := strings.Cut(name, "/")
		for _, r := range program.checkPackage(t, &program.packages[i]).reaches() {
			place := room + " " + r.edge + " " + r.in
			found[place] = true
			if touches[place] == "" {
				t.Errorf("%s: %s reaches the %s: let its caller pass it in (%q)", program.fset.Position(r.at.Pos()),
					r.in, r.edge, place)
			}
		}
	}
	for place := range touches {
		if !found[place] {
			t.Errorf("%s is gone: take it from the list", place)
		}
	}
}

// TestEdgesFinds puts each kind of touch into a room that must not: each must be found where its comment says.
func TestEdgesFinds(t *testing.T) {
	program, seen := loadProgram(t), map[string]bool{}
	tries, err := filepath.Glob("testdata/edges/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range tries {
		var got []string
		for _, r := range program.check(t, "try", try).reaches() {
			got = append(got, fmt.Sprintf("%d %s", program.fset.Position(r.at.Pos()).Line, r.edge))
			seen[r.edge] = true
		}
		if want := wanted(t, try); !slices.Equal(got, want) {
			t.Errorf("%s: found %q, want %q", try, got, want)
		}
	}
	for _, e := range edges {
		if !seen[e.name] {
			t.Errorf("no try shows the %s", e.name)
		}
	}
}

// A reach is a name of an edge in our code, and the declaration that it stands in.
type reach struct {
	edge, in string
	at       *ast.Ident
}

// reaches lists the names of edges in a package, in the order of its files.
func (p *typed) reaches() (out []reach) {
	for _, f := range p.files {
		for _, decl := range f.Decls {
			ast.Inspect(decl, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if e := edgeOf(p.info.Uses[id]); e != "" {
						out = append(out, reach{e, declared(decl), id})
					}
				}
				return true
			})
		}
	}
	return out
}

// edgeOf names the edge that an object of the standard library reaches, "" for none. A type alone reaches nothing.
// What another library does with clocks and sockets is not seen: only names of the standard library are listed.
func edgeOf(obj types.Object) string {
	if _, isType := obj.(*types.TypeName); obj == nil || isType || obj.Pkg() == nil {
		return ""
	}
	name := obj.Pkg().Path() + "." + obj.Name()
	switch obj := obj.(type) {
	case *types.Func:
		if recv := obj.Signature().Recv(); recv != nil {
			name = strings.TrimPrefix(types.TypeString(recv.Type(), nil), "*") + "." + obj.Name()
		}
	case *types.Var:
		if obj.IsField() {
			return ""
		}
	case *types.PkgName:
		return ""
	}
	is := func(pattern string) bool {
		start, open := strings.CutSuffix(pattern, "...")
		end, starts := strings.CutPrefix(name, start)
		if open {
			return starts && !strings.Contains(end, ".")
		}
		return starts && (end == "" || strings.HasSuffix(pattern, "."))
	}
	for _, e := range edges {
		if slices.ContainsFunc(e.through, is) && !slices.ContainsFunc(e.except, is) {
			return e.name
		}
	}
	return ""
}

// declared names a declaration: a function, Type.method, or the first name of others.
func declared(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name
		}
		typ := d.Recv.List[0].Type
		if ptr, ok := typ.(*ast.StarExpr); ok {
			typ = ptr.X
		}
		return types.ExprString(typ) + "." + d.Name.Name
	case *ast.GenDecl:
		if v, ok := d.Specs[0].(*ast.ValueSpec); ok {
			return v.Names[0].Name
		}
	}
	return "?"
}

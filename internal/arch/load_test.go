package arch

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// listed is what "go list" says of a package.
type listed struct {
	ImportPath, Dir, Export   string
	Imports, GoFiles          []string
	TestImports, XTestImports []string
	TestGoFiles, XTestGoFiles []string
	Standard                  bool
}

// ours reports whether a package is of this module, and its path in it.
func (p *listed) ours() (name string, ok bool) { return strings.CutPrefix(p.ImportPath, module) }

// program is the module as the compiler sees it: its packages, and the export data of all that they use.
type program struct {
	packages []listed
	importer types.Importer
	fset     *token.FileSet
}

func loadProgram(t *testing.T) *program {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,Imports,GoFiles,TestImports,XTestImports,TestGoFiles,XTestGoFiles,Standard", module+"...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{fset: token.NewFileSet()}
	exports := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[l.ImportPath] = l.Export
		p.packages = append(p.packages, l)
	}
	p.importer = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	return p
}

// typed is a package with its syntax and types.
type typed struct {
	name  string // its path in the module
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
}

// check reads and type-checks files as one package.
func (p *program) check(t *testing.T, name string, paths ...string) *typed {
	t.Helper()
	out := &typed{name: name, fset: p.fset, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	for _, path := range paths {
		f, err := parser.ParseFile(p.fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		out.files = append(out.files, f)
	}
	cfg := types.Config{Importer: p.importer}
	if _, err := cfg.Check(module+name, p.fset, out.files, out.info); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// checkPackage type-checks a package of the module.
func (p *program) checkPackage(t *testing.T, l *listed) *typed {
	t.Helper()
	name, _ := l.ours()
	var paths []string
	for _, f := range l.GoFiles {
		paths = append(paths, filepath.Join(l.Dir, f))
	}
	return p.check(t, name, paths...)
}

package arch

import (
	"bytes"
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
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC() // the syntax and types of all packages stay until the end
	os.Exit(m.Run())
}

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

// program is the module as the compiler sees it: its packages, and the export data of all that they and their tests
// use.
type program struct {
	packages []listed
	importer types.Importer
	fset     *token.FileSet
	checked  map[string]*typed // the packages that were checked, by name
}

// listOnce asks the go command once for all tests: it takes longer than what they look for. What only tests import
// comes behind the packages of the module and what these import.
var listOnce = sync.OnceValues(func() ([]listed, error) { return listModule("") })

// listModule lists the packages of the module in a folder, "" for this one.
func listModule(dir string) ([]listed, error) {
	all, err := list(dir, module+"...")
	if err != nil {
		return nil, err
	}
	known, more := map[string]bool{}, []string(nil)
	for i := range all {
		known[all[i].ImportPath] = true
	}
	for i := range all {
		for _, path := range slices.Concat(all[i].TestImports, all[i].XTestImports) {
			if _, ours := all[i].ours(); ours && !known[path] {
				known[path] = true
				more = append(more, path)
			}
		}
	}
	forTests, err := list(dir, more...)
	return append(all, forTests...), err
}

// list asks the go command for packages and all that they import, in a folder.
func list(dir string, patterns ...string) ([]listed, error) {
	fields := "-json=ImportPath,Dir,Export,Imports,GoFiles,TestImports,XTestImports,TestGoFiles,XTestGoFiles,Standard"
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", fields}, patterns...)...)
	cmd.Dir = dir
	return listedBy(cmd)
}

// listForBrowser lists what the programs of the playground are made of.
func listForBrowser() ([]listed, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", module+"web/wasm/...")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	return listedBy(cmd)
}

// listedBy reads what a go command lists.
func listedBy(cmd *exec.Cmd) (all []listed, err error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
}

func loadProgram(t *testing.T) *program {
	t.Helper()
	sharedtest.Computes(t)
	if loaded == nil {
		packages, err := listOnce()
		loaded = newProgram(t, packages, err)
	}
	return loaded
}

// loaded is the program of all tests of this package, which run one after another: a package is checked once.
var loaded *program

// loadProgramAt loads the module in another folder.
func loadProgramAt(t *testing.T, dir string) *program {
	t.Helper()
	packages, err := listModule(dir)
	return newProgram(t, packages, err)
}

func newProgram(t *testing.T, packages []listed, err error) *program {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for i := range packages {
		exports[packages[i].ImportPath] = packages[i].Export
	}
	p := &program{packages: packages, fset: token.NewFileSet(), checked: map[string]*typed{}}
	p.importer = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	return p
}

// typed is a package with its syntax and types.
type typed struct {
	name  string // its path in the module
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
	types *types.Package
}

// check reads and type-checks files as one package. What they import is not read: the compiler's export data tells its
// types.
func (p *program) check(t *testing.T, name string, paths ...string) *typed {
	t.Helper()
	out := &typed{name: name, fset: p.fset, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Defs:       map[*ast.Ident]types.Object{},
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
	var err error
	if out.types, err = cfg.Check(module+name, p.fset, out.files, out.info); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

// checkPackage type-checks a package of the module.
func (p *program) checkPackage(t *testing.T, l *listed) *typed {
	t.Helper()
	name, _ := l.ours()
	if p.checked[name] == nil {
		p.checked[name] = p.check(t, name, l.paths(l.GoFiles)...)
	}
	return p.checked[name]
}

// paths places files of a package in its folder.
func (l *listed) paths(files ...[]string) (paths []string) {
	for _, f := range slices.Concat(files...) {
		paths = append(paths, filepath.Join(l.Dir, f))
	}
	return paths
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

package arch

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var figuresOf = flag.String("figures", "", "two folders with wasplug, before and after: print their figures "+
	"(.ci/figures)")

// TestFigures prints the figures of two trees side by side. They are for orientation: nothing here fails.
func TestFigures(t *testing.T) {
	before, after, ok := strings.Cut(*figuresOf, ",")
	if !ok {
		t.Skip("not asked for: see .ci/figures")
	}
	old, now := measure(t, before), measure(t, after)
	fmt.Print("| figure | before | after |\n|---|---|---|\n")
	row := func(name, before, after string) { fmt.Printf("| %s | %s | %s |\n", name, before, after) }
	for _, room := range []string{"routecheck", "proxy", "cmd", "lint", "parser", "generate", "internal"} {
		row("`"+room+"`: files, packages, most files in one", old.files(room), now.files(room))
	}
	row("imports that the table of `internal/arch` forbids", fmt.Sprint(old.upward), fmt.Sprint(now.upward))
	row("exported names: all, those that no other package uses", old.exports(), now.exports())
	row("methods of one type in most files", old.mostSpread, now.mostSpread)
	row("comment lines, of the lines of code and comments", percent(old.comments, old.comments+old.code),
		percent(now.comments, now.comments+now.code))
	row("lines of tests and scripts for a line of code", ratio(old.tests, old.code+old.comments),
		ratio(now.tests, now.code+now.comments))
	row("lines of a function: median, nine in ten up to, most", old.lengths(), now.lengths())
	row("lines past column 120: code, tests", old.longLines(), now.longLines())
	row("files of code over 400 lines", fmt.Sprint(old.large), fmt.Sprint(now.large))
}

// figures are what can be counted of a tree.
type figures struct {
	packages            map[string]int             // files of code
	upward, all, unused int                        // imports against the table; exported names: all, unused
	mostSpread          string                     // the type whose methods stand in most files, and in how many
	comments, code      int                        // lines of the files of code
	tests, large        int                        // lines of tests and scripts; files of code over 400 lines
	long                [2]int                     // lines past column 120: of code, of tests
	functions           []int                      // their lines
	spread              map[string]map[string]bool // by type: the files of its methods
}

// measure counts with the code of this tree, whichever tree that is: so old figures and new ones mean the same.
func measure(t *testing.T, dir string) *figures {
	program := loadProgramAt(t, dir)
	used, asked := program.usedOutside(t), program.interfaces(t)
	f := &figures{packages: map[string]int{}, spread: map[string]map[string]bool{}}
	for i := range program.packages {
		l := &program.packages[i]
		name, ours := l.ours()
		if !ours || len(l.GoFiles) == 0 {
			continue
		}
		f.packages[name] = len(l.GoFiles)
		f.upward += len(l.forbidden())
		p := program.checkPackage(t, l)
		f.unused += len(p.unused(used, asked))
		f.all += len(p.unused(usage{}, asked))
		for _, file := range p.files {
			f.ofFile(p, file)
		}
		for _, path := range l.paths(l.TestGoFiles, l.XTestGoFiles) {
			f.tests += f.lines(t, path, 1)
		}
		for _, path := range l.paths(l.GoFiles) {
			if f.lines(t, path, 0) > 400 {
				f.large++
			}
		}
	}
	scripts, _ := filepath.Glob(filepath.Join(dir, "cmd/wasplug/testdata/script/*.txtar"))
	for _, path := range scripts {
		f.tests += bytes.Count([]byte(read(t, path)), []byte("\n"))
	}
	most := ""
	for typ, files := range f.spread {
		if len(files) > len(f.spread[most]) || len(files) == len(f.spread[most]) && typ < most {
			most = typ
		}
	}
	f.mostSpread = fmt.Sprintf("`%s`: %d", most, len(f.spread[most]))
	slices.Sort(f.functions)
	return f
}

// lines counts the lines of a file, and notes those that are too long. A tab counts as four columns.
func (f *figures) lines(t *testing.T, path string, kind int) int {
	lines := strings.Split(read(t, path), "\n")
	for _, line := range lines {
		if len([]rune(line))+3*strings.Count(line, "\t") > 119 {
			f.long[kind]++
		}
	}
	return len(lines) - 1
}

// ofFile counts comments and code, the lines of functions, and the files that a type's methods stand in.
func (f *figures) ofFile(p *typed, file *ast.File) {
	at := p.fset.Position(file.Package)
	src, err := os.ReadFile(at.Filename)
	if err != nil {
		return
	}
	for line := range strings.Lines(string(src)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "//"):
			f.comments++
		case line != "":
			f.code++
		}
	}
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		f.functions = append(f.functions, p.fset.Position(fn.End()).Line-p.fset.Position(fn.Pos()).Line+1)
		if typ, _, ok := strings.Cut(declared(fn), "."); ok {
			typ = p.name + "." + typ
			if f.spread[typ] == nil {
				f.spread[typ] = map[string]bool{}
			}
			f.spread[typ][at.Filename] = true
		}
	}
}

func (f *figures) files(room string) string {
	files, packages, most := 0, 0, 0
	for name, n := range f.packages {
		if matches(name, room+"/...") {
			files, packages, most = files+n, packages+1, max(most, n)
		}
	}
	return fmt.Sprintf("%d, %d, %d", files, packages, most)
}

func (f *figures) exports() string { return fmt.Sprintf("%d, %d", f.all, f.unused) }

func (f *figures) lengths() string {
	n := len(f.functions)
	return fmt.Sprintf("%d, %d, %d", f.functions[n/2], f.functions[n*9/10], f.functions[n-1])
}

func (f *figures) longLines() string { return fmt.Sprintf("%d, %d", f.long[0], f.long[1]) }

func percent(part, whole int) string { return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole)) }

func ratio(a, b int) string { return fmt.Sprintf("%.2f", float64(a)/float64(b)) }

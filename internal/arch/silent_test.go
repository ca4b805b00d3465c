package arch

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLibrariesAreSilent: only cmd/wasplug prints, ends the program or has its streams.
func TestLibrariesAreSilent(t *testing.T) {
	program := loadProgram(t)
	for i := range program.packages {
		name, ours := program.packages[i].ours()
		// which tells a run of tests what it lacks
		if !ours || name == "cmd/wasplug" || name == "internal/sharedtest" {
			continue
		}
		p := program.checkPackage(t, &program.packages[i])
		for _, use := range p.loud() {
			t.Errorf("%s: only cmd/wasplug may: return what is to be said", program.fset.Position(use.Pos()))
		}
	}
}

// TestLoudIsFound: what a library must not do is found in a file that does all of it.
func TestLoudIsFound(t *testing.T) {
	program := loadProgram(t)
	var got []string
	for _, use := range program.check(t, "lint", "testdata/loud.go").loud() {
		got = append(got, strconv.Itoa(program.fset.Position(use.Pos()).Line))
	}
	if want := "10 11 12 13"; strings.Join(got, " ") != want {
		t.Errorf("found on lines %v, want %s", got, want)
	}
}

// loud finds what prints or ends the program.
func (p *typed) loud() (uses []*ast.Ident) {
	for id, obj := range p.info.Uses {
		if obj.Pkg() == nil || isMethod(obj) {
			continue
		}
		name := obj.Name()
		switch obj.Pkg().Path() {
		case "os":
			if name != "Exit" && name != "Stdout" && name != "Stderr" && name != "Stdin" {
				continue
			}
		case "fmt":
			if !strings.HasPrefix(name, "Print") {
				continue
			}
		case "log":
		default:
			continue
		}
		uses = append(uses, id)
	}
	slices.SortFunc(uses, func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) })
	return uses
}

func isMethod(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.Signature().Recv() != nil
}

// TestAppReadsWhatItIsGiven: a use case that opened a file by itself could not be handed an editor's buffer.
func TestAppReadsWhatItIsGiven(t *testing.T) {
	for _, p := range loadProgram(t).packages {
		if name, _ := p.ours(); matches(name, "internal/app/...") && slices.Contains(p.Imports, "os") {
			t.Errorf("%s must not import os: it reads through its Input", name)
		}
	}
}

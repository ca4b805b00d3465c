package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestNoSentences: the rooms that decide note facts, from which explain/words makes sentences.
func TestNoSentences(t *testing.T) {
	program := loadProgram(t)
	for i := range program.packages {
		if name, _ := program.packages[i].ours(); !slices.Contains(decide, name) {
			continue
		}
		for _, n := range program.checkPackage(t, &program.packages[i]).sentences() {
			t.Errorf("%s: a decision makes no sentence: note a fact, and let explain/words tell of it",
				program.fset.Position(n.Pos()))
		}
	}
}

// TestSentencesAreFound: each way to make one is found in a file that does all of it.
func TestSentencesAreFound(t *testing.T) {
	const try = "testdata/sentences.go"
	program := loadProgram(t)
	var got []string
	for _, n := range program.check(t, failoverRoom, try).sentences() {
		got = append(got, strconv.Itoa(program.fset.Position(n.Pos()).Line)+" sentence")
	}
	if want := wanted(t, try); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// besideBlank is a letter beside a blank, as words have it. Names of choices and rules have none.
var besideBlank = regexp.MustCompile(`\pL |[ ]\pL|\pL, `)

// sentences finds texts of more than one word, pieces of such, and what puts texts together.
func (p *typed) sentences() (found []ast.Node) {
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				if n.Tag != nil {
					return false
				}
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil &&
					besideBlank.MatchString(text) {
					found = append(found, n)
				}
			case *ast.ImportSpec:
				if path, _ := strconv.Unquote(n.Path.Value); path == "fmt" ||
					strings.HasPrefix(path, "text/template") {
					found = append(found, n)
				}
			case *ast.CallExpr:
				if p.calls(n, module+"parser/diag", "Sprintf", "Errorf") {
					found = append(found, n)
				}
			}
			return true
		})
	}
	return found
}

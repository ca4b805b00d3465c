package lint_test

import (
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// edits is a rule that reports each element of a name with the edits that fix makes for it.
func edits(code, element string, safe bool, fix func(n *parser.Node) []diag.Edit) *lint.Rule {
	return &lint.Rule{Code: code, Severity: diag.Warning, Check: func(p *lint.Pass) {
		each(p, element, func(n *parser.Node) { p.Report(n.NameSpan, "wrong").Repair(safe, "right", fix(n)...) })
	}}
}

// named changes the name of an element that is empty.
func named(name string) func(n *parser.Node) []diag.Edit {
	return func(n *parser.Node) []diag.Edit { return []diag.Edit{{Span: n.NameSpan, New: name}} }
}

func TestFix(t *testing.T) {
	// attribute adds y, once, at the end of the name: there the edit of another fix may end.
	attribute := func(n *parser.Node) []diag.Edit {
		if n.Attr("y") != nil {
			return nil
		}
		at := n.NameSpan
		at.Start = at.End
		return []diag.Edit{{Span: at, New: " y='1'"}}
	}
	for _, tt := range []struct {
		name, text string
		rules      []*lint.Rule
		unsafe     bool
		o          lint.Options
		want       string
		fixes      int
	}{
		{name: "each finding", rules: []*lint.Rule{edits("T1", "a", true, named("b"))},
			text: "<Config><a/> <a/></Config>", want: "<Config><b/> <b/></Config>", fixes: 2},
		{name: "what a fix uncovers", rules: []*lint.Rule{edits("T1", "a", true, named("b")),
			edits("T2", "b", true, named("c"))}, text: "<Config><a/></Config>", want: "<Config><c/></Config>", fixes: 2},
		{name: "not an unsafe one", rules: []*lint.Rule{edits("T1", "a", false, named("b"))},
			text: "<Config><a/></Config>", want: "<Config><a/></Config>"},
		{name: "unless it is wanted", rules: []*lint.Rule{edits("T1", "a", false, named("b"))}, unsafe: true,
			text: "<Config><a/></Config>", want: "<Config><b/></Config>", fixes: 1},
		{name: "two of one place, the first of which ends the other",
			rules: []*lint.Rule{edits("T1", "a", true, named("b")), edits("T2", "a", true, named("c"))},
			text:  "<Config><a/></Config>", want: "<Config><b/></Config>", fixes: 1},
		{name: "two that touch, one after the other",
			rules: []*lint.Rule{edits("T1", "a", true, attribute), edits("T2", "a", true, named("b"))},
			text:  "<Config><a/></Config>", want: "<Config><b y='1'/></Config>", fixes: 2},
		{name: "of what is off", rules: []*lint.Rule{edits("T1", "a", true, named("b"))},
			o:    lint.Options{Rules: map[string]lint.RuleSetting{"T1": {Off: true}}},
			text: "<Config><a/></Config>", want: "<Config><a/></Config>"},
		{name: "of what is ignored", rules: with(onComments(), edits("T1", "a", true, named("b"))),
			text: "<Config>\n<!-- wasplug:ignore T1 why -->\n<a/></Config>",
			want: "<Config>\n<!-- wasplug:ignore T1 why -->\n<a/></Config>"},
		{name: "nothing of a file that is broken", rules: []*lint.Rule{edits("T1", "a", true, named("b"))},
			text: "<Config><a/>", want: "<Config><a/>"},
		{name: "an edit that changes nothing is none", rules: []*lint.Rule{edits("T1", "a", true, named("a"))},
			text: "<Config><a/></Config>", want: "<Config><a/></Config>"},
		{name: "an edit in no file makes no fix", rules: []*lint.Rule{edits("T1", "a", true,
			func(n *parser.Node) []diag.Edit { return []diag.Edit{{Span: n.NameSpan, New: "b"}, {New: "c"}} })},
			text: "<Config><a/></Config>", want: "<Config><a/></Config>"},
		{name: "ten rounds of two that undo each other",
			rules: []*lint.Rule{edits("T1", "a", true, named("b")), edits("T2", "b", true, named("a"))},
			text:  "<Config><a/></Config>", want: "<Config><a/></Config>", fixes: 10},
	} {
		files := diag.NewFiles()
		got, n := lint.Fix(tt.rules, files, files.Add("f.xml", []byte(tt.text)), tt.o, tt.unsafe)
		if string(got) != tt.want || n != tt.fixes {
			t.Errorf("%s: got %s after %d fixes, want %s after %d", tt.name, got, n, tt.want, tt.fixes)
		}
	}
}

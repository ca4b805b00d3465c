package lint_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// The tests of the engine have rules of their own: what it makes of findings does not hang on what is found.

// finds is a rule that reports each element of a name, about the value of its attribute Name.
func finds(code, element string, severity diag.Severity, change ...func(*lint.Rule)) *lint.Rule {
	r := &lint.Rule{Code: code, Name: "finds-" + strings.ToLower(element), Category: lint.Balancing, Severity: severity}
	r.Check = func(p *lint.Pass) {
		each(p, element, func(n *parser.Node) {
			f := p.Report(n.NameSpan, "found %s", element)
			if name := n.Attr("Name"); name != nil {
				f.About(name.Value)
			}
		})
	}
	for _, c := range change {
		c(r)
	}
	return r
}

// each visits the elements of a name in the order of the file.
func each(p *lint.Pass, element string, visit func(n *parser.Node)) {
	for n := range p.Config.Doc.All() {
		if n.Kind == parser.Element && n.Name == element {
			visit(n)
		}
	}
}

// onComments are the two rules whose findings the engine makes by itself.
func onComments() []*lint.Rule {
	nothing := func(*lint.Pass) {}
	return []*lint.Rule{
		{Code: diag.IgnoreUnused, Name: "ignore-unused", Category: lint.Suppression, Severity: diag.Warning,
			Check: nothing},
		{Code: diag.IgnoreInvalid, Name: "ignore-invalid", Category: lint.Suppression, Severity: diag.Warning,
			Check: nothing},
	}
}

// file is a text to check, by its name.
type file struct{ name, text string }

// read registers files and parses them.
func read(files ...file) (*diag.Files, []lint.Input) {
	register := diag.NewFiles()
	var ids []diag.FileID
	for _, f := range files {
		ids = append(ids, register.Add(f.name, []byte(f.text)))
	}
	return register, lint.Read(register, ids...)
}

// run asks rules about one text, and returns "LINE CODE" of each finding.
func run(rules []*lint.Rule, text string, o lint.Options) string {
	files, inputs := read(file{"f.xml", text})
	return places(files, lint.Run(rules, files, inputs, o))
}

func places(files *diag.Files, ds []diag.Diagnostic) string {
	var out []string
	for _, d := range ds {
		out = append(out, fmt.Sprint(files.Start(d.Span).Line, " ", d.Rule.Code))
	}
	return strings.Join(out, ", ")
}

// with adds rules to some.
func with(rules []*lint.Rule, more ...*lint.Rule) []*lint.Rule { return slices.Concat(rules, more) }

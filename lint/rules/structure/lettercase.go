package structure

import (
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.WrongLetterCase, Name: "wrong-letter-case", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.SafeFix, Check: check.On(checkLetterCase),
	Otherwise:       "error for CloneID and where an error follows",
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "A name differs from the known one in letter case only",
		Why: "XML names count with letter case. CloneId for CloneID, as a vendor's manual writes it, switches " +
			"affinity off without a message: random logouts. What else follows from the name, a Route without its " +
			"cluster say, is not reported beside it, but makes it an error where it is one; what would be found " +
			"once the name is written right is reported then.",
		Bad: `<Server CloneId="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
<Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>`,
		Good: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
<Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>`,
		NearMiss: `<Property Name="esienable" Value="false"/>`,
		Source:   "misspelling observed in public files; the effect is inferred from XML",
	},
})

// checkLetterCase judges elements and attributes, not the names of Properties, whose letter case does not count. What
// follows from such a name, the engine drops: see lint/cause.go.
func checkLetterCase(p *check.Pass) {
	p.Elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ != nil || n.Parent == nil {
			return
		}
		if right := lint.FoldedElement(n); right != "" {
			p.Report(n.NameSpan, "element <%s> is written <%s>: names count with letter case; it is believed to "+
				"be ignored with all that it holds", n.Name, right).
				Repair(true, "write "+right, check.Rename(n, right)...)
		}
	})
	elements := p.AllElements()
	for i := range elements {
		e := &elements[i]
		var wrong []*parser.Attr
		for k := range e.Rows {
			if a := &e.Node.Attrs[k]; e.Rows[k] == nil && lint.FoldedAttr(e.Typ, a.Name) != "" {
				wrong = append(wrong, a)
			}
		}
		if len(wrong) > 0 {
			reportCase(p, e, wrong)
		}
	}
}

// reportCase reports the attributes of one element that were written by one hand in one way.
func reportCase(p *check.Pass, e *check.Element, wrong []*parser.Attr) {
	var names, rights []string
	var edits []diag.Edit
	what, first, effect := "attribute %s of <%s> is written %s", wrong[0], noEffect
	if len(wrong) > 1 {
		what, effect = "attributes %s of <%s> are written %s",
			"they are believed to be ignored, the values have no effect"
	}
	severity := p.Rule.Severity
	for _, a := range wrong {
		right := lint.FoldedAttr(e.Typ, a.Name)
		names, rights = append(names, a.Name), append(rights, right)
		if right == "CloneID" {
			first, severity = a, diag.Error
			effect = "the server has no clone ID then, and affinity to it is off without a message: users lose " +
				"their sessions at random"
		}
		if e.Node.Attr(right) == nil {
			edits = append(edits, diag.Edit{Span: a.NameSpan, New: right})
		}
	}
	f := p.Report(first.NameSpan, what+": names count with letter case; %s", check.List(names), e.Node.Name,
		check.List(rights), effect).
		As(severity)
	if len(edits) == len(wrong) {
		f.Repair(true, "write "+strings.Join(rights, ", "), edits...)
	}
}

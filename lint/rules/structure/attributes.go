package structure

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// attrNames are the names that an unknown one can be a slip of.
func attrNames(t *parser.ElementType) []string {
	out := make([]string, 0, len(t.Attributes))
	for _, a := range t.Attributes {
		if !a.Ignored {
			out = append(out, a.Name)
		}
	}
	return out
}

// homes returns the elements that have an attribute of that name.
func homes(name string) []string {
	var out []string
	for _, a := range parser.AttributesNamed(name) {
		if a.Name == name && !a.Property && !a.Ignored && !slices.Contains(out, a.Element) {
			out = append(out, a.Element)
		}
	}
	return out
}

// foldedName returns the attribute of some element that a name differs from in letter case only, "" otherwise.
func foldedName(name string) string {
	for _, a := range parser.AttributesNamed(name) {
		if a.Name != name && !a.Property && !a.Ignored {
			return a.Name
		}
	}
	return ""
}

// noEffect: what the plug-in makes of a name that it does not know is documented nowhere; that it ignores it is
// inferred.
const noEffect = "it is believed to be ignored, the value has no effect"

var _ = group.Add(&lint.Rule{
	Code: diag.UnknownAttribute, Name: "unknown-attribute", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.SomeUnsafe, Check: check.On(checkUnknownAttribute),
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "An attribute is known on no element",
		Why: "SSLConsolidatedConfig for SSLConsolidate does nothing. On Config, where attributes from IBM " +
			"support are normal, only near misses of known names are reported.",
		Bad: "<ServerCluster Name=\"shop\" RetryIntervall=\"60\"><Server CloneID=\"c1\" Name=\"m1\"><Transport " +
			"Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
		Good: "<ServerCluster Name=\"shop\" RetryInterval=\"60\"><Server CloneID=\"c1\" Name=\"m1\"><Transport " +
			"Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
		NearMiss: `<Config SupportSwitch4711="on"/>`,
		Source:   "observed in public files; effect inferred",
	},
})

// checkUnknownAttribute is what is left: a name that another element has is WP105, one in another letter case WP109.
// Attributes of XML itself, with a prefix or xmlns, are no business of the plug-in.
func checkUnknownAttribute(p *check.Pass) {
	p.Attributes(func(n *parser.Node, typ *parser.ElementType, a *parser.Attr, row *parser.Attribute) {
		if row != nil || lint.FoldedAttr(typ, a.Name) != "" || len(homes(a.Name)) > 0 || foldedName(a.Name) != "" ||
			strings.Contains(a.Name, ":") || a.Name == "xmlns" {
			return
		}
		near := diag.Suggest(a.Name, attrNames(typ))
		// Attributes that IBM support hands out are normal on Config: only a near miss is worth a word there.
		if n.Name == "Config" && near == "" {
			return
		}
		f := p.Report(a.NameSpan, "attribute %q of <%s> is unknown%s; "+noEffect, a.Name, n.Name, diag.Hint(near)).
			About(check.Attr(n, a.Name))
		if near != "" && n.Attr(near) == nil {
			f.Repair(false, "rename to "+near, diag.Edit{Span: a.NameSpan, New: near})
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.MisplacedAttribute, Name: "misplaced-attribute", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.SomeUnsafe, Check: check.On(checkMisplacedAttribute),
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "A known attribute stands on the wrong element",
		Why: "RetryInterval on Server is ignored: the interval of the cluster, 60 seconds without one, stays " +
			"in force while the author believes otherwise.",
		Bad: `<Server CloneID="c1" Name="m1" RetryInterval="10"><Transport Hostname="h1" Port="9080"/></Server>`,
		Good: "<ServerCluster Name=\"shop\" RetryInterval=\"10\"><Server CloneID=\"c1\" Name=\"m1\"><Transport " +
			"Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
		NearMiss: "<Server CloneID=\"c1\" ConnectTimeout=\"5\" MaxConnections=\"-1\" Name=\"m1\"><Transport " +
			"ConnectionTTL=\"28\" Hostname=\"h1\" Port=\"9080\"/></Server>",
		Source: "observed in public guides; effect inferred",
	},
})

// checkMisplacedAttribute finds three kinds of a wrong place: of a name as it is written, of one in another letter
// case, and of a Property that was written as an attribute, which mends by hand alone.
func checkMisplacedAttribute(p *check.Pass) {
	p.Attributes(func(n *parser.Node, typ *parser.ElementType, a *parser.Attr, row *parser.Attribute) {
		if row != nil || lint.FoldedAttr(typ, a.Name) != "" {
			return
		}
		if where := homes(a.Name); len(where) > 0 {
			where = nearHomes(n, where)
			p.Report(a.NameSpan, "attribute %q belongs on <%s>, not on <%s>; %s", a.Name,
				strings.Join(where, "> or <"), n.Name, noEffect).
				About(check.Attr(n, a.Name)).
				Repair(false, "move it", move(p, n, a, where)...)
		} else if name := foldedName(a.Name); name != "" {
			p.Report(a.NameSpan, "attribute %q is written %q and belongs on <%s>, not on <%s>; %s", a.Name, name,
				strings.Join(nearHomes(n, homes(name)), "> or <"), n.Name, noEffect).
				About(check.Attr(n, a.Name))
		} else if prop := parser.TypeOf(n).Property(a.Name); prop != nil && prop.Name == a.Name {
			p.Report(a.NameSpan, "%q is a Property of <%s>, not an attribute: write <Property Name=%q "+
				"Value=%q/>; %s", a.Name, n.Name, a.Name, a.Value, noEffect)
		}
	})
}

// move takes an attribute to the one element around or within its own that it can be meant for and that lacks it; nil
// when there is none or a choice.
func move(p *check.Pass, n *parser.Node, a *parser.Attr, where []string) []diag.Edit {
	var to []*parser.Node
	for up := n.Parent; up != nil; up = up.Parent {
		if slices.Contains(where, up.Name) {
			to = append(to, up)
		}
	}
	for _, c := range n.Children {
		if c.Kind == parser.Element && slices.Contains(where, c.Name) {
			to = append(to, c)
		}
	}
	if len(to) != 1 || to[0].Attr(a.Name) != nil || to[0].Span.IsZero() {
		return nil
	}
	src := p.Files.Source(a.Span.File)
	gone := a.NameSpan.To(diag.Span{End: a.Span.End + 1}) // with the quote
	for gone.Start > 0 && strings.IndexByte(" \t\r\n", src[gone.Start-1]) >= 0 {
		gone.Start--
	}
	if int(gone.End) > len(src) {
		return nil
	}
	return []diag.Edit{{Span: gone}, check.AddAttr(to[0], a.Name, a.Value)}
}

// nearHomes keeps, of the elements that have an attribute, those around or within a node, where there are such.
func nearHomes(n *parser.Node, where []string) []string {
	var near []string
	for up := n.Parent; up != nil; up = up.Parent {
		if slices.Contains(where, up.Name) {
			near = append(near, up.Name)
		}
	}
	for _, c := range lint.ChildNames(parser.TypeOf(n)) {
		if slices.Contains(where, c) && !slices.Contains(near, c) {
			near = append(near, c)
		}
	}
	if len(near) > 0 {
		return near
	}
	return where
}

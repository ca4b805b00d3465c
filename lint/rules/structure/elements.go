package structure

import (
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.UnknownElement, Name: "unknown-element", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.SomeUnsafe, Check: check.On(checkUnknownElement),
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "An element is unknown, or stands in the wrong place",
		Why:   "It is believed to be ignored without a message: the setting has no effect and nobody is told.",
		Bad:   `<Config><Logg LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/></Config>`,
		Good:  `<Config><Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/></Config>`,
		NearMiss: "<Config><RequestMetrics armEnabled=\"false\" rmEnabled=\"false\" traceLevel=\"HOPS\"><filters " +
			"enable=\"false\" type=\"URI\"/></RequestMetrics></Config>",
		Source: "inferred: no text says what the plug-in does with it",
	},
})

// checkUnknownElement leaves out ConfigHash, by which Liberty marks a file that it has written. The content of an
// unknown element is not visited: it would be as unknown.
func checkUnknownElement(p *check.Pass) {
	type place struct {
		typ  *parser.ElementType
		name string
	}
	nearest := map[place]string{} // a file may have many of one name
	p.Elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ != nil || n.Parent == nil || n.Name == "ConfigHash" {
			return
		}
		parent := parser.TypeOf(n.Parent)
		if known := parser.ElementsNamed(n.Name); len(known) > 0 {
			p.Report(n.NameSpan, "element <%s> does not belong into <%s>, only into <%s>; it is believed to be "+
				"ignored, its settings have no effect", n.Name, n.Parent.Name,
				strings.Join(known[0].Parents, "> or <"))
			return
		}
		key := place{parent, n.Name}
		near, known := nearest[key]
		if !known {
			near = diag.Suggest(n.Name, lint.ChildNames(parent))
			nearest[key] = near
		}
		f := p.Report(n.NameSpan, "element <%s> is unknown%s; it is believed to be ignored, its settings have no "+
			"effect", n.Name, diag.Hint(near))
		if near != "" {
			f.Repair(false, "rename to "+near, check.Rename(n, near)...)
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.GivenTwice, Name: "given-twice", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.ConditionallySafe, Check: check.On(checkGivenTwice),
	Subjects: []string{"PrimaryServers", "BackupServers", "Log",
		"ClusterAddress", "RequestMetrics", "Property"},
	Doc: lint.Doc{
		Title: "An element or Property that counts once is given twice",
		Why:   "Which one wins is undocumented, so an edit of the wrong one changes nothing.",
		Bad: `<Property Name="ESIEnable" Value="true"/>
<Property Name="esiEnable" Value="false"/>`,
		Good: `<Property Name="ESIEnable" Value="false"/>`,
		NearMiss: `<Property Name="ESIEnable" Value="false"/>
<Property Name="ESIMaxCacheSize" Value="1024"/>`,
		Source: "IBM page \"plugin-cfg.xml file\" (V9): only once; the winner is unknown",
	},
})

// checkGivenTwice looks at elements that the table says stand once, at Properties by name, and at the one setting that
// can be written both ways.
func checkGivenTwice(p *check.Pass) {
	p.Elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ == nil {
			return
		}
		onceOnly(p, n, typ)
		if len(typ.Properties) > 0 || n.Name == "Config" || n.Name == "Transport" {
			doubledProperties(p, n)
		}
	})
	if c := p.Config; c.Node != nil {
		if prop, at := parser.Find(c.Properties, "FIPSEnable"), c.Node.Attr("FIPSEnable"); prop != nil && at != nil {
			p.Report(at.NameSpan, "FIPSEnable is an attribute here and a Property on %s; which one the plug-in "+
				"reads is undocumented", p.Where(prop.Node.Tag)).
				See(prop.Node.Tag, "the Property")
		}
	}
}

// onceOnly makes its map only when it meets an element that may stand there once: most hold none.
func onceOnly(p *check.Pass, n *parser.Node, typ *parser.ElementType) {
	var first map[string]*parser.Node
	for _, c := range n.Children {
		if c.Kind != parser.Element {
			continue
		}
		t := typ.Child(c.Name)
		if t == nil || !t.Doc.Once() {
			continue
		}
		if first == nil {
			first = map[string]*parser.Node{}
		}
		if f := first[c.Name]; f != nil {
			p.Report(c.NameSpan, "<%s> stands in <%s> a second time, first on %s; which one the plug-in reads is "+
				"undocumented", c.Name, n.Name, p.Where(f.NameSpan)).
				See(f.NameSpan, "the first")
			continue
		}
		first[c.Name] = c
	}
}

// doubledProperties compares the names without letter case, as the plug-in is believed to read them. Only an equal
// value makes it safe to drop the second.
func doubledProperties(p *check.Pass, n *parser.Node) {
	var first map[string]*parser.Node
	for _, c := range n.Children {
		name := c.Attr("Name")
		if c.Kind != parser.Element || c.Name != "Property" || name == nil {
			continue
		}
		if first == nil {
			first = map[string]*parser.Node{}
		}
		key := strings.ToLower(name.Value)
		f := first[key]
		if f == nil {
			first[key] = c
			continue
		}
		d := p.Report(name.Span, "Property %q is given twice, first on %s; which one the plug-in reads is "+
			"undocumented", name.Value, p.Where(f.Tag)).
			See(f.Tag, "the first")
		if a, b := f.Attr("Value"), c.Attr("Value"); a != nil && b != nil && a.Value == b.Value {
			d.Repair(true, "drop the second, equal one", p.Drop(c))
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.SecondTransportOfProtocol, Name: "second-transport-of-protocol", Category: lint.Structure,
	Severity: diag.Warning, Check: check.On(checkSecondTransport),
	Subjects: []string{"Transport", "Transport/Protocol"},
	Doc: lint.Doc{
		Title: "A Server has two Transports of one protocol",
		Why: "The Transport is chosen by protocol; which of two is used is undocumented, so requests may go to " +
			"the port that was meant to be closed.",
		Bad: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" " +
			"Protocol=\"http\"/><Transport Hostname=\"h1\" Port=\"9081\" Protocol=\"http\"/></Server>",
		Good: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080" Protocol="http"/></Server>`,
		NearMiss: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" " +
			"Protocol=\"http\"/><Transport Hostname=\"h1\" Port=\"9443\" Protocol=\"https\"><Property " +
			"Name=\"keyring\" Value=\"/k.kdb\"/><Property Name=\"stashfile\" Value=\"/k.sth\"/></Transport></Server>",
		Source: "choice by protocol: APAR PI77874; the rest is unknown",
	},
})

// checkSecondTransport: whatever is not https is http. That one of each is chosen by the scheme of the request is
// documented (R64), which of two is not.
func checkSecondTransport(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			var first [2]*parser.Transport
			for _, t := range s.Transports {
				i := 0
				if check.IsHTTPS(t) {
					i = 1
				}
				if f := first[i]; f != nil {
					p.Report(check.At(t.Protocol, t.Node), "server %q has a second %s Transport, the first is on "+
						"%s; which one the plug-in uses is undocumented", s.Name.V, []string{"http", "https"}[i],
						p.Where(f.Node.Tag)).
						See(f.Node.Tag, "the first")
					continue
				}
				first[i] = t
			}
		}
	}
}

package rules

import (
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var structureRules = []*lint.Rule{
	xmlSyntax, notAConfig, unknownElement, unknownAttribute, misplacedAttribute, badEnumValue,
	givenTwice, missingRequired, wrongLetterCase, badNumber, encodingMismatch,
	intelligentManagementPresent, secondTransportOfProtocol, nothingServed, textBetweenElements,
}

var xmlSyntax = &lint.Rule{
	Code: diag.XMLSyntax, Name: "xml-syntax", Category: lint.Structure, Severity: diag.Error,
	Fix: lint.ConditionallySafe, Check: on(adoptFaults),
	Otherwise: "warning for a DTD",
	Doc: lint.Doc{
		Title: "The file is not well-formed XML",
		Why: "A reload keeps the old configuration and writes one line to the log; at start there is no " +
			"routing, at some levels no web server. All that stands behind the fault is checked all the same. White " +
			"space or a comment before the XML declaration, and a document type definition, are a warning: whether " +
			"the plug-in reads such a file is undocumented, and wasplug reads it. An entity of the definition, " +
			"UTF-16 and EBCDIC may be read by the plug-in, too, but what cannot be checked here stays an error.",
		Bad:      "<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log>",
		Good:     "<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/>",
		NearMiss: "<!-- a > b && \"c\" -->\n<Log LogLevel='Error' Name='/opt/plugins/logs/a&amp;b.log'/>",
		Source:   "IBM page \"plugin-cfg.xml file\" (V9); technote swg21326077",
	},
}

var notAConfig = &lint.Rule{
	Code: diag.NotAConfig, Name: "not-a-config", Category: lint.Structure, Severity: diag.Error,
	Check:    on(adoptFaults),
	Subjects: []string{"Config"},
	Doc: lint.Doc{
		Title: "The root element is not Config, or there are several roots",
		Why: "The plug-in expects one Config. A pasted part of a file is checked as a fragment: rules about " +
			"what is missing around it stay silent where they can.",
		Bad: "<?xml version=\"1.0\"?>\n<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" " +
			"ConnectTimeout=\"5\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" Port=\"9443\" " +
			"Protocol=\"https\"><Property Name=\"keyring\" Value=\"/k.kdb\"/><Property Name=\"stashfile\" " +
			"Value=\"/k.sth\"/></Transport></Server></ServerCluster><Property Name=\"PluginInstallRoot\" " +
			"Value=\"/opt/plugins/\"/>",
		Good:     "<Config><Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/></Config>",
		NearMiss: "<?xml version=\"1.0\"?>\n<!-- Config comes below -->\n<Config/>",
		Source:   "inferred from the format; effect as WP101",
	},
}

var encodingMismatch = &lint.Rule{
	Code: diag.EncodingMismatch, Name: "encoding-mismatch", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.ConditionallySafe, Check: on(adoptFaults),
	Doc: lint.Doc{
		Title: "The declared encoding does not fit the bytes",
		Why: "One letter outside of ASCII in a path can stop the next reload. Liberty declares UTF-8 and " +
			"writes ISO-8859-1.",
		Bad: "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<Config><Log LogLevel=\"Error\" " +
			"Name=\"/opt/prüfung/http_plugin.log\"/></Config>",
		Good: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Config><Log LogLevel=\"Error\" " +
			"Name=\"/opt/prüfung/http_plugin.log\"/></Config>",
		NearMiss: "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<Config><Log LogLevel=\"Error\" " +
			"Name=\"/opt/pruefung/http_plugin.log\"/></Config>",
		Source: "observed: Liberty's generator; what the plug-in makes of it is unknown",
	},
}

// adoptFaults reports what Parse has found under the code of the rule.
func adoptFaults(p *pass) { p.Adopt(p.Faults) }

var unknownElement = &lint.Rule{
	Code: diag.UnknownElement, Name: "unknown-element", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.SomeUnsafe, Check: on(checkUnknownElement),
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "An element is unknown, or stands in the wrong place",
		Why:   "It is believed to be ignored without a message: the setting has no effect and nobody is told.",
		Bad:   "<Config><Logg LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/></Config>",
		Good:  "<Config><Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/></Config>",
		NearMiss: "<Config><RequestMetrics armEnabled=\"false\" rmEnabled=\"false\" traceLevel=\"HOPS\"><filters " +
			"enable=\"false\" type=\"URI\"/></RequestMetrics></Config>",
		Source: "inferred: no text says what the plug-in does with it",
	},
}

func checkUnknownElement(p *pass) {
	nearest := map[rowKey]string{} // a file may have many of one name
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ != nil || n.Parent == nil || n.Name == "ConfigHash" {
			return
		}
		parent := parser.TypeOf(n.Parent)
		if known := parser.ElementsNamed(n.Name); len(known) > 0 {
			p.Report(n.NameSpan, "element <%s> does not belong into <%s>, only into <%s>; it is believed to be "+
				"ignored, its settings have no effect",
				n.Name, n.Parent.Name, strings.Join(known[0].Parents, "> or <"))
			return
		}
		key := rowKey{parent, n.Name}
		near, known := nearest[key]
		if !known {
			near = diag.Suggest(n.Name, lint.ChildNames(parent))
			nearest[key] = near
		}
		f := p.Report(n.NameSpan, "element <%s> is unknown%s; it is believed to be ignored, its settings have no "+
			"effect", n.Name, diag.Hint(near))
		if near != "" {
			f.Repair(false, "rename to "+near, rename(n, near)...)
		}
	})
}

// rename changes the name of an element in its start and its end tag.
func rename(n *parser.Node, name string) []diag.Edit {
	edits := []diag.Edit{{Span: n.NameSpan, New: name}}
	if n.Tag.End != n.Span.End && n.Closed {
		end := n.Span.End - 1 - int32(len(n.Name))
		edits = append(edits, diag.Edit{Span: diag.Span{File: n.Span.File, Start: end, End: n.Span.End - 1},
			New: name})
	}
	return edits
}

var givenTwice = &lint.Rule{
	Code: diag.GivenTwice, Name: "given-twice", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.ConditionallySafe, Check: on(checkGivenTwice),
	Subjects: []string{"PrimaryServers", "BackupServers", "Log",
		"ClusterAddress", "RequestMetrics", "Property"},
	Doc: lint.Doc{
		Title:    "An element or Property that counts once is given twice",
		Why:      "Which one wins is undocumented, so an edit of the wrong one changes nothing.",
		Bad:      "<Property Name=\"ESIEnable\" Value=\"true\"/>\n<Property Name=\"esiEnable\" Value=\"false\"/>",
		Good:     "<Property Name=\"ESIEnable\" Value=\"false\"/>",
		NearMiss: "<Property Name=\"ESIEnable\" Value=\"false\"/>\n<Property Name=\"ESIMaxCacheSize\" Value=\"1024\"/>",
		Source:   "IBM page \"plugin-cfg.xml file\" (V9): only once; the winner is unknown",
	},
}

func checkGivenTwice(p *pass) {
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
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

func onceOnly(p *pass, n *parser.Node, typ *parser.ElementType) {
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

func doubledProperties(p *pass, n *parser.Node) {
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
		d := p.Report(name.Span, "Property %q is given twice, first on %s; which one the plug-in reads is undocumented", name.Value, p.Where(f.Tag)).
			See(f.Tag, "the first")
		if a, b := f.Attr("Value"), c.Attr("Value"); a != nil && b != nil && a.Value == b.Value {
			d.Repair(true, "drop the second, equal one", p.drop(c))
		}
	}
}

// drop removes an element, and its line when nothing else stands on it.
func (p *pass) drop(n *parser.Node) diag.Edit {
	span := n.Span
	if span.IsZero() {
		return diag.Edit{Span: span}
	}
	src := p.Files.Source(span.File)
	start, end := int(span.Start), int(span.End)
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	for end < len(src) && (src[end] == ' ' || src[end] == '\t' || src[end] == '\r') {
		end++
	}
	if (start == 0 || src[start-1] == '\n') && end < len(src) && src[end] == '\n' {
		span.Start, span.End = int32(start), int32(end+1)
	}
	return diag.Edit{Span: span}
}

var missingRequired = &lint.Rule{
	Code: diag.MissingRequired, Name: "missing-required", Category: lint.Structure, Severity: diag.Error,
	Check:           on(checkMissingRequired),
	Subjects:        required(),
	Otherwise:       "info for an empty group or cluster that no Route uses",
	NeedsWellFormed: true, Suppresses: []string{diag.UnusedDefinition},
	Doc: lint.Doc{
		Title: "Something without which an element cannot work is missing",
		Why: "Nothing stands behind the Route. Liberty writes such files while its listeners are paused, and " +
			"merge tools crash on them. An empty group or cluster that no Route uses is only mentioned (info).",
		Bad: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Protocol=\"http\"/></Server>",
		Good: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" " +
			"Protocol=\"http\"/></Server>",
		NearMiss: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
		Source:   "observed: OpenLiberty/open-liberty#35767",
	},
}

func checkMissingRequired(p *pass) {
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ == nil {
			return
		}
		for _, a := range typ.Attributes {
			if a.Required() && n.Attr(a.Name) == nil && n.Name != "Route" && n.Name != "Log" {
				p.Report(n.NameSpan, "<%s> has no %s; %s", n.Name, a.Name,
					without(n.Name, a.Name)).About(attr{n, a.Name})
			}
		}
	})
	if p.Fragment {
		return // what is pasted is often cut
	}
	usedHosts, usedURIs, usedClusters := p.routedGroups(), map[*parser.UriGroup]bool{},
		map[*parser.ServerCluster]bool{}
	for i := range p.index.routes {
		r := &p.index.routes[i]
		usedURIs[r.uris], usedClusters[r.cluster] = true, true
	}
	for _, c := range p.Config.Clusters {
		if len(c.Servers) == 0 && c.ClusterAddress == nil && p.Config.IntelligentManagement == nil {
			p.reportEmpty(c.Node, c.Name, "Server", "requests that are routed to it find nobody and end in 500",
				usedClusters[c])
		}
		for _, s := range c.Servers {
			if len(s.Transports) == 0 {
				p.Report(at(s.Name, s.Node), "server %q has no Transport; it cannot be reached, requests that "+
					"choose it fail", s.Name.V)
			}
		}
		if c.ClusterAddress != nil && len(c.ClusterAddress.Transports) == 0 {
			p.Report(c.ClusterAddress.Node.NameSpan, "ClusterAddress of cluster %q has no Transport; requests "+
				"without affinity fail", c.Name.V)
		}
	}
	const unmatched = "its Routes match no request"
	for _, g := range p.Config.VirtualHostGroups {
		if len(g.Aliases) == 0 {
			p.reportEmpty(g.Node, g.Name, "VirtualHost", unmatched, usedHosts[g])
		}
	}
	for _, g := range p.Config.UriGroups {
		if len(g.Uris) == 0 {
			p.reportEmpty(g.Node, g.Name, "Uri", unmatched, usedURIs[g])
		}
	}
}

// reportEmpty reports a group or a cluster without content. Nothing hangs on one that no Route uses; deployment
// managers write such.
func (p *pass) reportEmpty(n *parser.Node, name parser.Val[string], what, effect string, used bool) {
	kind := n.Name
	if kind == "ServerCluster" {
		kind = "cluster"
	}
	switch {
	case n.Span.IsZero():
	case used:
		p.Report(at(name, n), "%s %q has no %s; %s", kind, name.V, what, effect)
	default:
		p.Report(at(name, n), "%s %q has no %s, and no Route uses it; it has no effect", kind, name.V,
			what).As(diag.Info).About(n)
	}
}

func without(element, name string) string {
	switch {
	case element == "Transport":
		return "the server cannot be reached through it"
	case name == "Name" && (element == "Uri" || element == "VirtualHost"):
		return "it matches nothing"
	case name == "Name":
		return "nothing can refer to it"
	}
	return "what the plug-in does without it is undocumented"
}

var wrongLetterCase = &lint.Rule{
	Code: diag.WrongLetterCase, Name: "wrong-letter-case", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.SafeFix, Check: on(checkLetterCase),
	Otherwise:       "error for CloneID and where an error follows",
	NeedsWellFormed: true, Topology: true,
	Doc: lint.Doc{
		Title: "A name differs from the known one in letter case only",
		Why: "XML names count with letter case. CloneId for CloneID, as a vendor's manual writes it, switches " +
			"affinity off without a message: random logouts. What else follows from the name, a Route without its " +
			"cluster say, is not reported beside it, but makes it an error where it is one; what would be found " +
			"once the name is written right is reported then.",
		Bad: "<Server CloneId=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n" +
			"<Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>",
		Good: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n" +
			"<Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>",
		NearMiss: "<Property Name=\"esienable\" Value=\"false\"/>",
		Source:   "misspelling observed in public files; the effect is inferred from XML",
	},
}

func checkLetterCase(p *pass) {
	p.elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ != nil || n.Parent == nil {
			return
		}
		if right := lint.FoldedElement(n); right != "" {
			p.Report(n.NameSpan, "element <%s> is written <%s>: names count with letter case; it is believed to be "+
				"ignored with all that it holds", n.Name, right).
				Repair(true, "write "+right, rename(n, right)...)
		}
	})
	p.walkElements()
	for i := range p.index.elements {
		e := &p.index.elements[i]
		var wrong []*parser.Attr
		for k := range e.rows {
			if a := &e.node.Attrs[k]; e.rows[k] == nil && lint.FoldedAttr(e.typ, a.Name) != "" {
				wrong = append(wrong, a)
			}
		}
		if len(wrong) > 0 {
			p.reportCase(e, wrong)
		}
	}
}

// reportCase reports the attributes of one element that were written by one hand in one way.
func (p *pass) reportCase(e *element, wrong []*parser.Attr) {
	var names, rights []string
	var edits []diag.Edit
	what, first, effect := "attribute %s of <%s> is written %s", wrong[0], noEffect
	if len(wrong) > 1 {
		what, effect = "attributes %s of <%s> are written %s",
			"they are believed to be ignored, the values have no effect"
	}
	severity := p.Rule.Severity
	for _, a := range wrong {
		right := lint.FoldedAttr(e.typ, a.Name)
		names, rights = append(names, a.Name), append(rights, right)
		if right == "CloneID" {
			first, severity = a, diag.Error
			effect = "the server has no clone ID then, and affinity to it is off without a message: users lose " +
				"their sessions at random"
		}
		if e.node.Attr(right) == nil {
			edits = append(edits, diag.Edit{Span: a.NameSpan, New: right})
		}
	}
	f := p.Report(first.NameSpan, what+": names count with letter case; %s", list(names), e.node.Name, list(rights),
		effect).As(severity)
	if len(edits) == len(wrong) {
		f.Repair(true, "write "+strings.Join(rights, ", "), edits...)
	}
}

var intelligentManagementPresent = &lint.Rule{
	Code: diag.IntelligentManagementPresent, Name: "intelligent-management-present", Category: lint.Structure,
	Severity: diag.Info, Check: on(checkIntelligentManagement),
	Subjects: []string{"IntelligentManagement"},
	Doc: lint.Doc{
		Title: "Routing data come from controllers at run time",
		Why:   "Static rules and why see only a part of the routing, and merge tools refuse the file.",
		Bad: "<Config><IntelligentManagement><ConnectorCluster enabled=\"true\" name=\"cell\"><Connector " +
			"host=\"dmgr.example.com\" port=\"7061\" " +
			"protocol=\"https\"/></ConnectorCluster></IntelligentManagement></Config>",
		Good:     "<Config/>",
		NearMiss: "<!-- <IntelligentManagement/> is not used here -->\n<Config/>",
		Source:   "IBM, WebSphere ND 8.5 documentation, Intelligent Management for web servers",
	},
}

func checkIntelligentManagement(p *pass) {
	if im := p.Config.IntelligentManagement; im != nil {
		p.Report(im.NameSpan, "IntelligentManagement takes routing data from controllers at run time; what is said "+
			"here of routing concerns the static part of the file only")
	}
}

var secondTransportOfProtocol = &lint.Rule{
	Code: diag.SecondTransportOfProtocol, Name: "second-transport-of-protocol", Category: lint.Structure,
	Severity: diag.Warning, Check: on(checkSecondTransport),
	Subjects: []string{"Transport", "Transport/Protocol"},
	Doc: lint.Doc{
		Title: "A Server has two Transports of one protocol",
		Why: "The Transport is chosen by protocol; which of two is used is undocumented, so requests may go to " +
			"the port that was meant to be closed.",
		Bad: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" " +
			"Protocol=\"http\"/><Transport Hostname=\"h1\" Port=\"9081\" Protocol=\"http\"/></Server>",
		Good: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" " +
			"Protocol=\"http\"/></Server>",
		NearMiss: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" " +
			"Protocol=\"http\"/><Transport Hostname=\"h1\" Port=\"9443\" Protocol=\"https\"><Property " +
			"Name=\"keyring\" Value=\"/k.kdb\"/><Property Name=\"stashfile\" Value=\"/k.sth\"/></Transport></Server>",
		Source: "choice by protocol: APAR PI77874; the rest is unknown",
	},
}

func checkSecondTransport(p *pass) {
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			var first [2]*parser.Transport
			for _, t := range s.Transports {
				i := 0
				if isHTTPS(t) {
					i = 1
				}
				if f := first[i]; f != nil {
					p.Report(at(t.Protocol, t.Node), "server %q has a second %s Transport, the first is on %s; "+
						"which one the plug-in uses is undocumented",
						s.Name.V, []string{"http", "https"}[i], p.Where(f.Node.Tag)).See(f.Node.Tag, "the first")
					continue
				}
				first[i] = t
			}
		}
	}
}

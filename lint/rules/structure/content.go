package structure

import (
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.IntelligentManagementPresent, Name: "intelligent-management-present", Category: lint.Structure,
	Severity: diag.Info, Check: check.On(checkIntelligentManagement),
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
})

// checkIntelligentManagement is no fault: it says why other findings about routing may not hold (R69).
func checkIntelligentManagement(p *check.Pass) {
	if im := p.Config.IntelligentManagement; im != nil {
		p.Report(im.NameSpan, "IntelligentManagement takes routing data from controllers at run time; what is "+
			"said here of routing concerns the static part of the file only")
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.NothingServed, Name: "nothing-served", Category: lint.Structure, Severity: diag.Warning,
	Check:    check.On(checkNothingServed),
	Subjects: []string{"Route", "Config"},
	Doc: lint.Doc{
		Title: "The file has no Route, or none that any request can match",
		Why: "Every request is declined and ends in the web server's own 404. Liberty writes such files when " +
			"it finds no virtual host or no application.",
		Bad: "<?xml version=\"1.0\"?>\n<Config><Log LogLevel=\"Error\" " +
			"Name=\"/opt/plugins/logs/http_plugin.log\"/><UriGroup Name=\"shop_uris\"><Uri " +
			"Name=\"/shop/*\"/></UriGroup></Config>",
		Good: `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>`,
		NearMiss: "<?xml version=\"1.0\"?>\n<Config><IntelligentManagement><ConnectorCluster enabled=\"true\" " +
			"name=\"cell\"><Connector host=\"dmgr.example.com\" port=\"7061\" " +
			"protocol=\"https\"/></ConnectorCluster></IntelligentManagement></Config>",
		Source: "follows from R1 and R9; observed: Liberty's generator",
	},
})

// checkNothingServed asks the decision core whether any request can get through. Where the plug-in rejects the whole
// file, or some of it could not be read, there is more to tell than that; and with IntelligentManagement the Routes
// come from elsewhere.
func checkNothingServed(p *check.Pass) {
	c := p.Config
	if c.Node == nil || p.Fragment || c.IntelligentManagement != nil || len(p.Rejects) > 0 || p.Table.Serves() ||
		diag.Worst(p.Reports) == diag.Error {
		return
	}
	if len(c.Routes) == 0 {
		p.Report(c.Node.NameSpan, "the file has no Route; every request is declined, and the web server answers "+
			"it by itself, mostly with 404")
		return
	}
	p.Report(c.Routes[0].Node.NameSpan, "no request can match any Route of the file: their groups hold no alias "+
		"or no Uri that could match; every request is declined, and the web server answers it by itself, mostly "+
		"with 404")
}

var _ = group.Add(&lint.Rule{
	Code: diag.TextBetweenElements, Name: "text-between-elements", Category: lint.Structure, Severity: diag.Warning,
	Check: check.On(checkStrayText),
	Doc: lint.Doc{
		Title: "Text stands between elements",
		Why: "No element of plugin-cfg.xml holds text, so it is most likely the rest of an edit that went " +
			"wrong, and what was meant to be set is not. What the plug-in makes of it is undocumented.",
		Bad: `<UriGroup Name="shop_uris">AffinityCookie="SHOP"/>
<Uri Name="/shop/*"/></UriGroup>`,
		Good: `<UriGroup Name="shop_uris"> <Uri Name="/shop/*"/> </UriGroup>`,
		NearMiss: `<UriGroup Name="shop_uris"><!-- text --><Uri Name="/shop/*"/></UriGroup>
<ConfigHash>42</ConfigHash>`,
		Source: "inferred from the format: no source shows an element with text, but for the ConfigHash of Liberty",
	},
})

// checkStrayText looks at the content of known elements: none of them holds text.
func checkStrayText(p *check.Pass) {
	p.Elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ == nil {
			return
		}
		for _, c := range n.Children {
			if text := strings.TrimSpace(c.Text); text != "" && (c.Kind == parser.Text || c.Kind == parser.CDATA) {
				p.Report(trimmed(p, c.Span), "text %q directly in <%s>, which holds no text: most likely the "+
					"rest of an edit or of a template; what the plug-in makes of it is undocumented", line(text),
					n.Name)
			}
		}
	})
}

// line returns the first line of a text, shortened.
func line(text string) string {
	first, _, more := strings.Cut(text, "\n")
	switch first = strings.TrimRight(first, " \t\r"); {
	case len(first) > lint.LongWord:
		return lint.ClipWord(first)
	case more:
		return first + " ..."
	}
	return first
}

// trimmed returns a span without the white space at its ends.
func trimmed(p *check.Pass, span diag.Span) diag.Span {
	const white = " \t\r\n"
	text := p.Files.Text(span)
	span.Start += int32(len(text) - len(strings.TrimLeft(text, white)))
	span.End -= int32(len(text) - len(strings.TrimRight(text, white)))
	return span
}

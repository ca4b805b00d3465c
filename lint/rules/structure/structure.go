// Package structure holds the rules about what a plugin-cfg.xml is made of: syntax, elements, attributes and their
// values, all by the attribute table of package parser.
package structure

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser/diag"
)

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

var _ = group.Add(&lint.Rule{
	Code: diag.XMLSyntax, Name: "xml-syntax", Category: lint.Structure, Severity: diag.Error,
	Fix: lint.ConditionallySafe, Check: check.On(adoptReports),
	Otherwise: "warning for a DTD",
	Doc: lint.Doc{
		Title: "The file is not well-formed XML",
		Why: "A reload keeps the old configuration and writes one line to the log; at start there is no " +
			"routing, at some levels no web server. All that stands behind the error is checked all the same. White " +
			"space or a comment before the XML declaration, and a document type definition, are a warning: whether " +
			"the plug-in reads such a file is undocumented, and wasplug reads it. An entity of the definition, " +
			"UTF-16 and EBCDIC may be read by the plug-in, too, but what cannot be checked here stays an error.",
		Bad:  `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log>`,
		Good: `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		NearMiss: `<!-- a > b && "c" -->
<Log LogLevel='Error' Name='/opt/plugins/logs/a&amp;b.log'/>`,
		Source: "IBM page \"plugin-cfg.xml file\" (V9); technote swg21326077",
	},
})

var _ = group.Add(&lint.Rule{
	Code: diag.NotAConfig, Name: "not-a-config", Category: lint.Structure, Severity: diag.Error,
	Check:    check.On(adoptReports),
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
		Good: `<Config><Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/></Config>`,
		NearMiss: `<?xml version="1.0"?>
<!-- Config comes below -->
<Config/>`,
		Source: "inferred from the format; effect as WP101",
	},
})

var _ = group.Add(&lint.Rule{
	Code: diag.EncodingMismatch, Name: "encoding-mismatch", Category: lint.Structure, Severity: diag.Warning,
	Fix: lint.ConditionallySafe, Check: check.On(adoptReports),
	Doc: lint.Doc{
		Title: "The declared encoding does not fit the bytes",
		Why: "One letter outside of ASCII in a path can stop the next reload. Liberty declares UTF-8 and " +
			"writes ISO-8859-1.",
		Bad: `<?xml version="1.0" encoding="ISO-8859-1"?>
<Config><Log LogLevel="Error" Name="/opt/prüfung/http_plugin.log"/></Config>`,
		Good: `<?xml version="1.0" encoding="UTF-8"?>
<Config><Log LogLevel="Error" Name="/opt/prüfung/http_plugin.log"/></Config>`,
		NearMiss: `<?xml version="1.0" encoding="ISO-8859-1"?>
<Config><Log LogLevel="Error" Name="/opt/pruefung/http_plugin.log"/></Config>`,
		Source: "observed: Liberty's generator; what the plug-in makes of it is unknown",
	},
})

// adoptReports reports what Parse has found under the code of the rule.
func adoptReports(p *check.Pass) { p.Adopt(p.Reports) }

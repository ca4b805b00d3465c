package lint

import (
	"strconv"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func number(n int) string { return strconv.Itoa(n) }

func structureRules() []*Rule {
	return []*Rule{
		{
			Code: "WP101", Name: "xml-syntax", Category: Structure, Severity: diag.Error, Fix: SomeSafe, Check: adoptFaults,
			Otherwise: "warning for a DTD",
			Doc: Doc{
				Title:  "The file is not well-formed XML",
				Why:    "A reload keeps the old configuration and writes one line to the log; at start there is no routing, at some levels no web server. All that stands behind the fault is checked all the same. White space or a comment before the XML declaration, and a document type definition, are a warning: whether the plug-in reads such a file is undocumented, and wasplug reads it. An entity of the definition, UTF-16 and EBCDIC may be read by the plug-in, too, but what cannot be checked here stays an error.",
				Bad:    "<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log>",
				Good:   "<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/>",
				Near:   "<!-- a > b && \"c\" -->\n<Log LogLevel='Error' Name='/opt/plugins/logs/a&amp;b.log'/>",
				Source: "IBM page \"plugin-cfg.xml file\" (V9); technote swg21326077",
			},
		},
		{
			Code: "WP102", Name: "not-a-config", Category: Structure, Severity: diag.Error, Check: adoptFaults,
			Subjects: []string{"Config"},
			Doc: Doc{
				Title:  "The root element is not Config, or there are several roots",
				Why:    "The plug-in expects one Config. A pasted part of a file is checked as a fragment: rules about what is missing around it stay silent where they can.",
				Bad:    "<?xml version=\"1.0\"?>\n<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" ConnectTimeout=\"5\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" Port=\"9443\" Protocol=\"https\"><Property Name=\"keyring\" Value=\"/k.kdb\"/><Property Name=\"stashfile\" Value=\"/k.sth\"/></Transport></Server></ServerCluster><Property Name=\"PluginInstallRoot\" Value=\"/opt/plugins/\"/>",
				Good:   "<Config><Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/></Config>",
				Near:   "<?xml version=\"1.0\"?>\n<!-- Config comes below -->\n<Config/>",
				Source: "inferred from the format; effect as WP101",
			},
		},
		{
			Code: "WP103", Name: "unknown-element", Category: Structure, Severity: diag.Warning, Fix: SomeUnsafe, Check: checkUnknownElement,
			WellFormed: true, Topology: true,
			Doc: Doc{
				Title:  "An element is unknown, or stands in the wrong place",
				Why:    "It is believed to be ignored without a message: the setting has no effect and nobody is told.",
				Bad:    "<Config><Logg LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/></Config>",
				Good:   "<Config><Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/></Config>",
				Near:   "<Config><RequestMetrics armEnabled=\"false\" rmEnabled=\"false\" traceLevel=\"HOPS\"><filters enable=\"false\" type=\"URI\"/></RequestMetrics></Config>",
				Source: "inferred: no text says what the plug-in does with it",
			},
		},
		{
			Code: "WP104", Name: "unknown-attribute", Category: Structure, Severity: diag.Warning, Fix: SomeUnsafe, Check: checkUnknownAttribute,
			WellFormed: true, Topology: true,
			Doc: Doc{
				Title:  "An attribute is known on no element",
				Why:    "SSLConsolidatedConfig for SSLConsolidate does nothing. On Config, where attributes from IBM support are normal, only near misses of known names are reported.",
				Bad:    "<ServerCluster Name=\"shop\" RetryIntervall=\"60\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
				Good:   "<ServerCluster Name=\"shop\" RetryInterval=\"60\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
				Near:   "<Config SupportSwitch4711=\"on\"/>",
				Source: "observed in public files; effect inferred",
			},
		},
		{
			Code: "WP105", Name: "misplaced-attribute", Category: Structure, Severity: diag.Warning, Fix: SomeUnsafe, Check: checkMisplacedAttribute,
			WellFormed: true, Topology: true,
			Doc: Doc{
				Title:  "A known attribute stands on the wrong element",
				Why:    "RetryInterval on Server is ignored: the interval of the cluster, 60 seconds without one, stays in force while the author believes otherwise.",
				Bad:    "<Server CloneID=\"c1\" Name=\"m1\" RetryInterval=\"10\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Good:   "<ServerCluster Name=\"shop\" RetryInterval=\"10\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
				Near:   "<Server CloneID=\"c1\" ConnectTimeout=\"5\" MaxConnections=\"-1\" Name=\"m1\"><Transport ConnectionTTL=\"28\" Hostname=\"h1\" Port=\"9080\"/></Server>",
				Source: "observed in public guides; effect inferred",
			},
		},
		{
			Code: "WP106", Name: "bad-enum-value", Category: Structure, Severity: diag.Error, Fix: SomeSafe, Check: checkBadEnum,
			Subjects:   typed(parser.Enum, parser.Boolean),
			Otherwise:  "warning for LoadBalance and for a value that differs only in letter case",
			WellFormed: true, Topology: true,
			Doc: Doc{
				Title:  "A value is none of those that the attribute knows",
				Why:    "Either the default is used or the element becomes unusable; no text says which. LoadBalance \"Round-Robin\", without the blank, is only a warning because its default is Round Robin.",
				Bad:    "<Log LogLevel=\"ERROR\" Name=\"/opt/plugins/logs/http_plugin.log\"/>",
				Good:   "<Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/>",
				Near:   "<Config AppServerPortPreference=\"hostHeader\"/>",
				Source: "allowed values documented for each attribute; effect of others unknown",
			},
		},
		{
			Code: "WP107", Name: "given-twice", Category: Structure, Severity: diag.Warning, Fix: SomeSafe, Check: checkGivenTwice,
			Subjects: []string{"PrimaryServers", "BackupServers", "Log",
				"ClusterAddress", "RequestMetrics", "Property"},
			Doc: Doc{
				Title:  "An element or Property that counts once is given twice",
				Why:    "Which one wins is undocumented, so an edit of the wrong one changes nothing.",
				Bad:    "<Property Name=\"ESIEnable\" Value=\"true\"/>\n<Property Name=\"esiEnable\" Value=\"false\"/>",
				Good:   "<Property Name=\"ESIEnable\" Value=\"false\"/>",
				Near:   "<Property Name=\"ESIEnable\" Value=\"false\"/>\n<Property Name=\"ESIMaxCacheSize\" Value=\"1024\"/>",
				Source: "IBM page \"plugin-cfg.xml file\" (V9): only once; the winner is unknown",
			},
		},
		{
			Code: "WP108", Name: "missing-required", Category: Structure, Severity: diag.Error, Check: checkMissingRequired,
			Subjects:   required(),
			Otherwise:  "info for an empty group or cluster that no Route uses",
			WellFormed: true, Silences: []string{"WP202"},
			Doc: Doc{
				Title:  "Something without which an element cannot work is missing",
				Why:    "Nothing stands behind the Route. Liberty writes such files while its listeners are paused, and merge tools crash on them. An empty group or cluster that no Route uses is only mentioned (info).",
				Bad:    "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Protocol=\"http\"/></Server>",
				Good:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" Protocol=\"http\"/></Server>",
				Near:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Source: "observed: OpenLiberty/open-liberty#35767",
			},
		},
		{
			Code: "WP109", Name: "wrong-letter-case", Category: Structure, Severity: diag.Warning, Fix: SafeFix, Check: checkLetterCase,
			Otherwise:  "error for CloneID and where an error follows",
			WellFormed: true, Topology: true,
			Doc: Doc{
				Title:  "A name differs from the known one in letter case only",
				Why:    "XML names count with letter case. CloneId for CloneID, as a vendor's manual writes it, switches affinity off without a message: random logouts. What else follows from the name, a Route without its cluster say, is not reported beside it, but makes it an error where it is one; what would be found once the name is written right is reported then.",
				Bad:    "<Server CloneId=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n<Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>",
				Good:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n<Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>",
				Near:   "<Property Name=\"esienable\" Value=\"false\"/>",
				Source: "misspelling observed in public files; the effect is inferred from XML",
			},
		},
		{
			Code: "WP110", Name: "bad-number", Category: Structure, Severity: diag.Error, Check: checkBadNumber,
			Subjects:   typed(parser.Int, parser.Port),
			Otherwise:  "warning for a value that no source documents",
			WellFormed: true, Topology: true,
			Doc: Doc{
				Title:  "A number cannot be read, is out of range, or means nothing that is documented",
				Why:    "The default, a refusal, or a wrap-around: no text says which.",
				Bad:    "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"90800\"/></Server>",
				Good:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Near:   "<Server CloneID=\"c1\" MaxConnections=\"-1\" Name=\"m1\" ServerIOTimeout=\"-60\"><Transport Hostname=\"h1\" Port=\"65535\"/></Server>",
				Source: "ranges documented for each attribute; effect of others unknown",
			},
		},
		{
			Code: "WP111", Name: "encoding-mismatch", Category: Structure, Severity: diag.Warning, Fix: SomeSafe, Check: adoptFaults,
			Doc: Doc{
				Title:  "The declared encoding does not fit the bytes",
				Why:    "One letter outside of ASCII in a path can stop the next reload. Liberty declares UTF-8 and writes ISO-8859-1.",
				Bad:    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<Config><Log LogLevel=\"Error\" Name=\"/opt/prüfung/http_plugin.log\"/></Config>",
				Good:   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Config><Log LogLevel=\"Error\" Name=\"/opt/prüfung/http_plugin.log\"/></Config>",
				Near:   "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<Config><Log LogLevel=\"Error\" Name=\"/opt/pruefung/http_plugin.log\"/></Config>",
				Source: "observed: Liberty's generator; what the plug-in makes of it is unknown",
			},
		},
		{
			Code: "WP112", Name: "intelligent-management-present", Category: Structure, Severity: diag.Info, Check: checkIntelligentManagement,
			Subjects: []string{"IntelligentManagement"},
			Doc: Doc{
				Title:  "Routing data come from controllers at run time",
				Why:    "Static rules and why see only a part of the routing, and merge tools refuse the file.",
				Bad:    "<Config><IntelligentManagement><ConnectorCluster enabled=\"true\" name=\"cell\"><Connector host=\"dmgr.example.com\" port=\"7061\" protocol=\"https\"/></ConnectorCluster></IntelligentManagement></Config>",
				Good:   "<Config/>",
				Near:   "<!-- <IntelligentManagement/> is not used here -->\n<Config/>",
				Source: "IBM, WebSphere ND 8.5 documentation, Intelligent Management for web servers",
			},
		},
		{
			Code: "WP113", Name: "second-transport-of-protocol", Category: Structure, Severity: diag.Warning, Check: checkSecondTransport,
			Subjects: []string{"Transport", "Transport/Protocol"},
			Doc: Doc{
				Title:  "A Server has two Transports of one protocol",
				Why:    "The Transport is chosen by protocol; which of two is used is undocumented, so requests may go to the port that was meant to be closed.",
				Bad:    "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" Protocol=\"http\"/><Transport Hostname=\"h1\" Port=\"9081\" Protocol=\"http\"/></Server>",
				Good:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" Protocol=\"http\"/></Server>",
				Near:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\" Protocol=\"http\"/><Transport Hostname=\"h1\" Port=\"9443\" Protocol=\"https\"><Property Name=\"keyring\" Value=\"/k.kdb\"/><Property Name=\"stashfile\" Value=\"/k.sth\"/></Transport></Server>",
				Source: "choice by protocol: APAR PI77874; the rest is unknown",
			},
		},
		{
			Code: "WP114", Name: "nothing-served", Category: Structure, Severity: diag.Warning, Check: checkNothingServed,
			Subjects: []string{"Route", "Config"},
			Doc: Doc{
				Title:  "The file has no Route, or none that any request can match",
				Why:    "Every request is declined and ends in the web server's own 404. Liberty writes such files when it finds no virtual host or no application.",
				Bad:    "<?xml version=\"1.0\"?>\n<Config><Log LogLevel=\"Error\" Name=\"/opt/plugins/logs/http_plugin.log\"/><UriGroup Name=\"shop_uris\"><Uri Name=\"/shop/*\"/></UriGroup></Config>",
				Good:   "<UriGroup Name=\"shop_uris\"><Uri Name=\"/shop/*\"/></UriGroup>\n<Route ServerCluster=\"shop\" UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>",
				Near:   "<?xml version=\"1.0\"?>\n<Config><IntelligentManagement><ConnectorCluster enabled=\"true\" name=\"cell\"><Connector host=\"dmgr.example.com\" port=\"7061\" protocol=\"https\"/></ConnectorCluster></IntelligentManagement></Config>",
				Source: "follows from R1 and R9; observed: Liberty's generator",
			},
		},
		{
			Code: "WP115", Name: "text-between-elements", Category: Structure, Severity: diag.Warning, Check: checkStrayText,
			Doc: Doc{
				Title:  "Text stands between elements",
				Why:    "No element of plugin-cfg.xml holds text, so it is most likely the rest of an edit that went wrong, and what was meant to be set is not. What the plug-in makes of it is undocumented.",
				Bad:    "<UriGroup Name=\"shop_uris\">AffinityCookie=\"SHOP\"/>\n<Uri Name=\"/shop/*\"/></UriGroup>",
				Good:   "<UriGroup Name=\"shop_uris\"> <Uri Name=\"/shop/*\"/> </UriGroup>",
				Near:   "<UriGroup Name=\"shop_uris\"><!-- text --><Uri Name=\"/shop/*\"/></UriGroup>\n<ConfigHash>42</ConfigHash>",
				Source: "inferred from the format: no source shows an element with text, but for the ConfigHash of Liberty",
			},
		},
	}
}

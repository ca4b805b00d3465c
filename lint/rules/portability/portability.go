// Package portability holds the rules about files that are to work elsewhere: on another system, another plug-in
// level, another machine.
package portability

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// isWindows and isUnix tell the two styles of a path apart; a relative path is neither.
func isWindows(path string) bool {
	return len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') || strings.HasPrefix(path, `\\`)
}

func isUnix(path string) bool { return strings.HasPrefix(path, "/") }

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

// paths visits the values that name a file or folder on the web server's machine.
func paths(p *check.Pass, visit func(what string, v parser.Val[string], n *parser.Node)) {
	if l := p.Config.Log; l != nil && !strings.HasPrefix(l.Name.V, "|") {
		visit("log", l.Name, l.Node)
	}
	if r := parser.Find(p.Config.Properties, "PluginInstallRoot"); r != nil {
		visit("PluginInstallRoot", r.Value, r.Node)
	}
	p.EachHTTPS(func(_ *parser.Server, t *parser.Transport) {
		for _, name := range []string{"keyring", "stashfile"} {
			if prop := parser.Find(t.Properties, name); prop != nil {
				visit(name, prop.Value, prop.Node)
			}
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.PathStyle, Name: "path-style", Category: lint.Portability, Severity: diag.Warning,
	Check:    check.On(checkPathStyle),
	Subjects: []string{"Log/Name", "Config/PluginInstallRoot", "Transport/keyring", "Transport/stashfile"},
	Doc: lint.Doc{
		Title: "Windows and Unix paths stand in one file",
		Why: "The file was made for another machine: the key store or the log is not found. One Windows path " +
			"with slashes of both kinds, C:\\plugins/logs, is found all the same: WebSphere writes such paths " +
			"itself, so they are not reported.",
		Bad:      `<Log LogLevel="Error" Name="C:\plugins\logs\http_plugin.log"/>`,
		Good:     `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		NearMiss: `<Log LogLevel="Error" Name="logs/http_plugin.log"/>`,
		Source:   "observed",
	},
})

// checkPathStyle compares with the last path of the other style, and tells one pair of a file: they have one cause.
func checkPathStyle(p *check.Pass) {
	var windows, unix parser.Val[string]
	reported := false
	paths(p, func(what string, v parser.Val[string], _ *parser.Node) {
		switch {
		case reported:
		case isWindows(v.V):
			if unix.Set() {
				reported = true
				p.Report(v.Span(), "%s %q is a Windows path, but %q on %s is one of Unix; made for another "+
					"machine, one of the two is not found", what, v.V, unix.V, p.Where(unix.Span())).
					See(unix.Span(), "the other style")
			}
			windows = v
		case isUnix(v.V):
			if windows.Set() {
				reported = true
				p.Report(v.Span(), "%s %q is a Unix path, but %q on %s is one of Windows; made for another "+
					"machine, one of the two is not found", what, v.V, windows.V, p.Where(windows.Span())).
					See(windows.Span(), "the other style")
			}
			unix = v
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.LocalhostTransport, Name: "localhost-transport", Category: lint.Portability, Severity: diag.Warning,
	Check:    check.On(checkLocalhost),
	Subjects: []string{"Transport/Hostname"},
	Doc: lint.Doc{
		Title: "A Server is reached at localhost",
		Why: "Right on a laptop, wrong on a web server of another machine. Liberty writes it when its host is " +
			"* and no default host name is valid.",
		Bad:      `<Server CloneID="c1" Name="m1"><Transport Hostname="localhost" Port="9080"/></Server>`,
		Good:     `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		NearMiss: `<Server CloneID="c1" Name="m1"><Transport Hostname="localhost.example.com" Port="9080"/></Server>`,
		Source:   "observed in Liberty's generator",
	},
})

// checkLocalhost tells once for a cluster, by the first Transport of each server.
func checkLocalhost(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		var first *parser.Transport
		var server *parser.Server
		more := 0
		for _, s := range c.Servers {
			for _, t := range s.Transports {
				if !t.Hostname.Set() || !check.IsLocal(t.Hostname.V) {
					continue
				}
				if first == nil {
					first, server = t, s
				} else if s != server {
					more++
				}
				break
			}
		}
		if first != nil {
			p.Report(first.Hostname.Span(), "server %q%s of cluster %q %s reached at %q; on a web server of "+
				"another machine that is the wrong one. Liberty writes it when its host is \"*\" and no default "+
				"host name is valid", server.Name.V, check.Others(more), c.Name.V,
				check.IfElse(more > 0, "are", "is"), first.Hostname.V)
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.LegacyV4, Name: "legacy-v4", Category: lint.Portability, Severity: diag.Warning, Fix: lint.UnsafeFix,
	Check:    check.On(checkV4),
	Subjects: []string{"ServerGroup", "Route/ServerGroup"},
	Doc: lint.Doc{
		Title: "The file has names of WebSphere 4",
		Why:   "ServerGroup became ServerCluster in V5; later plug-ins do not read the old name.",
		Bad: "<?xml version=\"1.0\"?>\n<Config>\n  <VirtualHostGroup Name=\"default_host\"><VirtualHost " +
			"Name=\"*:80\"/></VirtualHostGroup>\n  <ServerGroup Name=\"shop\"><Server CloneID=\"c1\" " +
			"Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerGroup>\n" +
			"  <UriGroup Name=\"shop_uris\"><Uri Name=\"/shop/*\"/></UriGroup>\n  <Route ServerGroup=\"shop\" " +
			"UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n</Config>",
		Good: "<?xml version=\"1.0\"?>\n<Config>\n  <VirtualHostGroup Name=\"default_host\"><VirtualHost " +
			"Name=\"*:80\"/></VirtualHostGroup>\n  <ServerCluster Name=\"shop\"><Server CloneID=\"c1\" " +
			"Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>\n" +
			"  <UriGroup Name=\"shop_uris\"><Uri Name=\"/shop/*\"/></UriGroup>\n  <Route ServerCluster=\"shop\" " +
			"UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n</Config>",
		NearMiss: `<!-- ServerGroup was the name in V4 -->
<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>`,
		Source: "IBM V5 documentation of the renaming; effect inferred",
	},
})

// checkV4: the fix is unsafe, since a renamed cluster takes requests that it did not get before.
func checkV4(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		if c.Node.Name == "ServerGroup" && !c.Node.Span.IsZero() {
			p.Report(c.Node.NameSpan, "ServerGroup is the V4 name of ServerCluster; plug-ins from V5 on do not "+
				"read it (inferred from the documented renaming)").
				Repair(false, "rename it", check.Rename(c.Node, "ServerCluster")...)
		}
	}
	for _, r := range p.Config.Routes {
		if a := r.Node.Attr("ServerGroup"); a != nil && r.Node.Attr("ServerCluster") == nil {
			p.Report(a.NameSpan, "attribute ServerGroup of Route is the V4 name of ServerCluster; plug-ins from "+
				"V5 on do not read it (inferred from the documented renaming)").
				Repair(false, "rename it", diag.Edit{Span: a.NameSpan, New: "ServerCluster"})
		}
	}
}

// dated is the beginning of a row's level that is a number, or an APAR with one; level is each number in it.
var (
	dated = lazy.Regexp(`^~?(?:V|P[A-Z]\d+ \()\d+\.\d+`)
	level = lazy.Regexp(`(\d+)\.(\d+)[.\dx]*`)
)

// tooOld reports whether the target is older than every level that a row names: fix packs brought some attributes to
// older releases too.
func tooOld(o *lint.Options, since string) bool {
	return dated().MatchString(since) && !slices.ContainsFunc(level().FindAllStringSubmatch(since, -1),
		func(m []string) bool {
			major, _ := strconv.Atoi(m[1])
			minor, _ := strconv.Atoi(m[2])
			return check.TargetAtLeast(o, major, minor)
		})
}

var _ = group.Add(&lint.Rule{
	Code: diag.NotInTarget, Name: "not-in-target", Category: lint.Portability, Severity: diag.Info,
	Check: check.On(checkTarget),
	Doc: lint.Doc{
		Title: "An attribute is younger than the target level, or of another platform",
		Why: "The plug-in there ignores it. Levels are looked at only with --target or a target in the " +
			"settings; many are recalled. A level names no platform: settings of IIS and IBM i are reported when " +
			"they are not at their default and the paths of the file are those of another platform, which is a " +
			"judgement.",
		Bad:      `<Config MarkBusyDown="true"/>`,
		Good:     "<Config/>",
		NearMiss: `<Config VHostMatchingCompat="false"/>`,
		Source:   "the table of attributes, column since",
	},
})

func checkTarget(p *check.Pass) {
	checkLevel(p)
	checkPlatform(p)
}

// checkPlatform looks for settings of another web server. Generators write those of IIS with their defaults into every
// file, so only other values count, and only where the paths of the file tell what the machine is.
func checkPlatform(p *check.Pass) {
	var windows, unix, optional *parser.Val[string]
	paths(p, func(_ string, v parser.Val[string], _ *parser.Node) {
		switch {
		case isWindows(v.V):
			windows = cmp.Or(windows, &v)
		case isUnix(v.V):
			unix = cmp.Or(unix, &v)
			if strings.HasPrefix(v.V, "/opt/") {
				optional = cmp.Or(optional, &v)
			}
		}
	})
	if p.Config.Node == nil || (windows == nil) == (unix == nil) {
		return // nothing is known, or both are there (WP821)
	}
	for i := range p.Config.Node.Attrs {
		a := &p.Config.Node.Attrs[i]
		row := parser.TypeOf(p.Config.Node).Attribute(a.Name)
		if row == nil || a.Value == row.Default {
			continue
		}
		evidence, server := unix, "IIS"
		if strings.HasPrefix(row.Name, "OS400") { // paths of IBM i begin with a slash, too, but hardly in /opt
			server = "a web server on IBM i"
			if evidence = windows; evidence == nil {
				evidence = optional
			}
		} else if !strings.HasPrefix(row.Name, "IIS") {
			continue
		}
		if evidence != nil {
			p.Report(a.NameSpan, "%s is a setting of %s alone; the web server seems to be another one by the "+
				"path %q on %s, and ignores it", a.Name, server, evidence.V, p.Where(evidence.Span())).
				See(evidence.Span(), "the path")
		}
	}
}

// checkLevel reports an attribute once for a file: generators write it into each element of its kind. A target that is
// the latest level knows them all.
func checkLevel(p *check.Pass) {
	if p.Options.Target == "" || p.Options.Target == "latest" || p.Options.Target == "liberty" {
		return
	}
	reported := map[string]bool{}
	p.Attributes(func(n *parser.Node, typ *parser.ElementType, a *parser.Attr, row *parser.Attribute) {
		if row == nil || row.Ignored || row.Property && a.Name != "Value" {
			return
		}
		if reported[row.Element+row.Name] || !tooOld(p.Options, row.Doc.Since) {
			return
		}
		reported[row.Element+row.Name] = true
		p.Report(a.NameSpan, "%s of %s is known since %s%s; the target level %s ignores it", check.Label(row),
			check.Title(n), strings.TrimPrefix(row.Doc.Since, "~"),
			check.IfElse(strings.HasPrefix(row.Doc.Since, "~"), " (recalled)", ""), p.Options.Target)
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.FileMissing, Name: "file-missing", Category: lint.Portability, Severity: diag.Warning,
	Check:    check.On(checkFiles),
	Subjects: []string{"Log/Name", "Config/PluginInstallRoot", "Transport/keyring", "Transport/stashfile"},
	Doc: lint.Doc{
		Title: "A file or folder that is named does not exist on this machine",
		Why: "Works in the lab, fails at the customer's. Looked at only with --check-files, on the machine of " +
			"the web server.",
		Source: "needs the machine",
	},
})

// checkFiles asks only with --check-files, which says that this machine is the web server's. Of the log the folder
// must be there: the plug-in makes the file.
func checkFiles(p *check.Pass) {
	if p.Options.Inspect == nil {
		return
	}
	seen := map[string]bool{}
	paths(p, func(what string, v parser.Val[string], _ *parser.Node) {
		path := v.V
		if what == "log" {
			path = path[:strings.LastIndexAny(path, `/\`)+1]
		}
		if path == "" || seen[path] {
			return
		}
		seen[path] = true
		if problem := p.Options.Inspect(path); problem != "" {
			p.Report(v.Span(), "%s %q: %s on this machine; the plug-in cannot use it", what, v.V, problem)
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.PartitionTableNotFetched, Name: "partition-table-not-fetched", Category: lint.Affinity,
	Severity: diag.Warning, Fix: lint.UnsafeFix, Check: check.On(checkPartitionTable),
	Subjects: []string{"ServerCluster/GetDWLMTable"},
	Doc: lint.Doc{
		Title: "Memory-to-memory sessions, but GetDWLMTable is not true",
		Why: "A new process of the web server has no partition table and balances sessions away from their " +
			"server. Reported only where the session: of a topology says persistence: memory-to-memory, or the " +
			"settings say session: memory-to-memory.",
		Bad:      example.Members("", "", "", ""),
		Good:     example.Members(`GetDWLMTable="true" `, "", "", ""),
		NearMiss: example.Members("", "", ""),
		Source:   "APAR PK48101; R28",
	},
})

// checkPartitionTable: how sessions are kept is no fact of the file. What a topology says of the cluster counts for
// more than what the settings say of all.
func checkPartitionTable(p *check.Pass) {
	for _, c := range p.Clusters() {
		sessions := p.Options.Session
		if s := p.Sessions[c.Name.V]; s.Known {
			sessions = s.Policy.Persistence.String()
		}
		if sessions == "memory-to-memory" && !c.GetDWLMTable.V && len(c.Servers) > 1 {
			p.Report(check.At(c.GetDWLMTable, c.Node), "sessions are replicated from memory to memory, but "+
				"GetDWLMTable of cluster %q is not true; a new process of the web server has no partition table "+
				"and balances sessions away (R28)", c.Name.V).
				Repair(false, "fetch the table", check.SetAttr(c.Node, "GetDWLMTable", "true"))
		}
	}
}

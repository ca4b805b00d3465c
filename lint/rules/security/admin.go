package security

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// adminURIs lead to administration or diagnosis.
var adminURIs = []string{"/ibm/console", "/admin", "/IBMJMXConnectorREST", "/ibm/api", "/adminCenter", "/metrics",
	"/health", "/snoop", "/hitcount", "/ivt", "/wasPerfTool"}

// Two of them are context roots of other products too, and mean something only beside an endpoint that is Liberty's
// own.
var (
	otherProducts = []string{"/metrics", "/health"}
	libertyURIs   = []string{"/IBMJMXConnectorREST", "/ibm/api", "/adminCenter"}
)

var _ = group.Add(&lint.Rule{
	Code: diag.AdminURIExposed, Name: "admin-uri-exposed", Category: lint.Security, Severity: diag.Warning,
	Check:    check.On(checkAdmin),
	Subjects: []string{"Uri/Name", "VirtualHost/Name"},
	Options:  []lint.Option{{Name: "public-ports", Default: []int{80, 443}, Doc: "ports that the public reaches"}},
	Doc: lint.Doc{
		Title: "Administration or diagnosis is reachable on a public alias",
		Why: "Consoles, metrics and test programs are open to the internet side, also when only /* covers " +
			"them. /metrics and /health are context roots of other products too: they count only where the cluster " +
			"gets /ibm/api, /IBMJMXConnectorREST or /adminCenter as well.",
		Bad:  example.UriGroup("shop_uris", "/shop/*", "/ibm/console/*"),
		Good: example.UriGroup("shop_uris", "/shop/*"),
		NearMiss: example.HostGroup("default_host", "*:80") + example.HostGroup("admin_host", "*:9060") +
			example.UriGroup("shop_uris", "/shop/*") + example.UriGroup("admin_uris", "/ibm/console/*") +
			"<Route ServerCluster=\"shop\" UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n" +
			"<Route ServerCluster=\"shop\" UriGroup=\"admin_uris\" VirtualHostGroup=\"admin_host\"/>",
		Source: "follows from R1",
	},
})

// exposed is a Uri that lets URIs of administration or diagnosis through to the public.
type exposed struct {
	match match.Match
	uris  []string
}

// checkAdmin asks the decision core where these URIs go on the aliases that the public reaches.
func checkAdmin(p *check.Pass) {
	var found []*exposed
	byURI := map[diag.Span]*exposed{}
	liberty := map[match.ClusterID]bool{} // lets another endpoint of Liberty through
	for _, public := range publicPlaces(p) {
		for _, uri := range adminURIs {
			m, ok := answer(p, public, uri)
			if !ok {
				continue
			}
			e := byURI[check.DecidedAt(&m)]
			if e == nil {
				e = &exposed{match: m}
				byURI[check.DecidedAt(&m)] = e
				found = append(found, e)
			}
			if !slices.Contains(e.uris, uri) {
				e.uris = append(e.uris, uri)
			}
			liberty[m.Cluster] = liberty[m.Cluster] || slices.Contains(libertyURIs, uri)
		}
	}
	for _, e := range found {
		if !liberty[e.match.Cluster] {
			e.uris = slices.DeleteFunc(e.uris, func(uri string) bool { return slices.Contains(otherProducts, uri) })
		}
		if len(e.uris) > 0 {
			e.report(p)
		}
	}
}

// publicPlaces are host and port of the aliases that the public reaches. Of the aliases of a group that have one port,
// one that takes any host and one that names a host are enough. Public are the ports of the option, 80 and 443 by
// default, and an alias that takes every port.
func publicPlaces(p *check.Pass) (places []space.MatchKey) {
	const most = 10_000
	type kind struct {
		group *parser.VirtualHostGroup
		any   bool
		port  int
	}
	ports, fresh := p.OptionList("public-ports"), p.UnusedNames()
	done := map[kind]bool{}
	for i := range p.Aliases {
		a := &p.Aliases[i]
		k := kind{a.Group, a.Host == "*", a.Port}
		if done[k] || len(done) > most || a.Port != 0 && !slices.Contains(ports, a.Port) {
			continue
		}
		done[k] = true
		place := fresh.Key(a.Alias)
		if a.Port == 0 {
			place.Port = ports[0]
		}
		places = append(places, place)
	}
	return places
}

// report tells a Uri once, with three of what it lets through.
func (e *exposed) report(p *check.Pass) {
	what := check.List(e.uris)
	if more := len(e.uris) - 3; more > 1 {
		what = strings.Replace(check.List(e.uris[:3]), " and ", ", ", 1) + " and " + strconv.Itoa(more) +
			" more URIs of administration and diagnosis"
	}
	p.Report(check.DecidedAt(&e.match), "Uri %q lets %s through to cluster %q on the public alias %q (%s), if "+
		"its servers have them: consoles, metrics and test programs are open to the outside", e.match.Pattern(),
		what, p.ClusterName(&e.match), e.match.Alias(), p.Where(e.match.AliasAt())).
		See(e.match.AliasAt(), "the alias").
		About(check.DecidedAt(&e.match))
}

// answer returns who gets a URI or what is below it, under any scoring choice.
func answer(p *check.Pass, matchKey space.MatchKey, uri string) (match.Match, bool) {
	for _, path := range []string{uri, uri + "/x"} {
		matchKey.Path = path
		for _, r := range space.RouteOutcomes(p.Table, matchKey) {
			if r.OK {
				return r.Match, true
			}
		}
	}
	return match.Match{}, false
}

var _ = group.Add(&lint.Rule{
	Code: diag.SecretInClear, Name: "secret-in-clear", Category: lint.Security, Severity: diag.Error,
	Check:    check.On(checkSecrets),
	Subjects: []string{"Config/SSLPKCSPassword", "Transport/password"},
	Doc: lint.Doc{
		Title: "A password stands in the file",
		Why:   "Whoever reads the file, or a copy of it in a ticket, has it.",
		Bad: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property ` +
			`Name="keyring" Value="/k.kdb"/><Property Name="password" Value="secret"/></Transport></Server>`,
		Good:     example.HTTPS1,
		NearMiss: `<Config SSLPKCSPassword="/opt/plugins/pkcs.sth"/>`,
		Source:   "recalled",
	},
})

// checkSecrets: a value with a slash is a path of a stash file, and no password.
func checkSecrets(p *check.Pass) {
	p.EachHTTPS(func(s *parser.Server, t *parser.Transport) {
		if prop := parser.Find(t.Properties, "password"); prop != nil && prop.Value.V != "" {
			p.Report(prop.Name.Span(), "Property password of server %q holds the key store's password in clear "+
				"text; whoever reads the file has it, use a stashfile", s.Name.V)
		}
	})
	if a := p.Config.Node.Attr("SSLPKCSPassword"); a != nil && a.Value != "" && !strings.ContainsAny(a.Value, `/\`) {
		p.Report(a.NameSpan, "SSLPKCSPassword holds a password in clear text; whoever reads the file has it, "+
			"name a stash file (recalled, not confirmed)")
	}
}

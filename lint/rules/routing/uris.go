package routing

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// prefixesOf returns the Uris that end in "*", by the text before it.
func prefixesOf(uris []*parser.Uri) map[string]*parser.Uri {
	prefixes := map[string]*parser.Uri{}
	for _, u := range uris {
		if head, ok := strings.CutSuffix(u.Name.V, "*"); ok && !strings.Contains(head, "*") && prefixes[head] == nil {
			prefixes[head] = u
		}
	}
	return prefixes
}

// covering returns the longest prefix Uri that holds all that another Uri matches, nil when there is none.
func covering(prefixes map[string]*parser.Uri, u *parser.Uri) *parser.Uri {
	head, _, _ := strings.Cut(u.Name.V, "*")
	for end := len(head); end > 0; end-- {
		if head[end-1] != '/' {
			continue
		}
		if c := prefixes[head[:end]]; c != nil && c != u && c.Name.V != u.Name.V {
			return c
		}
	}
	return nil
}

var _ = group.Add(&lint.Rule{
	Code: diag.URISyntax, Name: "uri-syntax", Category: lint.Routing, Severity: diag.Error,
	Check:           check.On(checkURISyntax),
	Subjects:        []string{"Uri/Name"},
	Otherwise:       "warning where the effect is undocumented",
	Suppresses:      []string{diag.UnreachableURI, diag.RedundantURI, diag.ExactURIWithoutSubtree},
	NeedsWellFormed: true,
	Doc: lint.Doc{
		Title: "A Uri has a form that matches nothing, or more than meant",
		Why: "It never matches, or more than meant, or in a way that is undocumented: /app* also takes /apple. " +
			"Only a warning for white space within and for letters beyond ASCII: where paths are decoded before the " +
			"match, as IBM HTTP Server does, they match, and such names of folders exist; and for what such a web " +
			"server takes out of paths, /../ and from V9 on //, since others leave it there.",
		Bad:      example.UriGroup("shop_uris", "shop/*"),
		Good:     example.UriGroup("shop_uris", "/shop/*"),
		NearMiss: example.UriGroup("shop_uris", "*.jsp", "/shop/*.jsf", "/shop/*"),
		Source:   "IBM, Uri; R2, R14, R15",
	},
})

// checkURISyntax judges each Uri by its text alone; whether others take its requests is for the rules about routes.
func checkURISyntax(p *check.Pass) {
	for _, g := range p.Config.UriGroups {
		for _, u := range g.Uris {
			if problem, sev := uriProblem(u.Name.V); problem != "" && u.Name.Set() {
				p.Report(u.Name.Span(), "Uri %q %s", u.Name.V, problem).As(sev).About(u.Name.Span())
			}
		}
	}
}

// uriProblem says what is wrong with a pattern, "" for nothing. The first problem is told, and the order is from what
// surely matches nothing to what may match more than is meant.
func uriProblem(uri string) (string, diag.Severity) {
	star := strings.IndexByte(uri, '*')
	plain := check.Plain(uri, "/.-_*") // as most are: no other character needs to be looked for
	switch {
	case uri == "*":
		return "", 0 // WP606
	case uri == "":
		return "is empty; it matches nothing", diag.Error
	case strings.Count(uri, "*") > 1:
		return "has more than one \"*\"; it is believed to match nothing (choice suffix-patterns, R15)", diag.Error
	case !plain && strings.ContainsAny(uri, "?#"):
		return "holds \"?\" or \"#\", but the query is no part of the match (R14): a request with that query does " +
			"not match it", diag.Error
	case uri[0] != '/' && !strings.HasPrefix(uri, "*."):
		return "does not begin with \"/\"; every path of a request does, so it never matches", diag.Error
	case !plain && strings.TrimSpace(uri) != uri:
		return "ends with white space, which no path of a request does; it never matches", diag.Error
	case !plain && (strings.ContainsAny(uri, " \t\r\n") || diag.FirstHigh(uri) < len(uri)):
		return "holds white space or a letter beyond ASCII, which a request writes with \"%\"; whether paths are " +
			"decoded before the match is undocumented (choice path-normalisation)", diag.Warning
	case !plain && strings.ContainsAny(uri, "%;"):
		return "holds \"%\" or \";\"; where paths are decoded or cut before the match, as IBM HTTP Server decodes " +
			"them, it never matches (choices path-normalisation, path-params)", diag.Error
	case strings.Contains(uri, "//"):
		return "holds \"//\"; where slashes are merged before the match, as IBM HTTP Server does from V9 on, it " +
			"never matches (choices path-normalisation, merge-slashes)", diag.Warning
	case strings.Contains(uri, "/.") && (strings.Contains(uri+"/", "/./") || strings.Contains(uri+"/", "/../")):
		return "holds \"/.\" or \"/..\" as a part of its own; where paths are cleaned up before the match, as IBM " +
			"HTTP Server cleans them, it never matches (choice path-normalisation)", diag.Warning
	case star > 0 && star == len(uri)-1 && uri[star-1] != '/':
		return diag.Sprintf("matches every path that begins with %q, such as %q; %q is what is usually meant",
			uri[:star], uri[:star]+"x", uri[:star]+"/*"), diag.Error
	case star > 0 && star < len(uri)-1 && (uri[star-1] != '/' || uri[star+1] != '.'):
		return "has a \"*\" in its middle, which only generators' forms such as \"/app/*.jsp\" have; what it " +
			"matches is undocumented (choice suffix-patterns, R15)", diag.Error
	}
	return "", 0
}

var _ = group.Add(&lint.Rule{
	Code: diag.URICatchAll, Name: "uri-catch-all", Category: lint.Routing, Severity: diag.Warning,
	Check:    check.On(checkCatchAll),
	Subjects: []string{"Uri/Name"},
	Doc: lint.Doc{
		Title: "A Uri takes every path, or the first page",
		Why: "Static files and other applications behind the web server disappear, and administration URIs " +
			"become reachable with the rest. / alone takes the first page only, which is then no longer the web " +
			"server's. Reported on aliases of any host, and on those that lead to other clusters too: a host that " +
			"belongs to one cluster may well be its own.",
		Bad: example.HostGroup("default_host", "*:80") + example.HostGroup("inner_host", "*:9080") +
			example.UriGroup("shop_uris", "/shop/*") + example.UriGroup("all_uris", "/*") + example.InnerRoutes,
		Good: example.HostGroup("default_host", "*:80") + example.HostGroup("inner_host", "*:9080") +
			example.UriGroup("shop_uris", "/shop/*") + example.UriGroup("all_uris", "/inner/*") + example.InnerRoutes,
		NearMiss: example.HostGroup("default_host", "*:80") + example.UriGroup("shop_uris", "/shop", "/shop/*"),
		Source:   "R1, R2",
	},
})

// checkCatchAll is silent where the hosts of a Uri are named and belong to one cluster alone: there nothing else can
// be meant. In a fragment, whose Routes stand elsewhere, it is told.
func checkCatchAll(p *check.Pass) {
	shared := sharedGroups(p)
	for _, g := range p.Config.UriGroups {
		for _, u := range g.Uris {
			switch {
			case !shared[g] && !p.Fragment:
			case u.Name.V == "/*" || u.Name.V == "*":
				p.Report(u.Name.Span(), "Uri %q takes every path of its hosts; static files and other "+
					"applications behind the web server disappear (R1, R2)", u.Name.V)
			case u.Name.V == "/":
				p.Report(u.Name.Span(), "Uri \"/\" takes the first page of its hosts, and nothing else (R2); "+
					"that of the web server, or of another application, disappears")
			}
		}
	}
}

// sharedGroups returns the groups of Uris that have an alias of any host, or one that Routes to another cluster have
// too.
func sharedGroups(p *check.Pass) map[*parser.UriGroup]bool {
	leads := map[*parser.VirtualHostGroup][]*parser.ServerCluster{} // two stand for all
	for i := range p.Routes {
		r := &p.Routes[i]
		if cs := leads[r.Hosts]; len(cs) < 2 && !slices.Contains(cs, r.Cluster) {
			leads[r.Hosts] = append(cs, r.Cluster)
		}
	}
	clusters := map[check.HostPort]*parser.ServerCluster{} // of each alias: its only cluster, nil for several
	for i := range p.Aliases {
		a := &p.Aliases[i]
		for _, c := range leads[a.Group] {
			if first, known := clusters[a.Key()]; known && first != c {
				c = nil
			}
			clusters[a.Key()] = c
		}
	}
	shared := map[*parser.VirtualHostGroup]bool{nil: true} // a Route without one has every host
	for i := range p.Aliases {
		a := &p.Aliases[i]
		if c, known := clusters[a.Key()]; known && (c == nil || a.Host == "*") {
			shared[a.Group] = true
		}
	}
	out := map[*parser.UriGroup]bool{}
	for i := range p.Routes {
		if r := &p.Routes[i]; shared[r.Hosts] {
			out[r.Uris] = true
		}
	}
	return out
}

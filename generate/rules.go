package generate

import (
	"fmt"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// ruleNames holds the readable names of the rules that the compiler itself applies; lint has the rest.
var ruleNames = map[string]string{
	"WP203": "duplicate-name", "WP303": "clone-id-missing", "WP306": "affinity-cookie-differs-on-overlap",
	"WP601": "alias-and-uri-to-two-clusters", "WP604": "redundant-uri", "WP606": "uri-catch-all",
}

// check asks lint about a compiled file: what lint calls an error, the generator refuses, and of some rules it tells warnings too. A cluster
// that wants no affinity needs no clone IDs, which lint cannot know.
func (t *Topology) check(cfg *parser.Config) []diag.Diagnostic {
	var told []diag.Diagnostic
	rules := lint.Rules()
	for _, d := range lint.Run(t.files, []lint.Input{{File: t.Node.Span.File, Config: cfg}}, lint.Options{}) {
		switch {
		case d.Rule.Code == "WP303" && t.wantsNoAffinity(d.Span):
		case d.Severity == diag.Error, lint.Lookup(rules, d.Rule.Code).Topology:
			told = append(told, d)
		}
	}
	return told
}

// wantsNoAffinity reports whether a place stands in a cluster whose sessions need not come back.
func (t *Topology) wantsNoAffinity(span diag.Span) bool {
	for _, k := range t.Clusters {
		if session := k.Session.over(t.Session); session.Affinity.Set && !session.Affinity.V && k.Key.Span.To(k.Node.Span).Contains(span) {
			return true
		}
	}
	return false
}

func (c *compiler) warn(span diag.Span, code, format string, args ...any) {
	c.fault(span, code, format, args...)
	c.faults[len(c.faults)-1].Severity = diag.Warning
}

// checkNames reports what only the topology knows: applications without a cluster, web servers that serve nothing that there is, and
// clusters in which nobody has a clone ID.
func (c *compiler) checkNames() {
	var apps []string
	for _, a := range c.t.Applications {
		if a.Name.Set {
			apps = append(apps, a.Name.V)
		}
		if a.Node.Field("cluster") == nil {
			c.fault(a.Node.Span, "", "application %q names no cluster", a.Name.V)
		}
	}
	for _, w := range c.t.WebServers {
		for _, name := range w.Serves {
			if !contains(apps, name.V) {
				c.fault(name.Span, "", "web server %q serves %q, which no application is called%s", w.Name.V, name.V, diag.DidYouMean(name.V, apps))
			}
		}
	}
	for _, k := range c.t.Clusters {
		c.checkAffinity(k)
	}
	c.checkWebServers()
}

// checkWebServers: two files of one name would overwrite each other.
func (c *compiler) checkWebServers() {
	seen := map[string]bool{}
	for _, w := range c.t.WebServers {
		if seen[w.Name.V] {
			c.fault(w.at, "", "a second web server is called %q", w.Name.V)
		}
		seen[w.Name.V] = true
	}
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// checkAffinity refuses a cluster of several members of which none has a clone ID, unless it wants no affinity. For lint that is a warning, as
// the plug-in may have its reasons; a topology can say them.
func (c *compiler) checkAffinity(k *Cluster) {
	session := k.Session.over(c.t.Session)
	if len(k.Members) < 2 || session.Affinity.Set && !session.Affinity.V {
		return
	}
	for _, m := range k.Members {
		if m.CloneID.Set {
			return // lint tells of the others
		}
	}
	c.fault(k.Key.Span, "WP303", "no member of cluster %q has a clone ID, so sessions do not come back to their members; write a cloneId for each, or affinity: false under session", k.Key.V)
}

func (c *compiler) twice(span, first diag.Span, code, format string, args ...any) {
	c.fault(span, code, format, args...)
	d := &c.faults[len(c.faults)-1]
	d.Related = []diag.Related{{Span: first, Message: "used first here"}}
}

// checkURIs reports URIs that two applications of one virtual host claim (R13: the first in the file would win in silence).
func (c *compiler) checkURIs(routes []*route) {
	type claim struct {
		uri   *uri
		route *route
	}
	hosts := map[text]map[string]claim{} // by virtual host, then by URI
	for _, r := range routes {
		host := text{V: r.host.V, Set: r.host.Set}
		if hosts[host] == nil {
			hosts[host] = map[string]claim{}
		}
		first := hosts[host]
		for i := range r.uris {
			u := &r.uris[i]
			other, twice := first[u.name]
			if !twice {
				first[u.name] = claim{u, r}
				continue
			}
			at, before := u.element.at, other.uri.element.at
			switch {
			case other.route.cluster.V != r.cluster.V:
				c.twice(at, before, "WP601", "URI %q of %s also goes to cluster %q by %s; one application gets the other's requests", u.name, u.app.label(), other.route.cluster.V, other.uri.app.label())
			case !u.agrees(other.uri):
				c.twice(at, before, "WP306", "URI %q of %s has another affinity cookie or identifier than in %s; the first one counts", u.name, u.app.label(), other.uri.app.label())
			case u.app != other.uri.app:
				c.twice(at, before, "WP604", "URI %q of %s is also listed by %s", u.name, u.app.label(), other.uri.app.label())
				c.faults[len(c.faults)-1].Severity = diag.Warning
			}
		}
	}
}

// label names an application in a message.
func (a *Application) label() string {
	if a.Name.Set {
		return fmt.Sprintf("application %q", a.Name.V)
	}
	return fmt.Sprintf("the application of cluster %q", a.Cluster.V)
}

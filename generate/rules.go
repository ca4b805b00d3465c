package generate

import (
	"fmt"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// ruleNames holds the readable names of the rules that the compiler itself applies.
var ruleNames = map[string]string{
	"WP108": "missing-required", "WP201": "route-to-missing-group", "WP203": "duplicate-name", "WP301": "clone-id-collision",
	"WP303": "clone-id-missing", "WP306": "affinity-cookie-differs-on-overlap", "WP403": "backups-without-primaries",
	"WP601": "alias-and-uri-to-two-clusters", "WP604": "redundant-uri", "WP606": "uri-catch-all",
}

// check asks lint about a compiled file: what lint calls an error, the generator refuses.
func check(cfg *parser.Config) []diag.Diagnostic { return nil }

func (c *compiler) warn(span diag.Span, code, format string, args ...any) {
	c.fault(span, code, format, args...)
	c.faults[len(c.faults)-1].Severity = diag.Warning
}

// checkNames reports references of the topology that lead nowhere, and members that affinity cannot tell apart.
func (c *compiler) checkNames() {
	var clusters, hosts, apps []string
	for _, k := range c.t.Clusters {
		clusters = append(clusters, k.Key.V)
		c.checkMembers(k)
	}
	for _, h := range c.t.VirtualHosts {
		hosts = append(hosts, h.Key.V)
	}
	for _, a := range c.t.Applications {
		if a.Name.Set {
			apps = append(apps, a.Name.V)
		}
		if a.Cluster.Set && c.t.cluster(a.Cluster.V) == nil {
			c.dangling(a.Cluster, "cluster", clusters)
		}
		if a.Node.Field("cluster") == nil {
			c.fault(a.Node.Span, "", "application %q names no cluster", a.Name.V)
		}
		if a.VirtualHost.Set && c.t.virtualHost(a.VirtualHost.V) == nil {
			c.dangling(a.VirtualHost, "virtual host", hosts)
		}
	}
	for _, w := range c.t.WebServers {
		for _, name := range w.Serves {
			if !contains(apps, name.V) {
				c.fault(name.Span, "", "web server %q serves %q, which no application is called%s", w.Name.V, name.V, meant(name.V, apps))
			}
		}
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

func (c *compiler) dangling(name text, what string, known []string) {
	c.fault(name.Span, "WP201", "%s %q is not in the topology%s; the plug-in rejects a file with such a Route", what, name.V, meant(name.V, known))
}

func meant(word string, known []string) string {
	if s := diag.Suggest(word, known); s != "" {
		return fmt.Sprintf("; did you mean %q?", s)
	}
	return ""
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

func (c *compiler) checkMembers(k *Cluster) {
	names, clones := map[string]*Member{}, map[string]*Member{}
	missing := 0
	for _, m := range k.Members {
		if first := names[m.Server.V]; first != nil {
			c.twice(m.Server.Span, first.Server.Span, "WP203", "server %q is in cluster %q twice; one of the two never gets a request", m.Server.V, k.Key.V)
		}
		names[m.Server.V] = m
		if !m.CloneID.Set {
			missing++
			continue
		}
		if first := clones[m.CloneID.V]; first != nil {
			c.twice(m.CloneID.Span, first.CloneID.Span, "WP301", "clone ID %q of member %q is already used by member %q; sessions of one reach the other", m.CloneID.V, m.Server.V, first.Server.V)
		} else {
			clones[m.CloneID.V] = m
		}
	}
	if session := k.Session.over(c.t.Session); len(k.Members) > 1 && missing > 0 && !(session.Affinity.Set && !session.Affinity.V) {
		c.checkAffinity(k)
	}
	c.checkRoles(k)
}

func (c *compiler) checkAffinity(k *Cluster) {
	for _, m := range k.Members {
		if !m.CloneID.Set {
			c.fault(start(m.Node.Span), "WP303", "member %q has no clone ID: its sessions do not come back to it; write its cloneId, or affinity: false under session", m.Server.V)
		}
	}
}

func (c *compiler) checkRoles(k *Cluster) {
	primaries, backups := 0, 0
	for _, m := range k.Members {
		switch m.Role.V {
		case "primary":
			primaries++
		case "backup":
			backups++
		}
	}
	if backups > 0 && primaries == 0 && k.Node.Field("primaryServers") == nil {
		c.fault(k.Key.Span, "WP403", "cluster %q has backup members and no primary one, so there is nobody to back up", k.Key.V)
	}
}

func (c *compiler) twice(span, first diag.Span, code, format string, args ...any) {
	c.fault(span, code, format, args...)
	d := &c.faults[len(c.faults)-1]
	d.Related = []diag.Related{{Span: first, Message: "used first here"}}
}

// checkURIs reports URIs that two applications of one virtual host claim (R13: the first in the file would win in silence).
func (c *compiler) checkURIs(routes []*route) {
	type key struct {
		host, name string
		set        bool
	}
	first := map[key]uri{}
	clusters := map[key]string{}
	for _, r := range routes {
		for _, u := range r.uris {
			id := key{r.host.V, u.name, r.host.Set}
			other, twice := first[id]
			at := u.element.at
			switch {
			case !twice:
				first[id], clusters[id] = u, r.cluster.V
			case clusters[id] != r.cluster.V:
				c.twice(at, other.element.at, "WP601", "URI %q of %s also goes to cluster %q by %s; one application gets the other's requests", u.name, u.app.label(), clusters[id], other.app.label())
			case other.cookies != u.cookies:
				c.twice(at, other.element.at, "WP306", "URI %q of %s has another affinity cookie or identifier than in %s; the first one counts", u.name, u.app.label(), other.app.label())
			case u.app != other.app:
				c.twice(at, other.element.at, "WP604", "URI %q of %s is also listed by %s", u.name, u.app.label(), other.app.label())
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

package generate

import (
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// check asks lint about a compiled file: what lint calls an error, the generator refuses, and of some rules it tells
// warnings too. Which these are stands in the rules.
// The spans of the compiled file are those of the YAML, so its findings stand there.
func (t *Topology) check(cfg *parser.Config) []diag.Diagnostic {
	var told []diag.Diagnostic
	rules := rules.All()
	for _, d := range lint.Run(rules, t.files, []lint.Input{{File: t.Node.Span.File, Config: cfg,
		Sessions: t.Sessions()}}, lint.Options{}) {
		if d.Severity == diag.Error || lint.Lookup(rules, d.Rule.Code).Topology {
			told = append(told, d)
		}
	}
	return told
}

// ApplyAllow turns the errors that the topology allows into warnings, drops what it says to be meant and what the
// files of two web servers say alike, and sorts. Findings about other files stay as they are.
func (t *Topology) ApplyAllow(found []diag.Diagnostic) []diag.Diagnostic {
	diag.Sort(found)
	var kept []diag.Diagnostic
	for _, d := range found {
		if d.Span.File == t.Node.Span.File {
			if d.Rule.Code == diag.CloneIDMissing {
				if t.wantsNoAffinity(d.Span) {
					continue // lint cannot know it
				}
				d.Message += "; write cloneId, or affinity: false under session where sessions need not come back"
			}
			if d.Severity == diag.Error && slices.ContainsFunc(t.Allow,
				func(a text) bool { return a.V == d.Rule.Code }) {
				d.Severity = diag.Warning
			}
		}
		// sorted, so findings of one place and rule are neighbours; own reports without a rule are told apart by their
		// texts
		if n := len(kept); n > 0 && kept[n-1].Span == d.Span && kept[n-1].Rule == d.Rule &&
			(d.Rule.Code != "" || kept[n-1].Message == d.Message) {
			continue
		}
		kept = append(kept, d)
	}
	return kept
}

// wantsNoAffinity reports whether a place stands in a cluster whose sessions need not come back.
func (t *Topology) wantsNoAffinity(span diag.Span) bool {
	for _, k := range t.Clusters {
		if session := k.Session.over(t.Session); session.Affinity.Set() && !session.Affinity.V &&
			k.Key.Span().To(k.Node.Span).Contains(span) {
			return true
		}
	}
	return false
}

// wrong reports what only a topology can have wrong: an error.
func (c *compiler) wrong(span diag.Span, format string, args ...any) {
	c.reports = append(c.reports, diag.Diagnostic{Span: span, Severity: diag.Error,
		Message: diag.Sprintf(format, args...)})
}

// report reports in the words of a topology what a rule of lint is about, as severely as that rule does.
// The result may be changed until the next report, which may move the list.
func (c *compiler) report(span diag.Span, code, format string, args ...any) *diag.Diagnostic {
	r := lint.Lookup(c.rules, code)
	c.reports = append(c.reports, diag.Diagnostic{Span: span, Severity: r.Severity, Rule: r.Diag(),
		Message: diag.Sprintf(format, args...)})
	return &c.reports[len(c.reports)-1]
}

// checkNames reports what only the topology knows: applications without a cluster, and web servers that serve nothing
// that there is.
func (c *compiler) checkNames() {
	var apps []string
	for _, a := range c.t.Applications {
		if a.Name.Set() {
			apps = append(apps, a.Name.V)
		}
		if a.Node.Field("cluster") == nil {
			c.wrong(a.Node.Span, "application %q names no cluster", a.Name.V)
		}
	}
	for _, w := range c.t.WebServers {
		for _, name := range w.Serves {
			if !contains(apps, name.V) {
				c.wrong(name.Span(), "web server %q serves %q, which no application is called%s", w.Name.V, name.V,
					diag.DidYouMean(name.V, apps))
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
			c.wrong(w.at, "a second web server is called %q", w.Name.V)
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

// claim is a URI that a route asks for, the last one of its name under its virtual host so far.
type claim struct {
	uri   *uri
	route *route
}

// settle sees to the URIs that several applications of one virtual host ask for (R13). The same once more for the
// same cluster adds nothing and is left out, with the Route that has nothing else; what disagrees is told by its
// applications.
func (c *compiler) settle(routes []*route) []*route {
	// A Uri that an earlier Route has, too, is taken out of a group only where no other Route uses that group: all of
	// them would lose it.
	sharing := map[string]int{} // how many Routes use a group
	for _, r := range routes {
		sharing[r.group.V]++
	}
	type virtualHost struct {
		name    string
		written bool
	}
	// the last claim and not the first: of three, each is told of the one before it
	hosts := map[virtualHost]map[string]claim{} // by virtual host, then by URI
	return slices.DeleteFunc(routes, func(r *route) bool {
		asked := len(r.uris)
		host := virtualHost{r.host.V, r.host.Set()}
		if hosts[host] == nil {
			hosts[host] = map[string]claim{}
		}
		r.uris = slices.DeleteFunc(r.uris, func(u uri) bool {
			before, claimed := hosts[host][u.name]
			hosts[host][u.name] = claim{&u, r}
			if !claimed {
				return false
			}
			again := claim{&u, r}
			c.reportURI(before, again)
			return before.same(again) && (before.route == r || sharing[r.group.V] == 1)
		})
		return asked > 0 && len(r.uris) == 0
	})
}

// same reports whether a second claim adds nothing to the first.
func (c claim) same(again claim) bool {
	return c.route.cluster.V == again.route.cluster.V && c.uri.agrees(again.uri)
}

// reportURI reports a second claim on a URI in the words of the applications.
func (c *compiler) reportURI(before, again claim) {
	u, o := again.uri, before.uri
	name, one, other := u.name, u.app.label(), o.app.label()
	var d *diag.Diagnostic
	switch {
	case before.route.cluster.V != again.route.cluster.V:
		d = c.report(u.element.at, diag.AliasAndURIToTwoClusters, "URI %q of %s also goes to cluster %q by %s; one "+
			"application gets the other's requests", name, one, before.route.cluster.V, other)
	case !u.agrees(o):
		d = c.report(u.element.at, diag.AffinityCookieDiffersOnOverlap, "URI %q of %s has another affinity cookie "+
			"or identifier than in %s; which of the two counts is documented nowhere, and sessions of the other are "+
			"not found", name, one, other)
	case u.app == o.app:
		d = c.report(u.element.at, diag.RedundantURI, "URI %q is listed twice by %s; once is enough", name, one)
	default:
		d = c.report(u.element.at, diag.RedundantURI, "URI %q of %s is also listed by %s, for the same cluster; "+
			"once is enough", name, one, other)
		d.Severity = diag.Warning // two applications may have had two things in mind
	}
	d.Related = []diag.Related{{Span: o.element.at, Message: "used first here"}}
}

// label names an application in a message.
func (a *Application) label() string {
	if a.Name.Set() {
		return diag.Sprintf("application %q", a.Name.V)
	}
	return diag.Sprintf("the application of cluster %q", a.Cluster.V)
}

package match

import (
	"github.com/wasplug/wasplug/routecheck/choices"
)

// This file says what a log at level Trace shows of a decision, line by line, so that a reader of logs can compare
// and need not decide.

// URIFound is one line "websphereUriMatch: Found a match", with the alias by which its Route was looked at.
type URIFound struct {
	Pattern string // as compared
	Written string // as the file writes it: R3 makes Uris of its own
	Group   string
	Score   int
	Alias   string // "" for a Route without VirtualHostGroup
	Hosts   string // the VirtualHostGroup
}

// Fits reports whether a log that names a pattern and, perhaps, a group and a score means this Uri.
func (u *URIFound) Fits(pattern, group string, score int) bool {
	return (pattern == u.Pattern || pattern == u.Written) && (group == "" || group == u.Group) &&
		(score == 0 || score == u.Score)
}

// URIsFound lists the best Uri of each UriGroup whose Route takes the request (R1, R2), in file order; with anyHost
// that of each Route.
func (t *Table) URIsFound(rq *Request, anyHost bool, sem *choices.Assumptions) (all []URIFound) {
	w := t.newWalk(rq, sem)
	for i := range t.Routes {
		r := &t.Routes[i]
		var best found
		if anyHost {
			best = w.best(r, []*Alias{nil}, w.patterns(r))
		} else if c, f := w.visit(r); c.Matches() {
			best = f
		}
		if best.pattern != nil {
			all = append(all, best.uriFound())
		}
	}
	return all
}

func (f *found) uriFound() URIFound {
	m := f.match()
	u := URIFound{Pattern: m.URI(), Written: m.Pattern(), Group: m.URIGroup(), Score: m.URIScore(), Alias: m.Alias()}
	if f.route.Vhosts != nil {
		u.Hosts = f.route.Vhosts.name
	}
	return u
}

// URIFound returns what a log shows of the winning Route; false for one without UriGroup (R17).
func (m *Match) URIFound() (URIFound, bool) {
	if m.pattern == nil {
		return URIFound{}, false
	}
	f := found{route: m.route, alias: m.alias, pattern: m.pattern}
	return f.uriFound(), true
}

// URIGroup returns the name of the UriGroup of the deciding Uri, "" for a Route without one (R17).
func (m *Match) URIGroup() string {
	if m.route == nil || m.route.URIs == nil {
		return ""
	}
	return m.route.URIs.name
}

// SeenPath returns the path of a request as the plug-in sees and logs it (R16): without query, with what the web
// server left of it.
func SeenPath(rq *Request, sem *choices.Assumptions) string {
	p, plain := PathOf(rq.Target)
	if plain || rq.Normalised {
		return p
	}
	p, _ = Normalised(p, sem, nil)
	return p
}

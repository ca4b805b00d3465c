package space

import (
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match"
)

// UnusedNames is what no Uri and no alias that a Route uses names: with it places are made that only the patterns and
// aliases at hand match.
type UnusedNames struct {
	Text string // one character, "" when there is none: then nothing can be said of prefixes
	Host string // that no alias names: only those of any host take it
	Port int    // that no alias names, as far as there is one left
}

// Unused finds what the file does not name.
func Unused(t *match.Table) UnusedNames {
	f := UnusedNames{Text: freshText(t), Host: "any.example", Port: 8080}
	for t.NamesHost(f.Host) {
		f.Host = "x" + f.Host
	}
	ports := map[int]bool{}
	for _, host := range t.Hosts() {
		for port := range t.Ports(host) {
			ports[port] = true
		}
	}
	for ports[f.Port] && f.Port < 65535 {
		f.Port++
	}
	return f
}

// freshText finds a character that no pattern has, so that a path with it goes on behind a prefix as no longer prefix
// does, and ends as no suffix does.
func freshText(t *match.Table) string {
	var used [256]bool
	seen := map[*match.URIGroup]bool{nil: true}
	for i := range t.Routes {
		g := t.Routes[i].URIs
		if seen[g] {
			continue
		}
		seen[g] = true
		for j := range g.Patterns {
			for _, c := range []byte(g.Patterns[j].Text) {
				used[c] = true
			}
		}
	}
	for _, c := range []byte("xyzqwkjvbpfgmhucdlrtnsioea0123456789XYZQWKJVBPFGMHUCDLRTNSIOEA_-~.!$'(),@&+=:") {
		if !used[c] {
			return string(c)
		}
	}
	return ""
}

// Path returns a path that a pattern matches and nothing longer does; ok is false when there is none.
func (f UnusedNames) Path(p *match.Pattern) (path string, ok bool) {
	switch p.Kind {
	case match.Exact:
		return p.Head(), true
	case match.Dead:
		return "", false
	}
	return p.Head() + f.Text + p.Tail(), f.Text != ""
}

// place is a path at a host and port that an alias takes; nil stands for the alias of a Route without
// VirtualHostGroup.
func (r *reacher) place(a *match.Alias, path string) MatchKey {
	of := parser.Alias{Host: "*"}
	if a != nil {
		of.Host, of.Port = a.Host, a.Port
	}
	pl := r.fresh.Key(of)
	pl.Path = path
	return pl
}

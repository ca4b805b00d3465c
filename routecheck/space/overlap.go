package space

import (
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Overlap returns a path that two Uris both match, false where there is none (R2, R15). What R3 makes of "/x/*" is
// left out.
func (f UnusedNames) Overlap(a, b string) (path string, ok bool) {
	p, q := match.Compile(a), match.Compile(b)
	switch {
	case p.Kind == match.Exact:
		return a, q.Matches(a)
	case q.Kind == match.Exact:
		return b, p.Matches(b)
	case p.Kind == match.Dead || q.Kind == match.Dead:
		return "", false
	}
	path = longer(p.Head(), q.Head()) + f.Text + longer(p.Tail(), q.Tail())
	return path, p.Matches(path) && q.Matches(path)
}

// longer is the one of two beginnings, or ends, that holds the other, where they agree at all.
func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// Key returns a host and port that an alias takes and no other one names more closely.
func (f UnusedNames) Key(a parser.Alias) MatchKey {
	s, _ := f.Meet(a, parser.Alias{Host: "*"})
	return s
}

// Meet returns a host and port that two aliases both take, false where there is none (R6). What neither names is
// filled in with what the file does not use, so that no third alias names the place more closely.
func (f UnusedNames) Meet(a, b parser.Alias) (MatchKey, bool) {
	s := MatchKey{Host: a.Host, Port: a.Port}
	if s.Host == "*" {
		s.Host = b.Host
	}
	if s.Port == 0 {
		s.Port = b.Port
	}
	if b.Host != "*" && b.Host != s.Host || b.Port != 0 && b.Port != s.Port {
		return MatchKey{}, false
	}
	if s.Host == "*" {
		s.Host = f.Host
	}
	if s.Port == 0 {
		s.Port = f.Port
	}
	return s, true
}

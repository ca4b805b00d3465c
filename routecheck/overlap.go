package routecheck

import "github.com/wasplug/wasplug/parser"

// Overlap returns a path that two Uris both match, false where there is none (R2, R15). What R3 makes of "/x/*" is left out.
func (f Fresh) Overlap(a, b string) (path string, ok bool) {
	p, q := compile(a), compile(b)
	switch {
	case p.kind == exactPattern:
		return a, q.matches(a)
	case q.kind == exactPattern:
		return b, p.matches(b)
	case p.kind == deadPattern || q.kind == deadPattern:
		return "", false
	}
	path = longer(p.head(), q.head()) + f.Text + longer(p.tail(), q.tail())
	return path, p.matches(path) && q.matches(path)
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// Spot returns a host and port that an alias takes and no other one names more closely.
func (f Fresh) Spot(a parser.Alias) Spot {
	s, _ := f.Meet(a, parser.Alias{Host: "*"})
	return s
}

// Meet returns a host and port that two aliases both take, false where there is none (R6).
func (f Fresh) Meet(a, b parser.Alias) (Spot, bool) {
	s := Spot{Host: a.Host, Port: a.Port}
	if s.Host == "*" {
		s.Host = b.Host
	}
	if s.Port == 0 {
		s.Port = b.Port
	}
	if b.Host != "*" && b.Host != s.Host || b.Port != 0 && b.Port != s.Port {
		return Spot{}, false
	}
	if s.Host == "*" {
		s.Host = f.Host
	}
	if s.Port == 0 {
		s.Port = f.Port
	}
	return s, true
}

package routecheck

import "github.com/wasplug/wasplug/parser"

// Fresh is what no Uri and no alias that a Route uses names: with it places are made that only the patterns and aliases at hand match.
type Fresh struct {
	Text string // one character, "" when there is none: then nothing can be said of prefixes
	Host string
	Port int
}

// Fresh finds what the file does not name.
func (t *Table) Fresh() Fresh {
	f := Fresh{Text: t.freshText(), Host: "any.example", Port: 8080}
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

func (t *Table) freshText() string {
	var used [256]bool
	seen := map[*uriGroup]bool{nil: true}
	for i := range t.routes {
		g := t.routes[i].uris
		if seen[g] {
			continue
		}
		seen[g] = true
		for j := range g.patterns {
			for _, c := range []byte(g.patterns[j].text) {
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
func (f Fresh) Path(p *pattern) (path string, ok bool) {
	switch p.kind {
	case exactPattern:
		return p.head(), true
	case deadPattern:
		return "", false
	}
	return p.head() + f.Text + p.tail(), f.Text != ""
}

func (r *reacher) place(a *alias, path string) Spot {
	of := parser.Alias{Host: "*"}
	if a != nil {
		of.Host, of.Port = a.host, a.port
	}
	pl := r.fresh.Spot(of)
	pl.Path = path
	return pl
}

package routecheck

import "slices"

// makeFresh finds what no pattern and no alias of the file names.
func (r *reacher) makeFresh() {
	var used [256]bool
	for _, g := range r.uris {
		for i := range g.patterns {
			for _, c := range []byte(g.patterns[i].text) {
				used[c] = true
			}
		}
	}
	for _, c := range []byte("xyzqwkjvbpfgmhucdlrtnsioea0123456789XYZQWKJVBPFGMHUCDLRTNSIOEA_-~.!$'(),@&+=:") {
		if !used[c] {
			r.freshText = string(c)
			break
		}
	}
	for r.freshHost = "any.example"; r.t.index.hosts[r.freshHost] != nil; {
		r.freshHost = "x" + r.freshHost
	}
	ports := map[int]bool{}
	for _, host := range r.hosts() {
		for _, p := range r.ports(host) {
			ports[p.port] = true
		}
	}
	for r.freshPort = 8080; ports[r.freshPort] && r.freshPort < 65535; {
		r.freshPort++
	}
}

// hosts lists the hosts of all aliases in order, "*" for any.
func (r *reacher) hosts() []string {
	hosts := []string{"*"}
	for h := range r.t.index.hosts {
		if h != "*" {
			hosts = append(hosts, h)
		}
	}
	slices.Sort(hosts)
	return hosts
}

func (r *reacher) ports(host string) []portEntry {
	if host == "*" {
		return r.t.index.anyHost
	}
	return r.t.index.hosts[host]
}

// path returns a path that a pattern matches and nothing longer does; ok is false when there is none.
func (r *reacher) path(p *pattern) (path string, ok bool) {
	switch p.kind {
	case exactPattern:
		return p.head(), true
	case deadPattern:
		return "", false
	}
	return p.head() + r.freshText + p.tail(), r.freshText != ""
}

func (r *reacher) place(a *alias, path string) Spot {
	pl := Spot{r.freshHost, r.freshPort, path}
	if a != nil && a.host != "*" {
		pl.Host = a.host
	}
	if a != nil && a.port != 0 {
		pl.Port = a.port
	}
	return pl
}

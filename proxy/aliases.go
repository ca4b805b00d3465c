package proxy

import (
	"net"
	"slices"

	"github.com/wasplug/wasplug/parser"
)

// Aliases lists the virtual hosts of the configuration in use that requests to a listener can match: those of its port or of any port.
func (p *Proxy) Aliases(l *Listener) (names []string) {
	port := l.Port
	if a, ok := l.Addr().(*net.TCPAddr); ok && port == 0 {
		port = a.Port
	}
	for _, g := range p.gen.Load().cfg.VirtualHostGroups {
		for _, vh := range g.Aliases {
			a, err := parser.ParseAlias(vh.Name.V)
			if err == nil && (a.Port == 0 || a.Port == port) && !slices.Contains(names, vh.Name.V) {
				names = append(names, vh.Name.V)
			}
		}
	}
	return names
}

// hostForMatching is the Host header with the port that the listener stands for (--listen ADDRESS=PORT). The string lives as long as
// the request.
func (c *client) hostForMatching(host []byte) []byte {
	if c.from.Port == 0 || len(host) == 0 {
		return host
	}
	name, _ := splitPort(host)
	c.host = append(append(append(c.host[:0], name...), ':'), c.from.matchPort...)
	return c.host
}

// splitPort divides HOST:PORT; an IPv6 address keeps its brackets.
func splitPort(host []byte) (name, port []byte) {
	for i := len(host) - 1; i >= 0 && host[i] != ']'; i-- {
		if host[i] == ':' {
			return host[:i], host[i+1:]
		}
	}
	return host, nil
}

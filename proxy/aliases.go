package proxy

import (
	"net"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Serves lists the virtual hosts of the configuration in use that requests to a listener can match; any is false
// where no request can match at all.
func (p *Proxy) Serves(l *Listener) (aliases []string, any bool) {
	port := l.Port
	if a, ok := l.Addr().(*net.TCPAddr); ok && port == 0 {
		port = a.Port
	}
	g := p.gen.Load()
	return g.table.AliasesFor(port), g.table.ServesPort(port, &g.sem)
}

// hostForMatching is the Host header with the port that the listener stands for (--listen ADDRESS=PORT). The string
// lives as long as the request.
func (r *request) hostForMatching(host []byte) []byte {
	if r.c.from.Port == 0 || len(host) == 0 {
		return host
	}
	name, _ := match.SplitHost(host)
	r.host = append(append(append(r.host[:0], name...), ':'), r.c.from.matchPort...)
	return r.host
}

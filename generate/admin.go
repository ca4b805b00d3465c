package generate

import (
	"strconv"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// adminHost is the virtual host of WebSphere's administrative console.
const adminHost = "admin_host"

// administration reports whether a virtual host is for administration and is not to be reached through the web
// server: WebSphere's generator leaves admin_host out, and a Transport whose port is an alias of it.
func (t *Topology) administration(h *VirtualHost) bool {
	if h.Admin.Set() {
		return h.Admin.V
	}
	return h.Key.V == adminHost && t.Flavor.V == "was"
}

// adminPorts returns the ports that only virtual hosts for administration have as an alias, with the first of these.
// A port that another virtual host serves too is none of them: its Transports are needed.
func (t *Topology) adminPorts() map[string]string {
	ports := map[string]string{}
	served := map[string]bool{}
	for _, h := range t.VirtualHosts {
		for _, item := range h.Aliases {
			alias, err := parser.ParseAlias(item.Text)
			if err != nil {
				continue
			}
			port := strconv.Itoa(alias.Port)
			if !t.administration(h) {
				served[port] = true
			} else if ports[port] == "" {
				ports[port] = h.Key.V
			}
		}
	}
	delete(ports, "0") // an alias of every port
	for port := range served {
		delete(ports, port)
	}
	return ports
}

// administers reports whether an application belongs to a virtual host that is left out, and tells so.
// An application without a virtual host, or with one that is not described, belongs to none.
func (c *compiler) administers(a *Application) bool {
	h := c.t.virtualHost(a.VirtualHost.V)
	if !a.VirtualHost.Set() || h == nil || !c.t.administration(h) {
		return false
	}
	c.note(a.VirtualHost.Span(), "%s is left out with its virtual host %q, so no request reaches it through the web "+
		"server", a.label(), h.Key.V)
	// an application that disappears is more than a port that does
	c.notes[len(c.notes)-1].Severity = diag.Warning
	return true
}

// administrative reports whether a Transport is left out for its port, and tells so.
func (c *compiler) administrative(m *Member, port text) bool {
	host := c.adminPorts[port.V]
	if host == "" {
		return false
	}
	c.note(port.Span(), "the Transport of %q at port %s is left out: only virtual host %q, which is for "+
		"administration, has that port; admin: false under it writes both", m.Server.V, port.V, host)
	return true
}

// note tells what is left out on purpose.
// Notes are not among the reports of Build: who judges a topology, as lint does, has no use for them.
func (c *compiler) note(span diag.Span, format string, args ...any) {
	c.notes = append(c.notes, diag.Diagnostic{Span: span, Severity: diag.Info, Message: diag.Sprintf(format, args...)})
}

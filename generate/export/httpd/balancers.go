package httpd

import (
	"fmt"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/parser/diag"
)

// longestRoute is the longest route of a member in bytes (PROXY_WORKER_MAX_ROUTE_SIZE).
const longestRoute = 63

// group is the balancer of a cluster for requests of one scheme.
func group(c *export.Cluster, tls bool) string {
	if tls {
		return c.Ident + ".tls"
	}
	return c.Ident
}

// balancer writes the balancer of a cluster for requests of one scheme. forcerecovery=Off: where all members are
// marked nobody is tried before RetryInterval is over (R61); by itself httpd would try them all at once.
func (w *writer) balancer(c *export.Cluster, tls bool) error {
	members := c.Ways(tls)
	if len(members) == 0 {
		return nil
	}
	w.line("# %s\n<Proxy balancer://%s>", export.Comment(c.Name), group(c, tls))
	secure := ""
	for i := range members {
		if m := members[i].Member; len(m.CloneID) > longestRoute {
			return &export.Refusal{At: m.At, What: fmt.Sprintf("clone ID of server %s: httpd takes no more than "+
				"%d bytes", diag.Quote(m.Name), longestRoute)}
		}
		w.member(c, &members[i])
		// a <Proxy> has one file of authorities: that of the first member over TLS
		if members[i].To.HTTPS && secure == "" {
			var err error
			if secure, err = w.opt.Keystore(members[i].To); err != nil {
				return err
			}
		}
	}
	w.line("    ProxySet lbmethod=byrequests stickysession=%s maxattempts=%d forcerecovery=Off", route,
		max(c.Attempts-1, 1))
	// failontimeout and failonstatus hold for a balancer, so one member whose ServerIOTimeout marks makes all be
	// marked.
	if _, _, marks := c.Longest(); marks {
		w.line("    ProxySet failontimeout=On")
	}
	if w.plan.MarkBusy {
		w.line("    ProxySet failonstatus=503")
	}
	if c.PostLimit >= 0 {
		w.line("    LimitRequestBody %d", c.PostLimit)
	}
	w.secure(secure)
	w.line("</Proxy>")
	return nil
}

// secure writes how members over TLS are known. With ProxyPreserveHost httpd checks their certificates for the name
// that the client asked for, so it is off where the members' own names are to be checked.
func (w *writer) secure(authorities string) {
	if authorities == "" {
		w.line("    ProxyPreserveHost On")
		return
	}
	w.line("    SSLProxyEngine On\n    SSLProxyVerify require\n    SSLProxyCACertificateFile %s", word(authorities))
	if w.plan.VerifyHost {
		w.line("    ProxyPreserveHost Off\n    SSLProxyCheckPeerName On")
	} else {
		w.line("    ProxyPreserveHost On\n    SSLProxyCheckPeerName Off")
	}
}

// member writes a BalancerMember. retry=0 lets the only server of a cluster be asked again at once: it is never marked
// down (R51). +H is a hot standby, which gets requests when no other member is left (R38); +N drains, so that a member
// of weight 0, or beside a ClusterAddress, gets the requests of its own sessions alone (R36, R41).
func (w *writer) member(c *export.Cluster, m *export.Way) {
	scheme := "http"
	if m.To.HTTPS {
		scheme = "https"
	}
	w.out.WriteString(fmt.Sprintf("    BalancerMember %s://%s", scheme, m.To.Address()))
	if m.Member.CloneID != "" {
		w.out.WriteString(" route=" + m.Member.CloneID)
	}
	retry := max(c.RetryInterval, 1)
	if c.Single {
		retry = 0
	}
	fmt.Fprintf(&w.out, " retry=%d", retry)
	if m.Member.Connect > 0 {
		fmt.Fprintf(&w.out, " connectiontimeout=%d", m.Member.Connect)
	}
	timeout := m.Member.IOTimeout
	if timeout == 0 {
		// 0 is without end; httpd would take its own Timeout of 60 s
		timeout = 86400
	}
	fmt.Fprintf(&w.out, " timeout=%d", timeout)
	weight := export.Scale(c, m.Member, 100)
	switch {
	case m.Member.Backup:
		w.out.WriteString(" status=+H")
	case m.Member.Address:
	case weight == 0 || c.Address() != nil:
		w.out.WriteString(" status=+N") // its own sessions alone
	default:
		fmt.Fprintf(&w.out, " loadfactor=%d", weight)
	}
	w.out.WriteString("\n")
}

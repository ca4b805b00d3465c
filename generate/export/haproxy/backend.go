package haproxy

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// backend writes the backend of a cluster for requests that came in one scheme: IDENT, and IDENT.tls for those over
// TLS, as a member may have another Transport for each (R64). The frontend has read the session and found its members.
func (w *writer) backend(c *export.Cluster, tls bool) error {
	name := c.Ident
	if tls {
		name += ".tls"
	}
	// an ident does not tell people which cluster it stands for, whose name may hold anything
	w.section("backend %s # %s", name, export.Comment(c.Name))
	members := c.Ways(tls)
	if len(members) == 0 {
		w.line("http-request return status 500 # no member has a Transport for this")
		return nil
	}
	w.balancing(c)
	w.timeouts(c)
	w.retries(c)
	if w.opt.Private() {
		w.line("option h1-case-adjust-bogus-server # members read $WS headers letter by letter")
	}
	if c.Affinity() {
		w.affinity(c, name)
	}
	if a := c.Address(); a != nil {
		w.line("use-server %s if TRUE # the ClusterAddress takes what no session places", a.Ident)
	}
	for _, m := range members {
		if err := w.server(c, m); err != nil {
			return err
		}
	}
	return nil
}

// balancing: "random" draws twice by itself and takes the less loaded server, the plug-in's Random draws once (R35).
func (w *writer) balancing(c *export.Cluster) {
	balance := "roundrobin"
	if c.Random {
		balance = "random(1)"
	}
	w.line("balance %s", balance)
}

// timeouts are those of the whole backend: HAProxy has none for a server. 0, without limit, leaves those of defaults.
func (w *writer) timeouts(c *export.Cluster) {
	connect, io, _ := c.Longest()
	if connect > 0 {
		w.line("timeout connect %ds", connect)
	}
	if io > 0 {
		w.line("timeout server %ds", io)
	}
	if c.Limited() {
		// A server at its maxconn queues requests; the plug-in skips a full member and never waits (R60).
		w.line("timeout queue 1ms # who is full gets nothing")
	}
	if c.PostLimit >= 0 {
		w.line("http-request return status 413 if { req.hdr_val(content-length) gt %d }", c.PostLimit)
	}
}

// retries says when a request goes to another member. Retries of layer 7 keep HAProxy from marking a member by its
// answers, so a cluster whose ServerIOTimeout marks goes without.
func (w *writer) retries(c *export.Cluster) {
	w.line("retries %d", max(c.Attempts-1, 1))
	// Without the 1 only the last retry may go to another server ("option redispatch", section 4.2), with it each may.
	w.line("option redispatch 1")
	_, _, marks := c.Longest()
	if marks {
		w.line("retry-on conn-failure")
		return
	}
	// empty-response is R50b, response-timeout R54, 503 R53: failures after which the plug-in selects again.
	w.line("retry-on conn-failure empty-response response-timeout 503")
	// From here on PostBufferSize decides what may be sent again (R57). A connection that failed is no matter of layer
	// 7, so disable-l7-retry leaves its retry alone: nothing of the body was sent then.
	switch {
	case c.PostBuffer == 0:
		w.line("http-request disable-l7-retry if { req.hdr_val(content-length) gt 0 } || { " +
			"req.hdr(transfer-encoding) -m " +
			"found }")
	case c.PostBuffer > 0:
		w.line("option http-buffer-request")
		w.line("http-request disable-l7-retry if { req.hdr_val(content-length) gt %d }", c.PostBuffer)
	default:
		w.line("option http-buffer-request")
	}
}

// affinity sends sessions home: for each clone ID of the cookie, then of the URL, to the server that has it and is up.
// use-server is ignored where its server is down, and the next rule is tried (section 4.2): that is R22's walk over
// clone IDs. A cookie of HAProxy's own would not do: the clone ID stands inside of the application's.
func (w *writer) affinity(c *export.Cluster, name string) {
	for _, home := range homes() {
		w.full(c, name, home.name)
	}
	for _, home := range homes() {
		w.line("use-server %%[var(%s)] if { var(%s) -m found }", home.name, home.name)
	}
}

// full lets go of a home that has as many requests as it takes (R23).
func (w *writer) full(c *export.Cluster, name, home string) {
	for i := range c.Members {
		if m := &c.Members[i]; m.MaxConnections > 0 && m.CloneID != "" {
			w.line("http-request unset-var(%s) if { var(%s) -m str %s } { srv_conn(%s/%s) ge %d }",
				home, home, m.Ident, name,
				m.Ident, m.MaxConnections)
		}
	}
}

// mostWeight is the highest weight that HAProxy takes.
const mostWeight = 256

// server writes a member. Layer 4 observes connects alone, layer 7 answers and their time limits too: it stands where
// a ServerIOTimeout marks its member (R55). One error is enough, as for the plug-in; and since HAProxy tries no
// request of a user on a server that is down, the way back is a check each RetryInterval (R52).
func (w *writer) server(c *export.Cluster, m export.Way) error {
	var b strings.Builder
	fmt.Fprintf(&b, "server %s %s", m.Member.Ident, m.To.Address())
	weight := export.Scale(c, m.Member, mostWeight)
	switch {
	case m.Member.Address:
		// requests get there by use-server TRUE, never by the balance
		weight = 0
	case c.Random:
		// random draws a place on a ring on which a server has 16 places for each 1 of its weight: with weight 1 two
		// servers got 58 and 42 of 100 requests, with 256 they got 51 and 49
		weight = mostWeight
	}
	fmt.Fprintf(&b, " weight %d", weight)
	if m.Member.Backup {
		b.WriteString(" backup")
	}
	if m.Member.MaxConnections > 0 {
		fmt.Fprintf(&b, " maxconn %d", m.Member.MaxConnections)
	}
	// Without a check nothing marks the server down: the only one of a cluster never is (R51).
	if !c.Single {
		layer := 4
		if m.Member.MarkOnIO {
			layer = 7
		}
		fmt.Fprintf(&b, " check inter %ds fall 1 rise 1 observe layer%d error-limit 1 on-error mark-down",
			max(c.RetryInterval, 1), layer)
	}
	if m.To.HTTPS {
		pem, err := w.opt.Keystore(m.To)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, " ssl verify required ca-file %s", argument(pem))
		if w.plan.VerifyHost {
			// verifyhost counts where there is no SNI, as in checks; of requests the name of sni is what is verified
			fmt.Fprintf(&b, " verifyhost %s sni str(%s)", m.To.Host, m.To.Host)
		}
	}
	// A name that is not found disables its server; without "none" it would keep HAProxy from starting.
	b.WriteString(" init-addr last,libc,none")
	w.line("%s", b.String())
	return nil
}

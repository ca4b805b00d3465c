package nginx

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/routecheck/match"
)

func scheme(to *match.Transport) string {
	if to.HTTPS {
		return "https"
	}
	return "http"
}

// url is that of the member's own upstream.
func url(m *export.Way, c *export.Cluster, tls bool) string {
	return scheme(m.To) + "://" + group(c, tls) + "." + m.Member.Ident
}

// upstreams writes one for each member and one for the primaries.
// A member's own upstream holds it alone, so that a failure ends there and error_page leads to the member that the
// session names next: in a pool nginx would choose who is next. A stage of one member needs no pool.
func (w *writer) upstreams(c *export.Cluster, tls bool) error {
	w.line("# %s", export.Comment(c.Name))
	sticky := w.sticky(c, tls)
	if len(sticky) > 0 {
		w.stickyUpstream(c, tls, sticky)
	}
	for _, m := range w.alones(c, tls) {
		w.line("upstream %s.%s {", group(c, tls), m.Member.Ident)
		w.line("    zone plugin %dk;", w.zone())
		w.line("    %s", address(c, &m, false))
		w.alone(c, &m)
		w.line("    keepalive 16;\n}")
	}
	for i, stage := range stages(c, tls) {
		if stage.drawn {
			w.draw(c, tls, stage.members)
		}
		if stage.drawn || len(stage.members) < 2 || i == 0 && len(sticky) > 0 {
			continue
		}
		// No ident holds a dot, so no member is called so.
		w.line("upstream %s.pool.%d {", group(c, tls), i)
		w.line("    zone plugin %dk;", w.zone())
		if c.Random {
			w.line("    random;")
		}
		for _, m := range stage.members {
			w.line("    %s", address(c, &m, true))
		}
		w.line("    keepalive 16;\n}")
	}
	return nil
}

// alones are the members that have an upstream of their own: those that a chain leads to.
func (w *writer) alones(c *export.Cluster, tls bool) (out []export.Way) {
	if len(w.sticky(c, tls)) == 0 {
		return c.Ways(tls)
	}
	for _, stage := range stages(c, tls)[1:] {
		out = append(out, stage.members...)
	}
	return out
}

// zone is the size in KiB of the memory in which all worker processes keep what they know of members.
// All upstreams have one zone; a member stands in its own, with its neighbour, and in the pool.
func (w *writer) zone() int {
	members := 0
	for i := range w.plan.Clusters {
		members += len(w.plan.Clusters[i].Members)
	}
	return 1024 + 16*members
}

// alone gives a member a neighbour that is down: nginx marks no server that is the only one (R51 does so for a whole
// cluster of one).
func (w *writer) alone(c *export.Cluster, m *export.Way) {
	if !c.Single {
		w.line("    server %s down;", m.To.Address())
	}
}

// address is a line of an upstream. max_fails=1 marks a member by one failure, as the plug-in does (R50), for
// RetryInterval; proxy_next_upstream says what a failure is. weighed is false where no other member stands in its
// upstream. nginx takes no weight of 0: a member that has it stands in a stage of its own.
func address(c *export.Cluster, m *export.Way, weighed bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "server %s", m.To.Address())
	if weighed {
		fmt.Fprintf(&b, " weight=%d", max(export.Scale(c, m.Member, 1<<15), 1))
	}
	if c.Single {
		b.WriteString(" max_fails=0")
	} else {
		fmt.Fprintf(&b, " max_fails=1 fail_timeout=%ds", max(c.RetryInterval, 1))
	}
	if m.Member.MaxConnections > 0 {
		fmt.Fprintf(&b, " max_conns=%d", m.Member.MaxConnections)
	}
	return b.String() + ";"
}

// stage is a link of a chain: members of a pool, or one that is drawn.
type stage struct {
	members []export.Way
	drawn   bool
}

// stages are who gets what no session places: the ClusterAddress or the primaries that get new sessions, then those of
// weight 0, then each backup. nginx checks one name for all certificates of a pool: where members have several, one of
// them is drawn, and then each follows.
func stages(c *export.Cluster, tls bool) []stage {
	var pool, resting, backups []export.Way
	same := true
	for _, m := range c.Ways(tls) {
		switch {
		case c.Address() != nil && !m.Member.Address:
		case m.Member.Backup:
			backups = append(backups, m)
		case export.Scale(c, m.Member, 1<<15) == 0 && !m.Member.Address:
			resting = append(resting, m)
		default:
			pool = append(pool, m)
			same = same && m.To.HTTPS == pool[0].To.HTTPS && (!m.To.HTTPS || m.To.Host == pool[0].To.Host)
		}
	}
	var out []stage
	if len(pool) > 0 {
		out = append(out, stage{pool, !same})
	}
	if !same {
		resting = append(pool, resting...)
	}
	for _, m := range append(resting, backups...) {
		out = append(out, stage{[]export.Way{m}, false})
	}
	return out
}

// draw chooses a member by the weights, and the name of its certificate.
// Shares are rounded to a hundredth of a per cent, and the last member gets the rest. $request_id is random, so each
// request is drawn by itself; the stages behind try all members of the pool in turn.
func (w *writer) draw(c *export.Cluster, tls bool, members []export.Way) {
	total, name := 0, w.drawn(c, tls)
	for _, m := range members {
		total += max(export.Scale(c, m.Member, 1<<15), 1)
	}
	w.line("split_clients $request_id $%s {", name)
	for i, m := range members {
		share := "*"
		if i+1 < len(members) {
			share = fmt.Sprintf("%.2f%%", 100*float64(max(export.Scale(c, m.Member, 1<<15), 1))/float64(total))
		}
		w.line("    %s %s;", share, url(&m, c, tls))
	}
	w.line("}\nmap $%s $%s_name {", name, name)
	for _, m := range members {
		w.line("    %s %s;", word(url(&m, c, tls)), m.To.Host)
	}
	w.line("}")
}

// drawn is the variable of draw.
func (w *writer) drawn(c *export.Cluster, tls bool) string {
	for i := range w.plan.Clusters {
		if &w.plan.Clusters[i] == c && tls {
			return fmt.Sprintf("plugin_drawn_%d_tls", i)
		} else if &w.plan.Clusters[i] == c {
			return fmt.Sprintf("plugin_drawn_%d", i)
		}
	}
	return ""
}

// chain writes the locations of a cluster: the members that the session names, then the stages.
// "error_page CODE = @NAME" answers as the location behind it does; without the = the client would get the 502. The
// last location has none, so that its failure is the answer.
func (w *writer) chain(c *export.Cluster, tls bool) error {
	all, name := stages(c, tls), group(c, tls)
	if len(all) == 0 {
		w.line("    location @%s { return 500; } # no member has a Transport for this", name)
		return nil
	}
	sticky := len(w.sticky(c, tls)) > 0
	if c.Affinity() && !sticky {
		for n := 1; n <= homes; n++ {
			w.line("    location @%s.%d {\n        error_page 502 504 = $plugin_go_%d;", name, n, n)
			to, host := fmt.Sprintf("$plugin_home_%d", n), fmt.Sprintf("$plugin_name_%d", n)
			if err := w.pass(c, c.Ways(tls), to, host); err != nil {
				return err
			}
		}
	}
	for i, s := range all {
		w.line("    location @%s {", name)
		if name = fmt.Sprintf("%s.stage%d", group(c, tls), i+1); i+1 < len(all) {
			w.line("        error_page 502 504 = @%s;", name)
		}
		to, host := url(&s.members[0], c, tls), s.members[0].To.Host
		switch {
		case s.drawn:
			to = "$" + w.drawn(c, tls)
			host = to + "_name"
		case len(s.members) > 1, i == 0 && sticky:
			to = fmt.Sprintf("%s://%s.pool.%d", scheme(s.members[0].To), group(c, tls), i)
		}
		if err := w.pass(c, s.members, to, host); err != nil {
			return err
		}
	}
	return nil
}

// pass sends a request to an upstream, the path as the client sent it.
func (w *writer) pass(c *export.Cluster, members []export.Way, to, host string) error {
	connect, io, _ := c.Longest()
	if connect == 0 {
		connect = 60
	}
	if io == 0 {
		io = 86400
	}
	w.line("        proxy_pass %s$request_uri;", to)
	w.line("        proxy_connect_timeout %ds; proxy_read_timeout %ds; proxy_send_timeout %ds;",
		min(connect, 75), io, io)
	w.line("        proxy_next_upstream error timeout%s;", resend(c))
	w.line("        proxy_http_version 1.1;")
	w.headers()
	for _, m := range members {
		if !m.To.HTTPS {
			continue
		}
		pem, err := w.opt.Keystore(m.To)
		if err != nil {
			return err
		}
		w.line("        proxy_ssl_verify on; proxy_ssl_verify_depth 9; proxy_ssl_trusted_certificate %s;", word(pem))
		w.line("        proxy_ssl_server_name on; proxy_ssl_name %s;", host)
		break
	}
	w.line("    }")
	return nil
}

// resend lets a POST go to the next member of a pool where the plug-in keeps its body (R57).
// By itself nginx sends a POST, LOCK or PATCH that has gone out to no other server (proxy_next_upstream).
func resend(c *export.Cluster) string {
	if c.PostBuffer != 0 {
		return " non_idempotent"
	}
	return ""
}

// headers tells members of the client.
func (w *writer) headers() {
	set := func(name, value string) { w.line("        proxy_set_header %s %s;", name, value) }
	set("Host", "$http_host")
	set("Connection", `""`)
	told := "$plugin_written"
	if w.plan.ToldArrived {
		told = "$plugin_arrived"
	}
	if w.opt.Private() {
		set("$WSIS", "$plugin_secure")
		set("$WSSC", "$scheme")
		set("$WSCS", "$ssl_cipher")
		set("$WSPR", "$server_protocol")
		set("$WSRA", "$remote_addr")
		set("$WSRH", "$remote_addr")
		set("$WSSN", "$plugin_host")
		set("$WSSP", told)
	}
	if w.opt.Forwarded() {
		set("X-Forwarded-For", "$remote_addr")
		set("X-Forwarded-Proto", "$scheme")
		set("X-Forwarded-Host", "$http_host")
		set("X-Forwarded-Port", told)
	}
}

package nginx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/lazy"
)

// Sticky is the first version with the directive sticky and the parameters route and drain of servers, which only the
// commercial edition had before.
var Sticky = export.Version{Major: 1, Minor: 29, Patch: 6}

// modern reports whether the form with "sticky route" is written.
func (w *writer) modern() bool {
	return w.opt.Version != export.Version{} && !w.opt.Version.Before(Sticky)
}

// sticky are the members of the one upstream to which a cluster's sessions go, and who else gets requests that no
// session places: the pool, and those that take sessions alone. None: the cluster keeps the chain, for it has no
// sessions, no pool, or members whose certificates have several names, of which an upstream checks one.
func (w *writer) sticky(c *export.Cluster, tls bool) []export.Way {
	all := stages(c, tls)
	if !w.modern() || !c.Affinity() || len(all) == 0 || all[0].drawn || all[0].members[0].Member.Backup {
		return nil
	}
	members := slices.Clone(all[0].members)
	for _, m := range c.Ways(tls) {
		if m.Member.CloneID != "" && !slices.Contains(members, m) {
			members = append(members, m)
		}
	}
	for _, m := range members {
		if scheme(m.To) != scheme(members[0].To) || m.To.HTTPS && m.To.Host != members[0].To.Host {
			return nil
		}
	}
	return members
}

// stickyUpstream writes it.
func (w *writer) stickyUpstream(c *export.Cluster, tls bool, members []export.Way) {
	pool := stages(c, tls)[0].members
	w.line("upstream %s.pool.0 {", group(c, tls))
	w.line("    zone plugin %dk;", w.zone())
	if c.Random {
		w.line("    random;")
	}
	for _, m := range members {
		route := ""
		if m.Member.CloneID != "" {
			route = " route=" + w.home(c, tls, &m)
		}
		if !slices.Contains(pool, m) {
			route += " drain"
		}
		w.line("    %s%s;", strings.TrimSuffix(address(c, &m, true), ";"), route)
	}
	if len(members) == 1 {
		w.alone(c, &members[0])
	}
	var named []string
	for n := 1; n <= homes; n++ {
		named = append(named, fmt.Sprintf("$plugin_home_%d", n))
	}
	w.line("    sticky route %s;", strings.Join(named, " "))
	w.line("    keepalive 16;\n}")
}

// home is what leads a session to a member: the URL of its own upstream, or how "route" calls it, in the 32 bytes that
// nginx takes.
func (w *writer) home(c *export.Cluster, tls bool, m *export.Way) string {
	if !slices.Contains(w.sticky(c, tls), *m) {
		return url(m, c, tls)
	}
	cluster := slices.IndexFunc(w.plan.Clusters, func(o export.Cluster) bool { return o.Ident == c.Ident })
	member := slices.IndexFunc(c.Members, func(o export.Member) bool { return o.Ident == m.Member.Ident })
	return fmt.Sprintf("%d.%d", cluster, member)
}

// commercial is what a version before [Sticky] does not know.
var commercial = lazy.Regexp(`(?m)^    sticky route .*;\n|( route=[^ ;]+)?( drain)?;$`)

// WithoutSticky is plugin.conf without what versions before [Sticky] do not know: what they can check of it.
func WithoutSticky(plugin []byte) []byte {
	return commercial().ReplaceAllFunc(plugin, func(found []byte) []byte {
		if strings.HasPrefix(string(found), "    sticky") {
			return nil
		}
		return []byte(";")
	})
}

package nginx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/generate/export"
)

// homes is how many members a request can name: by its cookie, then by its URL (R20).
const homes = 2 * export.CloneIDs

// sessions reads the members that a request names: $plugin_home_N is the URL of the N-th, and $plugin_go_N the
// location that comes next behind N of them.
func (w *writer) sessions() {
	clones := w.clones()
	w.line("# the session, and the members that it names")
	w.line(`map $plugin_to $plugin_cluster { default .; "~^(?<plugin_cluster_part>[^|]*)" $plugin_cluster_part; }`)
	w.sources()
	w.separator()
	// $https is "on" or "", so default is for requests without TLS
	w.line("map $https $plugin_group { default $plugin_cluster; on $plugin_cluster.tls; }")
	next := "@$plugin_group"
	// Backwards, as each map names the variable of the next one: behind a home that is not there the next is looked
	// at, behind the last the locations of the whole cluster. nginx evaluates a map when its variable is asked for,
	// and once for a request.
	for n := homes; n >= 1; n-- {
		w.nth(n, clones)
		w.line(`map $plugin_home_%d $plugin_go_%d { default @$plugin_group.%d; "" %s; }`, n, n-1, n, next)
		next = fmt.Sprintf("$plugin_go_%d", n-1)
	}
	w.line("map $https $plugin_go_%d { default @$plugin_group; }", homes)
	w.first()
	w.line("map $https $plugin_secure { default false; on true; }")
	w.names()
}

// first is the location that a request goes to first: where an upstream knows its sessions the cluster's own, else
// that of the first member that the session names.
func (w *writer) first() {
	w.line("map =$plugin_group $plugin_first {\n    default $plugin_go_0;")
	for i := range w.plan.Clusters {
		for _, tls := range w.opt.Schemes() {
			if c := &w.plan.Clusters[i]; len(w.sticky(c, tls)) > 0 {
				w.line("    %s @$plugin_group;", word("="+group(c, tls)))
			}
		}
	}
	w.line("}")
}

// names are those that the certificates of members must have.
// The locations of a session's members ask for them: their upstream is a variable, and without proxy_ssl_name nginx
// would check for the name of that upstream.
func (w *writer) names() {
	for n := 1; n <= homes; n++ {
		w.line("map $plugin_home_%d $plugin_name_%d {\n    default \"\";", n, n)
		for i := range w.plan.Clusters {
			for _, tls := range w.opt.Schemes() {
				for _, m := range w.plan.Clusters[i].Ways(tls) {
					if m.To.HTTPS && m.Member.CloneID != "" {
						w.line("    %s %s;", word(url(&m, &w.plan.Clusters[i], tls)), m.To.Host)
					}
				}
			}
		}
		w.line("}")
	}
}

// sources reads cookie and URL by the affinity names of the Uri.
// $http_cookie is all Cookie headers, joined by "; ".
func (w *writer) sources() {
	for i, s := range w.plan.Sessions {
		name := regexp.QuoteMeta(s.Cookie)
		w.line(`map $http_cookie $plugin_cookie_%d { default ""; %s $plugin_cookie_%d_part; }`, i,
			word(fmt.Sprintf(`~(?:^|;)[ \t]*%s=(?<plugin_cookie_%d_part>[^;]*)`, name, i)), i)
		w.line(`map $request_uri $plugin_url_%d { default ""; %s $plugin_url_%d_part; }`, i,
			word(fmt.Sprintf(`~^[^?]*?;%s=(?<plugin_url_%d_part>[^;/?]*)`, regexp.QuoteMeta(s.Identifier), i)), i)
	}
	for _, kind := range []string{"cookie", "url"} {
		w.line("map $plugin_to $plugin_%s {\n    default \"\";", kind)
		for i := range w.plan.Sessions {
			w.line(`    "~\|%d$" $plugin_%s_%d;`, i, kind, i)
		}
		w.line("}")
	}
}

// separator is what stands between the clone IDs of a cluster (R21). Names of clusters stand behind a mark: "default"
// and "include" would be words of nginx's own.
func (w *writer) separator() {
	w.line("map =$plugin_cluster $plugin_separator {\n    default :;")
	for i := range w.plan.Clusters {
		if c := &w.plan.Clusters[i]; c.Separator != ":" {
			w.line("    %s %s;", word("="+c.Ident), c.Separator)
		}
	}
	w.line("}")
}

// nth finds the n-th member.
// The separator stands in front of the text that is looked in, so that one map serves clusters of both separators:
// behind it come the cache ID of four characters and the session ID, then the clone IDs (R21).
func (w *writer) nth(n int, clones []row) {
	kind, k := "cookie", n
	if n > export.CloneIDs {
		kind, k = "url", n-export.CloneIDs
	}
	w.line("map \"$plugin_separator$plugin_%s\" $plugin_clone_%d {\n    default \"\";", kind, n)
	for i, s := range []string{":", "+"} {
		part := fmt.Sprintf("plugin_clone_%d_%d", n, i)
		re := fmt.Sprintf(`~^S.{4}(?:[^S]*S){%d}(?<%s>[^S]*)`, k, part)
		w.line("    %s $%s;", word(separated(re, s)), part)
	}
	w.line("}")
	name := fmt.Sprintf("plugin_named_%d", n)
	found := w.table(name, "$plugin_group:$plugin_clone_"+fmt.Sprint(n),
		fmt.Sprintf("$plugin_clone_%d", n), clones, `""`)
	w.line("map $https $plugin_home_%d { default %s; }", n, found)
}

// separated puts a separator into a regular expression where S stands outside and inside of brackets.
// In front, as "^S", and behind a capture it is quoted, since + is an operator; in brackets it stands as it is.
func separated(re, s string) string {
	return strings.NewReplacer(`^S`, "^"+regexp.QuoteMeta(s), "[^S]", "[^"+s+"]", `S)`,
		regexp.QuoteMeta(s)+")").Replace(re)
}

// clones lead from a cluster and a clone ID to the member's upstream.
func (w *writer) clones() (rows []row) {
	for i := range w.plan.Clusters {
		c := &w.plan.Clusters[i]
		for _, tls := range w.opt.Schemes() {
			for _, m := range c.Ways(tls) {
				if m.Member.CloneID != "" {
					rows = append(rows, row{group(c, tls) + ":" + m.Member.CloneID, m.Member.CloneID,
						w.home(c, tls, &m)})
				}
			}
		}
	}
	return slices.Clip(rows)
}

// group is a cluster for requests of one scheme.
func group(c *export.Cluster, tls bool) string {
	if tls {
		return c.Ident + ".tls"
	}
	return c.Ident
}

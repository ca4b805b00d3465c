package reverse

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
)

// drawn is a random file of three clusters whose aliases and Uris meet in all ways.
func drawn(t *rapid.T) string {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	var b strings.Builder
	b.WriteString("<Config>")
	for _, c := range []string{"A", "B", "C"} {
		fmt.Fprintf(&b, `<ServerCluster Name="%s"><Server Name="%s1" CloneID="%s">`+
			`<Transport Hostname="h" Port="1"/></Server></ServerCluster>`, c, c, c)
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "routes") {
		fmt.Fprintf(&b, `<VirtualHostGroup Name="v%d">`, i)
		for range rapid.IntRange(1, 2).Draw(t, "aliases") {
			fmt.Fprintf(&b, `<VirtualHost Name="%s:%s"/>`, pick("host", "*", "a", "bb"), pick("port", "*", "80", "81"))
		}
		fmt.Fprintf(&b, `</VirtualHostGroup><UriGroup Name="u%d">`, i)
		for range rapid.IntRange(1, 3).Draw(t, "uris") {
			fmt.Fprintf(&b, `<Uri Name="%s"/>`,
				pick("uri", "/*", "/x/*", "/x/y/*", "/x/y", "/x*", "*.jsp", "/x/*.jsp", "/y/*", "/xx/*", "/x/y.jsp"))
		}
		fmt.Fprintf(&b, `</UriGroup><Route ServerCluster="%s" UriGroup="u%d" VirtualHostGroup="v%d"/>`,
			pick("cluster", "A", "B", "C"), i, i)
	}
	return b.String() + "</Config>"
}

// TestRowsCover: a request is in the rows of a cluster, less their exceptions, if and only if Match gives it to the
// cluster. What a row takes is read here by other code than match's.
func TestRowsCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xml := drawn(t)
		table := coretest.Parse(xml)
		sem := choices.Latest()
		if assume := rapid.SampledFrom([]string{"", "score-combination=uri-then-vhost", "score-tie=last",
			"slash-star-serves-bare=no",
			"suffix-patterns=prefix-first", "vhost-score=classes"}).Draw(t, "assume"); assume != "" {
			if _, err := sem.Assume(assume); err != nil {
				t.Fatal(err)
			}
		}
		for id := range table.Clusters {
			a := To(table, diag.NewFiles(), sem, match.ClusterID(id), match.NoMember, "")
			for range 40 {
				host := rapid.SampledFrom([]string{"a", "bb", "other"}).Draw(t, "asked host")
				port := rapid.SampledFrom([]int{80, 81, 82}).Draw(t, "asked port")
				path := rapid.SampledFrom([]string{"/", "/x", "/x/", "/x/y", "/x/y/z", "/x/y.jsp", "/x.jsp",
					"/xx/q", "/y/a.jsp", "/y", "/x/y/z.jsp", "/xy"}).Draw(t, "path")
				rq := match.Request{Host: fmt.Sprintf("%s:%d", host, port), Port: port, Target: path}
				m, ok := table.Match(&rq, &sem)
				if got, want := covered(a.Rows, host, port, path),
					ok && m.Cluster == match.ClusterID(id); got != want {
					t.Fatalf("%s:%d%s: in the rows of %s: %t, Match says %t\n%s\n%+v", host, port, path,
						a.To.Cluster, got, want, xml, a.Rows)
				}
			}
			least(t, a.Rows)
		}
	})
}

// covered reads rows as people do.
func covered(rows []Row, host string, port int, path string) bool {
	return slices.ContainsFunc(rows, func(r Row) bool {
		return !strings.Contains(r.Choice, "=") && takes(r.Alias, r.Pattern, r.Bare, host, port, path) &&
			!slices.ContainsFunc(r.Except, func(x Exception) bool {
				return takes(x.Alias, x.Pattern, x.Bare,
					host, port, path)
			})
	})
}

func takes(alias, pattern string, bare bool, host string, port int, path string) bool {
	h, p, _ := strings.Cut(alias, ":")
	if h != "*" && h != host || p != "*" && p != fmt.Sprint(port) {
		return false
	}
	if bare && path == strings.TrimSuffix(pattern, "/*") {
		return true
	}
	head, tail, star := strings.Cut(pattern, "*")
	if !star {
		return path == pattern
	}
	return len(path) >= len(head)+len(tail) && strings.HasPrefix(path, head) && strings.HasSuffix(path, tail)
}

// least: no row stands twice.
func least(t *rapid.T, rows []Row) {
	seen := map[string]bool{}
	for _, r := range rows {
		if key := r.Alias + " " + r.Pattern; seen[key] && !strings.Contains(r.Choice, "=") {
			t.Fatalf("%s stands twice: %+v", key, rows)
		} else if !strings.Contains(r.Choice, "=") {
			seen[key] = true
		}
	}
}

// shop has two applications on one host; /shop/api is on D.
const shop = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="shop.example.com:80"/><VirtualHost Name="shop.example.com:443"/></VirtualHostGroup>
<ServerCluster Name="C">
<Server Name="m1" CloneID="c1"><Transport Hostname="h1" Port="1"/></Server>
<Server Name="m2" CloneID="c2"><Transport Hostname="h2" Port="1"/></Server>
<Server Name="m3" CloneID="c3"><Transport Hostname="h3" Port="1"/></Server>
<Server Name="m4" CloneID="c4"><Transport Hostname="h4" Port="1"/></Server>
<Server Name="m5" CloneID="c5" LoadBalanceWeight="0"><Transport Hostname="h5" Port="1"/></Server>
<PrimaryServers><Server Name="m1"/><Server Name="m2"/><Server Name="m5"/></PrimaryServers><BackupServers><Server Name="m3"/></BackupServers>
</ServerCluster>
<ServerCluster Name="D"><Server Name="d1" CloneID="d1"><Transport Hostname="h4" Port="1"/></Server></ServerCluster>
<ServerCluster Name="E"><Server Name="e1"><Transport Hostname="h4" Port="1"/></Server></ServerCluster>
<ServerCluster Name="F"><Server Name="f1"><Transport Hostname="h4" Port="1"/></Server></ServerCluster>
<ServerCluster Name="G"/>
<ServerCluster Name="H"><Server Name="h1"/></ServerCluster>
<ServerCluster Name="I"><ClusterAddress Name="i"><Transport Hostname="h4" Port="1"/></ClusterAddress></ServerCluster>
<ServerCluster Name="J"><Server LoadBalanceWeight="0" Name="j"><Transport Hostname="h4" Port="1"/></Server></ServerCluster>
<UriGroup Name="g"><Uri Name="/g"/></UriGroup><Route ServerCluster="G" UriGroup="g" VirtualHostGroup="v"/>
<UriGroup Name="h"><Uri Name="/h"/></UriGroup><Route ServerCluster="H" UriGroup="h" VirtualHostGroup="v"/>
<UriGroup Name="i"><Uri Name="/i"/></UriGroup><Route ServerCluster="I" UriGroup="i" VirtualHostGroup="v"/>
<UriGroup Name="j"><Uri Name="/j"/></UriGroup><Route ServerCluster="J" UriGroup="j" VirtualHostGroup="v"/>
<UriGroup Name="app"><Uri Name="/app/*"/><Uri Name="/app/x/*"/><Uri AffinityCookie="SHOPSESSION" Name="/shop/*"/></UriGroup>
<UriGroup Name="api"><Uri Name="/shop/api/*"/></UriGroup>
<UriGroup Name="inside"><Uri Name="/shop/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="app" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="api" VirtualHostGroup="v"/>
<Route ServerCluster="F" UriGroup="inside" VirtualHostGroup="v"/>
</Config>`

// TestTo: what is said of a cluster, and of each kind of member.
func TestTo(t *testing.T) {
	table := coretest.Parse(shop)
	for _, c := range []struct {
		cluster, member, host  string
		share                  float64
		rows, nothing          string
		cookies, goes, refuses string
	}{
		{cluster: "C", share: 1, rows: "shop.example.com:443 /shop/* -/shop/api/*D [score-tie]; " +
			"shop.example.com:443 /app/*; shop.example.com:80 /shop/* -/shop/api/*D [score-tie]; " +
			"shop.example.com:80 /app/*"},
		{cluster: "C", member: "m1", share: .5, cookies: "SHOPSESSION=…:c1 /shop/*; ;jsessionid=…:c1 /shop/* " +
			"/app/*; JSESSIONID=…:c1 /app/*", goes: "m2 m5", refuses: "no-backup no-https"},
		{cluster: "C", member: "m3", nothing: "it is a backup, and gets requests only while no primary is " +
			"usable", refuses: "backup no-https"},
		{cluster: "C", member: "m4", nothing: "it stands in neither list", refuses: "in-no-list"},
		{cluster: "C", member: "m5", nothing: "its LoadBalanceWeight is 0", cookies: "SHOPSESSION=…:c5 /shop/*; " +
			";jsessionid=…:c5 /shop/* /app/*; JSESSIONID=…:c5 /app/*",
			refuses: "no-backup weight-zero no-https"},
		{cluster: "C", host: "elsewhere.example.com", nothing: "no Uri of cluster C is served on host " +
			"elsewhere.example.com, or others take all of it"},
		{cluster: "E", nothing: "no Route leads to cluster E"},
		{cluster: "F", rows: "shop.example.com:443 /shop/* -/shop/api/*D [score-tie=last]; " +
			"shop.example.com:80 /shop/* -/shop/api/*D [score-tie=last]",
			nothing: "every Uri of cluster F is taken by others, by C"},
		{cluster: "G", rows: "shop.example.com:443 /g; shop.example.com:80 /g",
			nothing: "it has no server, and every request for it gets an error"},
		{cluster: "H", rows: "shop.example.com:443 /h; shop.example.com:80 /h",
			nothing: "none of its servers can get a request, and every request for it gets an error"},
		{cluster: "I", share: 1, rows: "shop.example.com:443 /i; shop.example.com:80 /i"},
		{cluster: "J", share: 1, rows: "shop.example.com:443 /j; shop.example.com:80 /j"},
	} {
		id, _ := table.ClusterByName(c.cluster)
		m := match.NoMember
		if c.member != "" {
			m, _ = table.Clusters[id].MemberByName(c.member)
		}
		a := To(table, diag.NewFiles(), choices.Latest(), id, m, c.host)
		var rows, cookies, refuses []string
		for _, r := range a.Rows {
			text := r.Alias + " " + r.Pattern
			for _, x := range r.Except {
				text += " -" + x.Pattern + x.Cluster
			}
			if r.Choice != "" {
				text += " [" + r.Choice + "]"
			}
			rows = append(rows, text)
		}
		for _, k := range a.Cookies {
			cookies = append(cookies, k.Name+"="+strings.TrimPrefix(k.Value, "=")+" "+strings.Join(k.Patterns, " "))
		}
		for _, n := range a.Never {
			refuses = append(refuses, n.Code)
		}
		if a.NewSessions != c.share || a.Nothing != c.nothing || strings.Join(cookies, "; ") != c.cookies ||
			strings.Join(a.Failover, " ") != c.goes || strings.Join(refuses, " ") != c.refuses ||
			c.rows != "" && strings.Join(rows, "; ") != c.rows {
			t.Errorf("%+v:\n%v\n%+v", c, strings.Join(rows, "; "), a)
		}
	}
}

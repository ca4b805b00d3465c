package exporttest

import (
	"embed"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// oddFiles are files with all that is allowed and rarely written: names that are words of targets, patterns that are
// regular expressions elsewhere, lists without members, the same name twice.
//
//go:embed testdata/odd/*.xml
var oddFiles embed.FS

// odd asks the daemon what is made of odd files.
func (d *Daemon) odd(t *testing.T) {
	d.Find(t)
	files, err := oddFiles.ReadDir("testdata/odd")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sharedtest.Sample(files, 4) {
		xml, err := oddFiles.ReadFile("testdata/odd/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		d.answers(t, f.Name(), string(xml))
	}
}

// strangers asks the daemon what is made of strangers' files, of which all are tried before a release.
func (d *Daemon) strangers(t *testing.T) {
	d.Find(t)
	for i, path := range sharedtest.Files(t, "*.xml", "corpus", "cfg") { // one of 50, of 10 in the long form
		if i%50 != 0 && !(sharedtest.Long() && i%10 == 0) && !sharedtest.Everything() {
			continue
		}
		xml, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d.answers(t, filepath.Base(path), string(xml))
	}
}

var (
	transport = regexp.MustCompile(`(?is)<Transport\b[^>]*>`)
	portAttr  = regexp.MustCompile(`(?is)\bPort\s*=\s*"[^"]*"`)
	https     = regexp.MustCompile(`(?is)\bProtocol\s*=\s*"https"`)
)

// placed puts PORT(n) into each Transport of a file that has no PORT of its own, all without TLS.
func placed(xml string) string {
	if strings.Contains(xml, "PORT(") {
		return xml
	}
	n := 0
	return transport.ReplaceAllStringFunc(xml, func(tr string) string {
		n++
		tr = https.ReplaceAllString(hostname.ReplaceAllString(tr, `Hostname="127.0.0.1"`), `Protocol="http"`)
		return portAttr.ReplaceAllString(tr, fmt.Sprintf(`Port="PORT(m%d)"`, n))
	})
}

// answers asks the daemon what a file's own aliases, Uris and clone IDs lead to; each answer must be what the decision
// core says. A file that the plug-in or the export refuses is passed over.
func (d *Daemon) answers(t *testing.T, name, xml string) {
	members, xml := start(t, placed(xml))
	cfg, table, sem := load(t, xml)
	if len(table.Rejected(sem)) > 0 || !table.Serves() {
		return
	}
	if _, err := export.NewPlan(name, cfg, table, sem); err != nil {
		t.Logf("%s: %v", name, err)
		return
	}
	address := d.serve(t, xml, export.Options{Headers: "ws"})
	for _, q := range append(routes(cfg, table, sem), clones(table, sem)...) {
		a := ask(t, address, q)
		got := fmt.Sprint(a.Status)
		if l := members.ByName[a.Body]; a.Status == 200 && l != nil {
			_, got, _ = net.SplitHostPort(l.Address())
		}
		if want := ports(table, sem, q); !slices.Contains(want, got) {
			t.Errorf("%s: %s %s %q: %s, want %v", name, q.Host, q.Target, q.Cookies, got, want)
		}
	}
}

// ports are those of the members that may answer a question, else the status: several where chance decides. The core
// decides by a fresh state, as the daemon has one; without affinity any primary may come first there.
func ports(t *match.Table, sem *choices.Assumptions, q question) (out []string) {
	rq := match.Request{Host: q.Host, Port: 80, Target: q.Target, Cookies: q.Cookies}
	m, ok := t.Match(&rq, sem)
	if !ok {
		return []string{"404"}
	}
	c := &t.Clusters[m.Cluster]
	add := func(id match.MemberID) {
		if i, ok := failover.TransportFor(t, m.Cluster, id, false, sem); ok {
			out = append(out, fmt.Sprint(c.Members[id].Transports[i].Port))
		}
	}
	cs := failover.NewState(c, sem, 1)
	f := failover.Begin(t, &rq, &m, 0, sem, nil)
	switch action := failover.Next(t, &cs, &f, 0, sem, nil); {
	case action.Kind != failover.Send:
		return []string{"500", "502", "503"}
	case f.By == failover.ByAffinity, c.Address != match.NoMember, len(c.Primary) == 0:
		add(action.Member)
	default:
		for _, id := range c.Primary {
			add(id)
		}
	}
	return out
}

// mostAsked bounds the questions about the routes of a file.
const mostAsked = 200

// routes asks for each alias, and for hosts and ports beside them, with paths that are made of each Uri.
func routes(cfg *parser.Config, t *match.Table, sem *choices.Assumptions) (out []question) {
	hosts, paths := aliases(t, sem), targets(cfg)
	step := len(hosts)*len(paths)/mostAsked + 1
	for i, host := range hosts {
		for j, path := range paths {
			if (i*31+j*7)%step == 0 { // spread over both, and the same at each run
				out = append(out, question{Host: host, Target: path})
			}
		}
	}
	return out
}

// aliases are Host fields.
func aliases(t *match.Table, sem *choices.Assumptions) []string {
	out := []string{"nobody.example", "nobody.example:81"}
	for _, e := range t.Ordered(sem) {
		host := strings.ReplaceAll(e.Host, "*", "nobody.example")
		out = append(out, host, strings.ToUpper(host), host+":7")
		if e.Port != 0 {
			out = append(out, fmt.Sprintf("%s:%d", host, e.Port))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// targets are paths that the Uris of a file take, or nearly so.
func targets(cfg *parser.Config) []string {
	out := []string{"/", "/nowhere"}
	for _, g := range cfg.UriGroups {
		for _, u := range g.Uris {
			for _, fill := range []string{"", "x", "x/y.jsp", "%61"} {
				p := strings.ReplaceAll(u.Name.V, "*", fill)
				out = append(out, p, "/pre"+p, p+"x", strings.TrimSuffix(p, "/"), strings.ToUpper(p), p+"?q=/a/x",
					p+";jsessionid=0000id:zz", p+";v=1")
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(p string) bool { return !askable.MatchString(p) })
}

// askable are the paths that every web server takes: no daemon answers a broken escape, or a quote.
var askable = regexp.MustCompile(`^/(?:[!$&()*+,\-./0-9:;=?@A-Z\[\]^_|~a-z` + "`" + `]|%[0-9A-Fa-f]{2})*$`)

// clones asks for each clone ID by the cookie and by the URL, in front and behind others.
func clones(t *match.Table, sem *choices.Assumptions) (out []question) {
	asked := map[string]bool{}
	for _, e := range t.Ordered(sem) {
		host, path := strings.ReplaceAll(e.Host, "*", "nobody.example"), strings.ReplaceAll(e.Pattern, "*", "x")
		if e.Port != 0 {
			host += fmt.Sprint(":", e.Port)
		}
		key := fmt.Sprint(e.Cluster, e.Cookie, e.Identifier)
		if asked[key] || !askable.MatchString(path) {
			continue
		}
		asked[key] = true
		c := &t.Clusters[e.Cluster]
		for _, m := range c.Members[:min(len(c.Members), 4)] {
			if m.CloneID == "" {
				continue
			}
			sep := string(c.Separator)
			for _, list := range []string{m.CloneID, "zz" + sep + m.CloneID, m.CloneID + sep + "zz", m.CloneID + "x"} {
				out = append(out, question{Host: host, Target: path,
					Cookies: []string{"a=b; x" + e.Cookie + "=c; " + e.Cookie + "=0000id" + sep + list}})
				if to := path + ";" + e.Identifier + "=0000id" + sep + list; askable.MatchString(to) {
					out = append(out, question{Host: host, Target: to})
				}
			}
		}
	}
	return out
}

// Refused has a writer refuse a file with a Uri of these attributes.
func Refused(t *testing.T, write Writer, uri, want string) {
	t.Helper()
	xml := sharedtest.ClusterXML("", "", sharedtest.Server("m", `CloneID="a"`))
	cfg, table, sem := load(t, strings.Replace(xml, `<Uri Name="/*"/>`, "<Uri "+uri+"/>", 1))
	plan, err := export.NewPlan("plugin-cfg.xml", cfg, table, sem)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = write(plan, &export.Options{Headers: "ws", Listen: []export.Listen{{Port: 80, As: 80}}})
	var refusal *export.Refusal
	if !errors.As(err, &refusal) || refusal.At.Start == 0 || !strings.Contains(refusal.What, want) {
		t.Errorf("%v; want %q", err, want)
	}
}

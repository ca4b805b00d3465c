package cause

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
)

// explainOne asks one request of a file, in which text is replaced.
func explainOne(t interface{ Fatal(...any) }, xml string, sc *explain.Scenario, assume string) *explain.Decision {
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	table, _ := match.New(cfg)
	sem := choices.Latest()
	if assume != "" {
		if _, err := sem.Assume(assume); err != nil {
			t.Fatal(err)
		}
	}
	return &Explain(table, files, sc, sem, nil, explain.WithAll)[0]
}

// TestCause: what is told first of a session that does not get home, the near misses, and what else applies.
func TestCause(t *testing.T) {
	const learns = `GetDWLMTable="true"`
	for _, c := range []struct{ cluster, path, cookie, assume, want, near, also string }{
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:clone2"},
		{path: "/app/x"},
		{path: "/app/x", cookie: "theme=dark; tz=UTC:clone9"},
		{path: "/elsewhere", cookie: "JSESSIONID=0001abcdef:zzz",
			want: "declined-path: the web server serves it itself: no Uri covers /elsewhere"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:zzz:clone2"},
		{path: "/app/x", cookie: "tz=UTC; SHOPSESSION=0001abcdef:clone2",
			want: "session-cookie-not-watched: the session is lost: /app/* watches cookie JSESSIONID, the browser " +
				"sent SHOPSESSION",
			near: "clone2 of m2 in C: in a cookie named JSESSIONID; /shop/* in D: watches cookie SHOPSESSION"},
		{path: "/app/x", cookie: "jsessionid=0001abcdef:clone1",
			want: "session-cookie-not-watched: the session is lost: /app/* watches cookie JSESSIONID, the browser " +
				"sent jsessionid",
			near: "clone1 of m1 in C: in a cookie named JSESSIONID"},
		{path: "/sid/x;jsessionid=0001abcdef:clone1",
			want: "session-cookie-not-watched: the session is lost: /sid/* watches ;sid= in the URL, the URL " +
				"carries ;jsessionid=",
			near: "clone1 of m1 in C: behind ;sid="},
		{path: "/app/x;v=1;mysession=0001abcdef:clone2/y?q=;s=0001abcdef:clone1",
			want: "session-cookie-not-watched: the session is lost: /app/* watches ;jsessionid= in the URL, the " +
				"URL carries ;mysession=",
			near: "clone2 of m2 in C: behind ;jsessionid="},
		{path: "/app/x/s=0001abcdef:clone1"},
		// More than one thing at once.
		{path: "/app/x", cookie: "SHOPSESSION=0001abcdef+clone2", also: "session-separator",
			want: "session-cookie-not-watched: the session is lost: /app/* watches cookie JSESSIONID, the browser " +
				"sent SHOPSESSION",
			near: "clone2 of m2 in C: in a cookie named JSESSIONID, with : as the separator; /shop/* in D: " +
				"watches cookie SHOPSESSION"},
		{path: "/app/x", cookie: "other=0001abcdef%2BCLONE2", also: "session-separator session-encoded session-case",
			want: "session-cookie-not-watched: the session is lost: /app/* watches cookie JSESSIONID, the browser " +
				"sent other",
			near: "clone2 of m2 in C: in a cookie named JSESSIONID, where the value is 0001abcdef+CLONE2, with : " +
				"as the separator, in this letter case"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef%2Bclone2", also: "session-encoded session-no-clone",
			want: "session-separator: the session is lost: the cookie separates with +, cluster C expects : " +
				"(CloneSeparatorChange)",
			near: "clone2 of m2 in C: where the value is 0001abcdef+clone2, with : as the separator"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef+CLONE2", also: "session-no-clone session-case",
			want: "session-separator: the session is lost: the cookie separates with +, cluster C expects : " +
				"(CloneSeparatorChange)",
			near: "clone2 of m2 in C: with : as the separator, in this letter case"},
		{path: "/app/x;sid=0001abcdef+clone1", also: "session-separator",
			want: "session-cookie-not-watched: the session is lost: /app/* watches ;jsessionid= in the URL, the " +
				"URL carries ;sid=",
			near: "clone1 of m1 in C: behind ;jsessionid=, with : as the separator"},
		// The query is no part of the path.
		{path: "/app/x?a=b&jsessionid=0001abcdef:clone2",
			want: "session-cookie-not-watched: the session is lost: /app/* watches ;jsessionid= in the path, " +
				"jsessionid= stands in the query",
			near: "clone2 of m2 in C: behind ;jsessionid="},
		{path: "/sid/x?jsessionid=0001abcdef%3Aclone2", also: "session-encoded",
			want: "session-cookie-not-watched: the session is lost: /sid/* watches ;sid= in the path, jsessionid= " +
				"stands in the query",
			near: "clone2 of m2 in C: behind ;sid=, where the value is 0001abcdef:clone2"},
		{path: "/app/x?from=0001abcdef:zzz&to=theme:dark"},
		{path: "/app/x?jsessionid=0001abcdef:clone2", cookie: "JSESSIONID=0001abcdef:clone1"},
		// A server that is known, though the session has no home there.
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef+kept03", also: "session-on-backup",
			want: "session-separator: the session is lost: the cookie separates with +, cluster C expects : " +
				"(CloneSeparatorChange)"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef+shop1", also: "session-other-cluster",
			want: "session-separator: the session is lost: the cookie separates with +, cluster C expects : " +
				"(CloneSeparatorChange)"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:GONE04", also: "session-in-no-list",
			want: "session-case: the session is lost: clone ID GONE04 is not gone04 of m4; letter case counts"},
		{path: "/app/x", cookie: "SHOPSESSION=0001abcdef:gone04",
			want: "session-cookie-not-watched: the session is lost: /app/* watches cookie JSESSIONID, the browser " +
				"sent SHOPSESSION",
			near: "/shop/* in D: watches cookie SHOPSESSION"},
		{path: "/app/x", cookie: "SHOPSESSION=0001abcdef:shop1"}, // of the other application, as it should be
		{cluster: learns, path: "/app/x", cookie: "JSESSIONID=0001abcdef+1158590921", also: "session-partition",
			want: "session-separator: the session is lost: the cookie separates with +, cluster C expects : " +
				"(CloneSeparatorChange)"},
		// To the only server its sessions come whatever they carry.
		{path: "/one/x", cookie: "JSESSIONID=0001abcdef+only1"},
		{path: "/one/x", cookie: "SHOPSESSION=0001abcdef:only1"},
		{path: "/one/x", cookie: "JSESSIONID=0001abcdef"},
		{path: "/one/x", cookie: "JSESSIONID=0001abcdef:1158590921"},
		{cluster: learns, path: "/one/x", cookie: "JSESSIONID=0001abcdef:1158590921"},
		{path: "/one/x", cookie: "JSESSIONID=0001abcdef:other1",
			want: "session-unknown-clone: the session is lost: clone ID other1 is nowhere in plugin-cfg.xml"},
		{path: "/one/x", cookie: "JSESSIONID=0001abcdef:shop1",
			want: "session-other-cluster: the session is lost: clone ID shop1 belongs to d1 of cluster D",
			near: "shop1 of d1 in D: http://www.example.com/shop/x goes there"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef+clone2", also: "session-no-clone",
			want: "session-separator: the session is lost: the cookie separates with +, cluster C expects : " +
				"(CloneSeparatorChange)",
			near: "clone2 of m2 in C: with : as the separator"},
		{cluster: `CloneSeparatorChange="true"`, path: "/app/x;jsessionid=0001abcdef:clone2", also: "session-no-clone",
			want: "session-separator: the session is lost: the URL separates with :, cluster C expects + " +
				"(CloneSeparatorChange)",
			near: "clone2 of m2 in C: with + as the separator"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef%3Aclone2", also: "session-no-clone",
			want: "session-encoded: the session is lost: the cookie arrived %-encoded; a device in front changed it",
			near: "clone2 of m2 in C: where the value is 0001abcdef:clone2"},
		{path: "/app/x", cookie: `JSESSIONID="0001abcdef:clone2"`, also: "session-unknown-clone",
			want: "session-encoded: the session is lost: the cookie arrived in quotes; a device in front changed it",
			near: "clone2 of m2 in C: where the value is 0001abcdef:clone2"},
		{path: "/none/x", cookie: "JSESSIONID=0001abcdef", also: "session-no-clone",
			want: "session-servers-without-clone: the session stays nowhere: no server of E has a CloneID"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef", want: "session-no-clone: the session is lost: cookie " +
			"JSESSIONID carries no clone ID"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:", want: "session-no-clone: the session is lost: cookie " +
			"JSESSIONID carries no clone ID"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:1158590921",
			want: "session-partition: the session is lost: 1158590921 is a partition ID, and GetDWLMTable is not " +
				"true (PK48101)"},
		{cluster: learns, path: "/app/x", cookie: "JSESSIONID=0001abcdef:1158590921",
			want: "session-partition: it is not known where the session lives: partition ID 1158590921, give " +
				"--partition"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:CLONE1",
			want: "session-case: the session is lost: clone ID CLONE1 is not clone1 of m1; letter case counts",
			near: "clone1 of m1 in C: in this letter case"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:CLONE1", assume: "letter-case=ignored"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:shop1",
			want: "session-other-cluster: the session is lost: clone ID shop1 belongs to d1 of cluster D",
			near: "shop1 of d1 in D: http://www.example.com/shop/x goes there"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:clone9",
			want: "session-unknown-clone: the session is lost: clone ID clone9 is nowhere in plugin-cfg.xml",
			near: "clone1 of m1 in C: one character differs; clone2 of m2 in C: one character differs"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:cl1ne9", want: "session-unknown-clone: the session is " +
			"lost: clone ID cl1ne9 is nowhere in plugin-cfg.xml"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:xclone91",
			want: "session-unknown-clone: the session is lost: clone ID xclone91 is nowhere in plugin-cfg.xml",
			near: "clone1 of m1 in C: two characters differ"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:zz1:zz2",
			want: "session-unknown-clone: the session is lost: clone IDs zz1 and zz2 are nowhere in plugin-cfg.xml"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:gone04",
			want: "session-in-no-list: the session loses its home: m4 stands in neither list (drained)"},
		{path: "/app/x", cookie: "JSESSIONID=0001abcdef:kept03",
			want: "session-on-backup: the session loses its home: m3 is a backup and a primary is usable"},
	} {
		rq := coretest.Get(c.path)
		if c.cookie != "" {
			rq.Cookies = []string{c.cookie}
		}
		d := explainOne(t, strings.Replace(coretest.TwoApplications, "CLUSTER", c.cluster, 2),
			&explain.Scenario{Requests: explain.Repeat(rq, 1, 0)}, c.assume)
		got, near := "", ""
		if d.Cause != nil {
			got = fmt.Sprintf("%s: %s: %s", d.Cause.Code, d.Cause.Effect, d.Cause.Text)
			near = nearText(d.Cause.Near)
		}
		if got != c.want || near != c.near || strings.Join(d.Also, " ") != c.also {
			t.Errorf("%s %s:\n%s\nnear %s\nalso %v\nwant\n%s\nnear %s\nalso %s", c.path, c.cookie, got, near,
				d.Also, c.want, c.near, c.also)
		}
	}
}

func nearText(near []explain.Near) string {
	var parts []string
	for _, n := range near {
		of := ""
		if n.Member != "" {
			of = " of " + n.Member
		}
		parts = append(parts, fmt.Sprintf("%s%s in %s: %s", n.Name, of, n.Cluster, n.What))
	}
	return strings.Join(parts, "; ")
}

// TestNothingIsLost: a session that reaches its member all the same has no cause, and one whose home is known moves.
func TestNothingIsLost(t *testing.T) {
	marked := match.Nanos(10 * match.Second)
	for _, c := range []struct {
		name, id, member string
		cause            string
		marked           []match.MemberID
		table            []explain.PartitionEntry
	}{
		{"the table names a member that is marked down", "1158590921", "m2", "session-member-marked",
			[]match.MemberID{0}, []explain.PartitionEntry{{ID: "1158590921"}}},
		{"a backup serves while no primary is usable", "kept03", "m3", "", []match.MemberID{0, 1}, nil},
		{"its member is marked down", "clone2", "m1", "session-member-marked", []match.MemberID{1}, nil},
	} {
		sc := &explain.Scenario{Requests: explain.Repeat(coretest.Get("/app/x", "JSESSIONID=0000session:"+c.id),
			1, 0), Partition: c.table}
		for _, m := range c.marked {
			sc.Members = append(sc.Members, explain.MemberFact{Member: m, Marked: &marked})
		}
		if d := explainOne(t, strings.Replace(coretest.TwoApplications, "CLUSTER", `GetDWLMTable="true"`, 1), sc,
			""); codeOf(d) != c.cause || d.Member != c.member {
			t.Errorf("%s: %s: %+v", c.name, d.Member, d.Cause)
		}
	}
}

func codeOf(d *explain.Decision) string {
	if d.Cause == nil {
		return ""
	}
	return d.Cause.Code
}

// TestNearMissesAreTrue: whatever is shown as a near miss leads to the cluster and member that it names.
func TestNearMissesAreTrue(t *testing.T) {
	table := coretest.Parse(strings.Replace(coretest.TwoApplications, "CLUSTER", "", 1))
	rapid.Check(t, func(t *rapid.T) {
		pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
		value := "0001abc" + pick("separator", ":", "+", "%3A") + pick("clone", "clone1", "Clone2", "clone9",
			"shop1", "kept03", "zz", "1158590921", "")
		cookie := pick("cookie", "JSESSIONID", "SHOPSESSION", "jsessionid", "other") + "=" + value
		d := explainOne(t, strings.Replace(coretest.TwoApplications, "CLUSTER", "", 1),
			&explain.Scenario{Requests: explain.Repeat(coretest.Get(pick("path", "/app/x", "/shop/x",
				"/shopadmin/x", "/none/x"), cookie), 1, 0)}, "")
		if d.Cause == nil {
			return
		}
		sem := choices.Latest()
		for _, n := range d.Cause.Near {
			rq, cluster := coretest.Get("/app/x"), n.Cluster
			if n.URL != "" {
				rq, _ = written.URL(n.URL)
			} else if cluster == "D" {
				rq = coretest.Get("/shop/x")
			}
			m, ok := table.Match(&rq, &sem)
			if !ok || table.Clusters[m.Cluster].Name != cluster {
				t.Fatalf("%+v does not lead to its cluster", n)
			}
			if n.Member != "" && n.URL == "" {
				rq.Cookies = []string{m.Cookie() + "=0001abc:" + n.Name}
				if o := explain.NewProcess(table, &sem, 1).Do(&rq, nil); table.MemberName(m.Cluster,
					o.Member) != n.Member || o.By != failover.ByAffinity {
					t.Fatalf("%+v does not lead to its member", n)
				}
			}
		}
	})
}

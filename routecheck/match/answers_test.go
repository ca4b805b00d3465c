package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// answers has three Routes: /app of two hosts, *.jsp of any host on port 80, and one that lacks its VirtualHostGroup.
const answers = `<Config>
<VirtualHostGroup Name="hosts"><VirtualHost Name="A.example:80"/><VirtualHost Name="b.example:*"/>
<VirtualHost Name="no alias"/></VirtualHostGroup>
<VirtualHostGroup Name="any"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="c"><Server Name="m"/><Server Name="x"/></ServerCluster>
<ServerCluster Name="d"><Server Name="m"/></ServerCluster>
<UriGroup Name="app"><Uri Name="/app/*" AffinityURLIdentifier="appid"/><Uri Name="/app/a/x"/></UriGroup>
<UriGroup Name="pages"><Uri Name="*.jsp"/></UriGroup>
<UriGroup Name="rest"><Uri Name="/rest"/></UriGroup>
<Route ServerCluster="c" UriGroup="app" VirtualHostGroup="hosts"/>
<Route ServerCluster="d" UriGroup="pages" VirtualHostGroup="any"/>
<Route ServerCluster="d" UriGroup="rest"/></Config>`

// TestCandidates: what each Route has to say to a request, in the order of the file (R1), and which line a log has of
// it.
func TestCandidates(t *testing.T) {
	table, sem := mustParse(answers), choices.Latest()
	for target, want := range map[string][2]string{
		"/app/a/x": {"0 true true 8 /app/a/x; 1 true false; 2 true false", "/app/a/x of app 8"},
		"/app":     {"0 true true 4 /app; 1 true false; 2 true false", "/app of app 4"},
		"/app/x.jsp?q": {"0 true true 5 /app/*; 1 true true 4 *.jsp; 2 true false",
			"/app/* of app 5, *.jsp of pages 4"},
		"/rest": {"0 true false; 1 true false; 2 true true 5 /rest", "/rest of rest 5"},
		"/..":   {"0 false false; 1 false false; 2 false false", ""}, // the web server refuses it
	} {
		rq := Request{Host: "a.example", Port: 80, Target: target}
		var got, found []string
		for _, c := range table.Candidates(&rq, &sem) {
			text := fmt.Sprint(c.Route, " ", c.HostMatches, " ", c.URIMatches)
			if c.Matches() {
				text += fmt.Sprint(" ", c.Match.URIScore(), " ", c.Match.URI())
			}
			got = append(got, text)
		}
		for _, u := range table.URIsFound(&rq, false, &sem) {
			found = append(found, fmt.Sprintf("%s of %s %d", u.Pattern, u.Group, u.Score))
			if !u.Fits(u.Pattern, "", 0) || !u.Fits(u.Written, u.Group, u.Score) || u.Fits(u.Pattern, "other", 0) ||
				u.Fits("/other", "", 0) || u.Fits(u.Pattern, "", u.Score+1) {
				t.Errorf("%+v does not fit its own line, or fits another", u)
			}
		}
		if text := [2]string{strings.Join(got, "; "), strings.Join(found, ", ")}; text != want {
			t.Errorf("%s: %q, want %q", target, text, want)
		}
	}
}

// TestURIComparisons: the lines of a log at level Trace: the Uris of the Routes whose host matches, and R3's before
// its origin, as in trace 06.
func TestURIComparisons(t *testing.T) {
	table, sem := mustParse(answers), choices.Latest()
	rq := Request{Host: "else.example", Port: 80, Target: "/x.jsp;jsessionid=1"}
	text := ""
	for _, c := range table.URIComparisons(&rq, &sem) {
		text += fmt.Sprintf("%s to %s of %s %d %t, ", c.Path, c.Pattern, c.Group, c.Score, c.Matches)
	}
	if want := "/x.jsp to *.jsp of pages 4 true, /x.jsp to /rest of rest 5 false, "; text != want {
		t.Errorf("%s want %s", text, want)
	}
	rq.Host = "B.example:9"
	var patterns []string
	for _, c := range table.URIComparisons(&rq, &sem) {
		patterns = append(patterns, c.Pattern)
	}
	if got := strings.Join(patterns, " "); got != "/app /app/* /app/a/x /rest" {
		t.Error(got)
	}
}

// TestBarePatterns: where R3 makes a Uri, and that it stands directly before its origin.
func TestBarePatterns(t *testing.T) {
	for uris, want := range map[string]string{
		"/x/*": "/x /x/*", "/b /x/*": "/b /x /x/*", "/x/* /x": "/x/* /x", "/x* /x/*.jsp *": "/x* /x/*.jsp *",
		"/*": "/*", // it would be the empty path
	} {
		var xml, got string
		for _, uri := range strings.Fields(uris) {
			xml += `<Uri Name="` + uri + `"/>`
		}
		table := mustParse(`<Config><ServerCluster Name="c"><Server Name="m"/></ServerCluster>` +
			`<UriGroup Name="u">` + xml + `</UriGroup><Route ServerCluster="c" UriGroup="u"/></Config>`)
		for _, p := range table.Routes[0].URIs.Patterns {
			got += p.Text + " "
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %s, want %s", uris, got, want)
		}
	}
}

// TestWinner: what can be told of the Route that wins.
func TestWinner(t *testing.T) {
	table, sem := mustParse(answers), choices.Latest()
	for target, want := range map[string]string{
		"/app":     "0 A.example:80 11 | /app of /app/* 4 made true | appid | R3 ",
		"/app/x":   "0 A.example:80 11 | /app/* of /app/* 5 made false | appid | R2 ",
		"/x.jsp":   "1 *:80 2 | *.jsp of *.jsp 4 made false | jsessionid | R15 ",
		"/rest":    "2  0 | /rest of /rest 5 made false | jsessionid | R2 R17 ",
		"/nothing": "",
	} {
		rq := Request{Host: "a.example", Port: 80, Target: target}
		m, ok := table.Match(&rq, &sem)
		got := ""
		if ok {
			got = fmt.Sprintf("%d %s %d | %s of %s %d made %t | %s | ", m.Route(), m.Alias(), m.VhostScore(), m.URI(),
				m.Pattern(), m.URIScore(), m.Made(), m.Identifier())
			for _, r := range m.Rules() {
				got += r + " "
			}
			if m.RouteAt() != table.RouteAt(m.Route()) || m.URIAt().IsZero() ||
				m.AliasAt().IsZero() != (m.Alias() == "") || !m.HasURI() {
				t.Errorf("%s: it stands elsewhere", target)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	var none Match
	if none.Route() != -1 || none.URI() != "" || none.Cookie() != "JSESSIONID" || none.URIGroup() != "" ||
		!none.RouteAt().IsZero() || fmt.Sprint(none.Rules()) != "[R17]" {
		t.Errorf("without a Route: %+v", none)
	}
}

// TestTableAnswers: who lists hosts, ports, clusters and members asks here.
func TestTableAnswers(t *testing.T) {
	table, sem := mustParse(answers), choices.Latest()
	if got := fmt.Sprint(table.Hosts(), slices.Collect(table.Ports("*")), slices.Collect(table.Ports("b.example")),
		table.NamesHost("a.example"), table.NamesHost("*"), table.TakesAnyHost(), table.TakesPort(9999)); got !=
		"[* a.example b.example] [80] [0] true false true true" {
		t.Error(got)
	}
	aliases, invalid, ok := table.AliasesOf(0)
	if got := fmt.Sprint(aliases, invalid, ok); got != "[A.example:80 b.example:*] [no alias] true" {
		t.Error(got)
	}
	if _, _, ok := table.AliasesOf(2); ok {
		t.Error("the third Route has a VirtualHostGroup")
	}
	if got := fmt.Sprint(table.ClustersOf("m"), table.ClustersOf("x"), table.Lacks("x"), table.Lacks("y"),
		table.AllMembers(), table.MemberName(0, 1), table.MemberName(0, NoMember)); got !=
		"[0 1] [0] false true [c/m c/x d/m]x" {
		t.Error(got)
	}
	uris := table.UrisAt()
	for at, want := range map[string]string{"a.example:80": "/app/* /app/a/x *.jsp /rest",
		"b.example:9": "/app/* /app/a/x /rest",
		"else:80":     "*.jsp /rest", "else:9": "/rest"} {
		host, port := SplitHost(at)
		n, _ := decimal(port)
		if got := strings.Join(uris(host, n), " "); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
	if got := fmt.Sprint(table.PathEnds(&sem)); got != "[;jsessionid= ;appid=]" {
		t.Error(got)
	}
}

// TestRejected: for what the plug-in takes nothing of a file (R17, R18).
func TestRejected(t *testing.T) {
	sem, strict := choices.Latest(), choices.Latest()
	choiceByName(t, "open-route=rejects-file", &strict)
	missing := strings.Replace(answers, `ServerCluster="c"`, `ServerCluster="e"`, 1)
	for _, c := range []struct {
		xml           string
		lax, rejected int
	}{{answers, 0, 1}, {missing, 1, 2}, {"<Config/>", 0, 0}} {
		table := mustParse(c.xml)
		if a, b := len(table.Rejected(&sem)), len(table.Rejected(&strict)); a != c.lax || b != c.rejected {
			t.Errorf("%d and %d reasons, want %d and %d", a, b, c.lax, c.rejected)
		}
	}
}

// TestUrisAtOnce: a group that several Routes and aliases lead to is listed once, and what R3 makes is not the file's.
func TestUrisAtOnce(t *testing.T) {
	table := mustParse(strings.Replace(answers, "</Config>",
		`<Route ServerCluster="d" UriGroup="app" VirtualHostGroup="any"/></Config>`, 1))
	if got := strings.Join(table.UrisAt()("a.example", 80), " "); got != "/app/* /app/a/x *.jsp /rest" {
		t.Error(got)
	}
}

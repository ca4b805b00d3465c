package answers

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/routecheck/session"
)

// ambiguous is a file with names that mean several things: a member called as its cluster, one that two clusters have,
// one that is a number, and a Route of any host.
const ambiguous = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="a.example.com:80"/><VirtualHost Name="*:8080"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="C" CloneID="c1"><Transport Hostname="h1" Port="1"/></Server>
<Server Name="m=1" CloneID="c2"><Transport Hostname="h2" Port="1"/></Server></ServerCluster>
<ServerCluster Name="D"><Server Name="m" CloneID="d1"><Transport Hostname="h3" Port="1"/></Server>
<Server Name="503" CloneID="d2"><Transport Hostname="h3" Port="2"/></Server></ServerCluster>
<ServerCluster Name="E"><Server Name="m" CloneID="e1"><Transport Hostname="h4" Port="1"/></Server></ServerCluster>
<UriGroup Name="c"><Uri Name="/c/*"/></UriGroup><UriGroup Name="d"><Uri Name="/d/*" AffinityCookie="SHOP"/></UriGroup>
<Route ServerCluster="C" UriGroup="c" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="d"/><Route ServerCluster="E" VirtualHostGroup="v"/></Config>`

// asked is a question about it.
func asked(t *testing.T, url string, change func(*Why)) (*WhyAnswer, error) {
	t.Helper()
	w := &Why{Config: app.Config{Path: "names.xml"}, Request: Request{URL: url, Method: "GET"}, Times: 1}
	if change != nil {
		change(w)
	}
	return w.Run(apptest.Memory(t, map[string]string{"names.xml": ambiguous}))
}

// TestMembersByName: a member is found whatever signs its name has, and one of which nobody knows which it is is not
// guessed.
func TestMembersByName(t *testing.T) {
	t.Parallel()
	const c = "http://a.example.com/c/x"
	for _, tt := range []struct {
		name, want string
		change     func(*Members)
	}{
		{"a name with =", "C of C", func(m *Members) { m.Down = []string{"m=1"} }},
		{"a name with = and a value", "C of C", func(m *Members) { m.Down = []string{"m=1=timeout"} }},
		{"with its cluster", "m=1 of C", func(m *Members) { m.Next = []string{"C/m=1"} }},
		{"a name of two", `error: --next "m"`, func(m *Members) { m.Next = []string{"m"} }},
		{"twice", "this member is given twice", func(m *Members) { m.Marked = []string{"C/C", "C=5"} }},
		{"nobody", "want MEMBER or CLUSTER/MEMBER", func(m *Members) { m.Down = []string{""} }},
		{"a way to fail that is none", "attempts cannot end with", func(m *Members) { m.Down = []string{"m=1=slow"} }},
		{"a time that is none", "from 0 on", func(m *Members) { m.Marked = []string{"m=1=NaN"} }},
		{"fewer than no requests", "want MEMBER=N", func(m *Members) { m.Pending = []string{"m=1=-1"} }},
		{"no number", "want MEMBER=N", func(m *Members) { m.Weight = []string{"m=1"} }},
		{"a value where none is wanted", "want a member only", func(m *Members) { m.Next = []string{"m=1=5"} }},
		{"a partition without a member", "want ID=MEMBER", func(m *Members) { m.Partition = []string{"p"} }},
		{"a partition of nobody", "m9", func(m *Members) { m.Partition = []string{"p=m9"} }},
	} {
		a, err := asked(t, c, func(w *Why) { tt.change(&w.Members) })
		if err != nil {
			if !strings.Contains("error: "+err.Error(), tt.want) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
			continue
		}
		if got := a.Decisions[0].Answers; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestExpectations: what a word means where it can mean one thing, what it is told where it can mean several, and what
// chance may do.
func TestExpectations(t *testing.T) {
	t.Parallel()
	const d = "http://any/d/x"
	for _, c := range []struct{ url, expect, not, unmet, err string }{
		{d, "D", "", "", ""}, {d, "cluster:D", "", "", ""}, {d, "cluster:C", "", "cluster:C", ""},
		{d, "D/m", "", "D/m by chance", ""}, {d, "", "D/m", "not D/m", ""}, {d, "", "E/m", "", ""},
		{d, "declined", "", "declined", ""}, {"http://any/x", "declined", "", "", ""},
		{d, "status:500", "", "status:500", ""},
		{d, "C", "", "", `"C" can mean a cluster or a member: write cluster:C`},
		{d, "503", "", "", `"503" can mean a status or a member: write status:503`},
		{d, "x", "", "", "no member and no cluster has that name"},
		{d, "", "x", "", `--not "x"`},
		{d, "status:200", "", "", "want status:N with an error from 400 to 599"},
		{d, "status:x", "", "", "want status:N"},
		{d, "declined:yes", "", "", "nothing stands behind declined"},
		{d, "cluster:X", "", "", `--expect "cluster:X"`}, {d, "member:x", "", "", `--expect "member:x"`},
	} {
		a, err := asked(t, c.url, func(w *Why) {
			if c.expect != "" {
				w.Expect = []string{c.expect}
			}
			if c.not != "" {
				w.Not = []string{c.not}
			}
		})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s%s: %v, want %q", c.expect, c.not, err, c.err)
			}
			continue
		}
		var unmet []string
		for _, u := range a.Unmet {
			text := u.Expected
			if u.ByChance {
				text += " by chance"
			}
			unmet = append(unmet, text)
		}
		if got := strings.Join(unmet, ", "); err != nil || got != c.unmet {
			t.Errorf("%s%s: %q unmet, want %q; %v", c.expect, c.not, got, c.unmet, err)
		}
	}
}

// TestExpectedMemberFails: a member that passes an error on has answered, and is not where the request went.
func TestExpectedMemberFails(t *testing.T) {
	t.Parallel()
	a, err := asked(t, "http://a.example.com/c/x", func(w *Why) {
		w.Members.Down, w.Expect = []string{"C/C=503", "m=1=503"}, []string{"member:C/C", "cluster:C", "status:503"}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Unmet) != 1 || a.Unmet[0].Expected != "member:C/C" || a.Unmet[0].ByChance {
		t.Errorf("%+v of %s", a.Unmet, a.Decisions[0].Answers)
	}
}

// TestBareRequests: what a path without a host and a value without a cookie's name are taken for.
func TestBareRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, url, cookie, answer, noted, err string }{
		{"a host without http://", "a.example.com/c/x", "", "C or m=1 of C", "", ""},
		{"a path that goes to several", "/c/x", "", "", "", `"/c/x" goes to several clusters; name the host:`},
		{"a value alone", "http://any/d/x", "0000abc:d1", "m of D",
			"the value is taken for cookie SHOP: /d/* watches it", ""},
		{"a value, by a Route of any Uri", "http://a.example.com/e", "0000abc:e1", "m of E",
			"a Route without UriGroup", ""},
		{"a value where nothing matches", "http://any/x", "0000abc:e1", "declined", "JSESSIONID: no Uri matches", ""},
		{"a Cookie header", "http://any/d/x", "Cookie: SHOP=0000abc:d2", "503 of D", "", ""},
		{"no cookie", "http://any/d/x", "nonsense", "", "", "--cookie"},
	} {
		a, err := asked(t, c.url, func(w *Why) {
			if c.cookie != "" {
				w.Request.Cookies = []string{c.cookie}
			}
		})
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.name, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, noted := a.Decisions[0].Answers,
			apptest.Noted(a.Notes); got != c.answer || !strings.Contains(noted, c.noted) {
			t.Errorf("%s: %q, noted %q", c.name, got, noted)
		}
	}
}

// TestManyHosts: a path that goes to many clusters names ten hosts, a file without aliases none.
func TestManyHosts(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<Config>")
	for i := range 13 {
		fmt.Fprintf(&b, `<VirtualHostGroup Name="v%d"><VirtualHost Name="h%d:80"/></VirtualHostGroup>`+
			`<ServerCluster Name="C%d"><Server Name="m%d"/></ServerCluster>`+
			`<UriGroup Name="u%d"><Uri Name="/*"/></UriGroup>`+
			`<Route ServerCluster="C%d" UriGroup="u%d" VirtualHostGroup="v%d"/>`, i, i, i, i, i, i, i, i)
	}
	w := &Why{Config: app.Config{Path: "x.xml"}, Request: Request{URL: "/x", Method: "GET"}, Times: 1}
	_, err := w.Run(apptest.Memory(t, map[string]string{"x.xml": b.String() + "</Config>"}))
	if err == nil || !strings.HasSuffix(err.Error(), "\n  ... and 3 more") || strings.Count(err.Error(), "\n") != 11 {
		t.Errorf("%v", err)
	}
	_, err = w.Run(apptest.Memory(t, map[string]string{"x.xml": "<Config/>"}))
	if err == nil || !strings.Contains(err.Error(), "no Route has an alias: write http://HOST/x") {
		t.Errorf("%v", err)
	}
}

// TestTo: a name that is a cluster's and a member's must say which is meant.
func TestTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, host, want, err string }{
		{"D", "", "D", ""}, {"D/m", "", "D", ""}, {"E/m", "a.example.com", "E", ""},
		{"C", "", "", `"C" is a cluster and a member: write CLUSTER/C`}, {"m", "", "", "--to"},
		{"x", "", "", "--to"}, {"D", "http://h", "", "--host"},
	} {
		to := To{Config: app.Config{Path: "names.xml"}, Name: c.name, Host: c.host}
		a, err := to.Run(apptest.Memory(t, map[string]string{"names.xml": ambiguous}))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s on %q: %v, want %q", c.name, c.host, err, c.err)
			}
			continue
		}
		if err != nil || a.Answer.To.Cluster != c.want {
			t.Errorf("%s on %q: %v", c.name, c.host, err)
		}
	}
	if _, err := (&To{Config: app.Config{Path: "absent.xml"}, Name: "D"}).Run(apptest.Memory(t, nil)); err == nil {
		t.Error("a file that is not there")
	}
}

// TestCookieRefuses: what can be no cookie, and what needs a configuration.
func TestCookieRefuses(t *testing.T) {
	t.Parallel()
	file := app.Config{Path: "names.xml"}
	for _, c := range []struct {
		name, want string
		ask        Cookie
	}{
		{"standard input twice", "cannot both be standard input", Cookie{Config: app.Config{Path: "-"}, Text: "-"}},
		{"a URL without a file", "--url needs a configuration", Cookie{Text: "0000a:c1", URL: "http://h/c/x"}},
		{"several lines", "the cookie has several lines", Cookie{Text: "a=b\nc=d"}},
		{"standard input of several lines", "the cookie has several lines", Cookie{Text: "-"}},
		{"a URL that is none", "http", Cookie{Config: file, Text: "0000a:c1", URL: "ftp://h/"}},
	} {
		in := apptest.Memory(t, map[string]string{"names.xml": ambiguous, "-": "a=b\r\nc=d\r\n"})
		_, err := c.ask.Run(in)
		var request *app.RequestError
		if !errors.As(err, &request) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	a, err := (&Cookie{Config: file, Text: "-"}).Run(apptest.Memory(t, map[string]string{"names.xml": ambiguous,
		"-": "SHOP=0000abc:d1\n"}))
	if err != nil || a.Report == nil {
		t.Errorf("a cookie with the line end of a pipe: %v", err)
	}
}

// TestWhyURLsRefuses: what cannot be asked of a log.
func TestWhyURLsRefuses(t *testing.T) {
	t.Parallel()
	tooMany := 101.0
	for _, c := range []struct {
		name, want string
		ask        WhyURLs
	}{
		{"a grouping that is none", `--group "members" (did you mean "member"?)`, WhyURLs{Group: "members"}},
		{"more than all", "--expect-agree 101", WhyURLs{ExpectAgree: &tooMany}},
		{"standard input twice", "only one of the log and the configuration", WhyURLs{Config: app.Config{Path: "-"},
			URLs: app.URLs{Path: "-"}}},
		{"too many workers", "--jobs", WhyURLs{URLs: app.URLs{Path: "log", Jobs: 5000}}},
		{"a log that is not there", "absent", WhyURLs{Config: app.Config{Path: "names.xml"},
			URLs: app.URLs{Path: "absent"}}},
	} {
		if _, err := c.ask.Run(apptest.Memory(t, map[string]string{"names.xml": ambiguous})); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestLabCheck: who dies is who has the session, and without one nobody is certain to.
func TestLabCheck(t *testing.T) {
	t.Parallel()
	persistent := &session.Settings{Persistence: "database"}
	ask := func(cookie string, s *session.Settings) (*LabCheckAnswer, error) {
		l := LabCheck{Config: app.Config{Path: "figure.xml"}, Sessions: Sessions{Settings: s},
			Request: Request{URL: "http://h/snoop", Method: "GET", Cookies: []string{cookie}}}
		return l.Run(apptest.Memory(t, nil))
	}
	a, err := ask("JSESSIONID=0000abc:v544d031", persistent)
	if err != nil || a.Owner != "PluginMember1" || a.Session == nil || a.Session.Outcome.Serves[0] != "PluginMember2" {
		t.Errorf("%v %+v", err, a)
	}
	if _, err = ask("JSESSIONID=0000abc:unknown", persistent); err == nil ||
		!strings.Contains(err.Error(), "goes to no certain member, but to PluginMember1 or PluginMember2") {
		t.Errorf("%v", err)
	}
	if _, err = ask("JSESSIONID=0000abc:v544d031", nil); err == nil ||
		!strings.Contains(err.Error(), "nothing is known of the sessions") {
		t.Errorf("%v", err)
	}
	if _, err = (&LabMatrix{Predict: "absent.md"}).Run(apptest.Memory(t, nil)); err == nil {
		t.Error("a table that is not there")
	}
}

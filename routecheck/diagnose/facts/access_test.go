package facts_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/errorlog"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/session"
)

const twoClusters = `<Config>
<ServerCluster Name="shop" RetryInterval="20">
<Server CloneID="c1" ConnectTimeout="5" Name="m1" ServerIOTimeout="-60"><Transport Hostname="h1" Port="1"/></Server>
<Server CloneID="c2" ConnectTimeout="5" Name="m2"><Transport Hostname="h2" Port="1"/></Server>
</ServerCluster>
<ServerCluster Name="bank" RetryInterval="60">
<Server CloneID="b1" ConnectTimeout="7" Name="m1"><Transport Hostname="h3" Port="1"/></Server>
</ServerCluster>
<VirtualHostGroup Name="all"><VirtualHost Name="*:80"/></VirtualHostGroup>
<UriGroup Name="shop_uris"><Uri Name="/shop"/></UriGroup><UriGroup Name="bank_uris"><Uri Name="/bank"/></UriGroup>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="all"/>
<Route ServerCluster="bank" UriGroup="bank_uris" VirtualHostGroup="all"/>
</Config>`

func readFile(t *testing.T) *facts.File {
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", []byte(twoClusters)), []byte(twoClusters))
	sem, err := choices.Defaults("", "")
	if err != nil {
		t.Fatal(err)
	}
	f := &facts.File{Files: files, Config: cfg, Sem: sem}
	f.Table, _ = routecheck.New(cfg)
	return f
}

// seen lists what of a structure was seen, as "Name count".
func seen(of any) string {
	var out []string
	v := reflect.ValueOf(of).Elem()
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue
		}
		if s, ok := v.Field(i).Interface().(facts.Sightings); ok && s.Count > 0 {
			out = append(out, fmt.Sprint(v.Type().Field(i).Name, " ", s.Count))
		}
	}
	return strings.Join(out, ", ")
}

func TestAccess(t *testing.T) {
	const id = "JSESSIONID=0000AAAAAAAAAAAAAAAAAAAAAAA"
	get := func(at int64, cookie, was string) accesslog.Record {
		return accesslog.Record{Time: at, Client: "192.0.2.1", Method: "GET", Target: "/shop", Cookie: cookie, Status: 200,
			Micros: 1000, WAS: was}
	}
	answer := func(status int, was string) accesslog.Record {
		return accesslog.Record{Target: "/shop", Status: status, Micros: -1, WAS: was}
	}
	// from is a client of its own, so that nobody has all requests.
	from := func(client string, r accesslog.Record) accesslog.Record { r.Client = client; return r }
	post := func(at int64, target string) accesslog.Record {
		return accesslog.Record{Time: at, Client: "192.0.2.1", Method: "POST", Target: target, Status: 200, Micros: 1000}
	}
	many := func(n int, of func(i int) accesslog.Record) (all []accesslog.Record) {
		for i := range n {
			all = append(all, of(i))
		}
		return all
	}
	for _, tt := range []struct {
		name string
		log  []accesslog.Record
		want string
	}{
		{"statuses of members", []accesslog.Record{answer(500, "h1:1"), answer(503, "h1:1"), answer(404, "h1:1")},
			"Member503 1, Member500 1, NotFound 1"},
		{"and of the web server", []accesslog.Record{answer(500, ""), answer(503, ""), answer(404, ""), answer(413, "")},
			"WebServer503 1, TooLarge 1, NoMember404 1"},
		{"a slow one", []accesslog.Record{{Target: "/", Status: 200, Micros: 5_000_000, WAS: "h1:1"}}, "SlowMember 1"},
		{"a slow one of nobody", []accesslog.Record{{Target: "/", Status: 200, Micros: 5_000_000}}, ""},
		{"a line without a request", []accesslog.Record{{Status: 503}}, ""},

		{"a cookie as it should be", []accesslog.Record{get(1, id+":c1", "h1:1")}, ""},
		{"without a clone ID", []accesslog.Record{get(1, id, "h1:1")}, "NoClone 1"},
		{"of nobody, once for a session", []accesslog.Record{get(1, id+":x9", "h1:1"), get(2, id+":x9", "h1:1")},
			"Unknown 1"},
		{"in other letter case", []accesslog.Record{get(1, id+":C1", "h1:1")}, "CaseTwin 1"},
		{"encoded", []accesslog.Record{get(1, id+"%3Ac1", "h1:1")}, "Encoded 1"},
		{"two of one name", []accesslog.Record{get(1, id+":c1; "+id+":c2", "h1:1")}, "TwoCookies 1"},

		{"idle for half an hour", []accesslog.Record{get(1, id+":c1", "h1:1"), get(1801, id+":c1", "h1:1")}, ""},
		{"and a second more", []accesslog.Record{get(1, id+":c1", "h1:1"), get(1802, id+":c1", "h1:1")}, "TimedOut 1"},
		{"at another member", []accesslog.Record{get(1, id+":c1", "h1:1"), get(2, id+":c1:c2", "h2:1")}, "Elsewhere 1"},
		{"and back, as it is meant", []accesslog.Record{get(1, id+":c1", "h1:1"), get(2, id+":c1", "h2:1"),
			get(3, id+":c1:c2", "h1:1")}, "Elsewhere 1"},
		{"and back with the cookie of before", []accesslog.Record{get(1, id+":c1", "h1:1"), get(2, id+":c1", "h2:1"),
			get(3, id+":c1", "h1:1")}, "Elsewhere 1, Returns 1"},
		{"lost at the other member", []accesslog.Record{get(1, id+":c1", "h1:1"), get(9, id+":c1", "h2:1"),
			get(10, strings.ReplaceAll(id, "A", "B")+":c2", "h2:1")}, "ChangedID 1, YoungLost 1, Elsewhere 1"},
		{"lost when it was old", []accesslog.Record{get(1, id+":c1", "h1:1"), get(900, id+":c1", "h2:1"),
			get(901, strings.ReplaceAll(id, "A", "B")+":c2", "h2:1")}, "ChangedID 1, Elsewhere 1"},
		{"another session at its own member", []accesslog.Record{get(1, id+":c1", "h1:1"),
			get(2, strings.ReplaceAll(id, "A", "B")+":c1", "h1:1")}, ""},

		{"four requests without a cookie", many(4, func(i int) accesslog.Record { return get(int64(i), "", "h1:1") }), ""},
		{"six", many(6, func(i int) accesslog.Record { return get(int64(i), "", "h1:1") }), "WithoutCookie 2"},
		{"six clients", many(6, func(i int) accesslog.Record { return from(fmt.Sprint(i), get(1, "", "h1:1")) }), ""},
		{"to the other application and back", many(3, func(i int) accesslog.Record {
			return get(int64(i), id+[]string{":c1", ":b1"}[i%2], "")
		}), ""},
		{"and there again", many(4, func(i int) accesslog.Record {
			return get(int64(i), id+[]string{":c1", ":b1"}[i%2], "")
		}), "Alternates 1"},
		{"the same POST within five seconds", []accesslog.Record{post(1, "/pay"), post(6, "/pay")}, "SentTwice 1"},
		{"later, or another one", []accesslog.Record{post(1, "/pay"), post(7, "/pay"), post(8, "/cancel")}, ""},
	} {
		f := readFile(t)
		f.Policy = func(string) session.Policy { return session.Policy{Frequency: session.TimeBased, Interval: 10} }
		a := facts.NewAccess("access_log", f)
		for i := range tt.log {
			tt.log[i].Line = i + 1
			a.Add(&tt.log[i])
		}
		if got := seen(a); got != tt.want {
			t.Errorf("%s: saw %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestTimeout: what a topology says of idle sessions counts for more than what is usual.
func TestTimeout(t *testing.T) {
	f := readFile(t)
	f.Timeout = time.Minute
	if got := facts.NewAccess("access_log", f).Timeout; got != 60 {
		t.Errorf("%d s", got)
	}
	if got := facts.NewAccess("access_log", nil).Timeout; got != 1800 {
		t.Errorf("%d s without a file", got)
	}
}

// TestSightings: all lines are counted, and the first of them kept.
func TestSightings(t *testing.T) {
	f := readFile(t)
	var all facts.Sightings
	for i := range 7 {
		all = all.Join(f.At(f.Config.Clusters[0].Servers[0].Node.NameSpan, fmt.Sprint("line ", i)))
	}
	if all.Count != 7 || len(all.First) != 5 || all.First[4].Text != "line 4" || all.First[0].Line != 3 ||
		all.First[0].File != "plugin-cfg.xml" {
		t.Errorf("%+v", all)
	}
	one := f.At(f.Config.Clusters[0].Servers[0].Node.NameSpan, strings.Repeat("x", 10_000))
	if n := len(one.First[0].Text); n > 2048 {
		t.Errorf("%d bytes of a line are kept", n)
	}
	if both := one.Join(all); both.Count != 8 || len(one.First) != 1 {
		t.Errorf("joined %+v, and the one is %+v", both.Count, one.First)
	}
	for _, tt := range []struct {
		n, of int64
		want  float64
	}{{1, 4, .25}, {1, 0, 0}, {0, 4, 0}} {
		if got := facts.ShareOf(tt.n, tt.of); got != tt.want {
			t.Errorf("%d of %d: %g", tt.n, tt.of, got)
		}
	}
}

// TestIntervals: a log names members alone, so what differs between two of one name is not known.
func TestIntervals(t *testing.T) {
	f := readFile(t)
	opt, longest := facts.Intervals(f.Table, &f.Sem)
	if opt.RetryInterval != time.Minute || longest != time.Minute || len(opt.Connects) != 1 ||
		opt.Connects["m2"] != 5*time.Second {
		t.Errorf("%+v, longest %v", opt, longest)
	}
}

// TestServer: few threads are less than a tenth, and what requests wait for is what more than half of three and more
// do, for as long as a slow request takes.
func TestServer(t *testing.T) {
	inPlugin := func(n int64, phases errorlog.Phases) errorlog.Line {
		return errorlog.Line{Time: 1, Kind: errorlog.Busy,
			Modules: []errorlog.Module{{Name: "mod_was_ap24_http.c", Busy: n, Phases: phases}}}
	}
	threads := func(ready, busy int64) errorlog.Line {
		return errorlog.Line{Time: 1, Kind: errorlog.Threads, Threads: errorlog.Counts{Ready: ready, Busy: busy}}
	}
	for name, tt := range map[string]struct {
		line errorlog.Line
		want string
	}{
		"a tenth":        {threads(10, 90), ""},
		"less":           {threads(9, 91), "FewReady 1"},
		"at the limit":   {errorlog.Line{Time: 1, Kind: errorlog.AtLimit}, "NoThread 1"},
		"near the limit": {errorlog.Line{Time: 1, Kind: errorlog.NearLimit, Used: 9, Limit: 10}, "FewReady 1"},
		"near and at it": {errorlog.Line{Time: 1, Kind: errorlog.NearLimit, Used: 10, Limit: 10}, "NoThread 1, FewReady 1"},

		"most connect":       {inPlugin(3, errorlog.Phases{Average: 5000, Connecting: 2}), "Connecting 1"},
		"half of them":       {inPlugin(4, errorlog.Phases{Average: 5000, Connecting: 2, Waiting: 2}), ""},
		"only two":           {inPlugin(2, errorlog.Phases{Average: 5000, Connecting: 2}), ""},
		"not for long":       {inPlugin(3, errorlog.Phases{Average: 4999, Connecting: 3}), ""},
		"the answer's parts": {inPlugin(3, errorlog.Phases{Average: 5000, Waiting: 1, ReadingHead: 1}), "Waiting 1"},
		"bodies both ways":   {inPlugin(3, errorlog.Phases{Average: 5000, SendingBody: 1, ReadingBody: 1}), "Bodies 1"},
	} {
		s := facts.NewServer("error_log")
		s.Add(1, &tt.line)
		if got := seen(s); got != tt.want {
			t.Errorf("%s: saw %q, want %q", name, got, tt.want)
		}
	}
	s := facts.NewServer("error_log")
	for i, l := range []errorlog.Line{threads(50, 50), threads(20, 80), threads(70, 30)} {
		l.Time = pluginlog.Time(10 - i)
		s.Add(i+1, &l)
	}
	if s.Reports != 3 || s.LeastReady != 20 || s.OfThreads != 100 || s.First != 8 || s.Last != 10 {
		t.Errorf("%+v", s)
	}
}

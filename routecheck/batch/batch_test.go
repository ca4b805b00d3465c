package batch

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/cause"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
)

const file = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="shop.test:80"/><VirtualHost Name="shop.test:443"/></VirtualHostGroup>
<VirtualHostGroup Name="w"><VirtualHost Name="api.test:80"/></VirtualHostGroup>
<ServerCluster Name="C">
<Server Name="m1" CloneID="c1"><Transport Hostname="h1" Port="9080" Protocol="http"/></Server>
<Server Name="m2" CloneID="c2"><Transport Hostname="h2" Port="9080" Protocol="http"/></Server>
<Server Name="m3" CloneID="c3" LoadBalanceWeight="0"><Transport Hostname="h3" Port="9080"/></Server>
</ServerCluster>
<ServerCluster Name="D"><Server Name="d1" CloneID="x1"><Transport Hostname="d1" Port="9080"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/app/*"/><Uri Name="/both"/></UriGroup>
<UriGroup Name="s"><Uri AffinityCookie="SHOP" Name="/shop/*"/></UriGroup>
<UriGroup Name="a"><Uri Name="/api/*"/><Uri Name="/both"/></UriGroup>
<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/>
<Route ServerCluster="C" UriGroup="s" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="a" VirtualHostGroup="w"/></Config>`

func TestAsk(t *testing.T) {
	a := NewAsker(coretest.Table(t, file), choices.Latest(), Where{})
	for _, c := range []struct{ url, want string }{
		{"http://shop.test/app/x", "m1 or m2 of C"},
		{"http://shop.test/app/x\tJSESSIONID=0001abcdefghijk:c3", "m3 by its session of C"},
		{"http://shop.test/app/x;jsessionid=0001abcdefghijk:c2?a=b", "m2 by its session of C"},
		{"http://shop.test/app/x\tJSESSIONID=0001abcdefghijk:c9", "m1 or m2 of C session-unknown-clone"},
		{"http://shop.test/shop/x\tJSESSIONID=0001abcdefghijk:c1", "m1 or m2 of C session-cookie-not-watched"},
		{"http://shop.test/app/x\tJSESSIONID=0001abcdefghijk:x1", "m1 or m2 of C session-other-cluster"},
		{"http://shop.test/app/x\tother=1; theme=dark", "m1 or m2 of C"},
		{"http://shop.test/nothing", "declined"}, {"http://nowhere.test/app/x", "declined"},
		{"https://api.test/api/x", "declined"}, {"http://shop.test/app/%zz", "refused by the web server"},
		{"/app/x", "not known: no host in the log"}, {"/nothing", "declined"},
		{"# a comment", "no request"},
	} {
		form, err := accesslog.Named("urls")
		if err != nil {
			t.Fatal(err)
		}
		var r accesslog.Record
		if !form.Parse(c.url, &r) {
			t.Fatal(c.url)
		}
		for range 2 { // asked, then remembered
			got := a.ask(&r)
			if said := strings.TrimSpace(got.Label + " " + got.Cause); said != c.want {
				t.Errorf("%s: %s, want %s", c.url, said, c.want)
			}
		}
	}
}

// TestAskIsExplain: what is remembered, and left out of what it is remembered by, changes no answer.
func TestAskIsExplain(t *testing.T) {
	table := coretest.Table(t, file)
	sem := choices.Latest()
	a := NewAsker(table, sem, Where{})
	id := rapid.StringMatching(`[0-9]{4}[A-Za-z0-9_-]{0,40}`)
	clones := rapid.SampledFrom(
		[]string{"", ":c1", ":c2", ":c3", ":x1", ":c9", "+c1", ":C1", "%3Ac1", ":c9:c1", ":c1:c2",
			":1234567890", "!c1", ".c1"})
	rapid.Check(t, func(t *rapid.T) {
		value := id.Draw(t, "id") + clones.Draw(t, "clones")
		r := accesslog.Record{Host: "shop.test", Target: rapid.SampledFrom([]string{"/app/x", "/shop/x", "/both"}).
			Draw(t, "path")}
		switch rapid.IntRange(0, 4).Draw(t, "how") {
		case 0:
			r.Target += ";jsessionid=" + value
		case 1:
			r.Cookie = "SHOP=" + value
		case 2:
			r.Cookie = "theme=" + id.Draw(t, "theme") + "; JSESSIONID=" + value
		case 3:
			r.Cookie = "JSESSIONID=" + value + "; JSESSIONID=" + id.Draw(t, "again") + clones.Draw(t, "more")
		default:
			r.Cookie = "jsessionid=" + value
		}
		got := a.ask(&r)
		rq := match.Request{Host: r.Host, Port: 80, Target: r.Target}
		if r.Cookie != "" {
			rq.Cookies = []string{r.Cookie}
		}
		sc := &explain.Scenario{Requests: explain.Repeat(rq, 1, 0)}
		d := cause.Explain(table, diag.NewFiles(), sc, sem, nil, explain.WithAll)[0]
		want := ""
		if d.Cause != nil {
			want = d.Cause.Code
		}
		var members []string
		for _, p := range d.Possible {
			members = append(members, p.Member)
		}
		if d.Member != "" {
			members = []string{d.Member}
		}
		slices.Sort(members)
		if got.Cluster != d.Cluster || !slices.Equal(got.Members, slices.Compact(members)) ||
			!got.Home && got.Cause != want {
			t.Fatalf("%+v: %v %s %q, Explain says %s %v %q",
				r, got.Members, got.Cluster, got.Cause, d.Cluster, members,
				want)
		}
	})
}

// TestKept: one process takes turns by weight, and leaves sessions at home.
func TestKept(t *testing.T) {
	a := NewAsker(coretest.Table(t, file), choices.Latest(), Where{})
	a.Keep(1)
	count := map[string]int{}
	for i := range 100 {
		r := accesslog.Record{Host: "shop.test", Target: "/app/x"}
		if i%10 == 0 {
			r.Cookie = "JSESSIONID=0001abcdefgh:c3"
		}
		got := a.ask(&r)
		count[got.Label]++
	}
	want := map[string]int{"m1 of C": 45, "m2 of C": 45, "m3 by its session of C": 10}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Error(diff)
	}
}

// fileSource reads a log in memory.
func fileSource(text string) Source {
	blocks := accesslog.NewBlocks(strings.NewReader(text))
	return func() (Part, error) {
		b, err := blocks.Next()
		return Part{Block: b}, err
	}
}

// log is a log of so many lines in a form.
func log(form string, lines int) string {
	var b strings.Builder
	for i := range lines {
		path := []string{"/app/x", "/shop/y", "/none", "/api/z"}[i%4]
		status, was := 200+i%3*100, fmt.Sprintf("h%d:9080", i%3+1)
		host := []string{"shop.test", "api.test"}[i/4%2]
		cookie := fmt.Sprintf("%04d%020d:c%d", i%3, i, i%5)
		stamp := fmt.Sprintf("29/Nov/2026:15:%02d:%02d +0000", i/60%60, i%60)
		common := fmt.Sprintf(`10.0.0.%d - - [%s] "GET http://%s%s HTTP/1.1" %d 12`, i%256, stamp, host, path, status)
		switch form {
		case "common":
			b.WriteString(common)
		case "combined":
			b.WriteString(common + ` "-" "agent"`)
		case "vhost_common":
			b.WriteString(host + ":80 " + common)
		case "was-debug":
			fmt.Fprintf(&b, "%s ID%d - WAS=%s - %s 1234 567", common, i, was, cookie)
		case "json":
			fmt.Fprintf(&b, `{"request":"GET %s HTTP/1.1","host":"%s","status":%d,"time":"%s"}`,
				path, host, status, stamp)
		case "urls":
			fmt.Fprintf(&b, "http://%s%s\tJSESSIONID=%s", host, path, cookie)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func summarise(t testing.TB, form, text string, jobs int) *Summary {
	t.Helper()
	f, err := accesslog.Named(form)
	if err != nil {
		t.Fatal(err)
	}
	table := coretest.Table(t, file)
	q := Questions{Format: f, Jobs: jobs, By: Groupings[""],
		Asker: func() *Asker { return NewAsker(table, choices.Latest(), Where{}) }}
	s, err := q.Summarise(fileSource(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func show(s *Summary) string {
	var b strings.Builder
	for _, g := range s.Most() {
		fmt.Fprintf(&b, "%d %s %v %v\n", g.Count, g.Name, g.Statuses, g.Paths.Most(3))
	}
	for _, c := range s.MostCauses() {
		n, about := c.Sessions.Count()
		fmt.Fprintf(&b, "%s %d %d %t line %d\n", c.Code, c.Count, n, about, c.Line)
	}
	fmt.Fprintf(&b, "%d of %d agree %v\n", s.Agreed.Agreed, s.Agreed.Told, s.Agreed.Others.Most(9))
	return b.String()
}

// TestWorkers: any number of workers says the same, and so does any form that tells the same.
func TestWorkers(t *testing.T) {
	text := log("was-debug", 30000) + "broken\n"
	one := summarise(t, "was-debug", text, 1)
	if one.Broken != 1 || one.Requests != 30000 || one.Agreed.Told == 0 || len(one.Causes) == 0 {
		t.Error(one.Lines, show(one))
	}
	for _, jobs := range []int{2, 8} {
		if diff := cmp.Diff(show(one), show(summarise(t, "was-debug", text, jobs))); diff != "" {
			t.Error(jobs, diff)
		}
	}
	common := show(summarise(t, "common", log("common", 1000), 2))
	for _, form := range []string{"combined", "vhost_common", "json"} {
		if diff := cmp.Diff(common, show(summarise(t, form, log(form, 1000), 2))); diff != "" {
			t.Error(form, diff)
		}
	}
}

// TestRunStops: an error of a reader, or of who takes the results, ends the run.
func TestRunStops(t *testing.T) {
	lines := 0
	count := func() func(*Part) int { return func(p *Part) int { return p.Block.Lines } }
	text := log("common", 20000)
	bad := fileSource(text)
	err := run(func() (Part, error) {
		if lines++; lines > 3 {
			return Part{}, io.ErrUnexpectedEOF
		}
		return bad()
	}, 2, count, func(int) error { return nil })
	if err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	if err := run(fileSource(text), 2, count, func(int) error { return io.ErrShortWrite }); err != io.ErrShortWrite {
		t.Error(err)
	}
}

// TestHostileLog: a log in which every line has another path, host and cookie takes bounded memory.
func TestHostileLog(t *testing.T) {
	lines := 60000
	if sharedtest.Long() {
		lines = 1000000
	}
	r, w := io.Pipe()
	go func() {
		var b bytes.Buffer
		for i := range lines {
			fmt.Fprintf(&b, "http://h%d.test/%d/%d\tc%d=%d:%d\n", i, i, i, i, i, i)
			if b.Len() > 1<<16 {
				w.Write(b.Bytes())
				b.Reset()
			}
		}
		w.Write(b.Bytes())
		w.Close()
	}()
	form, err := accesslog.Named("urls")
	if err != nil {
		t.Fatal(err)
	}
	table := coretest.Table(t, file)
	q := Questions{Format: form, Jobs: 2, By: Groupings["path"],
		Asker: func() *Asker { return NewAsker(table, choices.Latest(), Where{}) }}
	blocks := accesslog.NewBlocks(r)
	s, err := q.Summarise(func() (Part, error) { b, err := blocks.Next(); return Part{Block: b}, err })
	if err != nil || s.Requests != int64(lines) || len(s.Groups) > maxGroups+1 {
		t.Error(err, s.Requests, len(s.Groups))
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 64<<20 {
		t.Errorf("%d MB", m.HeapAlloc>>20)
	}
}

// TestDistinct: exact below some thousand, and near the truth beyond.
func TestDistinct(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 100000} {
		var a, b Distinct
		for i := range n {
			half := &a
			if i%3 == 0 {
				half = &b
			}
			half.add(fmt.Sprint("session", i))
			half.add(fmt.Sprint("session", i))
		}
		a.merge(&b)
		got, about := a.Count()
		if off := float64(got-int64(n)) / float64(max(n, 1)); about != (n > leastKept) || off > 0.05 || off < -0.05 ||
			!about && got != int64(n) {
			t.Errorf("%d: %d %t", n, got, about)
		}
	}
}

// BenchmarkAsk is the decisions about the requests of the file with 20,000 Uris, one core.
func BenchmarkAsk(b *testing.B) {
	src := sharedtest.Large(b)
	cfg, _ := parser.Parse(diag.NewFiles().Add("large.xml", src), src)
	table, _ := match.New(cfg)
	var records []accesslog.Record
	for line := range strings.Lines(string(sharedtest.Large(b, "--requests", "1000"))) {
		host, target, _ := strings.Cut(strings.TrimSpace(line), " ")
		records = append(records, accesslog.Record{Host: host, Target: target})
	}
	a := NewAsker(table, choices.Latest(), Where{})
	served := 0
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if a.ask(&records[i%len(records)]).Kind == forwarded {
			served++
		}
	}
	if b.N > 1000 && served*10 < b.N*9 {
		b.Fatalf("only %d of %d are forwarded", served, b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}

// BenchmarkLog is a whole log, read, asked and counted on one core.
func BenchmarkLog(b *testing.B) {
	for _, form := range []string{"combined", "was-debug"} {
		b.Run(form, func(b *testing.B) {
			text := log(form, 200000)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				summarise(b, form, text, 1)
			}
		})
	}
}

// TestTopKeepsNoBlock: what is kept of a log holds no part of a block of its text.
func TestTopKeepsNoBlock(t *testing.T) {
	var total Top
	for range 3 {
		block := strings.Clone("/shop /cart")
		var part Top
		part.add(block[:5], 1)
		part.add(block[:5], 1)
		total.merge(&part, topKept)
		for text := range total.places {
			if unsafe.StringData(text) == unsafe.StringData(block) {
				t.Error("the key is the block")
			}
		}
	}
	if got := total.Most(2); len(got) != 1 || got[0] != (Counted{"/shop", 6}) {
		t.Error(got)
	}
}

// TestTopsShare: the more of them there are, the less each keeps, and the most frequent text is not lost.
func TestTopsShare(t *testing.T) {
	if one, many, most := shareOf(1), shareOf(160), shareOf(1<<20); one != topKept || many >= one || most != few {
		t.Error(one, many, most)
	}
	var total Top
	for i := range 20_000 {
		var part Top
		part.add("/often", 2)
		part.add("/once/"+strconv.Itoa(i), 1)
		total.merge(&part, few)
		if len(total.counts) > 2*few {
			t.Fatalf("%d texts are kept", len(total.counts))
		}
	}
	if got := total.Most(1)[0]; got != (Counted{"/often", 40_000}) {
		t.Error(got)
	}
}

// TestSpareGroupsAreSmall: of many, the group of a busy host is not kept for another one, whose few texts would take
// its memory; of few it is, for the next part of the log is like this one.
func TestSpareGroupsAreSmall(t *testing.T) {
	for calm, want := range map[int]int{1: 2, spareFew - 1: spareFew, spareFew: spareFew, 900: 900} {
		s := newSummary()
		s.part = true
		for i := range spareTexts + 1 {
			s.group("busy").Paths.add(fmt.Sprint("/", i), 1)
		}
		for i := range calm {
			s.group(fmt.Sprint("calm", i)).Paths.add("/", 1)
		}
		s.reset()
		if len(s.spare) != want || len(s.Groups) != 0 {
			t.Errorf("beside %d calm hosts %d groups are kept, want %d", calm, len(s.spare), want)
		}
	}
}

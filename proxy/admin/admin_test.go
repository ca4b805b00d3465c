package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/wasplug/wasplug/internal/alerttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/cause"
	"github.com/wasplug/wasplug/routecheck/match"
)

// still is a proxy that stands still.
type still struct {
	Snap     Snapshot
	stopping bool
}

func (s *still) Snapshot() *Snapshot { return &s.Snap }
func (s *still) Stopping() bool      { return s.stopping }

// Explain knows one cluster that gets everything.
func (s *still) Explain(rq routecheck.Request) []routecheck.Decision {
	files := diag.NewFiles()
	src := []byte(`<Config><VirtualHostGroup Name="vh"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="m1" CloneID="c1"><Transport Hostname="m1" Port="9080" Protocol="http"/></Server>
<PrimaryServers><Server Name="m1"/></PrimaryServers></ServerCluster><UriGroup Name="u"><Uri Name="/*"/></UriGroup>
<Route VirtualHostGroup="vh" UriGroup="u" ServerCluster="C"/></Config>`)
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", src), src)
	table, _ := routecheck.New(cfg)
	sem, _ := choices.Defaults("latest", "proxy")
	sc := explain.Scenario{Requests: explain.Repeat(rq, 1, 0)}
	return cause.Explain(table, files, &sc, sem, nil, explain.WithAll)
}

func fetch(h *Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	rq := httptest.NewRequest(method, target, nil)
	rq.Host = "localhost:9090"
	for i := 0; i < len(header); i += 2 {
		rq.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			rq.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, rq)
	return w
}

// Each state of a member has its word on the page.
func TestWordsOfMembers(t *testing.T) {
	for _, c := range []struct {
		member MemberStatus
		want   string
	}{
		{MemberStatus{}, `<span class="up">up</span>`},
		{MemberStatus{MemberNote: explain.MemberNote{Marked: true, RetryIn: 12.5}},
			"marked down; retry in 12.5 s<"},
		{MemberStatus{MemberNote: explain.MemberNote{Marked: true}}, "marked down; retry due at the next request<"},
		{MemberStatus{Down: "no such host"}, "unreachable: no such host<"},
		{MemberStatus{Draining: true}, `<td class="state"> draining<`},
		{MemberStatus{Unusable: "it needs a keyring"}, `<span class="down">it needs a keyring<`},
		{MemberStatus{Unusable: "it needs a keyring", MemberNote: explain.MemberNote{Marked: true}},
			`</span> <span class="down">it needs a keyring<`},
		{MemberStatus{Max: 9, MemberNote: explain.MemberNote{Pending: 3}}, ">3 / 9<"},
		{MemberStatus{MemberNote: explain.MemberNote{Member: "m1", Role: "backup"}},
			`<th scope="row">m1 &#9666; <small>backup</small></th>`},
		{MemberStatus{Work: Work{Failures: Failures{explain.Refused: 10, explain.NoAnswer: 2}},
			MemberNote: explain.MemberNote{Failed: 12}},
			`<b class="down">12</b> <small class="parts">refused 10, io-timeout 2</small>`},
		{MemberStatus{Within: &Within{Half: 0.01, Most: 0.25}}, `data-label="95 % in">250 ms<`},
		{MemberStatus{Within: &Within{}}, `data-label="95 % in">longer<`},
		{MemberStatus{Work: Work{Answers: [6]uint64{4: 7, 5: 8}}}, `data-label="5xx"><b class="warn">8</b><`},
		{MemberStatus{Work: Work{Sessions: SessionStatus{Begun: 8, TakenOver: 2, Recent: 9}}},
			`data-label="sessions">9 / 8 <small class="parts">2 taken over</small><`},
	} {
		s := &still{}
		s.Snap.Clusters = []ClusterStatus{{Cluster: "C", Next: "m1", Members: []MemberStatus{c.member}}}
		if page := fetch(New(s, ""), "GET", "/").Body.String(); !strings.Contains(page, c.want) {
			t.Errorf("%+v: the page does not say %q:\n%s", c.member, c.want, page)
		}
	}
}

// A histogram of Prometheus counts up, and its times are seconds.
func TestMetrics(t *testing.T) {
	s := &still{Snap: Snapshot{Full: 7, Sent: 8, Times: []Histogram{{
		Cluster: "C", Bounds: []match.Nanos{1e6, 1e9}, Counts: []uint64{1, 2, 3}, Sum: 5e9,
	}}}}
	s.Snap.Reload = ReloadStatus{Done: 4, Refused: 1, Error: "no"}
	s.Snap.Requests.Classes[2] = 9
	s.Snap.Clusters = []ClusterStatus{{Cluster: "C", Members: []MemberStatus{{
		MemberNote: explain.MemberNote{Member: "m1", Marked: true, RetryIn: 1.5, Affinity: 3}, New: 2,
		Work: Work{Answers: [6]uint64{2: 4, 5: 6}, Failures: Failures{explain.Reset: 5},
			Sessions: SessionStatus{Begun: 8, TakenOver: 2, Recent: 9},
			Waits:    Histogram{Bounds: []match.Nanos{1e9}, Counts: []uint64{3, 1}, Sum: 2e9}},
	}}}}
	answer := fetch(New(s, ""), "GET", "/metrics").Body.String()
	for _, want := range []string{
		`wasplug_request_duration_seconds_bucket{cluster="C",le="0.001"} 1`,
		`wasplug_request_duration_seconds_bucket{cluster="C",le="1"} 3`,
		`wasplug_request_duration_seconds_bucket{cluster="C",le="+Inf"} 6`,
		`wasplug_request_duration_seconds_sum{cluster="C"} 5`,
		`wasplug_refused_connections_total 7`, `wasplug_response_bytes_total 8`,
		`wasplug_reloads_total{result="refused"} 1`, "wasplug_last_reload_successful 0",
		`wasplug_responses_total{class="2xx"} 9`, `wasplug_member_marked_down{cluster="C",member="m1"} 1`,
		`wasplug_member_retry_seconds{cluster="C",member="m1"} 1.5`,
		`wasplug_member_requests_total{chosen="affinity",cluster="C",member="m1"} 3`,
		`wasplug_member_requests_total{chosen="balance",cluster="C",member="m1"} 2`,
		`wasplug_member_responses_total{class="5xx",cluster="C",member="m1"} 6`,
		`wasplug_member_failed_total{cluster="C",member="m1",reason="reset"} 5`,
		`wasplug_member_failed_total{cluster="C",member="m1",reason="refused"} 0`,
		`wasplug_member_wait_seconds_bucket{cluster="C",member="m1",le="1"} 3`,
		`wasplug_member_wait_seconds_sum{cluster="C",member="m1"} 2`,
		`wasplug_member_wait_seconds_count{cluster="C",member="m1"} 4`,
		`wasplug_member_sessions{cluster="C",member="m1"} 9`,
		`wasplug_member_sessions_begun_total{cluster="C",member="m1"} 8`,
		`wasplug_member_sessions_taken_over_total{cluster="C",member="m1"} 2`,
	} {
		if !strings.Contains(answer, want+"\n") {
			t.Errorf("no metric %s in\n%s", want, answer)
		}
	}
	if problems, err := promlint.New(strings.NewReader(answer)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("names of metrics: %v %v", problems, err)
	}
}

// whole is a proxy of which every metric tells something.
func whole() *still {
	s := &still{Snap: Snapshot{Times: []Histogram{{Cluster: "C", Bounds: []match.Nanos{1e6}, Counts: []uint64{1, 2}}}}}
	s.Snap.Affinity = map[string]uint64{"hit": 1}
	s.Snap.Clusters = []ClusterStatus{{Cluster: "C", Members: []MemberStatus{{
		Work: Work{Waits: Histogram{Bounds: []match.Nanos{1e6}, Counts: []uint64{1, 2}}},
	}}}}
	return s
}

// The alert rules are about metrics that there are, and Prometheus takes them.
func TestAlertRules(t *testing.T) {
	alerttest.Check(t, AlertRules, "wasplug_", fetch(New(whole(), ""), "GET", "/metrics").Body.String())
}

// The dashboard asks for metrics that there are, in expressions that Prometheus takes.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../../docs/proxy-grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	metrics := fetch(New(whole(), ""), "GET", "/metrics").Body.String()
	alerttest.Names(t, string(text), "wasplug_", metrics) // those of its variables, too
	var board struct {
		Panels []struct {
			ID      int
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	rules := "groups:\n  - name: dashboard\n    rules:\n"
	ids := map[int]bool{}
	for _, panel := range board.Panels {
		if ids[panel.ID] || len(panel.Targets) == 0 {
			t.Errorf("panel %d is there twice, or asks for nothing", panel.ID)
		}
		ids[panel.ID] = true
		for _, target := range panel.Targets {
			alerttest.Names(t, target.Expr, "wasplug_", metrics)
			rules += fmt.Sprintf("      - record: panel:%d\n        expr: %q\n", strings.Count(rules, "record"),
				target.Expr)
		}
	}
	alerttest.Promtool(t, map[string]string{"board.yml": rules}, []string{"check", "rules", "board.yml"})
}

// Health is told without a token, and tells a load balancer to send nothing more.
func TestHealth(t *testing.T) {
	for stopping, want := range map[bool]int{false: 200, true: 503} {
		if got := fetch(New(&still{stopping: stopping}, "secret"), "GET", "/health"); got.Code != want {
			t.Errorf("stopping %t: %d %s", stopping, got.Code, got.Body)
		}
	}
}

// TestWhyLines: the page begins an answer with the lines that `why` prints.
func TestWhyLines(t *testing.T) {
	page := fetch(New(&still{}, ""), "GET", "/?url=http://shop:81/x").Body.String()
	for _, line := range []string{"the web server serves it itself: shop is served on 80, not on 81",
		"near     http://shop/x in cluster C: port 80", "check    the Host header carries"} {
		if !strings.Contains(page, line) {
			t.Errorf("the page lacks %q:\n%s", line, page)
		}
	}
}

// The page shows what is asked as text; the field keeps it as it was typed.
func TestHostileText(t *testing.T) {
	h := New(&still{}, "")
	page := fetch(h, "GET", "/?url=http://shop/%E2%80%AE%3C&cookie=JSESSIONID%3D0000a:%E2%80%AEx").Body.String()
	if strings.Contains(page, "\u202e") || !strings.Contains(page, `value="http://shop/&#x202e;&lt;"`) ||
		!strings.Contains(page, `\u202ex`) {
		t.Error(page)
	}
	why := fetch(h, "GET", "/why.json?url=http://shop/%E2%80%AE").Body.String()
	if strings.Contains(why, "\u202e") || !json.Valid([]byte(why)) {
		t.Error(why)
	}
}

// Text of every colour can be read (WCAG 2, level AA: 4.5 to 1) on the background of a light and of a dark page.
func TestStatusPageContrast(t *testing.T) {
	light, dark, ok := strings.Cut(statusPage, "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("no colours for a dark page")
	}
	dark, _, _ = strings.Cut(dark, "\n")
	colours := regexp.MustCompile(`--(\w+): #([0-9a-f]{6})\b`)
	for css, background := range map[string]string{light: "ffffff", dark: "121212"} {
		found := colours.FindAllStringSubmatch(css, -1)
		page := slices.IndexFunc(found, func(c []string) bool { return c[1] == "page" && c[2] == background })
		if len(found) != 5 || page < 0 {
			t.Fatalf("colours %v, no page of #%s", found, background)
		}
		for _, c := range slices.Delete(found, page, page+1) {
			a, b := luminance(t, c[2]), luminance(t, background)
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("%s on #%s: %.1f to 1", c[0], background, ratio)
			}
		}
	}
}

// luminance is the relative luminance of WCAG 2.
func luminance(t *testing.T, hex string) (y float64) {
	rgb, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	for i, share := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(rgb>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			y += share * c / 12.92
		} else {
			y += share * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return y
}

// changes counts what it is asked.
type changes struct{ asked []string }

func (c *changes) Change(_ context.Context, n Name, ch Change, by string) error {
	c.asked = append(c.asked, fmt.Sprint(n.Cluster, "/", n.Member, " ", ch, " by ", by))
	return nil
}

// Who changes a member has the token, and comes from no page of somebody else.
func TestWriting(t *testing.T) {
	c := &changes{}
	open, writing := New(&still{}, "secret"), New(&still{}, "secret").Writing(c, "secret")
	token := []string{"Authorization", "Bearer secret"}
	for _, q := range []struct {
		to     *Handler
		target string
		header []string
		status int
	}{
		{writing, "/member?", nil, 401},
		{writing, "/member", append(token, "Origin", "http://evil.example.com"), 403},
		{writing, "/member", append(token, "Sec-Fetch-Site", "cross-site"), 403},
		{writing, "/member", append(token, "Sec-Fetch-Site", "same-site"), 403},
		{open, "/member", token, 405},
		{writing, "/", token, 405},
		{writing, "/status.json", token, 405},
		{writing, "/member", token, 400}, // it asks for nothing
	} {
		if got := fetch(q.to, "POST", q.target, q.header...); got.Code != q.status {
			t.Errorf("%s %v: %d, want %d", q.target, q.header, got.Code, q.status)
		}
	}
	if len(c.asked) > 0 {
		t.Error(c.asked)
	}
	for form, want := range map[string]string{
		"cluster=C&member=m&do=weight&weight=7":  "C/m weight 7",
		"cluster=C&member=m&do=drain&weight=3":   "C/m drained",
		"cluster=C&member=m&do=weight&weight=-1": "",
		"cluster=C&member=m&do=weight&weight=x":  "",
		"cluster=C&member=m&do=disable":          "C/m disabled",
		"cluster=C&member=m&do=reset":            "C/m ",
	} {
		c.asked = nil
		rq := httptest.NewRequest("POST", "http://proxy:9090/member", strings.NewReader(form))
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rq.Header.Set("Origin", "http://proxy:9090")
		rq.SetBasicAuth("ann", "secret")
		w := httptest.NewRecorder()
		writing.ServeHTTP(w, rq)
		if got := strings.Join(c.asked, ""); !strings.HasPrefix(got, want) || (want == "") != (w.Code == 400) {
			t.Errorf("%s: %d, asked %q", form, w.Code, got)
		}
	}
}

// The picture of a member says in words what it shows, and draws nothing where there was nothing.
func TestChart(t *testing.T) {
	r := Recent{}
	if got := string(chartOf(r)); strings.Contains(got, "v-") ||
		!strings.Contains(got, "0 requests answered, 0 server errors, 0 failed") {
		t.Error(got)
	}
	r.Columns[0] = Column{Requests: 1}
	r.Columns[Columns-1] = Column{Requests: 60, Failed: 40, Errors: 10, Marked: true}
	got := string(chartOf(r))
	for _, want := range []string{
		"61 requests answered, 10 server errors, 40 failed, marked down in 1 of 60 columns",
		`class="bars" d="M1 20v-1M119 20v-20"`,
		`class="errors" d="M119 20v-10"`, `class="fails" d="M119 20v-8"`, `class="marks" d="M118 24h2"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

// Times within which requests end are bounds of the histogram.
func TestWithin(t *testing.T) {
	h := Histogram{Bounds: []match.Nanos{1e6, 1e9}, Counts: []uint64{50, 45, 5}}
	if got := h.Within(); got == nil || *got != (Within{Half: 0.001, Most: 1}) {
		t.Errorf("%+v", got)
	}
	h.Counts[2]++
	if got := h.Within(); got == nil || got.Half != 1 || got.Most != 0 && got.Most != 1 {
		t.Errorf("%+v", got)
	}
	h.Counts = []uint64{0, 0, 0}
	if got := h.Within(); got != nil {
		t.Errorf("%+v", got)
	}
}

// The table for spreadsheets has a line for each member, and no name in it is a formula.
func TestCSV(t *testing.T) {
	s, wait, ago := &still{}, 0.25, 7.0
	s.Snap.Clusters = []ClusterStatus{{Cluster: "C", Members: []MemberStatus{
		{MemberNote: explain.MemberNote{Member: "=1+1", Role: "primary", Affinity: 3, Failed: 4}, New: 2,
			Changed: "weight 7",
			Work: Work{Answers: [6]uint64{1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, Failures: Failures{explain.Timeout: 4},
				Sessions: SessionStatus{Begun: 8, TakenOver: 2, Recent: 9}},
			Address: []string{"h1:9080", "h1:9443"},
			Recent:  Recent{PerSecond: 1.5, ErrorsPerSecond: 0.5, Wait: &wait, ChangedAgo: &ago}},
		{Down: "no such host", MemberNote: explain.MemberNote{Member: "a,b\x1b"}},
	}}}
	want := `cluster,member,role,state,weight,start,pending,most,affinity,new,failed,idle,perSecond,failedPerSecond,` +
		`changed,sick,changedSecondsAgo,waitSeconds,errorsPerSecond,address,1xx,2xx,3xx,4xx,5xx,refused,timeout,` +
		`io-timeout,503,reset,malformed,` +
		`sessions,sessionsBegun,sessionsTakenOver
C,'=1+1,primary,up,0,0,0,0,3,2,4,0,1.50,0.00,weight 7,errors,7,0.2500,0.50,h1:9080 h1:9443,1,2,3,4,5,0,4,0,0,0,0,9,8,2
C,"a,b\x1b",,unreachable,0,0,0,0,0,0,0,0,0.00,0.00,,down,,,0.00,,0,0,0,0,0,0,0,0,0,0,0,0,0,0
`
	if got := fetch(New(s, ""), "GET", "/status.csv").Body.String(); got != want {
		t.Errorf("got\n%s", got)
	}
}

// Without a token only loopback names are answered; with one, whoever shows it.
func TestClosed(t *testing.T) {
	open, locked := New(&still{}, ""), New(&still{}, "secret")
	for _, c := range []struct {
		a      *Handler
		method string
		header []string
		status int
	}{
		{open, "GET", nil, 200},
		{open, "POST", nil, 405},
		{open, "DELETE", nil, 405},
		{open, "GET", []string{"Host", "evil.example.com"}, 403},
		{open, "GET", []string{"Host", "127.0.0.1:9090"}, 200},
		{open, "GET", []string{"Host", "[::1]:9090"}, 200},
		{open, "GET", []string{"Host", "127.0.0.1.evil.example.com"}, 403},
		{locked, "GET", nil, 401},
		{locked, "GET", []string{"Authorization", "Bearer secret"}, 200},
		{locked, "GET", []string{"Authorization", "Bearer wrong"}, 401},
		{locked, "GET", []string{"Authorization", "Bearer secret", "Host", "proxy.example.com"}, 200},
		{locked, "GET", []string{"Authorization", "Basic YWRtaW46c2VjcmV0"}, 200},
	} {
		if got := fetch(c.a, c.method, "/", c.header...).Code; got != c.status {
			t.Errorf("%s %v: %d, want %d", c.method, c.header, got, c.status)
		}
	}
	if got := fetch(locked, "GET", "/health"); got.Code != 200 || got.Body.String() != "ok\n" {
		t.Errorf("health without a token: %d %q", got.Code, got.Body)
	}
	for address, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, ":1": false,
		"0.0.0.0:1": false, "10.0.0.1:1": false} {
		if CheckAddress(address, "") != want || !CheckAddress(address, "secret") {
			t.Errorf("%s without a token: want %v", address, want)
		}
	}
}

package proxy

import (
	"encoding/json"
	"html"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/explain"
)

// page asks the admin handler.
func (w *world) page(target string) *httptest.ResponseRecorder {
	rq := httptest.NewRequest("GET", target, nil)
	rq.Host = "localhost:9090"
	answer := httptest.NewRecorder()
	admin.New(w.p, "").ServeHTTP(answer, rq)
	return answer
}

func TestAdminPages(t *testing.T) {
	w := start(t, false, site{members: 3, backups: 1, uri: "/app/*"}, Options{})
	defer w.stop()
	w.refuse("m2")
	w.once(get("/app/", sticky("m1")))
	w.once(get("/app/", sticky("m2")))
	w.once(get("/app/", "Cookie: JSESSIONID=0000abc:gone"))
	w.once(get("/elsewhere"))
	var s admin.Status
	if err := json.Unmarshal(w.page("/status.json").Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Requests.Total != 4 || s.Requests.Declined != 1 || s.Affinity["hit"] != 1 || s.Affinity["moved"] != 1 ||
		s.Affinity["unknown-clone"] != 1 || s.Affinity["none"] != 1 {
		t.Errorf("%+v", s)
	}
	if m := s.Clusters[0].Members; !m[1].Marked || m[1].Failed != 1 || m[1].RetryIn < 59 || m[2].Role != "backup" ||
		m[0].Affinity != 1 || m[0].New != 2 {
		t.Errorf("%+v", m)
	}
	page := w.page("/?url=http://shop/app/x&cookie=JSESSIONID%3D0000abc:c2").Body.String()
	for _, want := range []string{`<b id="total">4</b>`, "marked down; retry in", "backup", "decision <b>forward</b>",
		"m1", "[R42"} {
		if !strings.Contains(page, want) {
			t.Errorf("the status page does not say %q:\n%s", want, page)
		}
	}
	if page := w.page("/?url=%3Cscript%3Ealert(1)%3C/script%3E").Body.String(); strings.Contains(page, "<script>") {
		t.Error("a script gets into the page")
	}
	why := w.page("/why.json?url=http://shop/none").Body.String()
	if !strings.Contains(why, `"decision": "declined"`) {
		t.Error(why)
	}
	metrics := w.page("/metrics").Body.String()
	for _, want := range []string{
		`wasplug_member_marked_down{cluster="C",member="m2"} 1`,
		`wasplug_member_requests_total{chosen="affinity",cluster="C",member="m1"} 1`,
		`wasplug_affinity_total{outcome="moved"} 1`, `wasplug_responses_total{class="2xx"} 3`,
		"wasplug_declined_total 1",
		`wasplug_request_duration_seconds_count{cluster="C"} 3`,
		`wasplug_request_duration_seconds_count{cluster=""} 1`,
		"wasplug_last_reload_successful 1", "process_open_fds ", "go_goroutines ",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no metric %s in\n%s", want, metrics)
		}
	}
	if problems, err := promlint.New(strings.NewReader(metrics)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("names of metrics: %v %v", problems, err)
	}
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	metrics = w.page("/metrics").Body.String()
	if !strings.Contains(metrics, `wasplug_request_duration_seconds_count{cluster="C"} 3`) {
		t.Error("a reload ends the histogram of a cluster")
	}
	if got := w.page("/health").Body.String(); got != "ok\n" {
		t.Error(got)
	}
}

// What each member has done is told by member, and goes on over reloads: answers by class, waits, and failures by what
// "why" calls them.
func TestWorkOfMembers(t *testing.T) {
	w := start(t, false, site{members: 3}, Options{}, func(w *world) {
		w.fakes["m1"].act = answer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true)
		w.fakes["m2"].act = answer("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", true)
	})
	defer w.stop()
	w.refuse("m3")
	for range 2 {
		w.once(get("/", sticky("m1")))
	}
	w.once(get("/", sticky("m2")))
	w.once(get("/", sticky("m3")))
	for _, when := range []string{"before", "after"} {
		members := w.p.Snapshot().Clusters[0].Members
		if got := members[0].Answers; got[4] < 3 || got[5] != 0 || members[0].Failures.Total() != 0 {
			t.Errorf("%s the reload, m1: %+v", when, members[0].Work)
		}
		if got := &members[1]; got.Answers[5] != got.Failures[explain.Busy] || got.Answers[5] == 0 ||
			got.Failed != got.Answers[5] {
			t.Errorf("%s the reload, m2: %+v", when, got.Work)
		}
		if got := &members[2]; got.Answers != [6]uint64{} || got.Failures[explain.Refused] != 1 || got.Failed != 1 ||
			got.Within != nil {
			t.Errorf("%s the reload, m3: %+v", when, got.Work)
		}
		var waits uint64
		for _, n := range members[0].Waits.Counts {
			waits += n
		}
		if waits != members[0].Answers[4] || members[0].Within == nil {
			t.Errorf("%s the reload, m1 waited %d times, answered %d", when, waits, members[0].Answers[4])
		}
		if metrics := w.page("/metrics").Body.String(); !strings.Contains(metrics,
			`wasplug_member_failed_total{cluster="C",member="m3",reason="refused"} 1`) {
			t.Errorf("%s the reload: no metric tells how m3 fails", when)
		}
		if err := w.p.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// What the page says of the configuration and its members, in words that need no hover.
func TestStatusPageWords(t *testing.T) {
	w := start(t, false, site{members: 3, cluster: `RetryInterval="0"`}, Options{})
	defer w.stop()
	w.refuse("m2")
	w.xml.Store(strings.Replace(site{members: 3, cluster: `RetryInterval="0"`}.xml(), `Name="m3" CloneID="c3"`,
		`Name="m3" CloneID="c3" LoadBalanceWeight="0"`, 1))
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.once(get("/", sticky("m2")))
	page := w.page("/?live=1").Body.String()
	loaded := w.p.gen.Load().Loaded.Format("15:04")
	for _, want := range []string{
		"plugin-cfg.xml, version <b id=\"generation\">2</b>, loaded " + loaded, ">pause</a>",
		"retry due at the next request", "draining", "round robin stands here:",
		"unknown-clone, no member has the clone ID",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	for _, wrong := range []string{"stand still", "retry in 0 s", "title=", "nowrap"} {
		if strings.Contains(page, wrong) {
			t.Errorf("the page says %q", wrong)
		}
	}
}

// A Transport that cannot be used is told where an administrator looks: at start and at each reload, with the reason
// that why gives.
func TestUnusableTransports(t *testing.T) {
	for config, want := range map[string]string{
		``: "the https Transport of m1 cannot be used: it needs a keyring, and the file " +
			"PluginInstallRoot; requests that need it get 500",
		`UseInsecure="true"`: "the https Transport of m1 cannot be used: it needs a keyring, and the file " +
			"PluginInstallRoot; http is used instead (UseInsecure)",
	} {
		var log syncBuffer
		s := site{members: 2, config: config}
		w := start(t, false, s, Options{PluginLog: &log})
		w.xml.Store(strings.Replace(s.xml(), `<Transport Hostname="m1"`,
			`<Transport Hostname="m1" Port="9443" Protocol="https"/><Transport Hostname="m1"`, 1))
		for range 2 {
			if err := w.p.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(w.logs.String(), want); n != 2 ||
			!strings.Contains(w.logs.String(), "at=plugin-cfg.xml:1:") {
			t.Errorf("standard error says it %d times: %s", n, w.logs.String())
		}
		if n := strings.Count(log.String(), "ERROR: ws_transport: transportInitializeSecurity: "+want); n != 2 {
			t.Errorf("the log says it %d times: %s", n, log.String())
		}
		if page := w.page("/").Body.String(); strings.Count(page, want) != 2 {
			t.Error("the status page does not say it of the member, and among the sick")
		}
		reason, _, _ := strings.Cut(want, ";")
		why := w.page("/why.json?url=https://shop:80/&cookie=JSESSIONID%3D0000abc:c1").Body.String()
		if strings.Contains(why, reason) != (config == "") {
			t.Errorf("why says\n%s", why)
		}
		w.stop()
	}
}

// The page's why reads as the command line does: the same requests, and the same words of refusal.
func TestAdminWhy(t *testing.T) {
	w := start(t, false, site{members: 1, uri: "/my shop/*"}, Options{})
	defer w.stop()
	for _, c := range []struct {
		url, cookie string
		status      int
		want        string
	}{
		{"http://a/my shop/x", "", 200, `"decision": "forward"`},
		{"http://a/my%20shop/x", "", 200, `"decision": "declined"`},
		{"http://a/my shop/../x", "", 200, `"decision": "forward"`}, // this server changes no path
		{"http://a/my shop/%00", "", 200, "an encoded NUL, %00, which the web server refuses itself with 400"},
		{"http://a/my shop/100%", "", 200, "refuses itself with 400: the plug-in is not asked"},
		{"http://a/100%", "", 200, "no Route matches host, port and path"},
		{"http://a/my shop/x", "JSESSIONID=0000abc:c1", 200, "with clone ID c1"},
		{"http://a/my shop/x", "a=b; JSESSIONID=0000abc:c1", 200, "with clone ID c1"},
		{"http://a:99999/", "", 400, "port 99999, want 1 to 65535"},
		{"http://a:0/", "", 400, "want 1 to 65535"},
		{"ftp://a/", "", 400, "want http://HOST"},
		{"/shop", "", 400, "want http://HOST"},
		{"http://a/\x07", "", 400, "control character"},
		{"http://a/my shop/x", "=v", 400, "want NAME=VALUE"},
		{"http://a/my shop/x", "a=b; v", 400, "want NAME=VALUE"},
		{"", "", 400, "want ?url=http://HOST/PATH"},
	} {
		query := url.Values{"url": {c.url}, "cookie": {c.cookie}}.Encode()
		if got := w.page("/why.json?" + query); got.Code != c.status || !strings.Contains(got.Body.String(), c.want) {
			t.Errorf("%q %q: %d, want %q:\n%s", c.url, c.cookie, got.Code, c.want, got.Body)
		}
		if page := w.page("/?" + query); page.Code != 200 || c.status == 400 && c.url != "" &&
			!strings.Contains(page.Body.String(), html.EscapeString(c.want)) {
			t.Errorf("%q %q: the page does not say %q", c.url, c.cookie, c.want)
		}
	}
}

// The page's why knows the streams that are idle now.
func TestAdminWhyKnowsStreams(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	const target = "/why.json?url=http://shop/"
	if why := w.page(target).Body.String(); !strings.Contains(why, "a new stream to") {
		t.Errorf("without a stream:\n%s", why)
	}
	w.once(get("/"))
	w.atRest("m1")
	if why := w.page(target).Body.String(); !strings.Contains(why, "is taken from the queue") ||
		strings.Contains(why, "a new stream to") {
		t.Errorf("with an idle stream:\n%s", why)
	}
}

// change asks the admin handler to change a member, as its page does.
func (w *world) change(member, do string) *httptest.ResponseRecorder {
	form := url.Values{"cluster": {"C"}, "member": {member}, "do": {do}, "weight": {"70"}}.Encode()
	rq := httptest.NewRequest("POST", "/member", strings.NewReader(form))
	rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rq.SetBasicAuth("ann", "secret")
	answer := httptest.NewRecorder()
	admin.New(w.p, "secret").Writing(w.p, "secret").ServeHTTP(answer, rq)
	return answer
}

// gets says which members answer requests: the session of m1, and eight without one.
func (w *world) gets() (session string, others map[string]bool) {
	session, others = w.once(get("/", sticky("m1"))).member, map[string]bool{}
	for range 8 {
		others[w.once(get("/")).member] = true
	}
	return session, others
}

// A member that is drained keeps its sessions, one that is disabled loses them; both until what the file says holds
// again, over reloads of the file, and without losing what is known of other members.
func TestChanges(t *testing.T) {
	w := start(t, false, site{members: 4, backups: 1}, Options{})
	defer w.stop()
	w.refuse("m3")
	w.once(get("/", sticky("m3")))
	for _, step := range []struct {
		do, session string
		new         bool // m1 gets new sessions
		says        string
	}{
		{"weight", "m1", true, "<b>weight 70</b> by hand"},
		{"drain", "m1", false, "<b>drained</b> by hand"},
		{"disable", "m2", false, "<b>disabled</b> by hand"},
		{"reset", "m1", true, ""},
	} {
		if got := w.change("m1", step.do); got.Code != 303 {
			t.Fatal(step.do, got.Code, got.Body)
		}
		if marked, _ := w.memberState("m3"); !marked {
			t.Errorf("%s: m3 is not marked down any more", step.do)
		}
		if m := w.p.Snapshot().Clusters[0].Members[0]; m.Weight != m.Start {
			t.Errorf("%s: the weight of m1 is %v, and begins at %v", step.do, m.Weight, m.Start)
		}
		for _, when := range []string{"at once", "after a reload"} {
			session, others := w.gets()
			if session != step.session || others["m1"] != step.new || !others["m2"] {
				t.Errorf("%s, %s: the session of m1 goes to %s, new ones to %v", step.do, when, session, others)
			}
			if page := w.page("/").Body.String(); !strings.Contains(page, step.says) ||
				strings.Contains(page, "by hand") != (step.says != "") {
				t.Errorf("%s, %s: the page does not say %q", step.do, when, step.says)
			}
			if when == "at once" && step.do != "reset" {
				w.reloadKeeping("m3")
			}
		}
		if !strings.Contains(w.logs.String(), `by="ann from 192.0.2.1:1234"`) {
			t.Error("nothing says who it was:", w.logs.String())
		}
	}
}

// reloadKeeping reads the file again, and lets a member be found down by it.
func (w *world) reloadKeeping(member string) {
	if err := w.p.Reload(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.once(get("/", sticky(member)))
}

// A change that would not do what it says is refused, and changes nothing.
func TestChangesRefused(t *testing.T) {
	for _, c := range []struct {
		site             site
		member, do, want string
	}{
		{site{members: 2, backups: 1}, "m1", "disable", "m1 cannot be disabled: without it C has no list"},
		{site{members: 2, backups: 1}, "m2", "drain", "m2 decides nothing: it is no primary (R38)"},
		{site{members: 2, cluster: `LoadBalance="Random"`}, "m1", "drain", "LoadBalance is Random (R35)"},
		{site{members: 2, cluster: `LoadBalance="Random"`}, "m1", "weight", "LoadBalance is Random (R35)"},
		{site{members: 2}, "m9", "drain", `cluster C has no server &#34;m9&#34;`},
		{site{members: 2}, "m1", "explode", "want drain, disable, weight or reset"},
	} {
		w := start(t, false, c.site, Options{})
		got := w.change(c.member, c.do)
		want := html.UnescapeString(c.want)
		if got.Code != 400 || !strings.Contains(got.Body.String(), want) || w.p.gen.Load().Number != 1 {
			t.Errorf("%s of %s: %d %s, want %s", c.do, c.member, got.Code, got.Body, want)
		}
		w.stop()
	}
}

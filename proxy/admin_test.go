package proxy

import (
	"encoding/json"
	"html"
	"math"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

func fetch(a *Admin, method, target string, header ...string) *httptest.ResponseRecorder {
	rq := httptest.NewRequest(method, target, nil)
	rq.Host = "localhost:9090"
	for i := 0; i < len(header); i += 2 {
		rq.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			rq.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, rq)
	return w
}

func TestAdminPages(t *testing.T) {
	w := start(t, false, site{members: 3, backups: 1, uri: "/app/*"}, Options{})
	defer w.stop()
	w.refuse("m2")
	w.once(get("/app/", sticky("m1")))
	w.once(get("/app/", sticky("m2")))
	w.once(get("/app/", "Cookie: JSESSIONID=0000abc:gone"))
	w.once(get("/elsewhere"))
	a := NewAdmin(w.p, "")
	var s Status
	if err := json.Unmarshal(fetch(a, "GET", "/status.json").Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Requests.Total != 4 || s.Requests.Declined != 1 || s.Affinity["hit"] != 1 || s.Affinity["moved"] != 1 || s.Affinity["unknown-clone"] != 1 || s.Affinity["none"] != 1 {
		t.Errorf("%+v", s)
	}
	if m := s.Clusters[0].Members; !m[1].Marked || m[1].Failed != 1 || m[1].RetryIn < 59 || m[2].Role != "backup" || m[0].Affinity != 1 || m[0].New != 2 {
		t.Errorf("%+v", m)
	}
	page := fetch(a, "GET", "/?url=http://shop/app/x&cookie=JSESSIONID%3D0000abc:c2").Body.String()
	for _, want := range []string{`<b id="total">4</b>`, "marked down; retry in", "backup", "decision <b>forward</b>", "m1", "[R42"} {
		if !strings.Contains(page, want) {
			t.Errorf("the status page does not say %q:\n%s", want, page)
		}
	}
	if page := fetch(a, "GET", "/?url=%3Cscript%3Ealert(1)%3C/script%3E").Body.String(); strings.Contains(page, "<script") {
		t.Error("a script gets into the page")
	}
	if why := fetch(a, "GET", "/why.json?url=http://shop/none").Body.String(); !strings.Contains(why, `"decision": "declined"`) {
		t.Error(why)
	}
	metrics := fetch(a, "GET", "/metrics").Body.String()
	for _, want := range []string{
		`wasplug_member_marked_down{cluster="C",member="m2"} 1`, `wasplug_member_requests_total{chosen="affinity",cluster="C",member="m1"} 1`,
		`wasplug_affinity_total{outcome="moved"} 1`, `wasplug_responses_total{class="2xx"} 3`, "wasplug_declined_total 1",
		`wasplug_request_duration_seconds_count{cluster="C"} 3`, `wasplug_request_duration_seconds_count{cluster=""} 1`,
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
	if metrics := fetch(a, "GET", "/metrics").Body.String(); !strings.Contains(metrics, `wasplug_request_duration_seconds_count{cluster="C"} 3`) {
		t.Error("a reload ends the histogram of a cluster")
	}
	if got := fetch(a, "GET", "/health").Body.String(); got != "ok\n" {
		t.Error(got)
	}
}

// What the page says of the configuration and its members, in words that need no hover.
func TestStatusPageWords(t *testing.T) {
	w := start(t, false, site{members: 3, cluster: `RetryInterval="0"`}, Options{})
	defer w.stop()
	w.refuse("m2")
	w.xml.Store(strings.Replace(site{members: 3, cluster: `RetryInterval="0"`}.xml(), `Name="m3" CloneID="c3"`, `Name="m3" CloneID="c3" LoadBalanceWeight="0"`, 1))
	if err := w.p.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.once(get("/", sticky("m2")))
	a := NewAdmin(w.p, "")
	page := fetch(a, "GET", "/?live=1").Body.String()
	loaded := w.p.gen.Load().loaded.Format("15:04")
	for _, want := range []string{
		"plugin-cfg.xml, version <b id=\"generation\">2</b>, loaded " + loaded, ">pause</a>", "retry due at the next request", "draining", "round robin stands here:",
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
		if len(found) != 3 {
			t.Errorf("colours %v", found)
		}
		for _, c := range found {
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

// A Transport that cannot be used is told where an administrator looks: at start and at each reload, with the reason that why gives.
func TestUnusableTransports(t *testing.T) {
	for config, want := range map[string]string{
		``:                   "the https Transport of m1 cannot be used: it needs a keyring, and the file PluginInstallRoot; requests that need it get 500",
		`UseInsecure="true"`: "the https Transport of m1 cannot be used: it needs a keyring, and the file PluginInstallRoot; http is used instead (UseInsecure)",
	} {
		var log syncBuffer
		open := func(level pluginlog.Level) *pluginlog.Writer { return pluginlog.NewWriter(&log, level) }
		s := site{members: 2, config: config}
		w := start(t, false, s, Options{PluginLog: open})
		w.xml.Store(strings.Replace(s.xml(), `<Transport Hostname="m1"`, `<Transport Hostname="m1" Port="9443" Protocol="https"/><Transport Hostname="m1"`, 1))
		for range 2 {
			if err := w.p.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		a := NewAdmin(w.p, "")
		if n := strings.Count(w.logs.String(), want); n != 2 || !strings.Contains(w.logs.String(), "at=plugin-cfg.xml:1:") {
			t.Errorf("standard error says it %d times: %s", n, w.logs.String())
		}
		if n := strings.Count(log.String(), "ERROR: ws_transport: transportInitializeSecurity: "+want); n != 2 {
			t.Errorf("the log says it %d times: %s", n, log.String())
		}
		if page := fetch(a, "GET", "/").Body.String(); strings.Count(page, want) != 1 {
			t.Error("the status page does not say it once")
		}
		reason, _, _ := strings.Cut(want, ";")
		if why := fetch(a, "GET", "/why.json?url=https://shop:80/&cookie=JSESSIONID%3D0000abc:c1").Body.String(); strings.Contains(why, reason) != (config == "") {
			t.Errorf("why says\n%s", why)
		}
		w.stop()
	}
}

// The page's why reads as the command line does: the same requests, and the same words of refusal.
func TestAdminWhy(t *testing.T) {
	w := start(t, false, site{members: 1, uri: "/my shop/*"}, Options{})
	defer w.stop()
	a := NewAdmin(w.p, "")
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
		if got := fetch(a, "GET", "/why.json?"+query); got.Code != c.status || !strings.Contains(got.Body.String(), c.want) {
			t.Errorf("%q %q: %d, want %q:\n%s", c.url, c.cookie, got.Code, c.want, got.Body)
		}
		if page := fetch(a, "GET", "/?"+query); page.Code != 200 || c.status == 400 && c.url != "" && !strings.Contains(page.Body.String(), html.EscapeString(c.want)) {
			t.Errorf("%q %q: the page does not say %q", c.url, c.cookie, c.want)
		}
	}
}

// The page's why knows the streams that are idle now.
func TestAdminWhyKnowsStreams(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	a := NewAdmin(w.p, "")
	const target = "/why.json?url=http://shop/"
	if why := fetch(a, "GET", target).Body.String(); !strings.Contains(why, "a new stream to") {
		t.Errorf("without a stream:\n%s", why)
	}
	w.once(get("/"))
	w.atRest("m1")
	if why := fetch(a, "GET", target).Body.String(); !strings.Contains(why, "is taken from the queue") || strings.Contains(why, "a new stream to") {
		t.Errorf("with an idle stream:\n%s", why)
	}
}

func TestAdminIsClosed(t *testing.T) {
	w := start(t, false, site{members: 1}, Options{})
	defer w.stop()
	open, locked := NewAdmin(w.p, ""), NewAdmin(w.p, "secret")
	for _, c := range []struct {
		a      *Admin
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
	for address, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, ":1": false, "0.0.0.0:1": false, "10.0.0.1:1": false} {
		if CheckAdminAddress(address, "") != want || !CheckAdminAddress(address, "secret") {
			t.Errorf("%s without a token: want %v", address, want)
		}
	}
}

// The outcomes of affinity, as the access log names them.
func TestAccessLog(t *testing.T) {
	var text, structured syncBuffer
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	w := start(t, false, site{members: 3, uri: "/app/*"}, Options{AccessLog: NewAccessLog(&text, false, now)})
	w.refuse("m3")
	for _, raw := range []string{
		get("/app/none"), get("/app/hit", sticky("m2")), get("/app/returned", "Cookie: JSESSIONID=0000abc:c1:c2"), get("/app/hit2", "Cookie: JSESSIONID=0000abc:c9:c2"),
		get("/app/second", "Cookie: JSESSIONID=0000a:c8:c9; JSESSIONID=0000b:c1"), get("/app/third", "Cookie: JSESSIONID=0000a:c9", "Cookie: JSESSIONID=0000b:c2:c1"),
		get("/app/unknown", "Cookie: JSESSIONID=0000abc:c9"), get("/app/moved", sticky("m3")), get("/app/down", sticky("m3")),
		get("/app/partition", "Cookie: JSESSIONID=0001abc:c9:1158590921"), get("/app/home", "Cookie: JSESSIONID=0001abc:1158590921:c2"), get("/declined\""), "nonsense\r\n\r\n",
	} {
		w.once(raw)
	}
	for _, m := range w.fakes {
		m.mu.Lock()
		m.act = answer("", false) // closes the stream
		m.mu.Unlock()
	}
	w.once(get("/app/failed", sticky("m2")))
	w.stop()
	w = start(t, false, site{members: 1}, Options{AccessLog: NewAccessLog(&structured, true, now)})
	w.once(get("/a\"\\\xff"))
	w.stop()
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	for i, want := range []string{
		`127.0.0.1 - - [02/Jan/2026:03:04:05 +0000] "GET /app/none HTTP/1.1" 200 `, "C/m2 attempts=1 affinity=hit took=", "C/m1 attempts=1 affinity=returned", "C/m2 attempts=1 affinity=hit",
		"C/m1 attempts=1 affinity=hit", "C/m2 attempts=1 affinity=returned", "affinity=unknown-clone", "attempts=2 affinity=moved", "attempts=1 affinity=member-down",
		"attempts=1 affinity=partition-id", "C/m2 attempts=1 affinity=hit", `"GET /declined\" HTTP/1.1" 404`, `"-" 400`,
		"affinity=failed",
	} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Errorf("line %d does not say %q:\n%s", i+1, want, text.String())
		}
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(structured.String()), &line); err != nil || line["member"] != "C/m1" || line["status"] != 200.0 || line["request"] != "GET /a\"\\\uFFFD HTTP/1.1" {
		t.Errorf("%v: %s", err, structured.String())
	}
}

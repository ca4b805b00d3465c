// Package browser tests the pages of the real program in a real browser. It is a module of its own, so that what
// it needs is no requirement of wasplug.
package browser

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wasplug/wasplug/ci/browser/drive"
)

// program is wasplug serving a file, with the addresses that it says it listens on.
type program struct {
	site, page string
	stop       func()
}

var address = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// serve builds wasplug and starts it on a file. With --admin-write its page asks for the token "secret", which the
// address carries.
func serve(t *testing.T, config string, flags ...string) program {
	t.Helper()
	binary, file := drive.Build(t, "../.."), filepath.Join(t.TempDir(), "plugin-cfg.xml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	user := ""
	if len(flags) > 0 {
		token := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(token, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		flags, user = append(flags, "--admin-token-file", token), "ann:secret@"
	}
	cmd := exec.Command(binary, append([]string{"proxy", "-c", file, "--listen", "127.0.0.1:0=80", "--admin", "127.0.0.1:0"}, flags...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := program{stop: sync.OnceFunc(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})}
	t.Cleanup(p.stop)
	for lines := bufio.NewScanner(stderr); (p.site == "" || p.page == "") && lines.Scan(); {
		line := lines.Text()
		m := address.FindString(line)
		switch {
		case m == "":
		case strings.Contains(line, "status page") || strings.Contains(line, "admin"):
			p.page = "http://" + user + m + "/"
		case p.site == "":
			p.site = "http://" + m
		}
	}
	if p.site == "" || p.page == "" {
		t.Fatalf("the program does not say where it listens: %+v", p)
	}
	return p
}

func startMember(t *testing.T) *httptest.Server {
	server := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") }))
	t.Cleanup(server.Close)
	return server
}

// serverElement is a member as plugin-cfg.xml has it.
func serverElement(t *testing.T, name, clone string, server *httptest.Server) string {
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`<Server Name=%q CloneID=%q><Transport Hostname=%q Port=%q Protocol="http"/></Server>`, name,
		clone, u.Hostname(), u.Port())
}

func send(t *testing.T, target, clone string) {
	t.Helper()
	rq, err := http.NewRequest("GET", target, nil)
	if err != nil {
		t.Fatal(err)
	}
	rq.Host = "shop"
	rq.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: "0000abc:" + clone})
	rs, err := http.DefaultClient.Do(rq)
	if err != nil {
		t.Fatal(err)
	}
	rs.Body.Close()
}

// The status page works: it loads, its counters move, and "why" answers against the live state.
func TestStatusPage(t *testing.T) {
	ctx := drive.Browse(t)
	m1, m2 := startMember(t), startMember(t)
	config := `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>` +
		`<ServerCluster Name="shop">` +
		serverElement(t, "m1", "c1", m1) + serverElement(t, "m2", "c2", m2) +
		`</ServerCluster><UriGroup Name="u"><Uri Name="/app/*"/></UriGroup>` +
		`<Route ServerCluster="shop" UriGroup="u" VirtualHostGroup="v"/></Config>`
	m2.Close()
	p := serve(t, config)
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	text := func(selector string) string {
		t.Helper()
		s, err := chromedp.Run(ctx, chromedp.Text(selector))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	send(t, p.site+"/app/", "c1")
	do(chromedp.Navigate(p.page), chromedp.WaitVisible("#total"))
	before := text("#total")
	send(t, p.site+"/app/", "c2")
	do(chromedp.Reload(), chromedp.WaitVisible("#total"))
	after, state := text("#total"), text(`tr[data-member="m2"] .down`)
	do(chromedp.SendKeys(`input[name="url"]`, "http://shop/app/cart"),
		chromedp.SendKeys(`input[name="cookie"]`, "JSESSIONID=0000abc:c2"),
		chromedp.Submit("form"), chromedp.WaitVisible("#answer"))
	answer := text("#answer")
	if before != "1" || after != "2" || !strings.Contains(state, "marked down; retry in") {
		t.Errorf("requests %q, then %q; m2 is %q", before, after, state)
	}
	if !strings.Contains(answer, "member m1") || !strings.Contains(answer, "m2 is marked down") {
		t.Errorf("why says %q", answer)
	}
	if err := chromedp.Cancel(ctx); err != nil {
		t.Log(err)
	}
}

// Everything on the page can be read, in light and in dark: 4.5:1 or more.
func TestContrast(t *testing.T) {
	m1, m2 := startMember(t), startMember(t)
	p := serve(t, `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>`+
		`<ServerCluster Name="shop">`+
		serverElement(t, "m1", "c1", m1)+serverElement(t, "m2", "c2", m2)+
		`</ServerCluster><UriGroup Name="u"><Uri Name="/app/*"/></UriGroup>`+
		`<Route ServerCluster="shop" UriGroup="u" VirtualHostGroup="v"/></Config>`)
	m2.Close()
	send(t, p.site+"/app/", "c2")
	for scheme, value := range map[string]string{"light": "1", "dark": "0"} {
		ctx := drive.Browse(t, chromedp.Flag("blink-settings", "preferredColorScheme="+value))
		if err := chromedp.Do(ctx, chromedp.Navigate(p.page+"?url=http://shop/app/cart"),
			chromedp.WaitVisible("#answer")); err != nil {
			t.Fatal(err)
		}
		dark, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`matchMedia("(prefers-color-scheme: dark)").matches`))
		if err != nil || dark != (scheme == "dark") {
			t.Fatalf("the browser does not show the page in %s: %v", scheme, err)
		}
		if bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](drive.Contrasts)); err != nil || bad != "" {
			t.Errorf("%s: %v: %s", scheme, err, bad)
		}
		chromedp.Cancel(ctx)
	}
}

// shop is a configuration of clusters with members, of which the last has a port that nobody listens on.
func shop(t *testing.T, clusters, members int) string {
	var b strings.Builder
	b.WriteString(`<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>`)
	alive, dead := startMember(t), startMember(t)
	dead.Close()
	for i := range clusters {
		fmt.Fprintf(&b, `<ServerCluster Name="shop%d">`, i)
		for j := range members {
			server := alive
			if j == members-1 {
				server = dead
			}
			b.WriteString(serverElement(t, fmt.Sprintf("server%d", j), fmt.Sprintf("c%d", j), server))
		}
		fmt.Fprintf(&b, `</ServerCluster><UriGroup Name="u%d"><Uri Name="/app%[1]d/*"/></UriGroup>`, i)
		fmt.Fprintf(&b, `<Route ServerCluster="shop%d" UriGroup="u%[1]d" VirtualHostGroup="v"/>`, i)
	}
	b.WriteString("</Config>")
	return b.String()
}

// wait waits until an expression of JavaScript holds.
func wait(t *testing.T, ctx context.Context, what, expression string) {
	t.Helper()
	poll := chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(2*time.Minute))
	if err := chromedp.Do(ctx, poll); err != nil {
		t.Fatalf("never: %s: %v", what, err)
	}
}

// A live page shows what happens without being asked, keeps what is typed, unfolded and under the cursor, in the form
// for "why" as in that of a member, and asks nothing while its tab is hidden.
func TestLive(t *testing.T) {
	ctx := drive.Browse(t)
	p := serve(t, shop(t, 2, 3), "--admin-write")
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.Navigate(p.page+"?live=1"), chromedp.WaitVisible("#total"))
	do(chromedp.SendKeys(`input[name="url"]`, "http://shop/app1/cart"), chromedp.SendKeys(`input[name="cookie"]`, "JSESSIONID=0000a:c"),
		chromedp.Click(`tr[data-member="server1"] .change summary`), chromedp.SendKeys(`tr[data-member="server1"] input[name="weight"]`, "7"))
	send(t, p.site+"/app0/", "c2")
	wait(t, ctx, "the failure is told", `document.title.startsWith("1 sick") && document.querySelector(".found").textContent.includes("shop0/server2")`)
	wait(t, ctx, "the sick member comes first", `document.querySelector("tbody tr").id === "m/shop0/server2"`)
	for what, expression := range map[string]string{
		"the URL is kept":           `document.querySelector('input[name="url"]').value === "http://shop/app1/cart"`,
		"the cookie is kept":        `document.querySelector('input[name="cookie"]').value === "JSESSIONID=0000a:c"`,
		"the weight is kept":        `document.querySelector('tr[data-member="server1"] input[name="weight"]').value.includes("7")`,
		"the cursor stays":          `document.activeElement === document.querySelector('tr[data-member="server1"] input[name="weight"]')`,
		"what is unfolded stays so": `document.querySelector('tr[data-member="server1"] .change').open`,
	} {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err != nil || !ok {
			t.Errorf("not so: %s, %v", what, err)
		}
	}
	do(chromedp.SendKeys(`input[name="cookie"]`, "2"), chromedp.Submit("form"), chromedp.WaitVisible("#answer"))
	send(t, p.site+"/app1/", "c2")
	wait(t, ctx, "the answer of why follows what happens", `location.search.includes("live=1") && document.querySelector("#answer").textContent.includes("server2 is marked down")`)

	do(chromedp.SendKeys(`input[name="q"]`, "shop1 server0"))
	wait(t, ctx, "the filter works as one types", `document.querySelectorAll("tbody tr").length === 1 && location.search.includes("q=shop1")`)
	const hide = `Object.defineProperty(document, "hidden", {value: %t, configurable: true}); document.dispatchEvent(new Event("visibilitychange")); true`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(hide, true))); err != nil {
		t.Fatal(err)
	}
	// Those that begin count: one that was under way may end now.
	const asked = `new Promise(done => {
		const real = window.fetch;
		let begun = 0;
		window.fetch = (...question) => { begun++; return real(...question); };
		setTimeout(() => { window.fetch = real; done(begun); }, 5000);
	})`
	if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](asked, chromedp.EvalAwaitPromise)); err != nil || n != 0 {
		t.Errorf("a hidden page has asked %d times, %v", n, err)
	}
	send(t, p.site+"/app0/", "c0")
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(hide, false))); err != nil {
		t.Fatal(err)
	}
	wait(t, ctx, "a page that is seen again is new at once", `document.getElementById("total").textContent === "3"`)
	p.stop()
	wait(t, ctx, "a page that nobody answers says so", `!document.getElementById("stale").hidden && document.getElementById("stale").textContent.includes("What stands here is of")`)
}

// Of two hundred members the sick ones are in sight, on every screen, and none is wider than the screen.
func TestManyMembers(t *testing.T) {
	ctx := drive.Browse(t)
	p := serve(t, shop(t, 10, 20), "--admin-write")
	send(t, p.site+"/app7/", "c19")
	for _, width := range []int64{360, 800, 1400} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(p.page+"?url=http://shop/app1/cart"),
			chromedp.WaitVisible("#answer")); err != nil {
			t.Fatal(err)
		}
		for what, expression := range map[string]string{
			"it fits":                  `document.documentElement.scrollWidth <= innerWidth`,
			"the sick member is named": `document.querySelector(".found").getBoundingClientRect().bottom < 600`,
			"its row is in sight":      `document.getElementById("m/shop7/server19").getBoundingClientRect().top < 800`,
			"others are folded":        `document.querySelectorAll(".cluster[open]").length === 1`,
			"all are there":            `document.querySelectorAll("tbody tr").length === 200`,
		} {
			if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); err != nil || !ok {
				t.Errorf("%d pixels: not so: %s, %v", width, what, err)
			}
		}
	}
}

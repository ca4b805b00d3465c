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
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// program is wasplug serving a file, with the addresses that it says it listens on.
type program struct{ site, page string }

var address = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// build builds wasplug.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wasplug")
	cmd := exec.Command("go", "build", "-o", binary, "./cmd/wasplug")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// serve builds wasplug and starts it on a file.
func serve(t *testing.T, config string) program {
	t.Helper()
	binary, file := build(t), filepath.Join(t.TempDir(), "plugin-cfg.xml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "proxy", "-c", file, "--listen", "127.0.0.1:0=80", "--admin", "127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	var p program
	for lines := bufio.NewScanner(stderr); (p.site == "" || p.page == "") && lines.Scan(); {
		line := lines.Text()
		m := address.FindString(line)
		switch {
		case m == "":
		case strings.Contains(line, "status page") || strings.Contains(line, "admin"):
			p.page = "http://" + m + "/"
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

// browse starts the browser; the test is skipped, and says so, where there is none.
func browse(t *testing.T, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed (on Debian: apt-get install chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()))
	opts = append(opts, flags...)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// The status page works: it loads, its counters move, and "why" answers against the live state.
func TestStatusPage(t *testing.T) {
	ctx := browse(t)
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

// contrasts measures every element that shows text, and the hints in fields, against what stands behind it (WCAG 2).
const contrasts = `(() => {
	const parse = c => (c.match(/[0-9.]+/g) || [0, 0, 0, 0]).map(Number);
	const over = (top, under) => { const a = top.length > 3 ? top[3] : 1; return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a)) };
	const behind = e => {
		if (!e) return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
		return over(parse(getComputedStyle(e).backgroundColor), behind(e.parentElement));
	};
	const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4) }); return .2126 * r + .7152 * g + .0722 * b };
	const bad = [];
	const check = (e, color, what) => {
		const under = behind(e), [x, y] = [light(over(parse(color), under)), light(under)].sort((a, b) => b - a), ratio = (x + .05) / (y + .05);
		if (ratio < 4.5) bad.push(what + " " + ratio.toFixed(2) + ":1");
	};
	for (const e of document.body.querySelectorAll("*")) {
		if ([...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) check(e, getComputedStyle(e).color, e.tagName + " " + e.textContent.trim().slice(0, 20));
		if (e.placeholder) check(e, getComputedStyle(e, "::placeholder").color, "hint " + e.placeholder);
	}
	return bad.join("; ");
})()`

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
		ctx := browse(t, chromedp.Flag("blink-settings", "preferredColorScheme="+value))
		if err := chromedp.Do(ctx, chromedp.Navigate(p.page+"?url=http://shop/app/cart"),
			chromedp.WaitVisible("#answer")); err != nil {
			t.Fatal(err)
		}
		dark, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`matchMedia("(prefers-color-scheme: dark)").matches`))
		if err != nil || dark != (scheme == "dark") {
			t.Fatalf("the browser does not show the page in %s: %v", scheme, err)
		}
		if bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](contrasts)); err != nil || bad != "" {
			t.Errorf("%s: %v: %s", scheme, err, bad)
		}
		chromedp.Cancel(ctx)
	}
}

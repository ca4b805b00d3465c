// Package browser tests the pages of the real program in a real browser. It is a module of its own, so that what
// it needs is no requirement of wasplug.
package browser

import (
	"bufio"
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

	"github.com/chromedp/chromedp"

	"github.com/wasplug/wasplug/ci/browser/drive"
)

// program is wasplug serving a file, with the addresses that it says it listens on.
type program struct{ site, page string }

var address = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// serve builds wasplug and starts it on a file.
func serve(t *testing.T, config string) program {
	t.Helper()
	binary, file := drive.Build(t, "../.."), filepath.Join(t.TempDir(), "plugin-cfg.xml")
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

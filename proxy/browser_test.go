package proxy

import (
	"context"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// The status page works in a real browser: it loads, its counters move, and "why" answers against the live state.
func TestStatusPageInABrowser(t *testing.T) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed (on Debian: apt-get install chromium)")
	}
	w := start(t, false, site{members: 2, uri: "/app/*"}, Options{})
	defer w.stop()
	w.refuse("m2")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: NewAdmin(w.p, "")}
	w.wg.Go(func() { server.Serve(l) })
	defer server.Close()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	defer cancel()
	page := "http://" + l.Addr().String() + "/"
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
	w.once(get("/app/", sticky("m1")))
	do(chromedp.Navigate(page), chromedp.WaitVisible("#total"))
	before := text("#total")
	w.once(get("/app/", sticky("m2")))
	do(chromedp.Reload(), chromedp.WaitVisible("#total"))
	after, state := text("#total"), text(`tr[data-member="m2"] .down`)
	do(chromedp.SendKeys(`input[name="url"]`, "http://shop/app/cart"), chromedp.SendKeys(`input[name="cookie"]`, "JSESSIONID=0000abc:c2"),
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

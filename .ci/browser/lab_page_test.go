package browser

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/wasplug/wasplug/ci/browser/drive"
)

var (
	pageLine = regexp.MustCompile(`^Page: (\S+)`)
	curlLine = regexp.MustCompile(`-c jar (http\S+)/hitcount`)
)

// runLab starts the lab of two members; site is the context root of the application, page the lab's page.
func runLab(t *testing.T) (site, page string) {
	t.Helper()
	cmd := exec.Command(drive.Build(t, "../.."), "lab", "-c", "../../testdata/figure-5-12/topology.yaml", "--listen",
		"127.0.0.1:0", "--admin",
		"127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	})
	for lines := bufio.NewScanner(stdout); (site == "" || page == "") && lines.Scan(); {
		if m := pageLine.FindStringSubmatch(lines.Text()); m != nil {
			page = m[1]
		}
		if m := curlLine.FindStringSubmatch(lines.Text()); m != nil {
			site = m[1]
		}
	}
	if site == "" || page == "" {
		t.Fatalf("the lab does not say where it is: site %q, page %q", site, page)
	}
	return site, page
}

// button is one of a member.
func button(member, do string) string {
	return `section[data-member="` + member + `"] form:has(input[value="` + do + `"]) button`
}

// A person's way through a failover: a note is posted, its member killed by a button, and the text is gone; the
// session goes on, and the page shows where it lives. The page can be read in light and dark and on a small screen.
func TestLabPage(t *testing.T) {
	site, page := runLab(t)
	for scheme, value := range map[string]string{"light": "1", "dark": "0"} {
		ctx := drive.Browse(t, chromedp.Flag("blink-settings", "preferredColorScheme="+value))
		do := func(steps ...chromedp.Action[chromedp.Void]) {
			t.Helper()
			if err := chromedp.Do(ctx, steps...); err != nil {
				t.Fatal(err)
			}
		}
		// A click and a form return before the page they lead to is there: so each look waits for its text.
		want := func(element, text string) {
			t.Helper()
			if err := chromedp.Do(ctx, chromedp.WaitVisible(element+`[contains(., "`+text+`")]`)); err != nil {
				t.Fatalf("%s: %s never says %q: %v", scheme, element, text, err)
			}
		}
		do(chromedp.Navigate(site+"/note"), chromedp.SendKeys(`input[name="text"]`, "buy milk"),
			chromedp.Submit("form"))
		want("//body", "Note: buy milk")
		do(chromedp.Reload())
		want("//body", "Note: buy milk")
		served, err := chromedp.Run(ctx, chromedp.Text("p:last-of-type"))
		if err != nil {
			t.Fatal(err)
		}
		member := served[strings.LastIndexByte(served, ' ')+1:]
		do(chromedp.Navigate(page), chromedp.WaitVisible("//table[@id='sessions']"))
		want("//*[@id='sessions']", member)
		want("//*[@id='rows']", "the session") // as the database has it
		want("//*[@id='last']", "its answer passed to the client")
		want("//*[contains(@class, 'look')]", "s") // the clock of the thread that writes
		if bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](drive.Contrasts)); err != nil || bad != "" {
			t.Errorf("%s: %v: %s", scheme, err, bad)
		}
		do(chromedp.EmulateViewport(360, 640))
		if wide, err := chromedp.Run(ctx,
			chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth")); err != nil || wide {
			t.Errorf("%s: wider than a small screen, %v", scheme, err)
		}
		do(chromedp.Click(button(member, "kill")), chromedp.WaitVisible(`section.dead[data-member="`+member+`"]`))
		want("//*[@id='said']", "kill "+member+": done")
		do(chromedp.Navigate(site + "/note"))
		want("//body", "send the form again")
		do(chromedp.Navigate(page + "?live=1"))
		want("//*[@id='last']", "connect refused; "+member+" is marked down")
		if answer, err := http.Get(site + "/live" + value); err != nil || answer.Body.Close() != nil {
			t.Fatal(err)
		}
		want("//*[@id='last']", "/live"+value) // which nobody has asked the browser to load again
		do(chromedp.Navigate(page), chromedp.Click(button(member, "start")),
			chromedp.WaitVisible(`section.up[data-member="`+member+`"]`))
		want("//*[@id='said']", "start "+member+": done")
		do(chromedp.Click(`form:has(input[value="advance"]) button`))
		want("//*[@id='said']", "advance: done") // the retry interval has passed
		chromedp.Cancel(ctx)
	}
}

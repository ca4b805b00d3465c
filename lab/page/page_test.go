package page_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/page"
	labsession "github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestMain lets the test binary be a member.
func TestMain(m *testing.M) {
	if !slices.Equal(os.Args[1:], []string{"lab", "member"}) {
		os.Setenv("GORACE", "atexit_sleep_ms=0") // or each member would sleep for a second under the race detector
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := member.Run(ctx, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

const file = "../../testdata/figure-5-12/plugin-cfg.xml"

// visitor is a browser at the page of a lab of two members, whose sessions are written by time.
type visitor struct {
	t *testing.T
	http.Client
	lab  *lab.Lab
	page string
}

func visit(t *testing.T, persistence string) *visitor {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files, feed, trail := diag.NewFiles(), &page.Feed{}, &page.Trail{}
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", src), src)
	policy, err := session.Settings{Persistence: persistence}.Policy("was")
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.Start(t.Context(),
		lab.Options{Config: cfg, Files: files, Manual: true, OnEvent: feed.Add, OnSteps: trail.Add,
			Next: func(string) int { return 0 },
			Sessions: func(string) lab.Sessions {
				return lab.Sessions{Config: labsession.Default(), Persistence: persistence, Replicas: 1}
			}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(page.New(page.Options{Lab: l, Feed: feed, Trail: trail, Else: http.NotFoundHandler(),
		Policy: func(string) session.Policy { return policy }}))
	t.Cleanup(func() { server.Close(); l.Close() })
	jar, _ := cookiejar.New(nil)
	return &visitor{t: t, Client: http.Client{Jar: jar}, lab: l, page: server.URL + "/lab"}
}

// see gets the page until it has texts: what it tells of a request comes a little behind the answer.
func (v *visitor) see(query string, texts ...string) (body string) {
	v.t.Helper()
	soon(func() bool {
		body = v.get(v.page + query)
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(body, text) })
	})
	v.has(body, texts...)
	return body
}

// soon asks at the ticks of a clock whether something is so, for a minute at most.
func soon(is func() bool) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(time.Minute); !is() && time.Now().Before(limit); {
		<-tick.C
	}
}

func (v *visitor) get(url string) string {
	v.t.Helper()
	answer, err := v.Get(url)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.body(answer)
}

func (v *visitor) body(answer *http.Response) string {
	v.t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(body)
}

func (v *visitor) has(body string, texts ...string) {
	v.t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			v.t.Errorf("the page does not say %q:\n%s", text, body)
		}
	}
}

var token = regexp.MustCompile(`name="token" value="([0-9a-f]{32})"`)

// press presses a button. The page that it leads to says what came of it, and shows texts, at once or soon.
func (v *visitor) press(order, name, said string, texts ...string) {
	v.t.Helper()
	form := url.Values{"do": {order}, "member": {name}, "token": {token.FindStringSubmatch(v.see(""))[1]}}
	answer, err := v.PostForm(v.page, form)
	if err != nil {
		v.t.Fatal(err)
	}
	v.has(v.body(answer), said)
	v.see("", texts...)
}

// TestPartitionTable: what the web server process has learned of partition IDs. A member hears a moment later than the
// lab that the other one serves, and its next answer brings the table with both.
func TestPartitionTable(t *testing.T) {
	v := visit(t, "memory-to-memory")
	target, _ := v.lab.Example()
	shown := regexp.MustCompile(`partition table <code class="partition">([^<]*)</code>`)
	whole := regexp.MustCompile(
		`^\d+=PluginMember[12],PluginMember[12];\d+=PluginMember[12],PluginMember[12]$`)
	var body string
	var table []string
	soon(func() bool {
		v.has(v.get(target), "Hit count: ")
		body = v.see("", "copies held")
		table = shown.FindStringSubmatch(body)
		return table != nil && whole.MatchString(table[1])
	})
	if table == nil || !whole.MatchString(table[1]) {
		t.Errorf("partition table %q", table)
	}
	if strings.Contains(body, "Rows of the table") {
		t.Error("there is no table of sessions")
	}
}

// TestPage: where a session lives, what would be lost, and what becomes of it when a button kills its owner.
func TestPage(t *testing.T) {
	v := visit(t, "database")
	v.see("", "PluginMember1", "clone ID v544d0o0", "None yet", "nobody is marked down", "PluginMember2 serves")
	jar, _ := cookiejar.New(nil)
	user := http.Client{Jar: jar}
	count := func(want string) {
		t.Helper()
		target, _ := v.lab.Example()
		answer, err := user.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		v.has(v.body(answer), want)
	}
	count("Hit count: 1")
	v.see("", "changes since 0.0 s", "finds the session without attributes", "created /snoop",
		"NULL, nothing is written yet",
		"The last request", " ms</b> request for /snoop/hitcount")
	v.press("tick", "PluginMember1", "tick PluginMember1: done", ">nothing<", "1 of 1", "SMALL, ")
	count("Hit count: 2")
	v.press("store-down", "PluginMember1", "store-down PluginMember1: done", "database up")
	v.press("store-up", "PluginMember1", "store-up PluginMember1: done", "database down")
	v.press("kill", "PluginMember1", "kill PluginMember1: done", "box dead", "None yet")
	count("Hit count: 2") // the second one was not written: this is the third
	body := v.see("", "0002", "nobody else is up", "taken-over /snoop", "marked down: PluginMember1")
	id := regexp.MustCompile(`data-session="([^"]+)"`).FindStringSubmatch(body)[1]
	v.see("?session="+url.QueryEscape(id), "The next request of", "clone ID v544d0o0 is that of PluginMember2",
		"The last request of", "connect refused; PluginMember1 is marked down", "R50", `live=1&amp;session=`+id)
	v.see("?live=1&session="+url.QueryEscape(id), `content="1;url=/lab?live=1&amp;session=`+id+`"`)
	v.press("stop", "PluginMember2", "stop PluginMember2: done", "box stopped")
	v.press("continue", "PluginMember2", "continue PluginMember2: done")
	v.press("start", "PluginMember1", "start PluginMember1: done")
	v.press("shutdown", "PluginMember2", "shutdown PluginMember2: done", "box dead")
	v.press("advance", "", "advance: done")
	v.press("kill", "nobody", "no member is named &#34;nobody&#34;")
	v.press("sing", "PluginMember1", "no order is named")
}

// TestRefuses: an order that does not come from the page changes nothing.
func TestRefuses(t *testing.T) {
	v := visit(t, "database")
	right := token.FindStringSubmatch(v.see(""))[1]
	for name, change := range map[string]func(*http.Request, url.Values){
		"another site's name": func(rq *http.Request, _ url.Values) { rq.Host = "lab.example.com" },
		"another origin": func(rq *http.Request,
			_ url.Values) {
			rq.Header.Set("Origin", "http://evil.example.com")
		},
		"no cookie":     func(rq *http.Request, _ url.Values) { rq.Header.Set("Cookie", "wasplug-lab=0") },
		"another token": func(_ *http.Request, form url.Values) { form.Set("token", "0") },
	} {
		form := url.Values{"do": {"kill"}, "member": {"PluginMember1"}, "token": {right}}
		rq, _ := http.NewRequest("POST", v.page, nil)
		rq.Header.Set("Cookie", "wasplug-lab="+right)
		change(rq, form)
		rq.Body = io.NopCloser(strings.NewReader(form.Encode()))
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(rq)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %s", name, answer.Status)
		}
	}
	if s := v.lab.Members()[0].State(); s != lab.Up {
		t.Errorf("PluginMember1 is %s", s)
	}
	rq, _ := http.NewRequest("PUT", v.page, nil)
	if answer, err := v.Do(rq); err != nil || answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("PUT: got %v, %v", answer, err)
	}
}

// TestGridPage: which servers of the grid have a session, which of them leads, and what is lost when most are gone.
func TestGridPage(t *testing.T) {
	v := visit(t, "grid")
	target, _ := v.lab.Example()
	answer, err := v.Get(target)
	if err != nil {
		t.Fatal(err)
	}
	v.has(v.body(answer), "Hit count: 1")
	v.press("tick", "PluginMember1", "tick PluginMember1: done", "grid down", "1 of 1")
	body := v.see("", "<td>grid1 grid2 grid3 </td>", "leads, has all sessions", "reads it from the grid")
	// The one that leads stays: to elect another one takes JetStream up to ten seconds.
	var follow []string
	for _, box := range gridBox.FindAllStringSubmatch(body, -1) {
		if !strings.Contains(box[0], "leads, ") {
			follow = append(follow, box[1])
		}
	}
	if len(follow) != 2 {
		t.Fatalf("%v of three servers follow", follow)
	}
	v.see("", "Entries of the grid", "entry, ", "<td>anonymous</td>")
	left := strings.Replace("grid1 grid2 grid3 ", follow[0]+" ", "", 1)
	v.press("kill", follow[0], "kill "+follow[0]+": done", "<td>"+left+"</td>", "reads it from the grid")
	left = strings.Replace(left, follow[1]+" ", "", 1)
	v.press("stop", follow[1], "stop "+follow[1]+": done", "<td>"+left+"</td>",
		"finds nothing while the grid cannot be reached")
	v.press("continue", follow[1], "continue "+follow[1]+": done", "reads it from the grid")
}

var gridBox = regexp.MustCompile(`(?s)data-member="(grid\d)".*?</section>`)

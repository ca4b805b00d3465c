package check_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab/check"
)

func TestMain(m *testing.M) { os.Exit(sharedtest.Waiting{M: m}.Run()) }

// cluster is two servers a and b behind one web server, as far as clients see it.
type cluster struct {
	mu     sync.Mutex
	counts map[string]int // by session ID
	down   bool           // a does not answer: b does
	keep   bool           // b finds the sessions of a
	behind int            // and so many changes are missing there
	stray  bool           // b answers now and then, without a reason
	dead   bool           // nobody answers any more
	route  bool           // Tomcat's form
	made   int
	header http.Header // instead of what is right
	page   string
	status int
	attrs  string
	secure bool // https
	cert   *x509.Certificate
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, rq *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead && c.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	id, owner, cache := c.session(rq)
	server := owner
	if owner == "" {
		server = []string{"a", "b"}[c.made%2]
	}
	if c.down {
		server = "b"
	}
	moved := owner != "" && owner != server
	if id == "" || moved && !c.keep {
		c.made++
		id, cache, moved = fmt.Sprintf("session-%015d", c.made), 1, false
		owner = ""
	}
	if moved {
		c.counts[id] -= c.behind
	}
	c.counts[id]++
	if c.stray && c.counts[id] == 2 {
		server = map[string]string{"a": "b", "b": "a"}[server]
	}
	c.answer(w, id, owner, server, cache, moved)
}

// session reads the cookie: the last server of its list owns the session.
func (c *cluster) session(rq *http.Request) (id, owner string, cache int) {
	k, err := rq.Cookie("JSESSIONID")
	if err != nil {
		return "", "", 0
	}
	if c.route {
		id, owner, _ = strings.Cut(k.Value, ".")
		return id, owner, 0
	}
	parts := strings.Split(k.Value[4:], ":")
	fmt.Sscan(k.Value[:4], &cache)
	return parts[0], parts[len(parts)-1], cache
}

func (c *cluster) answer(w http.ResponseWriter, id, owner, server string, cache int, moved bool) {
	value := fmt.Sprintf("%04d%s:%s", cache, id, server)
	if moved {
		value = fmt.Sprintf("%04d%s:a:b", cache+1, id)
	}
	if c.route {
		value = id + "." + server
	}
	if owner == "" || moved {
		w.Header().Set("Set-Cookie", "JSESSIONID="+value+c.attrs)
	}
	w.Header().Set("X-Server", server)
	for name, values := range c.header {
		w.Header()[name] = values
	}
	if c.status != 0 {
		w.WriteHeader(c.status)
	}
	page := c.page
	if page == "" {
		page = "<p>Hit\n count: COUNT</p>"
	}
	fmt.Fprint(w, strings.Replace(page, "COUNT", fmt.Sprint(c.counts[id]), 1))
}

// options count at the cluster, fast, and take a down.
func (c *cluster) options(t *testing.T) *check.Options {
	c.counts, c.down = map[string]int{}, false
	server := httptest.NewUnstartedServer(c)
	if c.secure {
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that do not trust it
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	c.cert = server.Certificate()
	form, err := check.NewForm("websphere")
	if err != nil {
		t.Fatal(err)
	}
	return &check.Options{URL: server.URL, Count: regexp.MustCompile(`Hit\s+count: (\d+)`),
		Cookie: "JSESSIONID", Form: form,
		WhoFrom: "X-Server", Clients: 4, Every: check.MinEvery, Timeout: time.Minute, Before: 350 * time.Millisecond,
		CommandTimeout: time.Minute, Recovers: time.Minute, Ask: func(context.Context) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.down = true
			return nil
		}}
}

func (c *cluster) run(t *testing.T, change func(*check.Options)) *check.Result {
	t.Helper()
	o := c.options(t)
	if change != nil {
		change(o)
	}
	if err := o.Fits(); err != nil {
		t.Fatal(err)
	}
	r, err := o.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// runAged runs until what is lost had been answered before the kill: an answer that is on its way then has no age.
func (c *cluster) runAged(t *testing.T, change func(*check.Options)) (r *check.Result) {
	t.Helper()
	ageless := func(m *check.Move) bool { return m.Session != "new" && m.Lost > 0 && m.LostAge == 0 }
	for range 20 {
		if r = c.run(t, change); !slices.ContainsFunc(failovers(t, r), ageless) {
			break
		}
	}
	return r
}

// failovers are those of the clients whose server was killed.
func failovers(t *testing.T, r *check.Result) (all []*check.Move) {
	t.Helper()
	for _, c := range r.Clients {
		if c.Failover != nil {
			all = append(all, c.Failover)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no session left its server: %+v", r.Moves)
	}
	return all
}

func TestKept(t *testing.T) {
	t.Parallel()
	r := (&cluster{keep: true, attrs: "; Path=/; HttpOnly; SameSite=Lax"}).run(t, nil)
	for _, m := range failovers(t, r) {
		if m.Session != "kept" || m.Lost != 0 || m.From != "a" || m.To != "b" || !strings.HasPrefix(m.Has, "0002") {
			t.Errorf("%+v", m)
		}
	}
	a := r.Facts.Attributes
	if !r.Fine() || r.Victim != "a" ||
		r.Facts.Keeps != "database, grid, or memory-to-memory client/server" || !a.HTTPOnly ||
		a.Secure || a.Path != "/" || a.SameSite != "Lax" || a.Lasts {
		t.Errorf("%+v, %+v", r, a)
	}
}

func TestNewSession(t *testing.T) {
	t.Parallel()
	r := (&cluster{}).run(t, nil)
	for _, m := range failovers(t, r) {
		if m.Session != "new" || m.Lost != m.Before || m.Lost == 0 {
			t.Errorf("%+v", m)
		}
	}
	if r.Fine() {
		t.Error("lost sessions are fine")
	}
}

func TestLostChanges(t *testing.T) {
	t.Parallel()
	r := (&cluster{keep: true, behind: 1}).runAged(t, nil)
	for _, m := range failovers(t, r) {
		if m.Session != "kept" && m.Session != "empty" || m.Lost != 1 || m.LostAge <= 0 {
			t.Errorf("%+v", m)
		}
	}
	if r.Fine() {
		t.Error("lost changes are fine")
	}
}

// TestPredicted: what was to be lost may be, and nothing else.
func TestPredicted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cluster    *cluster
		prediction check.Prediction
		want       string // begins what differs; "" where nothing does
	}{
		"kept": {&cluster{keep: true}, check.Prediction{Session: "kept", Changes: "all", Cookie: "0002<id>:a:b"}, ""},
		"young changes are lost": {&cluster{keep: true, behind: 1},
			check.Prediction{Session: "kept", Changes: "none-lost-older-than", Bound: time.Hour}, ""},
		"old changes are lost": {&cluster{keep: true, behind: 1},
			check.Prediction{Session: "kept", Changes: "none-lost-older-than", Bound: time.Nanosecond},
			"changes: none older than 1ns"},
		"changes are lost": {&cluster{keep: true, behind: 1}, check.Prediction{Session: "kept", Changes: "all"},
			"changes: none were to be lost"},
		"new as foretold": {&cluster{},
			check.Prediction{Session: "new", Changes: "lost", Cookie: "0002<id>:b or 0001<new>:b"}, ""},
		"not new": {&cluster{keep: true}, check.Prediction{Session: "new", Changes: "lost"},
			"session: predicted new, observed kept"},
		"another cookie": {&cluster{keep: true},
			check.Prediction{Session: "kept", Changes: "all", Cookie: "0002<id>:b:a"}, "cookie: predicted"},
		"a partition": {&cluster{},
			check.Prediction{Session: "new", Changes: "lost", Cookie: "0001<new>:<partition>"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := tt.cluster.runAged(t, func(o *check.Options) {
				o.Predict = func(string, string, string) (*check.Prediction, error) { return &tt.prediction, nil }
			})
			for _, m := range failovers(t, r) {
				got := strings.Join(m.Differs, "; ")
				if (got == "") != (tt.want == "") || !strings.HasPrefix(got, tt.want) {
					t.Errorf("differs: %q, want %q: %+v", got, tt.want, m)
				}
			}
			if r.Fine() != (tt.want == "") {
				t.Errorf("fine: %v, %+v", r.Fine(), r.Report.Findings)
			}
		})
	}
}

// TestElsewhere: a second server serves a session while the first one is up.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	r := (&cluster{keep: true, stray: true}).run(t, func(o *check.Options) { o.Before = 700 * time.Millisecond })
	for _, m := range r.Moves {
		if m.Cause == check.ByNone {
			return
		}
	}
	t.Errorf("nobody noticed: %+v", r.Moves)
}

// TestUnrecovered: nobody answers after the kill, and that does not take for ever.
func TestUnrecovered(t *testing.T) {
	t.Parallel()
	r := (&cluster{dead: true}).run(t, func(o *check.Options) { o.Recovers = time.Second })
	if r.Unrecovered != 4 || r.Fine() || r.FirstFailure != "HTTP 503" {
		t.Errorf("%+v", r)
	}
}

// TestOtherForms: cookies of other servers, and none that tell who answers.
func TestOtherForms(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"tomcat", "jboss", `^(?P<id>[^.]+)\.(?P<member>.)$`} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			r := (&cluster{route: true, keep: true}).run(t, func(o *check.Options) {
				var err error
				if o.Form, err = check.NewForm(form); err != nil {
					t.Fatal(err)
				}
				o.WhoFrom, o.Names = "", map[string]string{"a": "app1"}
			})
			if r.Victim != "app1" || r.Facts.Keeps != "" || r.Facts.CacheID != -1 {
				t.Errorf("%+v", r)
			}
		})
	}
	for form, want := range map[string]string{"tomcta": `did you mean "tomcat"`,
		"(": "want one of", "(?P<id>": "missing"} {
		if _, err := check.NewForm(form); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", form, err, want)
		}
	}
}

// TestCannotBeDone: what keeps a check from being made is said, before anybody is killed.
func TestCannotBeDone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cluster *cluster
		change  func(*check.Options)
		want    string
	}{
		"no count": {&cluster{page: "Welcome"}, nil,
			"no count on the page: want a page with a count that --count"},
		"a huge count": {&cluster{page: "Hit count: 9COUNT99999999999999999999999"}, nil, "the count is"},
		"a redirect": {&cluster{status: 302, header: http.Header{"Location": {"/login"}}},
			nil, "HTTP 302 to /login"},
		"an error":       {&cluster{status: 500}, nil, "HTTP 500"},
		"another cookie": {&cluster{}, func(o *check.Options) { o.Cookie = "SHOPID" }, `sets no cookie "SHOPID"`},
		"a foreign path": {&cluster{attrs: "; Path=/shop"}, nil, "a browser would not send that back"},
		"a fixed count":  {&cluster{page: "Hit count: 7"}, nil, "the count is 7 after 7"},
		"no header":      {&cluster{}, func(o *check.Options) { o.WhoFrom = "X-Node" }, `no header "X-Node"`},
		"no name on page": {&cluster{}, func(o *check.Options) { o.WhoFrom, o.Who = "", regexp.MustCompile("by (.)") },
			"finds nothing on the page"},
		"nobody listens": {&cluster{}, func(o *check.Options) { o.URL = "http://127.0.0.1:1/" }, "refused"},
		"a password in the URL": {&cluster{},
			func(o *check.Options) { o.URL = "http://u:secret@127.0.0.1:1/?token=secret" },
			"http://u:xxxxx@127.0.0.1:1/: "},
		"no prediction": {&cluster{}, func(o *check.Options) {
			o.Predict = func(string, string, string) (*check.Prediction, error) {
				return nil, fmt.Errorf("the file knows no such URL")
			}
		}, "the file knows no such URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tt.cluster.options(t)
			o.Ask = func(context.Context) error { t.Error("killed all the same"); return nil }
			if tt.change != nil {
				tt.change(o)
			}
			if _, err := o.Run(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) ||
				strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

// TestCommands: what goes wrong with a command is told with what it said, and ends the check.
func TestCommands(t *testing.T) {
	t.Parallel()
	for words, tt := range map[string]struct {
		limit time.Duration
		want  string
	}{
		"echo no such host >&2; exit 7": {time.Minute, "exit status 7; it said: no such host"},
		"echo started; sleep 1000":      {100 * time.Millisecond, "it has not ended within 100ms"},
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			o := (&cluster{}).options(t)
			o.Kill, o.CommandTimeout = words, tt.limit
			if _, err := o.Run(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	o := (&cluster{keep: true}).options(t)
	o.Start = "exit 3"
	if _, err := o.Run(t.Context()); err == nil || !strings.Contains(err.Error(), `--start "exit 3": exit status 3`) {
		t.Error(err)
	}
}

// TestInterrupted: the check ends when it is told to, whatever it waits for.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	o := (&cluster{}).options(t)
	o.Ask = func(ctx context.Context) error { stop(); <-ctx.Done(); return ctx.Err() }
	if _, err := o.Run(ctx); err != context.Canceled {
		t.Error(err)
	}
}

// TestHTTPS: a server's certificate is believed when its authority is named, or any is; the cookie's Secure is told.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		trust func(*check.Options, *x509.Certificate)
		wrong string
	}{
		{"nobody is trusted", func(*check.Options, *x509.Certificate) {}, "--ca FILE, or accept any with --insecure"},
		{"the authority is named", func(o *check.Options, cert *x509.Certificate) {
			o.Trusted = x509.NewCertPool()
			o.Trusted.AddCert(cert)
		}, ""},
		{"another one is named", func(o *check.Options, _ *x509.Certificate) {
			o.Trusted = x509.NewCertPool()
		}, "--ca FILE"},
		{"any will do", func(o *check.Options, _ *x509.Certificate) { o.Insecure = true }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			servers := &cluster{secure: true, keep: true, attrs: "; Path=/; Secure; HttpOnly"}
			o := servers.options(t)
			c.trust(o, servers.cert)
			r, err := o.Run(t.Context())
			switch {
			case c.wrong != "":
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("%v", err)
				}
			case err != nil:
				t.Error(err)
			case !r.Fine() || !r.Facts.Attributes.Secure:
				t.Errorf("%+v", r)
			}
		})
	}
}

package check

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRead: what each form takes out of a cookie's value. A value that does not have the form is an ID as a whole.
func TestRead(t *testing.T) {
	for _, tt := range []struct {
		form, text, id string
		cacheID        int
		members        string
	}{
		{"websphere", "0002A2MBr0nzeYl-_8uJ3kQx7Vd:a:b", "A2MBr0nzeYl-_8uJ3kQx7Vd", 2, "a b"},
		{"websphere", "x", "x", -1, ""},
		{"tomcat", "0A1B.node1", "0A1B", -1, "node1"},
		{"tomcat", "0A1B", "0A1B", -1, ""},
		{"tomcat", "0A1B.a.b", "0A1B", -1, "a.b"}, // a route may hold a dot, an ID none
		{"jboss", "0A.1B.node1", "0A.1B", -1, "node1"},
		{"jboss", "0A1B", "0A1B", -1, ""},
		{`^(?P<id>\d+)$`, "12", "12", -1, ""},
		{`^(?P<id>\d+)$`, "ab", "ab", -1, ""},
	} {
		f, err := NewForm(tt.form)
		if err != nil {
			t.Fatal(err)
		}
		v := f.read(tt.text)
		if v.id != tt.id || v.cacheID != tt.cacheID || strings.Join(v.members, " ") != tt.members {
			t.Errorf("%s of form %s: %+v", tt.text, tt.form, v)
		}
	}
}

// TestServer: who answers, as a cookie tells it: the clone ID that was added, else nobody else than before.
func TestServer(t *testing.T) {
	f, err := NewForm("websphere")
	if err != nil {
		t.Fatal(err)
	}
	const id, other = "A2MBr0nzeYl-_8uJ3kQx7Vd", "B2MBr0nzeYl-_8uJ3kQx7Vd"
	for _, tt := range []struct{ before, now, was, want string }{
		{"", "0001" + id + ":a", "", "a"},
		{"0001" + id + ":a", "0001" + id + ":a", "a", "a"},
		{"0001" + id + ":a", "0002" + id + ":a:b", "a", "b"},
		{"0002" + id + ":a:b", "0003" + id + ":a:b", "b", "b"}, // back at a, which this cookie does not tell
		{"0002" + id + ":a:b", "0001" + other + ":a", "b", "a"},
		{"0001" + id + ":a", "0002" + id + ":b:a", "a", "b"}, // NoAffinitySwitchBack puts it in front
		{"0001" + id, "0001" + id, "a", "a"},
	} {
		var before *value
		if tt.before != "" {
			v := f.read(tt.before)
			before = &v
		}
		now := f.read(tt.now)
		if got := now.server(before, tt.was); got != tt.want {
			t.Errorf("%s, then %s: %s, want %s", tt.before, tt.now, got, tt.want)
		}
	}
}

// TestSetCookie: the attributes of the session cookie, of several headers of the name those of the last.
func TestSetCookie(t *testing.T) {
	h := http.Header{"Set-Cookie": {"other=1; Path=/x", "JSESSIONID=old; Path=/old",
		"JSESSIONID=0001A:a; Path=/; HttpOnly; Secure; SameSite=Strict; Domain=example.com", "=; broken"}}
	value, got := setCookie(h, "JSESSIONID")
	want := &Attributes{Path: "/", Domain: "example.com", SameSite: "Strict", HTTPOnly: true, Secure: true,
		Text: "Path=/; HttpOnly; Secure; SameSite=Strict; Domain=example.com"}
	if diff := cmp.Diff(want, got); diff != "" || value != "0001A:a" {
		t.Errorf("%s (-want +got):\n%s", value, diff)
	}
	for _, lasting := range []string{"Max-Age=60", "Expires=Wed, 01 Jan 2098 00:00:00 GMT"} {
		if _, a := setCookie(http.Header{"Set-Cookie": {"JSESSIONID=1; " + lasting}}, "JSESSIONID"); !a.Lasts {
			t.Errorf("%s does not outlive the browser", lasting)
		}
	}
	if value, a := setCookie(http.Header{"Set-Cookie": {"JSESSION=1"}}, "JSESSIONID"); value != "" || a != nil {
		t.Errorf("of another name: %q, %+v", value, a)
	}
}

// TestFits: each option that cannot be is named as the command line has it, with what it may be.
func TestFits(t *testing.T) {
	fits := func() *Options {
		return &Options{URL: "https://shop/hitcount", Count: regexp.MustCompile(`count: (\d+)`), Clients: MaxClients,
			Every: MinEvery, Timeout: time.Second, Before: time.Second, Recovers: time.Second,
			CommandTimeout: time.Second, Kill: "kill -9 1"}
	}
	for want, change := range map[string]func(*Options){
		"": func(*Options) {}, "--url: ": func(o *Options) { o.URL = "http://%zz" },
		`--url "shop/hitcount": want http://HOST/PATH`: func(o *Options) { o.URL = "shop/hitcount" },
		`--url "ftp://shop/x"`:                         func(o *Options) { o.URL = "ftp://shop/x" },
		`--count "\\d+": want a group`:                 func(o *Options) { o.Count = regexp.MustCompile(`\d+`) },
		`--who "by": want a group`:                     func(o *Options) { o.Who = regexp.MustCompile("by") },
		"--clients 0: want 1 to 32":                    func(o *Options) { o.Clients = 0 },
		"--clients 33: want 1 to 32":                   func(o *Options) { o.Clients = MaxClients + 1 },
		"--every 99ms: want 100ms or more":             func(o *Options) { o.Every = 99 * time.Millisecond },
		"are times above 0":                            func(o *Options) { o.Before = 0 },
		"nobody kills: want --kill":                    func(o *Options) { o.Kill = "" },
	} {
		o := fits()
		change(o)
		err := o.Fits()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	o := fits()
	o.Kill, o.Ask = "", func(context.Context) error { return nil }
	if err := o.Fits(); err != nil {
		t.Errorf("a person who is asked: %v", err)
	}
}

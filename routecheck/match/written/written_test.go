package written

import (
	"fmt"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestRequestAsWritten: all who read a URL, a Host or a cookie take and refuse the same, in the same words.
func TestRequestAsWritten(t *testing.T) {
	for raw, want := range map[string]string{
		"http://a/my shop/x":       "/my shop/x",
		"https://a?q=1#part":       "/?q=1",
		"http://[2001:db8::1]:8/x": "/x",
		"http://a:99999/":          `URL "http://a:99999/": port 99999, want 1 to 65535`,
		"http://a:0/":              `port 0, want 1 to 65535`,
		"http://:80/":              "want http://HOST[:PORT]/PATH",
		"ftp://a/":                 "want http://HOST[:PORT]/PATH",
		"http://[::1/x":            "want http://HOST[:PORT]/PATH",
		"http://a/x\ny":            "holds a control character: write it as %XX",
	} {
		rq, err := URL(raw)
		if got := rq.Target; err == nil && got != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
	for field, want := range map[string]string{
		"Host: a.example:80": "", "Host:": "", "Host: [::1]:80": "", "Host: [::1]": "",
		"Host: a:99999": `Host "a:99999": port "99999", want 1 to 65535`,
		"Host: [::1":    "want an IPv6 address in brackets", "Host: [a]:80": "want an IPv6 address in brackets",
		"Host: ::1": "an IPv6 address stands in brackets",
		"Host: :80": "want HOST or HOST:PORT", "Host: a b": "want HOST or HOST:PORT",
		"Host: a/b":       "want HOST or HOST:PORT",
		"Cookie: a=1; b=": "", "cookie: a=1;": "", "Cookie: a=1; nameless": `cookie "nameless": want NAME=VALUE`,
		"Cookie: =x": `cookie "=x": want NAME=VALUE`, "Cookie:": "want NAME=VALUE", "Accept: ;": "",
		"Cookie: a\nb=c": "control character", "X\r: a": "control character", "X: a\x00": "control character",
		"X: a\tb": "", "X: caf\u00e9 \u0085": "",
	} {
		var rq match.Request
		name, value, _ := strings.Cut(field, ":")
		err := Header(&rq, name, strings.TrimSpace(value))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", field, err)
		}
	}
}

// TestRequest: what a URL and fields make of a request.
func TestRequest(t *testing.T) {
	for _, c := range []struct {
		url    string
		fields []string
		want   match.Request
	}{
		{"http://a", nil, match.Request{Host: "a", Port: 80, Target: "/"}},
		{"https://A:8443/x?y#z", nil, match.Request{TLS: true, Host: "A:8443", Port: 8443, Target: "/x?y"}},
		{"HTTPS://a/", nil, match.Request{TLS: true, Host: "a", Port: 443, Target: "/"}},
		{"http://a/%2F//..;x=y", nil, match.Request{Host: "a", Port: 80, Target: "/%2F//..;x=y"}},
		{"http://a/", []string{"Host=b:81", "X=y"}, match.Request{Host: "b:81", Port: 80, Target: "/"}},
		{"http://a/", []string{"host="}, match.Request{Port: 80, Target: "/"}},
		{"http://a/", []string{"Cookie=a=b; c=d", "cookie=e="},
			match.Request{Host: "a", Port: 80, Target: "/", Cookies: []string{"a=b; c=d", "e="}}},
	} {
		rq, err := URL(c.url)
		for _, f := range c.fields {
			name, value, _ := strings.Cut(f, "=")
			if err == nil {
				err = Header(&rq, name, value)
			}
		}
		if err != nil || fmt.Sprintf("%+v", rq) != fmt.Sprintf("%+v", c.want) {
			t.Errorf("%s %v: %+v, %v, want %+v", c.url, c.fields, rq, err, c.want)
		}
	}
}

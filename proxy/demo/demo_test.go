package demo

import (
	"net/http"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// A member begins a session with its own clone ID and keeps one that it has; one of another member, or from before it
// stopped, it does not know: the ID changes and the clone list begins anew (S9, S15).
func TestSession(t *testing.T) {
	d, m := &Demo{}, &member{clone: "b"}
	for _, c := range []struct{ cookie, want string }{
		{"", "0000DemoSession0001:b"}, {"0000DemoSession0001:b", "0000DemoSession0001:b"},
		{"0000x:a", "0000DemoSession0002:b"}, {"0000DemoSession0002:b", "0000DemoSession0002:b"},
		{"000", "0000DemoSession0003:b"}, {"stop", ""}, {"0000DemoSession0001:b", "0000DemoSession0004:b"},
	} {
		if c.cookie == "stop" {
			m.server = &http.Server{}
			m.stop()
			continue
		}
		r := &http.Request{Header: http.Header{}}
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: c.cookie})
		}
		if got := d.session(m, r); got != c.want {
			t.Errorf("%q: %q, want %q", c.cookie, got, c.want)
		}
	}
}

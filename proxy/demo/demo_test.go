package demo

import (
	"net/http"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// A member begins a session with its own clone ID, keeps one that it knows, and appends its clone ID to one that it
// takes over (R24).
func TestSession(t *testing.T) {
	d, m := &Demo{}, &member{clone: "b"}
	for _, c := range []struct{ cookie, want string }{
		{"", "0000DemoSession0001:b"}, {"0000x:b", "0000x:b"}, {"0000x:a", "0000x:a:b"}, {"0000x:b:a", "0000x:b:a"},
		{"000", "0000DemoSession0002:b"},
	} {
		r := &http.Request{Header: http.Header{}}
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: c.cookie})
		}
		if got := d.session(m, r); got != c.want {
			t.Errorf("%q: %q, want %q", c.cookie, got, c.want)
		}
	}
}

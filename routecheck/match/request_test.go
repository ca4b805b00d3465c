package match

import (
	"fmt"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// TestHostPort: what a request is matched by (R5, R7, R8), and which port a member is told (R10).
func TestHostPort(t *testing.T) {
	const stock, arrived, told = "", `VHostMatchingCompat="true"`, `AppServerPortPreference="webserverPort"`
	for _, c := range []struct {
		file, host string
		port       int
		tls        bool
		assume     string
		want       string // host, port, and the port that is told
	}{
		{stock, "www.Example.COM", 8080, false, "", "www.example.com 80 80"},
		{stock, "www.example.com:81", 8080, false, "", "www.example.com 81 81"},
		{stock, "www.example.com:081", 8080, false, "", "www.example.com 81 81"},
		{stock, "h:", 8080, false, "", "h 80 80"}, {stock, "h:x", 8080, false, "", "h 80 80"},
		{stock, "h:1234567", 8080, false, "", "h 80 80"}, {stock, "h:-1", 8080, false, "", "h 80 80"},
		{stock, "h", 8443, true, "", "h 443 443"}, {stock, "h", 8443, true, "tls-default-port=80", "h 80 80"},
		{stock, "h:444", 8443, true, "tls-default-port=80", "h 444 444"},
		{stock, "[2001:DB8::1]", 8080, false, "", "[2001:db8::1] 80 80"},
		{stock, "[::1]:81", 8080, false, "", "[::1] 81 81"},
		{stock, "", 8080, false, "", " 80 80"}, {stock, "", 8443, true, "", " 443 443"},
		{arrived, "h:81", 8080, false, "", "h 8080 81"}, {arrived, "H", 8443, true, "", "h 8443 443"},
		{told, "h:81", 8080, false, "", "h 81 8080"},
		{stock, "HÉ.example", 80, false, "", "hé.example 80 80"},
	} {
		table, sem := mustParse(clusterXML(c.file, "", server("m", ""))), choices.Latest()
		if c.assume != "" {
			choiceByName(t, c.assume, &sem)
		}
		rq := Request{Host: c.host, Port: c.port, TLS: c.tls, Target: "/"}
		host, port := table.HostPort(&rq, &sem)
		if got := fmt.Sprint(host, " ", port, " ", table.ToldPort(&rq, &sem)); got != c.want {
			t.Errorf("%s %q on %d: %s, want %s", c.file, c.host, c.port, got, c.want)
		}
	}
}

// TestRefusals: why a web server answers by itself, with which status, and whether a choice would change that (R9,
// R16).
func TestRefusals(t *testing.T) {
	table := mustParse(clusterXML("", "", server("m", "")))
	for _, c := range []struct {
		target, assume string
		why            Refusal
		status         int
	}{
		{"/x", "", Accepted, 0}, {"/a%2Fb", "", EncodedSlash, 404}, {"/a%2fb?q", "", EncodedSlash, 404},
		{"/a%00", "", EncodedNUL, 404}, {"/a%", "", BrokenEscape, 400}, {"/a%4", "", BrokenEscape, 400},
		{"/a%zz", "", BrokenEscape, 400}, {"/..", "", AboveRoot, 400}, {"/a/../../b", "", AboveRoot, 400},
		{"/a/%2e%2e/%2E./b", "", AboveRoot, 400}, {"/a/..", "", Accepted, 0}, {"/a%252F", "", Accepted, 0},
		{"/a?%00", "", Accepted, 0}, {"/a%2Fb", "path-normalisation=none", Accepted, 0},
		{"/a/../..", "path-normalisation=decode", Accepted, 0}, {"/a%2F", "path-normalisation=clean", Accepted, 0},
	} {
		sem := choices.Latest()
		if c.assume != "" {
			choiceByName(t, c.assume, &sem)
		}
		rq := get(c.target)
		why, refused := table.Refusal(&rq, &sem)
		if why != c.why || refused != (c.status > 0) || refused && (why.Status() != c.status || !why.ByChoice()) {
			t.Errorf("%s, %s: %d, refused %t", c.target, c.assume, why, refused)
		}
		rq.Normalised = true // a log shows it: it was asked
		if _, refused := table.Refusal(&rq, &sem); refused {
			t.Errorf("%s is refused although the plug-in has seen it", c.target)
		}
	}
	rq, sem := Request{Host: "h:9999", Target: "/x"}, choices.Latest()
	if why, refused := table.Refusal(&rq, &sem); why != NoRoute || refused {
		t.Errorf("a request that no Route takes: %d, refused %t", why, refused)
	}
}

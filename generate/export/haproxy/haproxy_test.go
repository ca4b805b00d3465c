package haproxy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/haproxy"
	"github.com/wasplug/wasplug/internal/exporttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

var daemon = exporttest.Daemon{
	Name:  "haproxy",
	Args:  func(dir string) []string { return []string{"-db", "-f", filepath.Join(dir, "haproxy.cfg")} },
	Check: func(dir string) []string { return []string{"-c", "-f", filepath.Join(dir, "haproxy.cfg")} },
	Write: haproxy.Write,
}

// TestRouting asks HAProxy what the decision core is asked.
func TestRouting(t *testing.T) {
	t.Parallel()
	t.Logf("%d questions", daemon.Prove(t, export.Options{Headers: "ws"}))
}

// TestHeaders: no private header of a client arrives, and members get those that are asked for.
func TestHeaders(t *testing.T) {
	t.Parallel()
	daemon.HeaderKinds(t, map[string][]string{
		"ws": {"\r\n$WSIS: false\r\n", "$WSSC: http\r\n", "$WSRA: 127.0.0.1\r\n", "$WSSN: shop.example\r\n",
			"$WSSP: 80\r\n"},
		"forwarded": {"x-forwarded-for: 127.0.0.1\r\n", "x-forwarded-proto: http\r\n"},
		"both":      {"$WSPR: HTTP/1.1\r\n", "x-forwarded-host: shop.example:80\r\n"},
		"none":      {"GET /shop/%61x?q=1 HTTP/1.1\r\n", "host: shop.example:80\r\n", "x-own: kept\r\n"},
	})
}

// TestTLS: TLS on both sides.
func TestTLS(t *testing.T) {
	t.Parallel()
	daemon.TLS(t)
}

// TestCorpus has HAProxy check what strangers' files become.
func TestCorpus(t *testing.T) {
	t.Parallel()
	daemon.Corpus(t, exporttest.Authorities(t))
}

// TestHostile: names that are words of the target's own stay names.
func TestHostile(t *testing.T) {
	t.Parallel()
	daemon.Hostile(t)
}

// TestGrades: every concept is graded.
func TestGrades(t *testing.T) { daemon.Grades(t) }

// TestSeveralNames: where the certificates of a cluster's members have several names, each is checked by its own.
func TestSeveralNames(t *testing.T) {
	t.Parallel()
	daemon.SeveralNames(t)
}

// TestLarge: 20,000 Uris are taken.
func TestLarge(t *testing.T) {
	t.Parallel()
	daemon.Large(t)
}

// TestOdd: what is allowed and rarely written is answered by HAProxy as the decision core says.
func TestOdd(t *testing.T) {
	t.Parallel()
	daemon.Odd(t)
}

// TestStrangers: strangers' files are answered by HAProxy as the decision core says.
func TestStrangers(t *testing.T) {
	t.Parallel()
	daemon.Strangers(t)
}

// TestRefused: what HAProxy would pass over in silence is refused, with its place.
func TestRefused(t *testing.T) {
	t.Parallel()
	exporttest.Refused(t, haproxy.Write, `Name="/x/*" AffinityCookie="$x"`, "begin with $")
	exporttest.Refused(t, haproxy.Write, `Name="/`+strings.Repeat("x", 2000)+`"`, "texts of 2000 bytes at most")
}

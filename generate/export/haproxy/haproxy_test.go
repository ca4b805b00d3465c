package haproxy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export/haproxy"
	"github.com/wasplug/wasplug/internal/exporttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

var daemon = exporttest.Daemon{
	Name:  "haproxy",
	Args:  func(dir string) []string { return []string{"-db", "-f", filepath.Join(dir, "haproxy.cfg")} },
	Check: func(dir string) []string { return []string{"-c", "-f", filepath.Join(dir, "haproxy.cfg")} },
	Write: haproxy.Write, LowerCase: true,
}

// TestCommon is what every daemon must stand.
func TestCommon(t *testing.T) {
	t.Parallel()
	daemon.Common(t)
}

// TestLarge: 20,000 Uris are taken.
func TestLarge(t *testing.T) {
	t.Parallel()
	daemon.Large(t)
}

// TestCost measures what a request costs HAProxy.
func TestCost(t *testing.T) { daemon.Cost(t) }

// TestRefused: what HAProxy would pass over in silence is refused, with its place.
func TestRefused(t *testing.T) {
	t.Parallel()
	exporttest.Refused(t, haproxy.Write, `Name="/x/*" AffinityCookie="$x"`, "begin with $")
	exporttest.Refused(t, haproxy.Write, `Name="/`+strings.Repeat("x", 2000)+`"`, "texts of 2000 bytes at most")
}

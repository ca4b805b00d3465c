package nginx_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/nginx"
	"github.com/wasplug/wasplug/internal/exporttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

var daemon = exporttest.Daemon{
	Name: "nginx",
	Args: func(dir string) []string {
		return []string{"-c", filepath.Join(dir, "nginx.conf"), "-g", "daemon off;"}
	},
	Check: func(dir string) []string { return []string{"-t", "-c", filepath.Join(dir, "nginx.conf")} },
	Write: nginx.Write,
}

// forms are the chain of named locations, and "sticky route".
func forms(t *testing.T, test func(*testing.T, *exporttest.Daemon)) {
	t.Parallel()
	sticky := daemon
	sticky.For = nginx.Sticky
	for name, form := range map[string]*exporttest.Daemon{"chain": &daemon, "sticky": &sticky} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, form)
		})
	}
}

// TestNotKept holds what each form loses.
func TestNotKept(t *testing.T) {
	for version, want := range map[export.Version]string{
		{}:                              "post-unbuffered wsfo",
		nginx.Sticky:                    "second-clone wsfo",
		{Major: 1, Minor: 29, Patch: 5}: "post-unbuffered wsfo",
		{Major: 2, Minor: 0}:            "second-clone wsfo",
	} {
		d := daemon
		d.For = version
		if got := strings.Join(d.NotKept(t), " "); got != want {
			t.Errorf("nginx %s: %s are not kept, want %s", version, got, want)
		}
	}
}

// TestCommon is what every daemon must stand.
func TestCommon(t *testing.T) {
	forms(t, func(t *testing.T, d *exporttest.Daemon) { d.Common(t) })
}

// TestLarge: 20,000 Uris are taken.
func TestLarge(t *testing.T) {
	forms(t, func(t *testing.T, d *exporttest.Daemon) { d.Large(t) })
}

// TestCost measures what a request costs nginx, in both forms.
func TestCost(t *testing.T) {
	forms(t, func(t *testing.T, d *exporttest.Daemon) { d.Cost(t) })
}

// TestRefused: a Uri that is longer than a word of nginx is refused, with its place.
func TestRefused(t *testing.T) {
	t.Parallel()
	exporttest.Refused(t, nginx.Write, `Name="/`+strings.Repeat("x", 4000)+`"`, "texts of 4000 bytes at most")
}

package httpd_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/httpd"
	"github.com/wasplug/wasplug/internal/exporttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

var daemon = exporttest.Daemon{
	Name: "apache2",
	Args: func(dir string) []string {
		return []string{"-D", "FOREGROUND", "-f", filepath.Join(dir, "httpd.conf")}
	},
	Check: func(dir string) []string { return []string{"-t", "-f", filepath.Join(dir, "httpd.conf")} },
	Write: httpd.Write,
}

// TestCommon is what every daemon must stand.
func TestCommon(t *testing.T) {
	t.Parallel()
	daemon.Common(t)
}

// TestWithoutLua: an httpd that could not drop private headers of clients does not start, and says why.
func TestWithoutLua(t *testing.T) {
	t.Parallel()
	program, dir := daemon.Find(t), t.TempDir()
	opt := export.Options{Headers: "ws", Dir: dir, Listen: []export.Listen{exporttest.Front(t, 80)}}
	for _, f := range daemon.Files(t, opt) {
		text := strings.ReplaceAll(string(f.Data), "LoadModule lua_module", "# LoadModule lua_module")
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(program, daemon.Check(dir)...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "wasplug: load mod_lua") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLongCloneID: httpd takes routes of 63 bytes.
func TestLongCloneID(t *testing.T) {
	for _, n := range []int{63, 64} {
		xml := sharedtest.ClusterXML("", "", sharedtest.Server("m", `CloneID="`+strings.Repeat("x", n)+`"`))
		cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte(xml))
		table, _ := match.New(cfg)
		sem := choices.Latest()
		plan, err := export.NewPlan("f", cfg, table, &sem)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = httpd.Write(plan, &export.Options{Listen: []export.Listen{{Port: 80, As: 80}}})
		var refused *export.Refusal
		if errors.As(err, &refused) != (n == 64) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

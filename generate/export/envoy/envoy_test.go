package envoy_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/envoy"
	"github.com/wasplug/wasplug/internal/exporttest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

var daemon = exporttest.Daemon{
	Name:    "envoy",
	Version: "--version",
	Args: func(dir string) []string {
		return []string{"-c", filepath.Join(dir, "envoy.yaml"), "--disable-hot-restart", "--log-level", "error"}
	},
	Check: func(dir string) []string {
		return []string{"--mode", "validate", "-c", filepath.Join(dir, "envoy.yaml")}
	},
	LowerCase: true,
	Write:     envoy.Write,
}

// TestCommon is what every daemon must stand. No Envoy could be had so far: what the first one that WASPLUG_ENVOY=PATH
// names says is news. That every concept is graded needs none.
func TestCommon(t *testing.T) {
	t.Parallel()
	daemon.Common(t)
}

// TestYAML: what is written is YAML, with a route for each pair of the list.
func TestYAML(t *testing.T) {
	for _, f := range daemon.Files(t, export.Options{Headers: "both", Listen: []export.Listen{{Port: 80, As: 80}}}) {
		files := diag.NewFiles()
		root, reports := yamldoc.Load(files, files.Add(f.Name, f.Data))
		if len(reports) > 0 || root == nil {
			t.Fatalf("%s: %v\n%s", f.Name, reports, f.Data)
		}
		listeners := root.Get("static_resources").Get("listeners")
		if n := strings.Count(string(f.Data), "cluster_header:"); listeners == nil || n < 30 {
			t.Errorf("%d routes", n)
		}
	}
}

// TestNoRoute: a file without a Route becomes YAML, too.
func TestNoRoute(t *testing.T) {
	cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte("<Config/>"))
	table, _ := match.New(cfg)
	sem := choices.Latest()
	plan, err := export.NewPlan("f", cfg, table, &sem)
	if err != nil {
		t.Fatal(err)
	}
	written, _, err := envoy.Write(plan, &export.Options{Listen: []export.Listen{{Port: 80, As: 80}}})
	if err != nil {
		t.Fatal(err)
	}
	files := diag.NewFiles()
	if _, reports := yamldoc.Load(files, files.Add("envoy.yaml", written[0].Data)); len(reports) > 0 {
		t.Errorf("%v\n%s", reports, written[0].Data)
	}
}

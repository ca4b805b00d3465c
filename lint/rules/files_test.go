package rules_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser/diag"
)

func TestMain(m *testing.M) {
	sharedtest.RelaxGC()
	sharedtest.FewDraws("40")
	m.Run()
}

// TestSeededFaultsElsewhere are those that no single file shows: of two files, of the machine. Package settings has
// those of a baseline, and the script lint_session_settings those of a topology.
func TestSeededFaultsElsewhere(t *testing.T) {
	twin := strings.NewReplacer(`Hostname="node`, `Hostname="twin`, "1b2c3d4e6", "1b2c3d4e9", "1b2c3d4e7", "1b2c3d4e8",
		"2b2c3d4e5", "2b2c3d4e9").Replace(clean)
	files := diag.NewFiles()
	a, b := files.Add("a.xml", []byte(clean)), files.Add("b.xml", []byte(twin))
	missing := func(path string) string {
		return check.IfElse(strings.HasSuffix(path, "/logs/"), "does not exist", "")
	}
	inputs := lint.Read(files, b, a)
	placed := lint.Place(inputs, lint.Run(rules.All(), files, inputs, lint.Options{Inspect: missing}))
	if len(placed) != 3 {
		t.Fatalf("%d findings", len(placed))
	}
	for i, want := range []struct{ code, file, text string }{
		{"WP825", "a.xml", "/opt/plugins/logs/http_plugin.log"}, {"WP825", "b.xml",
			"/opt/plugins/logs/http_plugin.log"}, {"WP309", "b.xml", "1b2c3d4e5"},
	} {
		d := placed[i]
		if d.Rule.Code != want.code || files.Name(d.Span.File) != want.file || files.Text(d.Span) != want.text {
			t.Errorf("got %s at %q, want %+v", files.Line(d.Diagnostic), files.Text(d.Span), want)
		}
	}
}

func TestTwoRunsAndAnyOrderGiveTheSame(t *testing.T) {
	texts := []string{complete(collision), clean, strings.Replace(clean, "1b2c3d4e5", "c1", 1), "<Config><Server",
		strings.Replace(clean, "node1", "nodeX", -1)}
	run := func(order []int) string {
		files := diag.NewFiles()
		var ids []diag.FileID
		for _, i := range order {
			ids = append(ids, files.Add(string(rune('a'+i))+".xml", []byte(texts[i])))
		}
		inputs := lint.Read(files, ids...)
		return describe(lint.Run(rules.All(), files, inputs, lint.Options{Profile: "pedantic"}), files)
	}
	first := run([]int{0, 1, 2, 3, 4})
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}} {
		if got := run(order); got != first {
			t.Errorf("order %v gives\n%s\nnot\n%s", order, got, first)
		}
	}
	if !strings.Contains(first, "WP309") {
		t.Errorf("no finding across files:\n%s", first)
	}
}

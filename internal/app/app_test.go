package app_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/merge"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/app/meaning"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// TestAnswers asks each use case that makes something of a file, and looks for a piece of what it answers.
func TestAnswers(t *testing.T) {
	slower := strings.Replace(apptest.Figure(t), `ConnectTimeout="5"`, `ConnectTimeout="9"`, 1)
	clash := strings.NewReplacer("PluginMember1", "Other1", "member1.example", "other1.example", `"/snoop"`,
		`"/other"`).Replace(apptest.Figure(t))
	in := func(t *testing.T) app.Input {
		return apptest.Memory(t, map[string]string{
			"slower.xml": slower, "clash.xml": clash, "topology.yaml": apptest.Case(t, "topology.yaml"),
			"flat.xml":  "<Config><Log/></Config>",
			"old/a.xml": apptest.Figure(t), "new/a.xml": slower, "-": apptest.Figure(t),
			"iis.yaml": strings.Replace(apptest.Case(t, "topology.yaml"), "name: webserver1",
				"name: webserver1\n    platform: iis", 1),
		})
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T) (answer string, notes app.Notes, err error)
		want string // in the answer
	}{
		{"diff: nothing", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&checks.Diff{Old: "figure.xml", New: "-"}).Run(in(t))
			return yes(a.Report.Same()), a.Notes, err
		}, "yes"},
		{"diff: a value", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&checks.Diff{Old: "figure.xml", New: "slower.xml"}).Run(in(t))
			return yes(a.Report.Same()), a.Notes, err
		}, "no"},
		{"diff: the other side's platform", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&checks.Diff{Old: "figure.xml", New: "iis.yaml"}).Run(in(t))
			return yes(a.Report.Same()), a.Notes, err
		}, "yes"},
		{"diff: folders", func(t *testing.T) (string, app.Notes, error) {
			d := checks.DiffFolders{Diff: checks.Diff{Old: "old", New: "new"},
				OldFiles: []string{"old/a.xml", "old/b.xml"}, NewFiles: []string{"new/a.xml"}}
			a, err := d.Run(in(t))
			if a.Unread != 1 || !strings.Contains(apptest.Noted(a.Notes), "old/b.xml") {
				t.Errorf("%d unread, notes %q", a.Unread, apptest.Noted(a.Notes))
			}
			return a.Folders.Pairs[1].Trouble, nil, err
		}, "old/b.xml is not usable"},
		{"merge", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&authoring.Merge{Files: []string{"figure.xml", "slower.xml"},
				Mode: merge.Precedence}).Run(in(t))
			if len(a.Errors()) > 0 {
				t.Errorf("errors %v", a.Errors())
			}
			return string(a.XML), nil, err
		}, `ConnectTimeout="5"`},
		{"merge: a conflict", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&authoring.Merge{Files: []string{"figure.xml", "clash.xml"}}).Run(in(t))
			return strings.Join(a.Errors(), " ") + apptest.Noted(a.Notes), nil, err
		}, "error: "},
		{"import", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&authoring.Import{Path: "figure.xml"}).Run(in(t))
			return string(a.YAML), nil, err
		}, "PluginMember2"},
		{"fmt", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&authoring.Fmt{Path: "flat.xml"}).Run(in(t))
			return string(a.New), a.Notes, err
		}, "<Config>\n   <Log/>\n</Config>\n"},
		{"graph", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&authoring.Graph{Config: app.Config{Path: "topology.yaml"}}).Run(in(t))
			return a.Config.Clusters[0].Name.V, a.Notes, err
		}, "PluginCluster"},
		{"generate", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&authoring.Generate{Topology: "topology.yaml", Stamp: "long ago"}).Run(in(t))
			if err != nil {
				return "", a.Notes, err
			}
			src, err := a.Outputs[0].XML()
			return string(src), a.Notes, err
		}, "long ago"},
		{"generate: a line", func(t *testing.T) (string, app.Notes, error) {
			a, err := (&authoring.Generate{Topology: "topology.yaml"}).Run(in(t))
			if err != nil {
				return "", a.Notes, err
			}
			origin, err := a.Origin(2)
			return origin.Text, a.Notes, err
		}, "<Config"},
		{"check: the same", func(t *testing.T) (string, app.Notes, error) { return check(t, in(t), "figure.xml") },
			"no change"},
		{"check: a value", func(t *testing.T) (string, app.Notes, error) { return check(t, in(t), "slower.xml") },
			"slower.xml:14:"},
		{"explain", func(t *testing.T) (string, app.Notes, error) {
			pages, err := (&meaning.Explain{Words: []string{"R22", "drain"}}).Run()
			return strings.Join(pages, ""), nil, err
		}, "drain, a topic"},
		{"explain: a phrase", func(t *testing.T) (string, app.Notes, error) {
			pages, err := (&meaning.Explain{Words: []string{"errno", "111"}}).Run()
			return strings.Join(pages, ""), nil, err
		}, "an error of the operating system"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, notes, err := c.run(t)
			if err != nil || len(notes) > 0 || !strings.Contains(got, c.want) {
				t.Errorf("error %v, notes %q, answer\n%s\nwant %s", err, apptest.Noted(notes), got, c.want)
			}
		})
	}
}

func yes(same bool) string {
	if same {
		return "yes"
	}
	return "no"
}

func check(t *testing.T, in app.Input, path string) (string, app.Notes, error) {
	g, err := (&authoring.Generate{Topology: "topology.yaml"}).Run(in)
	if err != nil {
		t.Fatal(err)
	}
	a, err := (&authoring.Check{Path: path, Output: g.Outputs[0]}).Run(in)
	if len(a.Changes) == 0 {
		return "no change", a.Notes, err
	}
	return a.Changes[0].At, a.Notes, err
}

// TestRefusals: what is no request, and what is no file for it.
func TestRefusals(t *testing.T) {
	in := apptest.Memory(t, map[string]string{
		"broken.xml": "<Config><Log></Config>", "bad.yaml": "hello\n",
		"topology.yaml": apptest.Case(t, "topology.yaml"),
		"text.txt":      "hello world\n",
	})
	for _, c := range []struct {
		name    string
		run     func() (app.Notes, error)
		request bool // it is one that cannot be meant so
		want    string
	}{
		{"diff: stdin twice", func() (app.Notes, error) {
			a, err := (&checks.Diff{Old: "-", New: "-"}).Run(in)
			return a.Notes, err
		}, true, "only one of the two"},
		{"diff: platform", func() (app.Notes, error) {
			a, err := (&checks.Diff{Old: "figure.xml", New: "figure.xml", Platform: "moon"}).Run(in)
			return a.Notes, err
		}, true, "--platform"},
		{"diff: a broken file", func() (app.Notes, error) {
			a, err := (&checks.Diff{Old: "figure.xml", New: "broken.xml"}).Run(in)
			return a.Notes, err
		}, false, "broken.xml:1:"},
		{"diff: empty folders", func() (app.Notes, error) {
			a, err := (&checks.DiffFolders{Diff: checks.Diff{Old: "a", New: "b"}}).Run(in)
			return a.Notes, err
		}, false, "nothing to compare"},
		{"merge: stdin twice", func() (app.Notes, error) {
			a, err := (&authoring.Merge{Files: []string{"-", "figure.xml", "-"}}).Run(in)
			return a.Notes, err
		}, true, "only one of the files"},
		{"merge: base", func() (app.Notes, error) {
			a, err := (&authoring.Merge{Files: []string{"figure.xml"}, Base: "other.xml"}).Run(in)
			return a.Notes, err
		}, true, "--base other.xml"},
		{"merge: allow", func() (app.Notes, error) {
			a, err := (&authoring.Merge{Files: []string{"figure.xml"}, Allow: []string{"WP31"}}).Run(in)
			return a.Notes, err
		}, true, "did you mean"},
		{"merge: a topology", func() (app.Notes, error) {
			a, err := (&authoring.Merge{Files: []string{"topology.yaml"}}).Run(in)
			return a.Notes, err
		}, false, "'wasplug generate' makes"},
		{"import: a broken file", func() (app.Notes, error) {
			a, err := (&authoring.Import{Path: "broken.xml"}).Run(in)
			return a.Notes, err
		}, false, "not a whole plugin-cfg.xml"},
		{"fmt: a broken file", func() (app.Notes, error) {
			a, err := (&authoring.Fmt{Path: "broken.xml"}).Run(in)
			return a.Notes, err
		}, false, "is not well-formed"},
		{"fmt: a text", func() (app.Notes, error) {
			a, err := (&authoring.Fmt{Path: "text.txt"}).Run(in)
			return a.Notes, err
		}, false, "is left as it is"},
		{"graph: nothing", func() (app.Notes, error) {
			a, err := (&authoring.Graph{Config: app.Config{Path: "text.txt"}}).Run(in)
			return a.Notes, err
		}, false, "nothing in it to draw"},
		{"generate: a plugin-cfg.xml", func() (app.Notes, error) {
			a, err := (&authoring.Generate{Topology: "figure.xml"}).Run(in)
			return a.Notes, err
		}, false, "'wasplug import' makes"},
		{"generate: an error", func() (app.Notes, error) {
			a, err := (&authoring.Generate{Topology: "bad.yaml"}).Run(in)
			return a.Notes, err
		}, false, "bad.yaml:1:1"},
		{"generate: web server", func() (app.Notes, error) {
			a, err := (&authoring.Generate{Topology: "topology.yaml", WebServer: "nobody"}).Run(in)
			return a.Notes, err
		}, true, "has no web server"},
		{"generate: no such line", func() (app.Notes, error) {
			a, err := (&authoring.Generate{Topology: "topology.yaml"}).Run(in)
			if err == nil {
				_, err = a.Origin(9999)
			}
			return a.Notes, err
		}, true, "line 9999"},
		{"explain", func() (app.Notes, error) {
			_, err := (&meaning.Explain{Words: []string{"R22", "nonsens"}}).Run()
			return nil, err
		}, true, "nothing is known of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			notes, err := c.run()
			var request *app.RequestError
			if err == nil || errors.As(err, &request) != c.request ||
				!strings.Contains(apptest.Noted(notes)+err.Error(), c.want) {
				t.Errorf("error %v, notes %q, want %q", err, apptest.Noted(notes), c.want)
			}
		})
	}
}

package app

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/merge"
)

func topology(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile("../../testdata/figure-5-12/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// TestAnswers asks each use case that makes something of a file, and looks for a piece of what it answers.
func TestAnswers(t *testing.T) {
	slower := strings.Replace(figure(t), `ConnectTimeout="5"`, `ConnectTimeout="9"`, 1)
	clash := strings.NewReplacer("PluginMember1", "Other1", "member1.example", "other1.example", `"/snoop"`, `"/other"`).Replace(figure(t))
	in := func(t *testing.T) Input {
		return memory(t, map[string]string{
			"slower.xml": slower, "clash.xml": clash, "topology.yaml": topology(t), "flat.xml": "<Config><Log/></Config>",
			"old/a.xml": figure(t), "new/a.xml": slower, "-": figure(t),
			"iis.yaml": strings.Replace(topology(t), "name: webserver1", "name: webserver1\n    platform: iis", 1),
		})
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T) (answer string, notes Notes, err error)
		want string // in the answer
	}{
		{"diff: nothing", func(t *testing.T) (string, Notes, error) {
			a, err := (&Diff{Old: "figure.xml", New: "-"}).Run(in(t))
			return yes(a.Report.Same()), a.Notes, err
		}, "yes"},
		{"diff: a value", func(t *testing.T) (string, Notes, error) {
			a, err := (&Diff{Old: "figure.xml", New: "slower.xml"}).Run(in(t))
			return yes(a.Report.Same()), a.Notes, err
		}, "no"},
		{"diff: the other side's platform", func(t *testing.T) (string, Notes, error) {
			a, err := (&Diff{Old: "figure.xml", New: "iis.yaml"}).Run(in(t))
			return yes(a.Report.Same()), a.Notes, err
		}, "yes"},
		{"diff: folders", func(t *testing.T) (string, Notes, error) {
			d := DiffFolders{Diff{Old: "old", New: "new"}, []string{"old/a.xml", "old/b.xml"}, []string{"new/a.xml"}}
			a, err := d.Run(in(t))
			if a.Unread != 1 || !strings.Contains(noted(a.Notes), "old/b.xml") {
				t.Errorf("%d unread, notes %q", a.Unread, noted(a.Notes))
			}
			return a.Folders.Pairs[1].Trouble, nil, err
		}, "old/b.xml is not usable"},
		{"merge", func(t *testing.T) (string, Notes, error) {
			a, err := (&Merge{Files: []string{"figure.xml", "slower.xml"}, Mode: merge.Precedence}).Run(in(t))
			if len(a.Errors()) > 0 {
				t.Errorf("errors %v", a.Errors())
			}
			return string(a.XML), nil, err
		}, `ConnectTimeout="5"`},
		{"merge: a conflict", func(t *testing.T) (string, Notes, error) {
			a, err := (&Merge{Files: []string{"figure.xml", "clash.xml"}}).Run(in(t))
			return strings.Join(a.Errors(), " ") + noted(a.Notes), nil, err
		}, "error: "},
		{"import", func(t *testing.T) (string, Notes, error) {
			a, err := (&Import{Path: "figure.xml"}).Run(in(t))
			return string(a.YAML), nil, err
		}, "PluginMember2"},
		{"fmt", func(t *testing.T) (string, Notes, error) {
			a, err := (&Fmt{Path: "flat.xml"}).Run(in(t))
			return string(a.New), a.Notes, err
		}, "<Config>\n   <Log/>\n</Config>\n"},
		{"graph", func(t *testing.T) (string, Notes, error) {
			a, err := (&Graph{Config: Config{Path: "topology.yaml"}}).Run(in(t))
			return a.Config.Clusters[0].Name.V, a.Notes, err
		}, "PluginCluster"},
		{"generate", func(t *testing.T) (string, Notes, error) {
			a, err := (&Generate{Topology: "topology.yaml", Stamp: "long ago"}).Run(in(t))
			if err != nil {
				return "", a.Notes, err
			}
			src, err := a.Outputs[0].XML()
			return string(src), a.Notes, err
		}, "long ago"},
		{"generate: a line", func(t *testing.T) (string, Notes, error) {
			a, err := (&Generate{Topology: "topology.yaml"}).Run(in(t))
			if err != nil {
				return "", a.Notes, err
			}
			origin, err := a.Origin(2)
			return origin.Text, a.Notes, err
		}, "<Config"},
		{"check: the same", func(t *testing.T) (string, Notes, error) { return check(t, in(t), "figure.xml") }, "no change"},
		{"check: a value", func(t *testing.T) (string, Notes, error) { return check(t, in(t), "slower.xml") }, "slower.xml:14:"},
		{"explain", func(t *testing.T) (string, Notes, error) {
			pages, err := (&Explain{Words: []string{"R22", "drain"}}).Run()
			return strings.Join(pages, ""), nil, err
		}, "drain, a topic"},
		{"explain: a phrase", func(t *testing.T) (string, Notes, error) {
			pages, err := (&Explain{Words: []string{"errno", "111"}}).Run()
			return strings.Join(pages, ""), nil, err
		}, "an error of the operating system"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, notes, err := c.run(t)
			if err != nil || len(notes) > 0 || !strings.Contains(got, c.want) {
				t.Errorf("error %v, notes %q, answer\n%s\nwant %s", err, noted(notes), got, c.want)
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

func check(t *testing.T, in Input, path string) (string, Notes, error) {
	g, err := (&Generate{Topology: "topology.yaml"}).Run(in)
	if err != nil {
		t.Fatal(err)
	}
	a, err := (&Check{Path: path, Output: g.Outputs[0]}).Run(in)
	if len(a.Changes) == 0 {
		return "no change", a.Notes, err
	}
	return a.Changes[0].At, a.Notes, err
}

// TestRefusals: what is no request, and what is no file for it.
func TestRefusals(t *testing.T) {
	in := memory(t, map[string]string{
		"broken.xml": "<Config><Log></Config>", "bad.yaml": "hello\n", "topology.yaml": topology(t), "text.txt": "hello world\n",
	})
	for _, c := range []struct {
		name    string
		run     func() (Notes, error)
		request bool // it is one that cannot be meant so
		want    string
	}{
		{"diff: stdin twice", func() (Notes, error) {
			a, err := (&Diff{Old: "-", New: "-"}).Run(in)
			return a.Notes, err
		}, true, "only one of the two"},
		{"diff: platform", func() (Notes, error) {
			a, err := (&Diff{Old: "figure.xml", New: "figure.xml", Platform: "moon"}).Run(in)
			return a.Notes, err
		}, true, "--platform"},
		{"diff: a broken file", func() (Notes, error) {
			a, err := (&Diff{Old: "figure.xml", New: "broken.xml"}).Run(in)
			return a.Notes, err
		}, false, "broken.xml:1:"},
		{"diff: empty folders", func() (Notes, error) {
			a, err := (&DiffFolders{Diff: Diff{Old: "a", New: "b"}}).Run(in)
			return a.Notes, err
		}, false, "nothing to compare"},
		{"merge: stdin twice", func() (Notes, error) {
			a, err := (&Merge{Files: []string{"-", "figure.xml", "-"}}).Run(in)
			return a.Notes, err
		}, true, "only one of the files"},
		{"merge: base", func() (Notes, error) {
			a, err := (&Merge{Files: []string{"figure.xml"}, Base: "other.xml"}).Run(in)
			return a.Notes, err
		}, true, "--base other.xml"},
		{"merge: allow", func() (Notes, error) {
			a, err := (&Merge{Files: []string{"figure.xml"}, Allow: []string{"WP31"}}).Run(in)
			return a.Notes, err
		}, true, "did you mean"},
		{"merge: a topology", func() (Notes, error) {
			a, err := (&Merge{Files: []string{"topology.yaml"}}).Run(in)
			return a.Notes, err
		}, false, "'wasplug generate' makes"},
		{"import: a broken file", func() (Notes, error) {
			a, err := (&Import{Path: "broken.xml"}).Run(in)
			return a.Notes, err
		}, false, "not a whole plugin-cfg.xml"},
		{"fmt: a broken file", func() (Notes, error) {
			a, err := (&Fmt{Path: "broken.xml"}).Run(in)
			return a.Notes, err
		}, false, "is not well-formed"},
		{"fmt: a text", func() (Notes, error) {
			a, err := (&Fmt{Path: "text.txt"}).Run(in)
			return a.Notes, err
		}, false, "is left as it is"},
		{"graph: nothing", func() (Notes, error) {
			a, err := (&Graph{Config: Config{Path: "text.txt"}}).Run(in)
			return a.Notes, err
		}, false, "nothing in it to draw"},
		{"generate: a plugin-cfg.xml", func() (Notes, error) {
			a, err := (&Generate{Topology: "figure.xml"}).Run(in)
			return a.Notes, err
		}, false, "'wasplug import' makes"},
		{"generate: an error", func() (Notes, error) {
			a, err := (&Generate{Topology: "bad.yaml"}).Run(in)
			return a.Notes, err
		}, false, "bad.yaml:1:1"},
		{"generate: web server", func() (Notes, error) {
			a, err := (&Generate{Topology: "topology.yaml", WebServer: "nobody"}).Run(in)
			return a.Notes, err
		}, true, "has no web server"},
		{"generate: no such line", func() (Notes, error) {
			a, err := (&Generate{Topology: "topology.yaml"}).Run(in)
			if err == nil {
				_, err = a.Origin(9999)
			}
			return a.Notes, err
		}, true, "line 9999"},
		{"explain", func() (Notes, error) {
			_, err := (&Explain{Words: []string{"R22", "nonsens"}}).Run()
			return nil, err
		}, true, "nothing is known of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			notes, err := c.run()
			var request *RequestError
			if err == nil || errors.As(err, &request) != c.request || !strings.Contains(noted(notes)+err.Error(), c.want) {
				t.Errorf("error %v, notes %q, want %q", err, noted(notes), c.want)
			}
		})
	}
}

package checks

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser/diag"
)

// misspelt has an attribute in the wrong case, an error that has a safe fix.
func misspelt(t *testing.T) string {
	return strings.Replace(apptest.Figure(t), "CloneID", "CloneId", 1)
}

func lintFiles(names ...string) (files []LintFile) {
	for _, name := range names {
		files = append(files, LintFile{Path: name, Groups: []string{"all"}})
	}
	return files
}

// codes lists the rules of findings, each once.
func codes(findings []lint.Placed) string {
	var all []string
	for _, f := range findings {
		if code := f.Rule.Code; len(all) == 0 || all[len(all)-1] != code {
			all = append(all, code)
		}
	}
	return strings.Join(all, " ")
}

func TestLintAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		request Lint
		fails   bool
		checked string
		notes   string
	}{
		{"fine", Lint{Files: lintFiles("figure.xml"), FailOn: diag.Error}, false, "figure.xml", ""},
		{"an error", Lint{Files: lintFiles("odd.xml"), FailOn: diag.Error}, true, "odd.xml", ""},
		{"nothing fails", Lint{Files: lintFiles("odd.xml")}, false, "odd.xml", ""},
		{"a buffer with a name", Lint{Files: []LintFile{{Path: "-", Name: "open.xml"}}, FailOn: diag.Error}, true,
			"open.xml", ""},
		{"sorted by name", Lint{Files: lintFiles("odd.xml", "figure.xml")}, false, "figure.xml odd.xml", ""},
		{"one is missing", Lint{Files: lintFiles("absent.xml", "figure.xml")}, false, "figure.xml", "absent.xml"},
		{"a topology", Lint{Files: lintFiles("topology.yaml"), FailOn: diag.Error}, true, "topology.yaml", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := c.request.Run(apptest.Memory(t, map[string]string{
				"odd.xml": misspelt(t), "-": misspelt(t), "topology.yaml": "nothing: 1\n",
			}))
			if err != nil {
				t.Fatal(err)
			}
			var checked []string
			for _, id := range a.Checked {
				checked = append(checked, a.Files.Name(id))
			}
			if a.Fails() != c.fails || strings.Join(checked, " ") != c.checked {
				t.Errorf("fails %t, checked %v, found %s", a.Fails(), checked, codes(a.Findings))
			}
			if got := apptest.Noted(a.Notes); !strings.Contains(got, c.notes) || (c.notes != "") != (a.Unread > 0) {
				t.Errorf("%d unread, notes %q", a.Unread, got)
			}
		})
	}
}

// TestLintForgets what a baseline holds, and leaves out what is less severe than is asked for.
func TestLintForgets(t *testing.T) {
	named := settings.FileNamer(func(name string) string { return name })
	first := Lint{Files: lintFiles("odd.xml"), Options: lint.Options{Profile: "pedantic"}}
	in := apptest.Memory(t, map[string]string{"odd.xml": misspelt(t)})
	all, err := first.Run(in)
	if err != nil || len(all.Findings) < 2 {
		t.Fatal(err, codes(all.Findings))
	}
	known := settings.WriteBaseline(all.Files, all.Findings, named)
	in = apptest.Memory(t, map[string]string{"odd.xml": misspelt(t), "known": string(known), "none": "[]"})
	again := first
	again.Baseline, again.Named = "known", named
	if a, err := again.Run(in); err != nil || len(a.Findings) > 0 {
		t.Errorf("%v, still found: %s", err, codes(a.Findings))
	}
	again.Baseline = "none"
	if _, err := again.Run(in); err == nil || !strings.Contains(err.Error(), "none is no baseline") {
		t.Errorf("error %v", err)
	}
	first.MinSeverity = diag.Error
	if a, err := first.Run(in); err != nil || len(a.Findings) == 0 || len(a.Findings) >= len(all.Findings) {
		t.Errorf("%v, errors: %s", err, codes(a.Findings))
	}
}

// TestFixRepairs what can be repaired, and writes nothing itself: what it returns has nothing left to repair.
func TestFixRepairs(t *testing.T) {
	in := apptest.Memory(t, map[string]string{"odd.xml": misspelt(t), "-": misspelt(t)})
	fix := Fix{Lint: Lint{Files: lintFiles("figure.xml", "odd.xml", "-")}}
	a, err := fix.Run(in)
	if err != nil || len(a.Fixed) != 2 || a.Checked != 3 {
		t.Fatal(err, a)
	}
	if f := a.Fixed[0]; f.Path != "odd.xml" || f.Repairs != 1 || string(f.Old) != misspelt(t) ||
		string(f.New) != apptest.Figure(t) {
		t.Errorf("%s: %d repairs\n%s", f.Path, f.Repairs, f.New)
	}
	fix.InPlace = true
	if _, err := fix.Run(in); err == nil || !strings.Contains(err.Error(), "<stdin> is none") {
		t.Errorf("standard input is repaired in place: %v", err)
	}
}

// TestFixOfTopology: a topology is not repaired in place, whether it is whole or not, and that is the reason that is
// told.
func TestFixOfTopology(t *testing.T) {
	in := apptest.Memory(t, map[string]string{"topology.yaml": apptest.Case(t, "topology.yaml"),
		"broken.yaml": "flavor: none\n", "-": apptest.Case(t, "topology.yaml")})
	for path, name := range map[string]string{"topology.yaml": "topology.yaml", "broken.yaml": "broken.yaml",
		"-": "<stdin>"} {
		fix := Fix{Lint: Lint{Files: lintFiles(path)}, InPlace: true}
		if _, err := fix.Run(in); err == nil || !strings.Contains(err.Error(), name+" is a topology") {
			t.Errorf("%s: error %v", path, err)
		}
		fix.InPlace = false
		if a, err := fix.Run(in); err != nil || len(a.Fixed) > 0 {
			t.Errorf("%s: a patch of a topology: %v", path, err)
		}
	}
}

func TestSettings(t *testing.T) {
	in := apptest.Memory(t, map[string]string{
		"conf/good.yaml": "version: 1\nbaseline: known.json\ngroups: {shop: [a.xml, /b.xml]}\n",
		"bad.yaml":       "version: x\n",
	})
	good := Settings{Path: "conf/good.yaml"}
	a, err := good.Run(in)
	if err != nil {
		t.Fatal(err, apptest.Noted(a.Notes))
	}
	if s := a.Settings; s.Baseline != "conf/known.json" || strings.Join(s.Groups["shop"], " ") != "conf/a.xml /b.xml" {
		t.Errorf("%+v", s)
	}
	bad := Settings{Path: "bad.yaml"}
	if a, err := bad.Run(in); err == nil || !strings.Contains(apptest.Noted(a.Notes), "bad.yaml:1:") {
		t.Errorf("error %v, notes %s", err, apptest.Noted(a.Notes))
	}
}

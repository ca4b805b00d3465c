package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

// corpus lints every file of the shared corpus by itself. Names are relative to it.
func corpus(t *testing.T, o lint.Options, visit func(name string, ds []diag.Diagnostic, files *diag.Files)) {
	for _, dir := range [][]string{{"corpus", "cfg"}} {
		for _, path := range sharedtest.Files(t, "*.xml", dir...) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.Join(append(slices.Clone(dir), filepath.Base(path)), "/")
			files := diag.NewFiles()
			id := files.Add(name, src)
			visit(name, lint.Run(rules.All(), files, lint.Read(files, id), o), files)
		}
	}
}

// judged holds findings on real files against a list that was looked at by hand: each file of the list has a reason, a
// line that begins with "#". show returns what the list says of a finding, "" for one that is not listed.
func judged(t *testing.T, list string, o lint.Options, show func(d diag.Diagnostic, at diag.Position) string) {
	t.Helper()
	reasons := map[string]string{}
	old, _ := os.ReadFile(filepath.Join("testdata", list))
	for _, section := range strings.Split(string(old), "\n\n") {
		name, rest, _ := strings.Cut(section, "\n")
		if reason, _, _ := strings.Cut(rest, "\n"); strings.HasPrefix(reason, "# ") {
			reasons[name] = reason
		}
	}
	var b strings.Builder
	corpus(t, o, func(name string, ds []diag.Diagnostic, files *diag.Files) {
		lines := ""
		for _, d := range ds {
			lines += show(d, files.Start(d.Span))
		}
		if lines == "" {
			return
		}
		if reasons[name] == "" {
			t.Errorf("%s has findings and no reason", name)
			reasons[name] = "#"
		}
		fmt.Fprintf(&b, "%s\n%s\n%s\n", name, reasons[name], lines)
	})
	golden.Check(t, filepath.Join("testdata", list), []byte(b.String()))
}

func TestCorpusErrors(t *testing.T) {
	judged(t, "corpus-errors.txt", lint.Options{}, func(d diag.Diagnostic, at diag.Position) string {
		if d.Severity != diag.Error {
			return ""
		}
		return fmt.Sprintf("%d:%d %s %s\n", at.Line, at.Column, d.Rule.Code, d.Message)
	})
}

// TestCorpusCloneIDs: what the form of a clone ID tells is read off published IDs, so every finding about one is
// looked at.
func TestCorpusCloneIDs(t *testing.T) {
	judged(t, "corpus-clone-ids.txt", lint.Options{Profile: "pedantic"},
		func(d diag.Diagnostic, at diag.Position) string {
			if d.Rule.Code != "WP310" {
				return ""
			}
			return fmt.Sprintf("%d:%d %s\n", at.Line, at.Column, d.Severity)
		})
}

// TestCorpusCounts keeps how many files each rule speaks of, and that a file which somebody runs has few findings.
func TestCorpusCounts(t *testing.T) {
	hit, perFile := map[string]int{}, []int{}
	corpus(t, lint.Options{Profile: "pedantic"}, func(_ string, ds []diag.Diagnostic, _ *diag.Files) {
		seen, warnings, whole := map[string]bool{}, 0, true
		for _, d := range ds {
			if !seen[d.Rule.Code] {
				seen[d.Rule.Code] = true
				hit[fmt.Sprintf("%s %s %s", d.Rule.Code, d.Rule.Name, d.Severity)]++
			}
			if d.Severity == diag.Warning {
				warnings++
			}
			whole = whole && d.Rule.Code != "WP101" && d.Rule.Code != "WP102"
		}
		if whole {
			perFile = append(perFile, warnings)
		}
	})
	slices.Sort(perFile)
	median := perFile[len(perFile)/2]
	if median > 2 {
		t.Errorf("the median file has %d warnings: %v", median, perFile)
	}
	var lines []string
	for rule, n := range hit {
		lines = append(lines, fmt.Sprintf("%s: %d files", rule, n))
	}
	slices.Sort(lines)
	golden.Check(t, filepath.Join("testdata", "corpus-counts.txt"), fmt.Appendf(nil,
		"%d whole files, warnings in the median one: %d\n%s\n", len(perFile), median, strings.Join(lines, "\n")))
}

package settings

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

func describe(ds []diag.Diagnostic, files *diag.Files) string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString("  " + files.Line(d) + "\n")
	}
	return b.String()
}

func TestSettings(t *testing.T) {
	read := func(text string) (Settings, string) {
		files := diag.NewFiles()
		s, reports := Read(files, files.Add(".wasplug.yaml", []byte(text)))
		return s, describe(reports, files)
	}
	s, reports := read("profile: pedantic\ntarget: 8.5.5\nfail-on: warning\nrules:\n  WP501: off\n" +
		"  worst-case-wait: {severity: error, max-wait: 30}\n  WP608: {ports: [8080, 8443]}\n")
	if reports != "" || s.Profile != "pedantic" || s.Target != "8.5.5" || s.FailOn != "warning" ||
		!s.Rules["WP501"].Off ||
		s.Rules["WP508"].Severity != diag.Error || s.Rules["WP508"].Options["max-wait"][0] != 30 ||
		len(s.Rules["WP608"].Options["ports"]) != 2 {
		t.Errorf("read %+v, reports %s", s, reports)
	}
	for text, want := range map[string]string{
		"profil: pedantic\n":                                 ".wasplug.yaml:1:1",
		"rules: {WP510: loud}\n":                             ".wasplug.yaml:1:16",
		"rules: {conect-timeout-zero: off}\n":                `did you mean "connect-timeout-zero"?`,
		"rules: {WP508: {max-weight: 3}}\n":                  `did you mean "max-wait"?`,
		"target: 4.0\n":                                      ".wasplug.yaml:1:9",
		"rules: {WP501: off, connect-timeout-zero: error}\n": "set twice",
	} {
		if _, reports := read(text); !strings.Contains(reports, want) {
			t.Errorf("%q: reports %q, want %s", text, reports, want)
		}
	}
}

// TestRuleSettings: a rule is set by a severity alone, or by a severity and options beside each other; what is not
// written is the zero value.
func TestRuleSettings(t *testing.T) {
	for text, want := range map[string]lint.RuleSetting{
		"WP301: off":                             {Off: true},
		"WP301: info":                            {Severity: diag.Info},
		"CLONE-ID-COLLISION: warning":            {Severity: diag.Warning}, // names count without letter case
		"WP301: {severity: off}":                 {Off: true, Options: map[string][]int{}},
		"WP301: {}":                              {Options: map[string][]int{}},
		"WP608: {ports: 8080}":                   {Options: map[string][]int{"ports": {8080}}},
		"WP608: {ports: [80, 8443]}":             {Options: map[string][]int{"ports": {80, 8443}}},
		"WP413: {processes: 4, severity: error}": {Severity: diag.Error, Options: map[string][]int{"processes": {4}}},
	} {
		files := diag.NewFiles()
		s, reports := Read(files, files.Add(".wasplug.yaml", []byte("rules:\n  "+text+"\n")))
		if len(reports) > 0 || len(s.Rules) != 1 {
			t.Errorf("%s: %v, reports %s", text, s.Rules, describe(reports, files))
		}
		for code, got := range s.Rules {
			if code[:2] != "WP" || got.Off != want.Off || got.Severity != want.Severity ||
				!maps.EqualFunc(got.Options, want.Options, slices.Equal) {
				t.Errorf("%s: got %+v for %s, want %+v", text, got, code, want)
			}
		}
	}
}

// TestOtherSettings: a file that is wrong sets nothing, so that nothing is half in force.
func TestOtherSettings(t *testing.T) {
	read := func(text string) (Settings, string) {
		files := diag.NewFiles()
		s, reports := Read(files, files.Add(".wasplug.yaml", []byte(text)))
		return s, describe(reports, files)
	}
	s, reports := read("version: 1\nsession: grid\nmin-severity: info\nfail-on: never\nbaseline: known.json\n" +
		"groups: {shop: [a.xml, shop], bank: [b.xml]}\n")
	if reports != "" || s.Session != "grid" || s.MinSeverity != "info" || s.FailOn != "never" ||
		s.Baseline != "known.json" || !slices.Equal(s.Groups["shop"], []string{"a.xml", "shop"}) ||
		!slices.Equal(s.Groups["bank"], []string{"b.xml"}) {
		t.Errorf("read %+v, reports %s", s, reports)
	}
	for text, want := range map[string]string{
		"":                                  "the file is empty",
		"{}":                                "",
		"profile: pedantic\nsession: x":     ".wasplug.yaml:2:10",
		"rules: [WP301]":                    ".wasplug.yaml:1:8",
		"rules: {WP413: {processes: two}}":  ".wasplug.yaml:1:28",
		"rules: {WP301: off, WP301: error}": ".wasplug.yaml:1:21",
		"target: 8.5.5\n---\nx: 1":          ".wasplug.yaml:",
	} {
		s, reports := read(text)
		if (reports == "") != (want == "") || !strings.Contains(reports, want) {
			t.Errorf("%q: reports %q, want %s", text, reports, want)
		}
		if s.Profile != "" || s.Session != "" {
			t.Errorf("%q: read %+v in spite of %s", text, s, reports)
		}
	}
}

func TestParseSeverity(t *testing.T) {
	for text, want := range map[string]diag.Severity{"error": diag.Error, "warning": diag.Warning, "info": diag.Info,
		"off": 0, "Error": 0, "": 0} {
		if got, ok := ParseSeverity(text); got != want || ok != (want != 0) {
			t.Errorf("%q: got %s, %t", text, got, ok)
		}
	}
}

// TestSchemaKnowsProfiles holds the schema of settings against the code.
func TestSchemaKnowsProfiles(t *testing.T) {
	src, err := os.ReadFile("../../schemas/settings.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties struct {
			Profile struct{ Enum []string }
		}
	}
	if err := json.Unmarshal(src, &schema); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(schema.Properties.Profile.Enum, lint.Profiles()) {
		t.Errorf("the schema knows %v, the code %v", schema.Properties.Profile.Enum, lint.Profiles())
	}
}

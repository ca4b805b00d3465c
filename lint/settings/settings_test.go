package settings

import (
	"encoding/json"
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

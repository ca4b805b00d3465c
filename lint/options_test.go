package lint

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

func codes(ds []diag.Diagnostic) string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Rule.Code)
	}
	return strings.Join(out, " ")
}

func TestSettings(t *testing.T) {
	read := func(text string) (Settings, string) {
		files := diag.NewFiles()
		s, faults := ReadSettings(files, files.Add(".wasplug.yaml", []byte(text)))
		return s, describe(faults, files)
	}
	s, faults := read("profile: pedantic\ntarget: 8.5.5\nfail-on: warning\nrules:\n  WP501: off\n  worst-case-wait: {severity: error, max-wait: 30}\n  WP608: {ports: [8080, 8443]}\n")
	if faults != "" || s.Profile != "pedantic" || s.Target != "8.5.5" || s.FailOn != "warning" || !s.Rules["WP501"].Off ||
		s.Rules["WP508"].Severity != diag.Error || s.Rules["WP508"].Options["max-wait"][0] != 30 || len(s.Rules["WP608"].Options["ports"]) != 2 {
		t.Errorf("read %+v, faults %s", s, faults)
	}
	for text, want := range map[string]string{
		"profil: pedantic\n":                                 ".wasplug.yaml:1:1",
		"rules: {WP510: loud}\n":                             ".wasplug.yaml:1:16",
		"rules: {conect-timeout-zero: off}\n":                `did you mean "connect-timeout-zero"?`,
		"rules: {WP508: {max-weight: 3}}\n":                  `did you mean "max-wait"?`,
		"target: 4.0\n":                                      ".wasplug.yaml:1:9",
		"rules: {WP501: off, connect-timeout-zero: error}\n": "set twice",
	} {
		if _, faults := read(text); !strings.Contains(faults, want) {
			t.Errorf("%q: faults %q, want %s", text, faults, want)
		}
	}
}

// TestSchemaKnowsProfiles holds the schema of settings against the code.
func TestSchemaKnowsProfiles(t *testing.T) {
	src, err := os.ReadFile("../schemas/settings.schema.json")
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
	if !slices.Equal(schema.Properties.Profile.Enum, Profiles()) {
		t.Errorf("the schema knows %v, the code %v", schema.Properties.Profile.Enum, Profiles())
	}
}

const collision = `<ServerCluster Name="shop" PostBufferSize="0">
<Server CloneID="c1" ConnectTimeout="5" Name="m1" ServerIOTimeout="60"><Transport Hostname="localhost" Port="9080"/></Server>
<Server CloneID="c1" ConnectTimeout="5" Name="m2" ServerIOTimeout="60"><Transport Hostname="h2" Port="9443" Protocol="https"><Property Name="keyring" Value="/k"/><Property Name="stashfile" Value="/s"/></Transport></Server>
</ServerCluster>`

func TestSeverityAndProfiles(t *testing.T) {
	text := complete(collision)
	for _, tt := range []struct {
		name string
		o    Options
		want string
	}{
		{"default", Options{}, "WP822 WP301"},
		{"off", Options{Rules: map[string]RuleSetting{"WP822": {Off: true}}}, "WP301"},
		{"raised", Options{Rules: map[string]RuleSetting{"WP405": {Severity: diag.Error}}}, "WP822 WP405 WP301"},
		{"lowered out of sight", Options{Rules: map[string]RuleSetting{"WP301": {Severity: diag.Info}}}, "WP822"},
		{"liberty", Options{Profile: "liberty"}, "WP301"},
		{"security", Options{Profile: "security"}, "WP709"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds, files := lintText(text, tt.o)
			if got := codes(ds); got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, describe(ds, files))
			}
		})
	}
}

func TestMessageForm(t *testing.T) {
	ds, files := lintText("<Config>\n"+collision+"\n</Config>", Options{})
	want := `plugin-cfg.xml:4:18: error: CloneID "c1" of server "m2" is already used by server "m1" on line 3; sessions of one reach the other [WP301 clone-id-collision]`
	if !strings.Contains(describe(ds, files), want) {
		t.Errorf("got\n%swant\n  %s", describe(ds, files), want)
	}
}

func TestIgnores(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ name, comment, want string }{
		{"next element", "<!-- wasplug:ignore WP301,WP822 lab -->\n", ""},
		{"by name", "<!-- wasplug:ignore clone-id-collision lab -->\n", "WP822"},
		{"until later", "<!-- wasplug:ignore WP301 until 2027-01-31 lab -->\n", "WP822"},
		{"until today", "<!-- wasplug:ignore WP301 until 2026-06-01 lab -->\n", "WP822"},
		{"expired", "<!-- wasplug:ignore WP301 until 2026-05-31 lab -->\n", "WP902 WP822 WP301"},
		{"no reason", "<!-- wasplug:ignore WP301 -->\n", "WP902 WP822 WP301"},
		{"unknown rule", "<!-- wasplug:ignore WP3001 lab -->\n", "WP902 WP822 WP301"},
		{"bad date", "<!-- wasplug:ignore WP301 until tomorrow lab -->\n", "WP902 WP822 WP301"},
		{"unused", "<!-- wasplug:ignore WP301,WP302 lab -->\n", "WP901 WP822"},
		{"of a rule that is not shown", "<!-- wasplug:ignore WP301,WP405 lab -->\n", "WP822"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds, files := lintText(complete(tt.comment+collision), Options{Now: now})
			if got := codes(ds); got != tt.want {
				t.Errorf("got %s, want %s\n%s", got, tt.want, describe(ds, files))
			}
		})
	}
	whole, files := lintText("<!-- wasplug:ignore WP301 lab -->\n"+complete(collision), Options{Now: now})
	if got := codes(whole); got != "WP822" {
		t.Errorf("before the root: got %s\n%s", got, describe(whole, files))
	}
	inline := strings.Replace(complete(collision), "</Server>\n</ServerCluster>", "</Server> <!-- wasplug:ignore WP301 lab -->\n</ServerCluster>", 1)
	if ds, files := lintText(inline, Options{Now: now}); codes(ds) != "WP822" {
		t.Errorf("behind the element: got\n%s", describe(ds, files))
	}
}

func TestBaseline(t *testing.T) {
	run := func(text string, baseline []byte) ([]Placed, *diag.Files) {
		files := diag.NewFiles()
		id := files.Add("conf/plugin-cfg.xml", []byte(text))
		inputs := Read(files, id)
		placed := Place(inputs, Run(files, inputs, Options{}))
		if baseline == nil {
			return placed, files
		}
		b, faults := ReadBaseline(files, files.Add("baseline.json", baseline))
		if len(faults) > 0 {
			t.Fatalf("faults in the baseline: %s", describe(faults, files))
		}
		return b.Filter(files, placed, []diag.FileID{id}, path.Clean), files
	}
	text := complete(collision)
	placed, files := run(text, nil)
	baseline := WriteBaseline(files, placed, path.Clean)
	if !bytes.Contains(baseline, []byte(`/Config/ServerCluster[@Name=\"shop\"]/Server[@Name=\"m2\"]/@CloneID`)) {
		t.Errorf("the baseline is\n%s", baseline)
	}
	if left, files := run(strings.Repeat("\n", 10)+text, baseline); len(left) > 0 {
		t.Errorf("ten lines above: %s", files.Line(left[0].Diagnostic))
	}
	left, files := run(strings.Replace(text, `CloneID="c1" ConnectTimeout="5" Name="m2"`, `CloneID="c2" ConnectTimeout="5" Name="m2"`, 1), baseline)
	if len(left) != 1 || left[0].Rule.Code != "WP903" || files.Start(left[0].Span).File != "baseline.json" {
		t.Errorf("a repaired fault leaves %+v", left)
	}
	more, _ := run(strings.Replace(text, "</ServerCluster>", `<Server CloneID="c1" Name="m3" ConnectTimeout="5" ServerIOTimeout="9"><Transport Hostname="localhost" Port="1"/></Server></ServerCluster>`, 1), baseline)
	if len(more) != 2 || more[0].Rule.Code != "WP301" || more[1].Rule.Code != "WP506" {
		t.Errorf("new faults give %+v", more)
	}
}

package schemas

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

func load(src, schema string) (*yamldoc.Node, []diag.Diagnostic, *diag.Files) {
	files := diag.NewFiles()
	n, ds := Load(files, files.Add("t.yaml", []byte(src)), schema)
	return n, ds, files
}

func TestEveryViolationIsReportedWithItsPlace(t *testing.T) {
	src := `version: 1
flavour: was
flavor: librety
clusters:
  shop:
    retryIntervall: 3
    retryInterval: "60"
    members:
      - {name: m1, host: a, http: 90800, cloneId: 010}
      - {name: m2, host: b, http: 0x1F, weight: 010, role: Backup}
      - text
applications:
  - {cluster: shop, contextRoot: [1]}
`
	_, ds, files := load(src, "topology")
	want := `t.yaml:2:1: error: unknown key "flavour" in the file (did you mean "flavor"?)
t.yaml:3:9: error: flavor is "librety" (did you mean "liberty"?)
t.yaml:6:5: error: unknown key "retryIntervall" in clusters.shop (did you mean "retryInterval"?)
t.yaml:7:21: error: clusters.shop.retryInterval is "60", it must be an integer; write plain decimal digits, without quotes, exponent or leading zero
t.yaml:9:35: error: clusters.shop.members[0].http is 90800, outside -1 to 65535
t.yaml:10:35: error: clusters.shop.members[1].http is "0x1F", it must be an integer; write plain decimal digits, without quotes, exponent or leading zero
t.yaml:10:49: error: clusters.shop.members[1].weight is "010", it must be an integer; write plain decimal digits, without quotes, exponent or leading zero
t.yaml:10:60: error: clusters.shop.members[1].role is "Backup" (did you mean "backup"?)
t.yaml:11:9: error: clusters.shop.members[2] is "text", it must be a map
t.yaml:13:34: error: applications[0].contextRoot is a list, it must be text
`
	if got := sharedtest.Lines(files, ds); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Of a value that has several forms only what is wrong with the nearest is told.
func TestForms(t *testing.T) {
	src := `config: topology.yaml
tests:
  - name: x
    requests:
      - {url: "http://h/", expect: {membr: m1}}
      - {url: "http://h/", expect: [m1]}
      - {url: "http://h/", expect: {session: {servs: m1}}}
`
	_, ds, files := load(src, "suite")
	want := `t.yaml:5:37: error: unknown key "membr" in tests[0].requests[0].expect (did you mean "member"?)
t.yaml:6:36: error: tests[0].requests[1].expect is a list, it must be text or an integer or a map
t.yaml:7:47: error: unknown key "servs" in tests[0].requests[2].expect.session (did you mean "serves"?)
`
	if got := sharedtest.Lines(files, ds); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Where a map needs one key of several all of them are told, with what is written there.
func TestEitherOf(t *testing.T) {
	_, ds, files := load("config: topology.yaml\ntests:\n  - name: x\n  - steps: [{kill: m1}]\n", "lab")
	want := `t.yaml:3:5: error: tests[0] needs "steps" (a list: what is done, one after the other) ` +
		`or "refused" (text: the members do not start, and this is a part of the message)
t.yaml:4:5: error: tests[1] needs "name"
`
	if got := sharedtest.Lines(files, ds); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSchemasAreUsable(t *testing.T) {
	for _, name := range Names() {
		if _, ds, files := load("{}", name); strings.Contains(sharedtest.Lines(files, ds), "cannot be used") {
			t.Errorf("%s: %s", name, sharedtest.Lines(files, ds))
		}
		src, err := Source(name)
		if err != nil || strings.Contains(string(src), `"$ref": "http`) {
			t.Errorf("%s: %v, or a remote $ref", name, err)
		}
	}
	if _, err := Source("topolgy"); err == nil || !strings.Contains(err.Error(), `did you mean "topology"?`) {
		t.Errorf("no suggestion: %v", err)
	}
}

// FuzzValidate: whatever is read, every finding of the schema stands inside the file.
func FuzzValidate(f *testing.F) {
	for _, s := range []string{"a: 1", "clusters: {a: {members: [{host: x, http: 1}]}}", "version: 1\nclusters: []"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		_, ds, files := load(src, "topology")
		for _, d := range ds {
			if d.Span.IsZero() || int(d.Span.End) > len(src) || d.Span.Start > d.Span.End {
				t.Fatalf("%q: diagnostic %q has the span %v", src, d.Message, d.Span)
			}
			_ = files.Line(d)
		}
	})
}

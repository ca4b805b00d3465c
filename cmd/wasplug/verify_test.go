package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
)

const verifyConfig = `<Config>
<VirtualHostGroup Name="vh"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="shop">
<Server CloneID="one" Name="m1"><Transport Hostname="a.example.com" Port="9080" Protocol="http"/></Server>
<Server CloneID="two" Name="m2"><Transport Hostname="b.example.com" Port="9080" Protocol="http"/></Server>
</ServerCluster>
<UriGroup Name="u"><Uri Name="/shop/*"/></UriGroup>
<Route ServerCluster="shop" UriGroup="u" VirtualHostGroup="vh"/></Config>
`

// verifyRig is members and a proxy with their file, as processes.
type verifyRig struct {
	dir, control, against, tls string

	config string // of verify; that of the proxy is probe.xml
}

func newVerifyRig(t *testing.T, assume ...string) *verifyRig {
	r := &verifyRig{dir: t.TempDir(), config: "probe.xml"}
	if err := os.WriteFile(r.path("plugin-cfg.xml"), []byte(verifyConfig), 0o666); err != nil {
		t.Fatal(err)
	}
	members := runProgram(t, "members", "-c", r.path("plugin-cfg.xml"), "-o", r.path("probe.xml"), "--probe",
		"--control", "127.0.0.1:0")
	r.control = members.find(`What arrives: (http://\S+)/`)
	args := []string{"proxy", "-c", r.path("probe.xml"), "--listen", "127.0.0.1:0"}
	for _, a := range assume {
		args = append(args, "--assume", a)
	}
	r.against = runProgram(t, args...).find(`listening on (http://[^;]+);`)
	return r
}

func (r *verifyRig) path(name string) string { return filepath.Join(r.dir, name) }

// verify runs the command and returns its exit code and what it prints.
func (r *verifyRig) verify(t *testing.T, args ...string) (int, string) {
	out, errOut, code := program(t, append([]string{"verify", "-c", r.path(r.config), "--control", r.control,
		"--against", r.against, "--platform", "proxy"}, args...)...)
	if code > exitFindings {
		t.Fatal(errOut)
	}
	return code, out
}

// TestVerifyCommand: what the proxy was started with is found out, written, and read by why; the answer for programs
// is as its schema says.
func TestVerifyCommand(t *testing.T) {
	t.Parallel()
	r := newVerifyRig(t, "score-tie=last", "all-down=retry-marked")
	only := []string{"--only", "score-tie", "--only", "all-down", "--only", "single-member-weight"}
	code, out := r.verify(t, append(only, "--format", "json", "--settle", r.path("semantics.yaml"))...)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	fitsSchema(t, "verify", out)
	var answer struct {
		Choices []struct {
			Choice  string
			Settled *string
			Reason  string
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, c := range answer.Choices {
		switch {
		case c.Settled != nil:
			got = append(got, c.Choice+"="+*c.Settled)
		case c.Reason == "":
			t.Errorf("%s is open without a reason", c.Choice)
		}
	}
	if want := []string{"score-tie=last", "all-down=retry-marked"}; !slices.Equal(got, want) {
		t.Errorf("settled %q, want %q", got, want)
	}
	settled, err := os.ReadFile(r.path("semantics.yaml"))
	if err != nil || !strings.Contains(string(settled), "score-tie: last") {
		t.Errorf("%v\n%s", err, settled)
	}
	files := diag.NewFiles()
	if _, reports := schemas.Load(files, files.Add("semantics.yaml", settled), "semantics"); len(reports) > 0 {
		t.Errorf("%s\n%s", files.Line(reports[0]), settled)
	}
	code, out = r.verify(t, append(only, "--dry-run", "--format", "json")...)
	fitsSchema(t, "verify", out)
	if code != 0 || !strings.Contains(out, `"silent"`) {
		t.Errorf("--dry-run: exit code %d\n%s", code, out)
	}
}

// TestVerifyContradiction: a proxy that has another file than -c names contradicts every value: exit code 1, in every
// format; so does what a suite expects.
func TestVerifyContradiction(t *testing.T) {
	t.Parallel()
	r := newVerifyRig(t)
	probe, err := os.ReadFile(r.path("probe.xml"))
	if err != nil {
		t.Fatal(err)
	}
	said := strings.ReplaceAll(string(probe), `Name="/shop/*"`, `Name="/elsewhere/*"`)
	r.config = "said.xml"
	if err := os.WriteFile(r.path(r.config), []byte(said), 0o666); err != nil {
		t.Fatal(err)
	}
	suite := "config: probe.xml\ntests:\n" +
		"  - {name: elsewhere, requests: [{url: http://h/elsewhere/x, expect: {cluster: shop}}]}\n" +
		"  - {name: neither, requests: [{url: http://h/neither, expect: declined}]}\n" +
		"  - {name: down, facts: [{member: m1, down: refused}], requests: [{url: http://h/elsewhere/x, expect: m2}]}\n" +
		"  - {name: next, facts: [{member: m1, next: true}], requests: [{url: http://h/elsewhere/x, expect: m1}]}\n"
	if err := os.WriteFile(r.path("routes.yaml"), []byte(suite), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"--only", "score-tie", "--suite", r.path("routes.yaml")}
	code, text := r.verify(t, args...)
	for _, want := range []string{
		"contradicts every value of every choice",
		"expected: cluster shop\n",
		"seen:     no member got it; status 404\n",
		"score-tie=first\n",
		"not met:   elsewhere: cluster: want shop; no member got it; status 404\n",
		"met:       neither\n",
		"not met:   down: answer: want m2; no member got it; status 404\n",
		"not asked: next: it sets a state of member m1\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if code != exitFindings {
		t.Errorf("exit code %d", code)
	}
	if code, out := r.verify(t, append(args, "--format", "junit")...); code != exitFindings ||
		!strings.Contains(out, `message="contradicts every value"`) || !strings.Contains(out, `name="score-tie"`) {
		t.Errorf("junit: exit code %d\n%s", code, out)
	}
	code, out := r.verify(t, append(args, "--format", "json")...)
	fitsSchema(t, "verify", out)
	if code != exitFindings || !strings.Contains(out, `"contradictions": [`+"\n    {") {
		t.Errorf("json: exit code %d\n%s", code, out)
	}
}

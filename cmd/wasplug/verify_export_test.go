package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/exporttest"
)

// exported are the daemons that exports are written for.
var exported = []exporttest.Daemon{
	{Name: "haproxy", Args: func(dir string) []string { return []string{"-f", filepath.Join(dir, "haproxy.cfg")} }},
	{Name: "nginx", Args: func(dir string) []string {
		return []string{"-c", filepath.Join(dir, "nginx.conf"), "-g", "daemon off;"}
	}},
	{Name: "apache2", Args: func(dir string) []string {
		return []string{"-f", filepath.Join(dir, "httpd.conf"), "-D", "FOREGROUND"}
	}},
}

// TestVerifyExports has verify ask the real daemons what 'why' says of what was exported for them: the routes, the
// sessions, and the questions on which values of open choices part. Nothing may contradict every value.
func TestVerifyExports(t *testing.T) {
	for _, daemon := range exported {
		t.Run(daemon.Name, func(t *testing.T) {
			t.Parallel()
			r := &verifyRig{dir: t.TempDir()}
			if err := os.WriteFile(r.path("plugin-cfg.xml"), []byte(verifyConfig), 0o666); err != nil {
				t.Fatal(err)
			}
			runProgram(t, "members", "-c", r.path("plugin-cfg.xml"), "-o", r.path("probe.xml"), "--probe", "--control",
				"127.0.0.1:0").find(`What arrives: (http://\S+)/`)
			listen := exporttest.Front(t, 80)
			target := strings.Replace(daemon.Name, "apache2", "httpd", 1)
			if _, errOut, code := program(t, "export", "--to", target, "-o", r.path("out"), "--listen",
				listen.Address("")+"=80", r.path("probe.xml")); code != exitFine {
				t.Fatal(errOut)
			}
			daemon.Start(t, r.path("out"), listen.Address(""))
			askExport(t, r, listen.Address(""))
		})
	}
}

// oneAtATime begins the names of tests whose members take one request at a time (MaxConnections="1"). A daemon may
// count a request for a moment after its client has read the answer, so the next one may find the member full; what
// happens at the limit is asked with held requests by exporttest.
const oneAtATime = "wasplug-full "

// askExport holds a daemon against a suite of all routes and members, and against what verify asks.
func askExport(t *testing.T, r *verifyRig, address string) {
	suite, errOut, code := program(t, "test", "--init", "--platform", "iis", "-c", r.path("probe.xml"))
	if code != exitFine {
		t.Fatal(errOut)
	}
	if err := os.WriteFile(r.path("routes.yaml"), []byte(suite), 0o666); err != nil {
		t.Fatal(err)
	}
	out, errOut, code := program(t, "verify", "-c", r.path("probe.xml"), "--against", "http://"+address,
		"--member-header", "X-Wasplug-Member", "--suite", r.path("routes.yaml"),
		"--platform", "iis", "--format", "json")
	if code > exitFindings {
		t.Fatal(errOut)
	}
	var answer struct {
		Requests       int
		Contradictions []json.RawMessage
		Suite          []struct {
			Test  string
			Unmet []string
			Why   string
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	for _, c := range answer.Contradictions {
		t.Errorf("contradicts every value: %s", c)
	}
	asked := 0
	for _, s := range answer.Suite {
		if s.Why == "" {
			asked++
		}
		if strings.HasPrefix(s.Test, oneAtATime) {
			continue
		}
		if len(s.Unmet) > 0 {
			t.Errorf("%s: %v", s.Test, s.Unmet)
		}
	}
	if asked < 50 || answer.Requests < 100 {
		t.Errorf("%d tests and %d requests were asked", asked, answer.Requests)
	}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/exporttest"
)

// exportDaemon is a daemon that an export is for, and how it is called by --to.
type exportDaemon struct {
	exporttest.Daemon
	target string
}

// exported are the daemons that exports are written for, each as one process: several would have several states.
var exported = []exportDaemon{
	{target: "haproxy", Daemon: exporttest.Daemon{Name: "haproxy",
		Args: func(dir string) []string { return []string{"-f", filepath.Join(dir, "haproxy.cfg")} }}},
	{target: "nginx", Daemon: exporttest.Daemon{Name: "nginx", Args: nginxArgs}},
	{target: "nginx", Daemon: exporttest.Daemon{Name: "nginx", Args: nginxArgs,
		For: export.Version{Major: 1, Minor: 29, Patch: 6}}},
	{target: "httpd", Daemon: exporttest.Daemon{Name: "apache2",
		Args: func(dir string) []string {
			return []string{"-f", filepath.Join(dir, "httpd.conf"), "-X"}
		}}},
}

func nginxArgs(dir string) []string {
	return []string{"-c", filepath.Join(dir, "nginx.conf"), "-g", "daemon off; master_process off;"}
}

// title names a daemon and the form that is written for it.
func (d *exportDaemon) title() string {
	if d.For != (export.Version{}) {
		return d.Name + " sticky"
	}
	return d.Name
}

// export writes the file of a rig for a daemon and starts it.
func (r *verifyRig) export(t *testing.T, d *exportDaemon) {
	d.Find(t)
	listen := exporttest.Front(t, 80)
	args := []string{"export", "--to", d.target, "-o", r.path("out"), "--listen", listen.Address("") + "=80",
		r.path("probe.xml")}
	if d.For != (export.Version{}) {
		args = append(args, "--target-version", d.For.String())
	}
	if _, errOut, code := program(t, args...); code != exitFine {
		t.Fatal(errOut)
	}
	d.Start(t, r.path("out"), listen.Address(""))
	r.against = "http://" + listen.Address("")
}

// TestVerifyExports has verify ask the real daemons what 'why' says of what was exported for them: the routes, the
// sessions, and the questions on which values of open choices part. Nothing may contradict every value.
func TestVerifyExports(t *testing.T) {
	t.Parallel()
	for _, daemon := range exported {
		t.Run(daemon.title(), func(t *testing.T) {
			t.Parallel()
			r := &verifyRig{dir: t.TempDir()}
			if err := os.WriteFile(r.path("plugin-cfg.xml"), []byte(verifyConfig), 0o666); err != nil {
				t.Fatal(err)
			}
			runProgram(t, "members", "-c", r.path("plugin-cfg.xml"), "-o", r.path("probe.xml"), "--probe", "--control",
				"127.0.0.1:0").find(`What arrives: (http://\S+)/`)
			r.export(t, &daemon)
			askExport(t, r)
		})
	}
}

// oneAtATime begins the names of tests whose members take one request at a time (MaxConnections="1"). A daemon may
// count a request for a moment after its client has read the answer, so the next one may find the member full; what
// happens at the limit is asked with a request that is held, by TestVerifyExportFaults.
const oneAtATime = "wasplug-full "

// askExport holds a daemon against a suite of all routes and members, and against what verify asks.
func askExport(t *testing.T, r *verifyRig) {
	suite, errOut, code := program(t, "test", "--init", "--platform", "iis", "-c", r.path("probe.xml"))
	if code != exitFine {
		t.Fatal(errOut)
	}
	if err := os.WriteFile(r.path("routes.yaml"), []byte(suite), 0o666); err != nil {
		t.Fatal(err)
	}
	out, errOut, code := program(t, "verify", "-c", r.path("probe.xml"), "--against", r.against,
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

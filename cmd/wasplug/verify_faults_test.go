package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// faultClusters are those of testdata/faults.yaml, each for one test, so that no mark of one meets another: a name,
// and attributes of the ServerCluster and of its servers. With a backup it has one more.
var faultClusters = []struct {
	name, attrs, servers string
	backup               bool
}{
	{name: "refused"},
	{name: "early"},
	{name: "kept", attrs: `PostBufferSize="64"`},
	{name: "passed", attrs: `PostBufferSize="0"`},
	{name: "late", servers: `ServerIOTimeout="1"`},
	{name: "strict", servers: `ServerIOTimeout="-1"`, attrs: `PostBufferSize="0"`},
	{name: "busy"},
	{name: "second"},
	{name: "spare", backup: true},
	{name: "down"},
	{name: "full", servers: `MaxConnections="1"`},
	{name: "back"},
}

// faultsXML is a file of these clusters.
func faultsXML() string {
	var clusters, groups, routes strings.Builder
	server := `<Server Name="%[1]s%[2]d" CloneID="%[3]s" %[4]s>` +
		`<Transport Hostname="127.0.0.1" Port="1" Protocol="http"/></Server>`
	for _, c := range faultClusters {
		retry := 3600 // so long that no check of a daemon's own falls into a test
		if c.name == "back" {
			retry = 1
		}
		fmt.Fprintf(&clusters, `<ServerCluster Name="%s" RetryInterval="%d" %s>`, c.name, retry, c.attrs)
		lists := `<PrimaryServers><Server Name="%[1]s1"/><Server Name="%[1]s2"/></PrimaryServers>`
		for i, clone := range []string{"a", "b", "c"} {
			if i < 2 || c.backup {
				fmt.Fprintf(&clusters, server, c.name, i+1, clone, c.servers)
			}
		}
		if c.backup {
			lists += `<BackupServers><Server Name="%[1]s3"/></BackupServers>`
		}
		fmt.Fprintf(&clusters, lists+"</ServerCluster>\n", c.name)
		fmt.Fprintf(&groups, `<UriGroup Name="%[1]s"><Uri Name="/%[1]s/*"/></UriGroup>`+"\n", c.name)
		fmt.Fprintf(&routes, `<Route ServerCluster="%[1]s" VirtualHostGroup="v" UriGroup="%[1]s"/>`+"\n", c.name)
	}
	return `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>` + "\n" +
		clusters.String() + groups.String() + routes.String() + "</Config>\n"
}

// kept is what 'wasplug proxy' does when members fail: what the plug-in does.
var kept = map[string]string{
	"a refused connect fails over and marks":                                    "",
	"a stream that is closed early fails over and marks":                        "",
	"a body that is kept is sent again":                                         "",
	"a body that is not kept is not":                                            "",
	"ServerIOTimeout above 0 marks nobody, so a session tries its member again": "",
	"ServerIOTimeout below 0 fails over and marks":                              "",
	"a 503 of the session's member is passed on":                                "",
	"the second clone ID counts while the first is down":                        "",
	"a backup serves when all primaries are down":                               "",
	"all are down": "",
	"who refuses is passed over until RetryInterval is over": "",
	"affinity-max-connections":                               "vetoes",
}

// TestVerifyFaults: the suite is what why says, and verify sees the same when members fail before the proxy.
func TestVerifyFaults(t *testing.T) {
	t.Parallel()
	r := newFaultRig(t)
	if out, errOut, code := program(t, "test", r.path("faults.yaml")); code != exitFine {
		t.Fatal(out, errOut)
	}
	r.against = runProgram(t, "proxy", "-c", r.path("probe.xml"), "--listen", "127.0.0.1:0").find(
		`listening on (http://[^;]+);`)
	if diff := cmp.Diff(kept, r.faults(t)); diff != "" {
		t.Error(diff)
	}
}

// newFaultRig starts members for the file of faults.yaml.
func newFaultRig(t *testing.T) *verifyRig {
	r := &verifyRig{dir: t.TempDir()}
	suite, err := os.ReadFile(filepath.Join("testdata", "faults.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"faults.xml": faultsXML(), "faults.yaml": string(suite)} {
		if err := os.WriteFile(r.path(name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r.control = runProgram(t, "members", "-c", r.path("faults.xml"), "-o", r.path("probe.xml"), "--control",
		"127.0.0.1:0").find(`What arrives: (http://\S+)/`)
	return r
}

// faults has verify ask what happens when members fail: for each test of the suite what is not as it expects, "" where
// all is; and the value of the choice that tells what becomes of a session whose member is full. Whom the last test
// has had marked must come back.
func (r *verifyRig) faults(t *testing.T) map[string]string {
	got := r.ask(t, "faults.yaml")
	suite := "config: faults.xml\nplatform: iis\n" +
		"tests: [{name: back, requests: [{url: http://h/back/x;jsessionid=0000id:a, expect: {member: back1}}]}]\n"
	if err := os.WriteFile(r.path("back.yaml"), []byte(suite), 0o666); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); r.ask(t, "back.yaml")["back"] != ""; {
		if time.Now().After(end) {
			t.Fatal("a member that refused never comes back")
		}
	}
	return got
}

// ask has verify ask a suite.
func (r *verifyRig) ask(t *testing.T, suite string) map[string]string {
	out, errOut, code := program(t, "verify", "-c", r.path("probe.xml"), "--control", r.control, "--against",
		r.against, "--only", "affinity-max-connections", "--suite", r.path(suite), "--platform", "iis", "--format", "json")
	if code > exitFindings {
		t.Fatal(errOut)
	}
	var answer struct {
		Choices []struct{ Choice, Settled string }
		Suite   []struct {
			Test     string
			Unmet    []string
			NotAsked string
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range answer.Choices {
		got[c.Choice] = c.Settled
	}
	for _, s := range answer.Suite {
		got[s.Test] = s.NotAsked + strings.Join(s.Unmet, "; ")
	}
	return got
}

// Tests of the suite that daemons do not meet.
const (
	passedOn = "a 503 of the session's member is passed on"
	early    = "a stream that is closed early fails over and marks"
	again    = "a body that is kept is sent again"
	notKept  = "a body that is not kept is not"
	late     = "ServerIOTimeout above 0 marks nobody, so a session tries its member again"
	strict   = "ServerIOTimeout below 0 fails over and marks"
	allDown  = "all are down"
	full     = "affinity-max-connections"
)

const lateNext = "attempts: want [late1 late1]; late/late1, then late/late2 got it; status 200; " +
	"status: want 500; late/late1, then late/late2 got it; status 200"

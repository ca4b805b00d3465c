package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhyRefuses is wrong usage of every flag: exit code 2, and a message that says what would be right.
func TestWhyRefuses(t *testing.T) {
	const url, m1 = "http://h/snoop", "PluginMember1"
	for _, c := range []struct {
		want string
		args []string
	}{
		{"takes one URL", []string{}},
		{"takes one URL", []string{url, url}},
		{"want http://HOST[:PORT]/PATH", []string{"snoop"}},
		{"want http://HOST[:PORT]/PATH", []string{"ftp://h/snoop"}},
		{"want http://HOST[:PORT]/PATH", []string{"http:///snoop"}},
		{"want http://HOST[:PORT]/PATH", []string{"http://h:abc/snoop"}},
		{"port 70000, want 1 to 65535", []string{"http://h:70000/snoop"}},
		{"control character", []string{"http://h/a\nb"}},
		{"want NAME=VALUE", []string{url, "--cookie", "foo"}},
		{"want NAME=VALUE", []string{url, "--cookie", "=x"}},
		{"want 'NAME: VALUE'", []string{url, "--header", "foo"}},
		{"port \"abc\", want 1 to 65535", []string{url, "--header", "Host: h:abc"}},
		{"port \"99999\", want 1 to 65535", []string{url, "--header", "Host: h:99999"}},
		{"Host \"h/x\"", []string{url, "--header", "Host: h/x"}},
		{"want an HTTP method", []string{url, "--method", "GE T"}},
		{"--body-size \"x\": want a whole number", []string{url, "--body-size", "x"}},
		{"want a number of bytes, or -1", []string{url, "--body-size", "-2"}},
		{"want an IP address", []string{url, "--client", "999.1.1.1"}},
		{"want 1 to 65535", []string{url, "--port", "0"}},
		{"--port \"x\": want a whole number", []string{url, "--port", "x"}},
		{"there are PluginMember1, PluginMember2", []string{url, "--down", "Nobody"}},
		{"it is the clone ID of PluginMember1", []string{url, "--down", "v544d031"}},
		{"want refused, timeout, io-timeout, 503, reset or malformed", []string{url, "--down", m1 + "="}},
		{"want refused, timeout, io-timeout, 503, reset or malformed", []string{url, "--down", m1 + "=ok"}},
		{"is given twice", []string{url, "--down", m1, "--down", "PluginCluster/" + m1 + "=503"}},
		{"want MEMBER or CLUSTER/MEMBER", []string{url, "--down", ""}},
		{"from 0 on", []string{url, "--marked", m1 + "=-1"}},
		{"from 0 on", []string{url, "--marked", m1 + "="}},
		{"from 0 on", []string{url, "--marked", m1 + "=NaN"}},
		{"is given twice", []string{url, "--marked", m1, "--marked", m1 + "=3"}},
		{"MEMBER=N with a whole number", []string{url, "--pending", m1}},
		{"MEMBER=N with a whole number", []string{url, "--pending", m1 + "=-1"}},
		{"is given twice", []string{url, "--pending", m1 + "=1", "--pending", m1 + "=2"}},
		{"MEMBER=N with a whole number", []string{url, "--weight", m1 + "=x"}},
		{"is given twice", []string{url, "--weight", m1 + "=1", "--weight", m1 + "=2"}},
		{"want a member only", []string{url, "--next", m1 + "=3"}},
		{"--next \"\": want a value", []string{url, "--next", ""}},
		{"--seed \"-1\": want a whole number", []string{url, "--seed", "-1"}},
		{"want 1 to 10000", []string{url, "--requests", "10001"}},
		{"want seconds from 0 on", []string{url, "--every", "-1"}},
		{"--every \"x\": want a number", []string{url, "--every", "x"}},
		{"want \"latest\" or a version", []string{url, "--plugin-level", "new"}},
		{"want CHOICE=VALUE", []string{url, "--assume", "score-tie"}},
		{"want ID=MEMBER", []string{url, "--partition", "p"}},
		{"no member is named \"Nobody\"", []string{url, "--partition", "p=Nobody"}},
		{"want member:X, cluster:X, status:N or declined", []string{url, "--expect", "forward"}},
		{"want member:X, cluster:X, status:N or declined", []string{url, "--expect", ""}},
		{"no member is named \"x\"", []string{url, "--expect", "member:x"}},
		{"no cluster is named \"x\"", []string{url, "--expect", "cluster:x"}},
		{"want status:N with an error from 400 to 599", []string{url, "--expect", "status:abc"}},
		{"for a request that is forwarded, name a member or a cluster", []string{url, "--expect", "200"}},
		{"nothing stands behind declined", []string{url, "--expect", "declined:x"}},
		{"--replicas needs --persistence", []string{url, "--replicas", "2"}},
		{"--write-frequency needs --persistence", []string{url, "--write-frequency", "manual update"}},
		{"--replicas -5: want", []string{url, "--persistence", "memory-to-memory", "--replicas", "-5"}},
		{"--write-interval 0: want", []string{url, "--persistence", "database", "--write-interval", "0"}},
		{"want one of text, json", []string{url, "--format", "yaml"}},
		{"no flag is named --formt (did you mean \"--format\"?)", []string{url, "--formt", "json"}},
		{"no flag is named --zz; 'wasplug why --help' lists them", []string{url, "--zz"}},
		{"--down needs a value", []string{url, "--down"}},
	} {
		out, errOut, code := program(t, append([]string{"why", "-c", figure}, c.args...)...)
		if code != exitUsage || out != "" || !strings.HasPrefix(errOut, "wasplug: ") ||
			!strings.Contains(errOut, c.want) {
			t.Errorf("%q: exit code %d, output %q\n%swant %s", c.args, code, out, errOut, c.want)
		}
	}
}

// TestWhyFails is work that cannot be done: exit code 3.
func TestWhyFails(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for want, path := range map[string]string{
		"no such file":            filepath.Join(dir, "missing.xml"),
		"is a folder":             dir,
		"no element <Config>":     write("empty.xml", ""),
		"the root element is":     write("root.xml", "<Confg/>"),
		"names no ServerCluster":  write("route.xml", "<Config><Route/></Config>"),
		"file in UTF-16":          write("utf16", "\xff\xfe<\x00C\x00o\x00n\x00f\x00i\x00g\x00/\x00>\x00"),
		"file in EBCDIC":          write("ebcdic", "\x4c\x6f\xa7\x94\x93"),
		"IntelligentManagement":   write("im.xml", "<Config><IntelligentManagement/></Config>"),
		"the topology has errors": write("topology.yaml", "hello"),
	} {
		out, errOut, code := program(t, "why", "-c", path, "http://h/snoop")
		if code != exitFailed || out != "" || !strings.Contains(errOut, want) {
			t.Errorf("%s: exit code %d, output %q\n%s", path, code, out, errOut)
		}
	}
}

// TestWhyTakesPathsAsTheyAre: what is no good URL can still be what a client sends.
func TestWhyTakesPathsAsTheyAre(t *testing.T) {
	for _, path := range []string{"/snoop?%zz", "/%zz", "/a b", "/a|b", "/[x]"} {
		if _, errOut, code := program(t, "why", "-c", figure, "http://h"+path); code != exitFine {
			t.Errorf("%s: exit code %d\n%s", path, code, errOut)
		}
	}
}

// TestTestRefusesFlags that would be passed over; from the environment, where they are meant for other commands, they
// are.
func TestTestRefusesFlags(t *testing.T) {
	const suite = "../../testdata/figure-5-12/suite.yaml"
	for want, args := range map[string][]string{
		"--plugin-level is for --init": {suite, "--plugin-level", "5.1"},
		"--output is for --init":       {"-o", "x", suite},
		"--force is for --init":        {"--force", suite},
		"leave --coverage out":         {"--init", "-c", figure, "--coverage"},
		"takes no arguments":           {"--init", "-c", figure, suite},
	} {
		out, errOut, code := program(t, append([]string{"test"}, args...)...)
		if code != exitUsage || out != "" || !strings.Contains(errOut, want) {
			t.Errorf("%q: exit code %d, output %q\n%swant %s", args, code, out, errOut, want)
		}
	}
	t.Setenv("WASPLUG_TEST_PLUGIN_LEVEL", "5.1")
	t.Setenv("WASPLUG_WHY_REPLICAS", "2")
	if _, errOut, code := program(t, "test", suite); code != exitFine {
		t.Errorf("exit code %d\n%s", code, errOut)
	}
	if _, errOut, code := program(t, "why", "-c", figure, "http://h/snoop"); code != exitFine {
		t.Errorf("exit code %d\n%s", code, errOut)
	}
}

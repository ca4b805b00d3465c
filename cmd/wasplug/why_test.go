package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

const figure = "../../testdata/figure-5-12/plugin-cfg.xml"

// program runs the whole program in this process.
func program(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(context.Background(), append([]string{"wasplug"}, args...), strings.NewReader(""), &out, &errOut)
	return out.String(), errOut.String(), code
}

// TestWhyFitsItsSchema validates every kind of answer against schemas/why.schema.json.
func TestWhyFitsItsSchema(t *testing.T) {
	for _, args := range [][]string{
		{"http://h/snoop"},
		{"http://h/other"},
		{"http://h/snoop", "--requests", "3", "--every", "30", "--down", "PluginMember1=io-timeout"},
		{"http://h/snoop", "--down", "PluginMember1", "--down", "PluginMember2"},
		{"https://h/snoop;jsessionid=0000a:v544d0o0", "--assume", "tls-default-port=80"},
		{"http://h/snoop", "--marked", "PluginMember1=3", "--pending", "PluginMember2=4", "--weight",
			"PluginMember2=-1", "--seed", "7"},
		{"http://h/x", "-c", "testdata/empty-cluster.xml"},
		{"http://h/snoop", "--down", "PluginMember1=503", "--body-size", "-1"},
		{"http://h/snoop", "--down", "PluginMember1=malformed", "--next", "PluginMember1"},
		{"http://h/snoop", "--down", "PluginMember1=reset", "--body-size", "-1"},
		{"http://h/snoop", "--cookie", "JSESSIONID=0001abc:v544d03"},
		{"http://h/snoop", "--cookie", "JSESSIONID=0001abc+v544d031"},
		{"http://h/snoop%2F"},
	} {
		if !slices.Contains(args, "-c") {
			args = append(args, "-c", figure)
		}
		out, errOut, code := program(t, append([]string{"why", "--format", "json"}, args...)...)
		if code != exitFine {
			t.Errorf("%v: exit code %d\n%s", args, code, errOut)
		}
		for line := range strings.Lines(out) {
			fitsSchema(t, "why", line)
		}
	}
}

// TestWhyOfTheWorst: where chance decides between a member and an error, the decision is the error, as the schema
// says.
func TestWhyOfTheWorst(t *testing.T) {
	first := regexp.MustCompile(`.*member1\.example\.com.*\n`)
	file := filepath.Join(t.TempDir(), "plugin-cfg.xml")
	whole, err := os.ReadFile(figure)
	if err != nil {
		t.Fatal(err)
	}
	put(t, file, first.ReplaceAllString(string(whole), ""))
	out, errOut, code := program(t, "why", "-c", file, "--format", "json", "http://h/snoop")
	var d struct {
		Decision, Member string
		Status           int
		Possible         []struct{ Member string }
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil || code != exitFine {
		t.Fatalf("exit code %d, %v, %s", code, err, errOut)
	}
	if d.Decision != "error" || d.Status != 500 || d.Member != "" || len(d.Possible) != 1 {
		t.Errorf("%+v", d)
	}
	fitsSchema(t, "why", out)
	schema, _, _ := program(t, "schema", "why")
	if want := "Where chance decides between a member and an error it is error"; !strings.Contains(schema, want) {
		t.Errorf("the schema does not say: %s", want)
	}
}

// TestWhyOfNoAddress: an answer that leads to a member without an address that can be is followed by a note.
func TestWhyOfNoAddress(t *testing.T) {
	whole, err := os.ReadFile(figure)
	if err != nil {
		t.Fatal(err)
	}
	const there = `Hostname="member1.example.com" Port="9080" Protocol="http"/>`
	for _, tt := range []struct{ transport, want string }{
		{`Hostname="member1.example.com" Port="0" Protocol="http"/>`,
			"Port 0 of its Transport is not one from 1 to 65535, FILE:15:58"},
		{`Hostname="member1.example.com" Port="65536" Protocol="http"/>`,
			"Port 65536 of its Transport is not one from 1 to 65535, FILE:15:58"},
		{`Hostname="" Port="9080" Protocol="http"/>`, "its Transport has no Hostname, FILE:15:31"},
		{`Port="9080" Protocol="http"/>`, "its Transport has no Hostname, FILE:15:11"},
		{`Hostname="a" Port="0"/><Transport Hostname="a" Port="1"/>`, ""},
		{there, ""},
	} {
		file := filepath.Join(t.TempDir(), "plugin-cfg.xml")
		put(t, file, strings.Replace(string(whole), there, tt.transport, 1))
		said := func(format string) string {
			out, errOut, code := program(t, "why", "-c", file, "--next", "PluginMember1", "--format", format,
				"http://h/snoop")
			if code != exitFine {
				t.Errorf("%s: exit code %d, %s", tt.transport, code, errOut)
			}
			return out
		}
		want := ""
		if tt.want != "" {
			want = "\n  note     PluginMember1 can never be reached: " +
				strings.Replace(tt.want, "FILE", file, 1) + "\n"
		}
		if out := said("text"); !strings.Contains(out, want) || want == "" && strings.Contains(out, "  note ") ||
			!strings.HasPrefix(out, "member PluginMember1 ") {
			t.Errorf("%s: %s", tt.transport, out)
		}
		out := said("json")
		fitsSchema(t, "why", out)
		if strings.Contains(out, `"unreachable":[{"member":"PluginMember1"`) != (want != "") {
			t.Errorf("%s: %s", tt.transport, out)
		}
	}
}

// TestWhyOnFilesOfStrangers: every file is answered or refused, never worse, and an answer repeats itself byte for
// byte.
func TestWhyOnFilesOfStrangers(t *testing.T) {
	for _, file := range append(sharedtest.Files(t, "*.xml", "corpus", "cfg"),
		sharedtest.Files(t, "*.xml", "corpus", "merge", "*")...) {
		out, errOut, code := program(t, "why", "-c", file, "http://localhost/health", "--requests", "2")
		again, _, _ := program(t, "why", "-c", file, "http://localhost/health", "--requests", "2")
		switch {
		case out != again:
			t.Errorf("%s: two answers", file)
		case code == exitFine && out == "", code == exitFailed && errOut == "", code != exitFine && code != exitFailed:
			t.Errorf("%s: exit code %d, output %q, errors %q", file, code, out, errOut)
		}
	}
}

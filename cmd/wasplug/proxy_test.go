package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"
)

// The demo works from its first line to its end: the session stays, and a new one begins when its member stops.
func TestProxyDemo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stdout, stdoutW := io.Pipe()
	stderr, stderrW := io.Pipe()
	exit := make(chan int)
	go func() {
		code := run(ctx, []string{"wasplug", "proxy", "--demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
			"--plugin-log", "-"}, strings.NewReader(""), stdoutW, stderrW)
		stdoutW.Close()
		stderrW.Close()
		exit <- code
	}()
	go io.Copy(io.Discard, stdout)
	lines := bufio.NewScanner(stderr)
	find := func(pattern string) string {
		for lines.Scan() {
			if m := regexp.MustCompile(pattern).FindStringSubmatch(lines.Text()); m != nil {
				return m[1]
			}
		}
		t.Fatalf("no line %s", pattern)
		return ""
	}
	admin := find(`status page on (http://\S+)/`)
	base := find(`listening on (http://\S+);`)
	go io.Copy(io.Discard, stderr)
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	ask := func(url string) string {
		t.Helper()
		rs, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer rs.Body.Close()
		body, _ := io.ReadAll(rs.Body)
		return string(body)
	}
	id := regexp.MustCompile(`session (\w+):`)
	began := ask(base + "/snoop")
	first, _, _ := strings.Cut(began, " ")
	for range 3 {
		if got := ask(base + "/snoop"); !strings.HasPrefix(got, first) {
			t.Errorf("the session leaves %s: %s", first, got)
		}
	}
	if got := ask(base + "/snoop/stop"); got != first+" stops now\n" {
		t.Error(got)
	}
	for !strings.Contains(ask(base+"/snoop"), "failover true") { // until the member has stopped
	}
	if got := ask(base + "/snoop"); strings.HasPrefix(got, first) || strings.Count(got, ":") != 1 ||
		id.FindString(got) == id.FindString(began) {
		t.Errorf("not a new session of the other member: %s", got)
	}
	if got := ask(base + "/snoop/start"); !strings.Contains(got, first+" runs again") {
		t.Error(got)
	}
	if got := ask(base + "/elsewhere"); got != "404 Not Found\n" {
		t.Error(got)
	}
	for !strings.Contains(ask(admin+"/status.json"), `"moved": 1`) { // counters follow answers
	}
	stop()
	if code := <-exit; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// The demo needs no flag: it takes free ports where the usual ones are in use, and shows its status page.
func TestProxyDemoWithoutFlags(t *testing.T) {
	for _, usual := range []string{"127.0.0.1:9080", "127.0.0.1:9090"} {
		if l, err := net.Listen("tcp", usual); err == nil { // else another program has it
			defer l.Close()
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stdout, stdoutW := io.Pipe()
	exit := make(chan int)
	go func() {
		code := run(ctx, []string{"wasplug", "proxy", "--demo"}, strings.NewReader(""), stdoutW, io.Discard)
		stdoutW.Close()
		exit <- code
	}()
	var site, page string
	for lines := bufio.NewScanner(stdout); page == "" && lines.Scan(); {
		if m := regexp.MustCompile(`curl -i (http://\S+)/snoop`).FindStringSubmatch(lines.Text()); m != nil {
			site = m[1]
		}
		if m := regexp.MustCompile(`status page (http://\S+/)`).FindStringSubmatch(lines.Text()); m != nil {
			page = m[1]
		}
	}
	go io.Copy(io.Discard, stdout)
	for url, want := range map[string]string{site + "/snoop": "PluginMember", page: "demo-plugin-cfg.xml, version"} {
		rs, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(rs.Body)
		rs.Body.Close()
		if !strings.Contains(string(body), want) {
			t.Errorf("%s does not say %q: %s", url, want, body)
		}
	}
	stop()
	if code := <-exit; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

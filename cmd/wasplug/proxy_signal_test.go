//go:build unix && !aix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// running is the real program at work.
type running struct {
	t     *testing.T
	cmd   *exec.Cmd
	out   io.Reader      // its standard error
	lines *bufio.Scanner // of its standard error
}

// rest is what the program still writes to standard error.
func (r *running) rest() io.Reader { return r.out }

func runProgram(t *testing.T, args ...string) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, cmd: &exec.Cmd{Path: self, Args: append([]string{"wasplug"}, args...)}} // see TestMain
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.cmd.Process.Kill() })
	r.out, r.lines = stderr, bufio.NewScanner(stderr)
	return r
}

// find waits for a line on standard error and returns what the first group matches.
func (r *running) find(pattern string) string {
	r.t.Helper()
	var seen []string
	for r.lines.Scan() {
		seen = append(seen, r.lines.Text())
		if m := regexp.MustCompile(pattern).FindStringSubmatch(r.lines.Text()); m != nil {
			return m[1]
		}
	}
	r.t.Fatalf("no line has %s:\n%s", pattern, strings.Join(seen, "\n"))
	return ""
}

func (r *running) signal(sig os.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatal(err)
	}
}

func statusOf(t *testing.T, url string) (int, []byte) {
	t.Helper()
	rs, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Body.Close()
	body, _ := io.ReadAll(rs.Body)
	return rs.StatusCode, body
}

// SIGHUP takes a good file and refuses a bad one with its diagnostics, SIGTERM ends the program, and the log of all that replays.
func TestProxySignals(t *testing.T) {
	member := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	defer member.Close()
	config, log := filepath.Join(t.TempDir(), "plugin-cfg.xml"), filepath.Join(t.TempDir(), "http_plugin.log")
	write := func(uris string) {
		host, port, _ := strings.Cut(strings.TrimPrefix(member.URL, "http://"), ":")
		xml := fmt.Sprintf(`<Config>
<Log LogLevel="Trace" Name="http_plugin.log"/>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="a"><Transport Hostname="%s" Port="%s" Protocol="http"/></Server><Server Name="b"><Transport Hostname="%s" Port="%s" Protocol="http"/></Server></ServerCluster>
<UriGroup Name="u">%s</UriGroup>
<Route VirtualHostGroup="v" UriGroup="u" ServerCluster="C"/>
</Config>`, host, port, host, port, uris)
		if err := os.WriteFile(config, []byte(xml), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`<Uri Name="/one"/>`)
	r := runProgram(t, "proxy", "-c", config, "--listen", "127.0.0.1:0=80", "--admin", "127.0.0.1:0", "--plugin-log", log)
	admin := r.find(`status page on (http://\S+)/`)
	base := r.find(`listening on (http://\S+);`)
	expect := func(path string, status, generation, refused int) {
		t.Helper()
		if got, _ := statusOf(t, base+path); got != status {
			t.Errorf("%s: %d, want %d", path, got, status)
		}
		var s struct {
			Generation int
			Reload     struct {
				Refused int
				Error   string
			}
		}
		_, body := statusOf(t, admin+"/status.json")
		if err := json.Unmarshal(body, &s); err != nil || s.Generation != generation || s.Reload.Refused != refused || (s.Reload.Error != "") != (refused > 0) {
			t.Errorf("%v\n%s", err, body)
		}
	}
	expect("/one", 200, 1, 0)

	write(`<Uri Name="/one"/><Uri Name="/two"/>`)
	r.signal(syscall.SIGHUP)
	r.find(`(configuration reloaded)`)
	expect("/two", 200, 2, 0)

	write(`<Uri Name="/one"/></UriGroup><UriGroup Name="w"><Uri`)
	r.signal(syscall.SIGHUP)
	r.find(`(the old one stays in use).*plugin-cfg.xml:5:`)
	expect("/two", 200, 2, 1)

	r.signal(syscall.SIGTERM)
	for r.lines.Scan() { // until it has ended
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	write(`<Uri Name="/one"/><Uri Name="/two"/>`)
	if out, errOut, code := program(t, "trace", log, "-c", config); code != exitFine || !strings.Contains(out, "3 decisions") {
		t.Errorf("exit code %d\n%s%s", code, out, errOut)
	}
}

// A process that has few descriptors refuses politely before they run out, marks nobody, and works again when clients leave.
func TestProxyDescriptors(t *testing.T) {
	member := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	defer member.Close()
	host, port, _ := strings.Cut(strings.TrimPrefix(member.URL, "http://"), ":")
	dir := t.TempDir()
	server := fmt.Sprintf(`<Transport Hostname="%s" Port="%s" Protocol="http"/></Server>`, host, port)
	config := filepath.Join(dir, "plugin-cfg.xml")
	os.WriteFile(config, []byte(`<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup><ServerCluster Name="C"><Server Name="a">`+server+
		`<Server Name="b">`+server+`</ServerCluster><UriGroup Name="u"><Uri Name="/*"/></UriGroup><Route VirtualHostGroup="v" UriGroup="u" ServerCluster="C"/></Config>`), 0o600)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "wasplug")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, cmd: exec.Command("/bin/sh", "-c", `ulimit -n 64; exec "$@"`, "sh", program,
		"proxy", "-c", config, "--listen", "127.0.0.1:0=80", "--admin", "127.0.0.1:0")}
	stderr, err := r.cmd.StderrPipe()
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.cmd.Process.Kill(); r.cmd.Wait() })
	r.out, r.lines = stderr, bufio.NewScanner(stderr)
	admin, base := r.find(`status page on (http://\S+)/`), r.find(`listening on (http://\S+);`)
	ask := func(c *http.Client) int {
		rs, err := c.Get(base + "/")
		if err != nil {
			t.Fatal(err)
		}
		defer rs.Body.Close()
		io.Copy(io.Discard, rs.Body)
		return rs.StatusCode
	}
	var clients []*http.Client
	statuses := map[int]int{}
	for range 60 {
		c := &http.Client{Transport: new(http.Transport)}
		clients = append(clients, c)
		statuses[ask(c)]++
	}
	if statuses[200] < 4 || statuses[503] == 0 || len(statuses) != 2 {
		t.Errorf("answers by status: %v", statuses)
	}
	for _, c := range clients {
		c.CloseIdleConnections()
	}
	fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for ask(fresh) != 200 { // until the proxy has seen that they left
	}
	if _, body := statusOf(t, admin+"/status.json"); strings.Contains(string(body), `"marked": true`) {
		t.Errorf("a member is marked down: %s", body)
	}
}

// White space before the XML declaration is a doubt, told at the start and at a reload, and no reason not to serve.
func TestProxyDoubts(t *testing.T) {
	config := filepath.Join(t.TempDir(), "plugin-cfg.xml")
	if err := os.WriteFile(config, []byte("\n<?xml version=\"1.0\"?>\n<Config/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := runProgram(t, "proxy", "-c", config, "--listen", "127.0.0.1:0=80")
	const doubt = `plugin-cfg.xml:2:1: (warning): XML declaration behind white space`
	r.find(doubt)
	r.find(`(listening on)`)
	r.signal(syscall.SIGHUP)
	r.find(doubt)
	r.find(`(configuration reloaded)`)
	r.signal(syscall.SIGTERM)
	if err := r.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A SIGHUP that comes as soon as the program says where it listens is a reload, not the end.
func TestProxyEarlyHangup(t *testing.T) {
	config := filepath.Join(t.TempDir(), "plugin-cfg.xml")
	if err := os.WriteFile(config, []byte("<Config/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := runProgram(t, "proxy", "-c", config, "--listen", "127.0.0.1:0=80")
	r.find(`(listening on)`)
	r.signal(syscall.SIGHUP)
	r.find(`(configuration reloaded)`)
	r.signal(syscall.SIGTERM)
	if err := r.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// A file that nobody can read, here a pipe without a writer, holds up neither requests nor the end of the program.
func TestProxyBlockedFiles(t *testing.T) {
	dir := t.TempDir()
	config, docroot := filepath.Join(dir, "plugin-cfg.xml"), filepath.Join(dir, "www")
	if err := os.WriteFile(config, []byte("<Config/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Mkdir(docroot, 0o700)
	if err := syscall.Mkfifo(filepath.Join(docroot, "pipe"), 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	os.WriteFile(filepath.Join(docroot, "page"), []byte("page"), 0o600)
	r := runProgram(t, "proxy", "-c", config, "--listen", "127.0.0.1:0=80", "--docroot", docroot, "--grace", "100ms")
	base := r.find(`listening on (http://\S+);`)
	if status, _ := statusOf(t, base+"/pipe"); status != 404 {
		t.Errorf("a pipe gives %d", status)
	}
	os.Remove(config)
	if err := syscall.Mkfifo(config, 0o600); err != nil {
		t.Fatal(err)
	}
	r.signal(syscall.SIGHUP)
	if status, body := statusOf(t, base+"/page"); status != 200 || string(body) != "page" {
		t.Errorf("while a reload waits: %d %q", status, body)
	}
	r.signal(syscall.SIGTERM)
	if err := r.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

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
	return runLimited(t, "", args...)
}

// runLimited runs the program in a shell that has run limits, such as "ulimit -n 64", before.
func runLimited(t *testing.T, limits string, args ...string) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "wasplug") // see TestMain
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, cmd: exec.Command(program, args...)}
	if limits != "" {
		r.cmd = exec.Command("/bin/sh", append([]string{"-c", limits + `; exec "$@"`, "sh", program}, args...)...)
	}
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.cmd.Process.Kill(); r.cmd.Wait() })
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

// SIGHUP takes a good file and refuses a bad one with its diagnostics, SIGTERM ends the program, and the log of all
// that replays.
func TestProxySignals(t *testing.T) {
	member := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "ok")
	}))
	defer member.Close()
	config, log := filepath.Join(t.TempDir(), "plugin-cfg.xml"), filepath.Join(t.TempDir(), "http_plugin.log")
	write := func(uris string) {
		host, port, _ := strings.Cut(strings.TrimPrefix(member.URL, "http://"), ":")
		xml := fmt.Sprintf(`<Config>
<Log LogLevel="Trace" Name="http_plugin.log"/>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="a"><Transport Hostname="%s" Port="%s" Protocol="http"/></Server>
<Server Name="b"><Transport Hostname="%s" Port="%s" Protocol="http"/></Server></ServerCluster>
<UriGroup Name="u">%s</UriGroup>
<Route VirtualHostGroup="v" UriGroup="u" ServerCluster="C"/>
</Config>`, host, port, host, port, uris)
		if err := os.WriteFile(config, []byte(xml), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`<Uri Name="/one"/>`)
	r := runProgram(t, "proxy", "-c", config, "--listen", "127.0.0.1:0=80", "--admin", "127.0.0.1:0",
		"--plugin-log", log)
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
		if err := json.Unmarshal(body, &s); err != nil || s.Generation != generation || s.Reload.Refused != refused ||
			(s.Reload.Error != "") != (refused > 0) {
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
	r.find(`(the old one stays in use).*plugin-cfg.xml:6:`)
	expect("/two", 200, 2, 1)

	r.signal(syscall.SIGTERM)
	for r.lines.Scan() { // until it has ended
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	write(`<Uri Name="/one"/><Uri Name="/two"/>`)
	if out, errOut, code := program(t, "trace", log, "-c", config); code != exitFine ||
		!strings.Contains(out, "3 decisions") {
		t.Errorf("exit code %d\n%s%s", code, out, errOut)
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

// A file that nobody can read, here a pipe without a writer, holds up neither requests nor the end of the program; nor
// does one below a link.
func TestProxyBlockedFiles(t *testing.T) {
	for _, front := range []string{"http", "https"} {
		t.Run(front, func(t *testing.T) {
			docroot := t.TempDir()
			real := filepath.Join(docroot, "real")
			os.Mkdir(real, 0o700)
			if err := syscall.Mkfifo(filepath.Join(real, "pipe"), 0o600); err != nil {
				t.Skip("no pipes here:", err)
			}
			os.Symlink("real", filepath.Join(docroot, "link"))
			os.Symlink(filepath.Join("real", "pipe"), filepath.Join(docroot, "pipe"))
			put(t, filepath.Join(real, "page"), "page")
			s := startSite(t, front, "http", "", "--docroot", docroot, "--grace", "100ms")
			s.rewrite("<Config/>")
			s.signal(syscall.SIGHUP)
			s.find("(configuration reloaded)")
			c := s.client()
			for _, path := range []string{"/pipe", "/real/pipe", "/link/pipe"} {
				if status, _ := c.ask(path); status != 404 {
					t.Errorf("%s gives %d", path, status)
				}
			}
			os.Remove(s.config)
			if err := syscall.Mkfifo(s.config, 0o600); err != nil {
				t.Fatal(err)
			}
			s.signal(syscall.SIGHUP)
			if status, body := c.ask("/link/page"); status != 200 || body != "page" {
				t.Errorf("while a reload waits: %d %q", status, body)
			}
			s.signal(syscall.SIGTERM)
			if err := s.cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

package proxy

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/replay"
)

// The proxy's Trace log tells a failover in the plug-in's own lines, and its reader reads it back.
func TestPluginLog(t *testing.T) {
	var log syncBuffer
	w := start(t, false, site{members: 2, uri: "/app/*", extra: `<Log LogLevel="Trace" Name="http_plugin.log"/>`},
		Options{PluginLog: &log})
	w.refuse("m1")
	w.once(get("/app/", sticky("m1")))
	w.once(get("/elsewhere"))
	w.stop()
	text := log.String()
	for _, want := range []string{
		"Adding clone id 'c1'", "Match for clone 'm1'", "Checking status of m1, ignoreWeights 1, markedDown 0",
		"Failed to connect to app server on host 'm1'",
		"Marking m1 down", "will try another one", "Checking status of m1, ignoreWeights 1, markedDown 1",
		"Server m2 picked", "Created a new stream", "No route found",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not say %q:\n%s", want, text)
		}
	}
	const form = `(?m)^\[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d\.\d{5}\] [0-9a-f]{8} [0-9a-f]{8} - TRACE: `
	if !regexp.MustCompile(form).MatchString(text) {
		t.Errorf("no line has the plug-in's form:\n%s", text)
	}
	if err := readBack(text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// A line about a failed connect has the error number of the system, and one about a failed handshake the code of the
// plug-in's library.
func TestPluginLogOfFailures(t *testing.T) {
	ca, other := certtest.NewAuthority(t), certtest.NewAuthority(t)
	trust := certtest.WritePEM(t, filepath.Join(t.TempDir(), "trust.pem"), certtest.CertBlock(ca.Cert))
	certificate := func(a *certtest.Authority, name string) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{a.Pair(t, name)}}
	}
	old := certificate(ca, "m1")
	old.MaxVersion = tls.VersionTLS11
	for _, c := range []struct {
		name    string
		refusal syscall.Errno
		member  *tls.Config // of a member that is there
		want    string
	}{
		{"refused", syscall.ECONNREFUSED, nil,
			fmt.Sprintf("Failed to connect to app server on host 'm1', OS err=%d\n", syscall.ECONNREFUSED)},
		{"no way there", syscall.EHOSTUNREACH, nil,
			fmt.Sprintf("Failed to connect to app server on host 'm1', OS err=%d\n", syscall.EHOSTUNREACH)},
		{"unknown authority", 0, certificate(other, "m1"),
			"Failed in r_gsk_secure_soc_init: GSK_ERROR_BAD_CERT(gsk rc = 414)\n"},
		{"another name", 0, certificate(ca, "m9"),
			"Failed in r_gsk_secure_soc_init: GSK_ERROR_CERT_VALIDATION(gsk rc = 8)\n"},
		{"old version", 0, old, "Failed in r_gsk_secure_soc_init: GSK_ERROR_NO_CIPHERS(gsk rc = 402)\n"},
		{"closed at once", 0, new(tls.Config),
			"Failed in r_gsk_secure_soc_init: GSK_ERROR_SOCKET_CLOSED(gsk rc = 420)\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log syncBuffer
			s := site{members: 2, extra: traceLog}
			w := start(t, false, s, Options{PluginLog: &log}, func(w *world) {
				w.secure("m2", certificate(ca, "m2"))
				if c.member == nil {
					w.refuse("m1")
				} else if c.member.Certificates != nil { // else it does not speak TLS
					w.secure("m1", c.member)
				}
				w.mu.Lock()
				w.refusal = c.refusal
				w.mu.Unlock()
				w.adopt(secured(s, keyringProperty(trust)))
			})
			if r := w.once(get("/", sticky("m1"))); r.member != "m2" {
				t.Errorf("%+v", r)
			}
			w.stop()
			text := log.String()
			if !strings.Contains(text, c.want) {
				t.Errorf("the log does not say %q:\n%s", c.want, text)
			}
			replays(t, w.p.gen.Load().Table, &w.p.gen.Load().Sem, text)
		})
	}
}

// The line about an I/O timeout tells how often the request was sent again before (R56).
func TestPluginLogOfTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log syncBuffer
		s := site{members: 4, server: `ServerIOTimeout="-2"`, cluster: `ServerIOTimeoutRetry="2"`, extra: traceLog}
		w := start(t, true, s, Options{PluginLog: &log})
		for _, f := range w.fakes {
			f.act = misbehaviours["hang"]
		}
		if r := w.once(get("/")); r.status != 500 {
			t.Errorf("%+v", r)
		}
		w.stop()
		text := log.String()
		for _, want := range []string{
			"Time out 2. retry count 0. serverIOTimeoutRetry 2, retry YES",
			"retry count 1. serverIOTimeoutRetry 2, retry YES",
			"retry count 2. serverIOTimeoutRetry 2, retry NO",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the log does not say %q:\n%s", want, text)
			}
		}
	})
}

// The log replays whole also where many clients come at once, members are full or fail, bodies grow too large on
// their way, and the file is read again in between.
func TestConcurrentLogReplays(t *testing.T) {
	var log syncBuffer
	s := site{members: 3, server: `MaxConnections="2"`,
		cluster: `RetryInterval="0" PostBufferSize="0" PostSizeLimit="60000"`, extra: traceLog}
	w := start(t, false, s, Options{PluginLog: &log})
	for i, how := range []string{"503", "reset", "truncate"} {
		var n atomic.Uint64
		w.fakes[fmt.Sprint("m", i+1)].act = func(f *fake, c net.Conn, rq *http.Request) bool {
			if n.Add(1)%3 == 0 {
				return misbehaviours[how](f, c, rq)
			}
			return good(f, c, rq)
		}
	}
	ask := func(i, n int) {
		v := w.visit()
		defer v.Close()
		lines := []string{sticky(fmt.Sprint("m", 1+i%4))}[:n%2]
		large := postChunked(strings.Repeat("x", 100000), lines...)
		v.send([]string{get("/", lines...), post("small", lines...), large}[(i+n)%3])
		v.read("GET")
	}
	for range 2 {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for n := range 20 {
					ask(i, n)
				}
			})
		}
		wg.Wait()
		w.settle()
		if err := w.p.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.stop()
	text := log.String()
	for _, want := range []string{"exceeds PostSizeLimit", "retryNow 1", "reachedMaxConnectionsLimit 1",
		"Config was successfully reloaded", "Bld version: wasplug"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log never says %q", want)
		}
	}
	replays(t, w.p.gen.Load().Table, &w.p.gen.Load().Sem, text)
}

const traceLog = `<Log LogLevel="Trace" Name="http_plugin.log"/>`

// replays holds a log of level Trace against the core, from the start of the process on: all of it must agree.
func replays(t *testing.T, table *routecheck.Table, sem *choices.Assumptions, text string) bool {
	t.Helper()
	r := replay.New(table, *sem)
	if _, err := pluginlog.Read(strings.NewReader(text), pluginlog.Options{Want: replay.Kinds()},
		func(e *pluginlog.Event) error { r.Add(e); return nil }); err != nil {
		t.Error(err)
	}
	report := r.Report()
	for _, d := range report.Disagreements[:min(len(report.Disagreements), 3)] {
		t.Errorf("line %d: %s: the log says %s, the core %q", d.Place.Line, d.What, d.Logged, d.Ours)
	}
	if report.Decisions == 0 || report.Agreed != report.Decisions || report.Unchecked > 0 || report.Mismatches > 0 ||
		report.Synchronised > 0 {
		t.Errorf("%d decisions, %d agreed, %d unchecked, %d states set right, %d disagreements", report.Decisions,
			report.Agreed, report.Unchecked, report.Synchronised, report.Mismatches)
		return false
	}
	return true
}

func readBack(text string) error {
	_, err := pluginlog.Read(strings.NewReader(text), pluginlog.Options{}, func(e *pluginlog.Event) error {
		if e.Kind == pluginlog.None {
			return fmt.Errorf("line %d cannot be read back", e.Line)
		}
		return nil
	})
	return err
}

// heldWriter holds the write of lines that say something, until it is let go.
type heldWriter struct {
	what        string
	begun, goOn chan struct{}
}

func (h *heldWriter) Write(p []byte) (int, error) {
	if strings.Contains(string(p), h.what) {
		close(h.begun)
		<-h.goOn
	}
	return len(p), nil
}

// A disk that takes no line holds up the client whose line it is. No lock is held meanwhile: the state of the cluster
// can be seen, and decisions go on.
func TestLogDiskHangs(t *testing.T) {
	disk := &heldWriter{what: "Marking m1 down", begun: make(chan struct{}), goOn: make(chan struct{})}
	w := start(t, false, site{members: 2, extra: traceLog}, Options{PluginLog: disk})
	defer w.stop()
	w.refuse("m1")
	v := w.visit()
	defer v.Close()
	v.send(get("/", sticky("m1")))
	<-disk.begun
	if m := w.p.Snapshot().Clusters[0].Members[0]; !m.Marked {
		t.Errorf("the member that refused is seen as %+v", m)
	}
	w.p.Explain(routecheck.Request{Host: "shop", Port: 80, Target: "/"})
	close(disk.goOn)
	if r, err := v.read("GET"); err != nil || r.member != "m2" {
		t.Errorf("%+v, %v", r, err)
	}
}

package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/replay"
)

// pluginLog writes the lines of one request as the plug-in writes them to http_plugin.log. A nil one writes nothing.
type pluginLog struct {
	w      *pluginlog.Writer // into lines
	lines  *lineQueue
	thread pluginlog.Thread
	epoch  time.Time // when the clock of decisions stood at 0
	rec    failover.Recorder
	cause  error // of the attempt that failed last
	teller *teller

	// at is the time of the decision whose lines are written: a replay must count retry intervals as it did.
	at match.Nanos
}

// newWriter returns the writer for a configuration: its LogLevel says how much is written. nil where no log is wanted.
func (p *Proxy) newWriter(cfg *parser.Config) *pluginlog.Writer {
	if p.lines == nil {
		return nil
	}
	level := pluginlog.LevelError
	if cfg.Log != nil {
		if l, ok := pluginlog.ParseLevel(cfg.Log.Level.V); ok {
			level = l
		}
	}
	return pluginlog.NewWriter(p.lines, level)
}

// pluginLog returns the log for the next request of the client, nil where none is wanted.
func (r *request) pluginLog(gen *generation) *pluginLog {
	if gen.log == nil {
		return nil
	}
	if r.c.thread == 0 {
		r.c.thread = r.c.p.threads.Add(1)
	}
	thread := pluginlog.Thread{PID: uint64(os.Getpid()), TID: r.c.thread}
	return &pluginLog{teller: r.c.p.teller(), w: gen.log, lines: r.c.p.lines, thread: thread,
		epoch: r.c.p.sweeper.Start(), at: r.entry.start}
}

// recorder returns where decisions note their steps.
func (l *pluginLog) recorder() *failover.Recorder {
	if l == nil {
		return nil
	}
	return &l.rec
}

// failed notes why an attempt had no stream: the lines tell more of it than the decision needs to know.
func (l *pluginLog) failed(cause error) {
	if l != nil {
		l.cause = cause
	}
}

func (l *pluginLog) emit(e *pluginlog.Event) {
	if e.Kind == pluginlog.ConnectFailed {
		describeConnect(e, l.cause)
	}
	e.Time, e.Thread = timeOf(l.epoch, l.at), l.thread
	l.w.Write(e)
}

func timeOf(epoch time.Time, at match.Nanos) pluginlog.Time {
	return pluginlog.TimeOf(epoch.Add(time.Duration(at)))
}

// begins tells that the process starts, or that it takes another configuration: from there on whoever reads the log
// knows the state.
func (p *Proxy) begins(g *generation) {
	if g.log == nil {
		return
	}
	e := p.eventNow(pluginlog.ConfigReloaded)
	if g.number == 1 {
		e.Kind, e.Text = pluginlog.BuildVersion, p.opt.Version
	}
	g.log.Write(&e)
	p.lines.flush()
}

// eventNow is a line of no request.
func (p *Proxy) eventNow(kind pluginlog.Kind) pluginlog.Event {
	now := timeOf(p.sweeper.Start(), p.now())
	return pluginlog.Event{Kind: kind, Time: now, Thread: pluginlog.Thread{PID: uint64(os.Getpid())}}
}

// matched tells how the request found its Route, or that it found none.
func (l *pluginLog) matched(g *generation, rq *routecheck.Request, m *match.Match) {
	if l != nil {
		l.teller.matched(g.table, rq, m)
		replay.MatchEvents(g.table, rq, m, &g.sem, l.emit)
		l.flush()
	}
}

// steps tells what was noted since the last call. The lock of the cluster is held, for the order of lines is that of
// decisions.
func (l *pluginLog) steps(t *routecheck.Table, cluster match.ClusterID, at match.Nanos) {
	if l != nil {
		l.at = at
		l.teller.steps(t, l.rec.Steps)
		replay.Events(t, cluster, l.rec.Steps, l.emit)
		l.rec.Steps = l.rec.Steps[:0]
	}
}

// flush writes what steps has told, when no lock is held any more.
func (l *pluginLog) flush() {
	if l != nil {
		l.lines.flush()
	}
}

// noteStream tells that an attempt has a stream.
func (x *exchange) noteStream(act failover.Action, reused bool) {
	if x.log == nil {
		return
	}
	defer x.log.flush()
	x.cluster.mu.Lock()
	defer x.cluster.mu.Unlock()
	failover.NoteStream(x.gen.table, &x.flight, act, reused, x.log.recorder())
	x.log.steps(x.gen.table, x.flight.Cluster, x.now())
}

// describeConnect completes the line of a failed connect by the error number of the system. A failed handshake has a
// line of its own, in the words of the library that the plug-in uses.
func describeConnect(e *pluginlog.Event, cause error) {
	var number syscall.Errno
	if errors.As(cause, &number) {
		e.OSError = int32(number)
	}
	if errors.As(cause, new(wire.HandshakeError)) {
		e.Kind = pluginlog.HandshakeFailed
		e.Text, e.Code = gskError(cause)
	}
}

// gskError names the code by which GSKit would report why a handshake failed.
func gskError(err error) (name string, code int32) {
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "GSK_ERROR_BAD_DATE", 401
	case errors.As(err, new(x509.HostnameError)):
		return "GSK_ERROR_CERT_VALIDATION", 8
	case errors.As(err, new(*tls.CertificateVerificationError)), errors.As(err, new(x509.UnknownAuthorityError)):
		return "GSK_ERROR_BAD_CERT", 414
	case alerted(err, alertHandshake), alerted(err, alertVersion):
		return "GSK_ERROR_NO_CIPHERS", 402
	case errors.Is(err, io.EOF), errors.As(err, new(syscall.Errno)):
		return "GSK_ERROR_SOCKET_CLOSED", 420
	}
	return "GSK_ERROR_BAD_MESSAGE", 410
}

// The alerts by which a member says that it has no version or cipher in common with us (RFC 8446, 6.2).
const (
	alertHandshake tls.AlertError = 40
	alertVersion   tls.AlertError = 70
)

// alerted reports whether the other side sent an alert. crypto/tls tells which in words only.
func alerted(err error, alert tls.AlertError) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && op.Err.Error() == alert.Error()
}

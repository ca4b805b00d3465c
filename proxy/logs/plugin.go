package logs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/replay"
)

// Output is where the lines of the plug-in's own log go. A nil one is for a proxy that writes none.
type Output struct {
	lines   queue
	version string                   // that the log names, as a plug-in does when it starts
	epoch   time.Time                // when the clock of decisions stood at 0
	onSteps func(*match.Table, Told) // nil: nobody
	told    atomic.Uint64
	threads atomic.Uint64 // connections so far that the log names
}

// NewOutput makes an output; onSteps is told what becomes of each request. Without either there is none: then no step
// is recorded at all.
func NewOutput(w io.Writer, version string, epoch time.Time, onSteps func(*match.Table, Told)) *Output {
	if w == nil && onSteps == nil {
		return nil
	}
	if w == nil {
		w = io.Discard // who writes the log knows the steps
	}
	return &Output{lines: queue{out: w}, version: version, epoch: epoch, onSteps: onSteps}
}

// Plugin is the log of one configuration, whose LogLevel says how much is written. A nil one writes nothing.
type Plugin struct {
	out *Output
	w   *pluginlog.Writer // into the lines of the output
}

// For returns the log of a configuration, at the LogLevel of its Log element; Error where it has none or one that
// nobody knows. The name of the file in that element is not used: where the log goes is said to the proxy.
func (o *Output) For(cfg *parser.Config) *Plugin {
	if o == nil {
		return nil
	}
	level := pluginlog.LevelError
	if cfg.Log != nil {
		if l, ok := pluginlog.ParseLevel(cfg.Log.Level.V); ok {
			level = l
		}
	}
	return &Plugin{o, pluginlog.NewWriter(&o.lines, level)}
}

// Begins tells that the process starts, or that it takes another configuration: from there on whoever reads the log
// knows the state.
func (p *Plugin) Begins(first bool, at match.Nanos) {
	switch {
	case p == nil:
	case first:
		p.say(pluginlog.BuildVersion, p.out.version, at)
	default:
		p.say(pluginlog.ConfigReloaded, "", at)
	}
}

// Unusable tells of a Transport that cannot be used.
func (p *Plugin) Unusable(text string, at match.Nanos) {
	if p != nil {
		p.say(pluginlog.ErrorLine, "ws_transport: transportInitializeSecurity: "+text, at)
	}
}

// say writes a line of no request.
func (p *Plugin) say(kind pluginlog.Kind, text string, at match.Nanos) {
	thread := pluginlog.Thread{PID: uint64(os.Getpid())}
	p.w.Write(&pluginlog.Event{Kind: kind, Text: text, Time: timeOf(p.out.epoch, at), Thread: thread})
	p.out.lines.flush()
}

// NewThread numbers a connection. A line of the plug-in has the thread that wrote it, by which lines of one request
// are found; here one connection serves one request at a time, as a thread does there.
func (p *Plugin) NewThread() uint64 { return p.out.threads.Add(1) }

// Request writes the lines of one request as the plug-in writes them to http_plugin.log. A nil one writes nothing.
type Request struct {
	log    *Plugin
	thread pluginlog.Thread
	rec    failover.Recorder // the steps since the last call of Steps
	cause  error             // of the attempt that failed last
	teller *teller

	// at is the time of the decision whose lines are written: a replay must count retry intervals as it did.
	at match.Nanos
}

// Request begins the lines of a request, which a connection of that number has sent.
func (p *Plugin) Request(thread uint64, at match.Nanos) *Request {
	id := pluginlog.Thread{PID: uint64(os.Getpid()), TID: thread}
	return &Request{log: p, thread: id, teller: p.out.teller(), at: at}
}

// Recorder returns where decisions note their steps, nil for a request without a log: then they note none.
func (l *Request) Recorder() *failover.Recorder {
	if l == nil {
		return nil
	}
	return &l.rec
}

// Failed notes why an attempt had no stream: the lines tell more of it than the decision needs to know.
func (l *Request) Failed(cause error) {
	if l != nil {
		l.cause = cause
	}
}

// emit completes an event by what steps do not know, and queues its line.
func (l *Request) emit(e *pluginlog.Event) {
	if e.Kind == pluginlog.ConnectFailed {
		describeConnect(e, l.cause)
	}
	e.Time, e.Thread = timeOf(l.log.out.epoch, l.at), l.thread
	l.log.w.Write(e)
}

// timeOf is a time of decisions as time of day. It does not show when the system's clock is set: a replay needs the
// differences between times.
func timeOf(epoch time.Time, at match.Nanos) pluginlog.Time {
	return pluginlog.TimeOf(epoch.Add(time.Duration(at)))
}

// Matched tells how the request found its Route, or that it found none.
func (l *Request) Matched(t *match.Table, rq *match.Request, m *match.Match, sem *choices.Assumptions) {
	if l != nil {
		l.teller.matched(t, rq, m)
		replay.MatchEvents(t, rq, m, sem, l.emit)
		l.Flush()
	}
}

// Steps tells what was noted since the last call. The lock of the cluster is held, for the order of lines is that of
// decisions.
func (l *Request) Steps(t *match.Table, cluster match.ClusterID, at match.Nanos) {
	if l != nil {
		l.at = at
		l.teller.steps(t, l.rec.Steps)
		replay.Events(t, cluster, l.rec.Steps, l.emit)
		l.rec.Steps = l.rec.Steps[:0]
	}
}

// Flush writes what Steps has told, when no lock is held any more.
func (l *Request) Flush() {
	if l != nil {
		l.log.out.lines.flush()
	}
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

// gskError names the code by which GSKit would report why a handshake failed. The order holds: an expired certificate,
// or one of another name, is a CertificateVerificationError as well, and only the rest of those is a bad one.
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

package logs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// pair is a configuration with two members, whose Log element is given.
func pair(log string) *parser.Config {
	xml := strings.Replace(sharedtest.ClusterXML("", "", sharedtest.Server("a", `CloneID="a1"`)+
		sharedtest.Server("b", `CloneID="b1"`)), "<VirtualHostGroup", log+"<VirtualHostGroup", 1)
	cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte(xml))
	return cfg
}

// serve plays a request of a session of a, which refuses, as an exchange does; b answers. Where nobody wants steps it
// asks for none.
func serve(table *match.Table, p *Plugin, host string) {
	sem := choices.Latest()
	var l *Request
	if p != nil {
		l = p.Request(p.NewThread(), 0)
	}
	rq := routecheck.Request{Host: host, Port: 80, Target: "/x", Cookies: []string{"JSESSIONID=0000id:a1"}}
	m, ok := table.Match(&rq, &sem)
	if !ok {
		l.Matched(table, &rq, nil, &sem)
		return
	}
	l.Matched(table, &rq, &m, &sem)
	cs := failover.NewState(&table.Clusters[m.Cluster], &sem, 1)
	f := failover.Begin(table, &rq, &m, 0, &sem, l.Recorder())
	step := func(ev failover.Event, at match.Nanos) {
		failover.Observe(table, &cs, &f, at, ev, &sem, l.Recorder())
		l.Steps(table, m.Cluster, at)
	}
	next := func(at match.Nanos) {
		failover.Next(table, &cs, &f, at, &sem, l.Recorder())
		l.Steps(table, m.Cluster, at)
	}
	next(match.Second)
	l.Failed(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	step(failover.Event{Kind: failover.ConnectFailed}, match.Second)
	next(2 * match.Second)
	step(failover.Event{Kind: failover.Head, Status: 200}, 3*match.Second)
	step(failover.Event{Kind: failover.Done}, 3*match.Second)
	l.Flush()
}

// The LogLevel of the configuration says how much is written, Error where it says nothing that makes sense; lines
// carry the times of the decisions that they tell of.
func TestPluginLevels(t *testing.T) {
	epoch := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	const (
		started = "9.9-test"
		refused = "12:00:01.00000] "
		marked  = "Marking a down"
		check   = "Checking status of a"
		answer  = "12:00:03.00000] "
		clone   = "Adding clone id 'a1'"
		broken  = "ws_transport: transportInitializeSecurity: no keyring"
	)
	for _, tt := range []struct {
		log        string
		has, lacks []string
	}{
		{"", []string{refused, marked, broken}, []string{check, answer}},
		{`<Log LogLevel="Error"/>`, []string{refused, marked, broken}, []string{check, answer}},
		{`<Log LogLevel="Whatever"/>`, []string{marked, broken}, []string{check}},
		{`<Log LogLevel="Stats"/>`, []string{marked, broken, check, answer}, []string{clone}},
		{`<Log LogLevel="Trace"/>`, []string{refused, marked, broken, check, answer, clone, started}, nil},
	} {
		cfg := pair(tt.log)
		table, _ := match.New(cfg)
		var text bytes.Buffer
		p := NewOutput(&text, started, epoch, nil).For(cfg)
		p.Begins(true, 0)
		p.Unusable("no keyring", 0)
		serve(table, p, "h")
		for _, want := range tt.has {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: no %q in\n%s", tt.log, want, &text)
			}
		}
		for _, not := range tt.lacks {
			if strings.Contains(text.String(), not) {
				t.Errorf("%s: %q in\n%s", tt.log, not, &text)
			}
		}
		if !strings.HasSuffix(text.String(), "\n") {
			t.Errorf("%s: the last line is cut", tt.log)
		}
	}
}

// Where nobody wants a log there is none, and nothing breaks.
func TestNoLog(t *testing.T) {
	cfg := pair("")
	table, _ := match.New(cfg)
	p := NewOutput(nil, "", time.Time{}, nil).For(cfg)
	if p != nil {
		t.Fatal("a log that nobody wants")
	}
	p.Begins(true, 0)
	p.Begins(false, 0)
	p.Unusable("x", 0)
	serve(table, p, "h")
	var l *Request
	if l.Recorder() != nil {
		t.Error("steps are recorded for nobody")
	}
}

// Who wants the steps is told of each request by its number: where it goes, then what becomes of it, in order. A
// declined one is told of once.
func TestToldSteps(t *testing.T) {
	cfg := pair("")
	table, _ := match.New(cfg)
	var told []string
	out := NewOutput(nil, "", time.Time{}, func(_ *match.Table, got Told) {
		if got.Request.Target != "/x" {
			t.Errorf("told of %s", got.Request.Target)
		}
		var kinds []string
		for _, s := range got.Steps {
			if s.Member != match.NoMember {
				kinds = append(kinds, table.MemberName(got.Cluster, s.Member))
			}
		}
		told = append(told, fmt.Sprintf("%d %v %v", got.Number, got.Declined, slices.Compact(kinds)))
	})
	p := out.For(cfg)
	serve(table, p, "h")
	p.Request(p.NewThread(), 0).Matched(table, &routecheck.Request{Target: "/x"}, nil, new(choices.Assumptions))
	want := []string{"1 false []", "1 false [a]", "1 false [a]", "1 false [a b]", "1 false [b]", "1 false [b]",
		"2 true []"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// Why a handshake failed is told by the code that GSKit has for it; a failed connect by the error of the system.
func TestDescribeConnect(t *testing.T) {
	remote := func(alert tls.AlertError) error { return &net.OpError{Op: "remote error", Err: alert} }
	verified := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	for _, tt := range []struct {
		err  error
		text string
		code int32
	}{
		{verified(x509.CertificateInvalidError{Reason: x509.Expired}), "GSK_ERROR_BAD_DATE", 401},
		{verified(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}), "GSK_ERROR_BAD_CERT", 414},
		{verified(x509.HostnameError{Certificate: new(x509.Certificate), Host: "h"}), "GSK_ERROR_CERT_VALIDATION", 8},
		{verified(x509.UnknownAuthorityError{}), "GSK_ERROR_BAD_CERT", 414},
		{remote(40), "GSK_ERROR_NO_CIPHERS", 402},
		{remote(70), "GSK_ERROR_NO_CIPHERS", 402},
		{remote(80), "GSK_ERROR_BAD_MESSAGE", 410},
		{fmt.Errorf("tls: %w", io.EOF), "GSK_ERROR_SOCKET_CLOSED", 420},
		{syscall.ECONNRESET, "GSK_ERROR_SOCKET_CLOSED", 420},
		{errors.New("tls: first record does not look like one"), "GSK_ERROR_BAD_MESSAGE", 410},
	} {
		if text, code := gskError(tt.err); text != tt.text || code != tt.code {
			t.Errorf("%v: %s %d, want %s %d", tt.err, text, code, tt.text, tt.code)
		}
	}
	for cause, want := range map[error]pluginlog.Event{
		nil: {Kind: pluginlog.ConnectFailed},
		&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}: {Kind: pluginlog.ConnectFailed,
			OSError: int32(syscall.EHOSTUNREACH)},
		wire.HandshakeError{}: {Kind: pluginlog.HandshakeFailed, Text: "GSK_ERROR_BAD_MESSAGE", Code: 410},
	} {
		e := pluginlog.Event{Kind: pluginlog.ConnectFailed}
		if describeConnect(&e, cause); e != want {
			t.Errorf("%T: %+v, want %+v", cause, e, want)
		}
	}
}

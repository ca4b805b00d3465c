package live

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Target is where requests are sent.
type Target struct {
	Plain string         // HOST:PORT, "" for none
	TLS   string         // the same, over TLS
	Ports map[int]string // HOST:PORT where a request must go to arrive on a port
	Real  bool           // it may be another machine than this one: the user has said so
}

// answerTimeout is how long an answer may take. Members hang for as long as ServerIOTimeout lets them, and several may
// do so in turn; without an end a plug-in that waits for ever would hold the run.
const answerTimeout = 2 * time.Minute

// address is where a request goes.
func (t *Target) address(rq *match.Request) string {
	if at := t.Ports[rq.Port]; at != "" {
		return at
	}
	if rq.TLS {
		return t.TLS
	}
	return t.Plain
}

// All are the addresses that may get requests.
func (t *Target) All() (all []string) {
	for _, at := range []string{t.Plain, t.TLS} {
		if at != "" {
			all = append(all, at)
		}
	}
	for _, at := range t.Ports {
		all = append(all, at)
	}
	return all
}

// IsLoopback reports whether an address leads nowhere but to this machine.
func IsLoopback(ctx context.Context, address string) (bool, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false, err
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback(), nil
	}
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return false, err
	}
	for _, ip := range all {
		if !ip.Unmap().IsLoopback() {
			return false, nil
		}
	}
	return len(all) > 0, nil
}

// guard refuses to connect to another machine where the target may be none: a name can lead elsewhere than it did when
// it was looked at.
func (t *Target) guard(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if t.Real || err == nil && to.Addr().Unmap().IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s is not on this machine", address)
}

// idHeader tells our requests from those of others.
const idHeader = "X-Wasplug-Verify"

// written is a request as it is sent: byte for byte what the question says. A library would clean up its path, and
// that is what some questions are about.
func written(rq *match.Request, id string) []byte {
	var b bytes.Buffer
	method := http.MethodGet
	if rq.Body != 0 {
		method = http.MethodPost
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n%s: %s\r\nUser-Agent: wasplug-verify\r\n", method, rq.Target,
		rq.Host, idHeader, id)
	for _, c := range rq.Cookies {
		fmt.Fprintf(&b, "Cookie: %s\r\n", c)
	}
	if rq.Body > 0 {
		fmt.Fprintf(&b, "Content-Type: text/plain\r\nContent-Length: %d\r\n", rq.Body)
	}
	b.WriteString("Connection: close\r\n\r\n")
	b.WriteString(strings.Repeat("x", int(max(rq.Body, 0))))
	return b.Bytes()
}

// reply is what a client got.
type reply struct {
	status int // 0: no answer that can be read
	header http.Header
	err    error // the target could not be reached
}

// send sends a request on a connection of its own. A connection that is cut is an answer, too: none.
func (t *Target) send(ctx context.Context, rq *match.Request, id string) reply {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	dialer := net.Dialer{Control: t.guard}
	conn, err := dialer.DialContext(ctx, "tcp", t.address(rq))
	if err != nil { // of all that may go wrong, this alone says nothing of the plug-in
		return reply{err: err}
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if rq.TLS {
		host, _ := match.SplitHost(rq.Host)
		// What a plug-in does is asked, not who the web server is: its certificate is for another name.
		conn = tls.Client(conn, &tls.Config{ServerName: host, InsecureSkipVerify: true})
	}
	// a body may be refused before it is read to its end, and the answer stands there all the same
	if _, err := conn.Write(written(rq, id)); err != nil && rq.Body == 0 {
		return reply{}
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodGet})
	if err != nil {
		return reply{}
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	return reply{status: answer.StatusCode, header: answer.Header}
}

// HostPort reads http://HOST[:PORT] or https://HOST[:PORT].
func HostPort(url string) (address string, secure bool, err error) {
	scheme, rest, ok := strings.Cut(url, "://")
	rest = strings.TrimSuffix(rest, "/")
	secure = scheme == "https"
	if !ok || scheme != "http" && !secure || rest == "" || strings.ContainsAny(rest, "/?#@ ") {
		return "", false, diag.Errorf("%q: want http://HOST[:PORT], without a path", url)
	}
	host, port := match.SplitHost(rest)
	if port == "" {
		port = "80"
		if secure {
			port = "443"
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" {
		return "", false, diag.Errorf("%q: want http://HOST[:PORT] with a port from 1 to 65535", url)
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port), secure, nil
}

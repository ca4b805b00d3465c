package listener

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
)

// Answer collects what is answered to a request. It is an http.ResponseWriter whose last byte goes out when the
// servlet says so: nothing goes out before, so whatever the answer tells of the session was true when it was sent.
type Answer struct {
	Head string // of the request, as it came

	conn   *conn
	rq     *http.Request
	header http.Header
	status int
	body   bytes.Buffer
	sent   bool  // or is never to be (Hang): what comes later is lost
	err    error // of the one attempt to send
}

// Header is that of the answer.
func (a *Answer) Header() http.Header { return a.header }

// WriteHeader sets the status; the first one counts.
func (a *Answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write adds to the body; what comes after it was sent is lost.
func (a *Answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// Sent reports whether the answer has gone out.
func (a *Answer) Sent() bool { return a.sent }

// send sends the whole answer, to the last byte, once.
func (a *Answer) send() error { return a.SendWith(nil) }

// SendWith sends the whole answer, once, with a call when one half of the body is out. Two writes, and no buffer in
// between: the first half is the kernel's when the call comes, so a process that dies in it leaves its client half an
// answer.
func (a *Answer) SendWith(halfway func()) error {
	if a.sent {
		return a.err
	}
	a.sent = true
	message := a.message()
	half := len(message) - a.body.Len()/2
	if _, a.err = a.conn.Write(message[:half]); a.err != nil {
		return a.err
	}
	if halfway != nil {
		halfway()
	}
	_, a.err = a.conn.Write(message[half:])
	return a.err
}

// Hang says nothing until the client leaves or a fault is set. The connection ends with it.
func (a *Answer) Hang() {
	a.sent = true
	a.rq.Close = true
	a.conn.hang(a.conn.listener.faults.change())
}

// message is the answer's head and body. Connections are kept as HTTP/1.1 and 1.0 have it, since a plug-in uses its
// streams again.
func (a *Answer) message() []byte {
	a.WriteHeader(http.StatusOK)
	a.rq.Close = a.rq.Close || unasked(a.rq)
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	switch {
	case a.rq.Close:
		a.header.Set("Connection", "close")
	case !a.rq.ProtoAtLeast(1, 1):
		a.header.Set("Connection", "keep-alive")
	}
	hasBody := a.status >= 200 && a.status != http.StatusNoContent && a.status != http.StatusNotModified
	if hasBody {
		a.header.Set("Content-Length", strconv.Itoa(a.body.Len()))
	}
	a.header.Write(&b)
	b.WriteString("\r\n")
	if !hasBody || a.rq.Method == http.MethodHead {
		a.body.Reset()
	}
	b.Write(a.body.Bytes())
	return b.Bytes()
}

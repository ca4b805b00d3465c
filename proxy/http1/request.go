package http1

import "bytes"

// Request is the head of a request.
type Request struct {
	Head
	methodEnd              uint32
	targetStart, targetEnd uint32
	host                   int  // index of the Host field, -1 when there is none
	Continue               bool // Expect: 100-continue
}

// Reset makes a Request ready for another head.
func (r *Request) Reset() {
	r.Head.reset()
	r.methodEnd, r.targetStart, r.targetEnd, r.host, r.Continue = 0, 0, 0, -1, false
}

// Method returns the method.
func (r *Request) Method(buf []byte) []byte { return buf[:r.methodEnd] }

// Target returns the request target: a path with an optional query, or "*".
func (r *Request) Target(buf []byte) []byte { return buf[r.targetStart:r.targetEnd] }

// Host returns the value of the Host field, nil when there is none.
func (r *Request) Host(buf []byte) []byte {
	if r.host < 0 {
		return nil
	}
	return r.Fields[r.host].Text(buf)
}

var (
	errRequestLine = bad("the request line is not METHOD TARGET HTTP/1.1")
	errTarget      = bad("the request target does not begin with a slash, or has a character that no target has")
	errVersion     = &Error{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"}
	errNoHost      = bad("the request has no Host")
	errTwoHosts    = bad("the request has two Hosts")
	errHost        = bad("Host is not a host with an optional port")
	errOldChunked  = bad("an HTTP/1.0 request has a Transfer-Encoding")
	errExpect      = &Error{417, "only 100-continue can be expected"}
	errConnect     = &Error{405, "CONNECT is not served here"}
)

// Parse parses the head at the beginning of buf. done is false without an error when more bytes are needed: call again with the same
// bytes and more. Reset must have been called before the first call.
func (r *Request) Parse(buf []byte, lim Limits) (done bool, err error) {
	if r.line == 0 {
		start, end, ok, err := r.nextLine(buf, lim)
		if !ok {
			return false, err
		}
		if err := r.requestLine(buf[start:end]); err != nil {
			return false, err
		}
	}
	if done, err = r.fields(buf, lim); !done {
		return false, err
	}
	err = r.check(buf)
	return err == nil, err
}

func (r *Request) requestLine(line []byte) error {
	i := 0
	for i < len(line) && class[line[i]]&tokenChar != 0 {
		i++
	}
	if i == 0 || i == len(line) || line[i] != ' ' {
		return errRequestLine
	}
	r.methodEnd = uint32(i)
	i++
	start := i
	for i < len(line) && class[line[i]]&targetChar != 0 {
		i++
	}
	if i == len(line) || line[i] != ' ' {
		return errRequestLine
	}
	r.targetStart, r.targetEnd = uint32(start), uint32(i)
	if err := r.version(line[i+1:]); err != nil {
		return err
	}
	return r.form(line[:r.methodEnd], line[start:i])
}

// version lets 1.0 and 1.1 pass. The preface of HTTP/2 ends here as well.
func (r *Request) version(v []byte) error {
	if len(v) != 8 || View(v[:5]) != "HTTP/" || v[6] != '.' || v[5] < '0' || v[5] > '9' || v[7] < '0' || v[7] > '9' {
		return errRequestLine
	}
	if v[5] != '1' || v[7] > '1' {
		return errVersion
	}
	r.Minor = int(v[7] - '0')
	return nil
}

// form allows the origin form, and * for OPTIONS (RFC 9112, 3.2). The absolute form would bring a second host into the message.
func (r *Request) form(method, target []byte) error {
	switch {
	case len(target) > 0 && target[0] == '/':
		return nil
	case View(target) == "*" && View(method) == "OPTIONS":
		return nil
	case View(method) == "CONNECT":
		return errConnect
	}
	return errTarget
}

// check looks at what only the whole head can tell: one Host (RFC 9112, 3.2), no chunks from a version that has none (6.1), and nothing but
// 100-continue expected (RFC 9110, 10.1.1).
func (r *Request) check(buf []byte) error {
	for i := range r.Fields {
		switch f := &r.Fields[i]; f.Kind {
		case Host:
			if r.host >= 0 {
				return errTwoHosts
			}
			r.host = i
			if !validHost(f.Text(buf)) {
				return errHost
			}
		case Expect:
			if !EqualFold(f.Text(buf), "100-continue") {
				return errExpect
			}
			r.Continue = true
		}
	}
	switch {
	case r.host < 0 && r.Minor == 1:
		return errNoHost
	case r.Chunked && r.Minor == 0:
		return errOldChunked
	}
	return nil
}

// validHost checks host[:port]. An empty host is what a client sends that has no name for it; it matches no named alias.
func validHost(h []byte) bool {
	for _, c := range h {
		if class[c]&hostChar == 0 {
			return false
		}
	}
	colon := bytes.LastIndexByte(h, ':')
	if bracket := bytes.IndexByte(h, ']'); bracket > colon {
		colon = -1
	}
	if colon < 0 {
		return true
	}
	port := h[colon+1:]
	for _, c := range port {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(port) <= 5 && (len(h) > 0 && h[0] == '[' || bytes.IndexByte(h[:colon], ':') < 0)
}

// Persists reports whether the client lets the connection live on.
func (r *Request) Persists() bool { return !r.Close && (r.Minor == 1 || r.KeepAlive) }

// HasBody reports whether a body follows the head.
func (r *Request) HasBody() bool { return r.Chunked || r.Length > 0 }

package http1

import (
	"bytes"
	"net/netip"
)

// Request is the head of a request. It may have empty lines before it (RFC 9112, 2.2). Offsets are into the buffer
// that was parsed, as those of fields.
type Request struct {
	Head
	start, methodEnd, lineEnd uint32
	targetStart, targetEnd    uint32
	hostStart, hostEnd        uint32 // of the host in a target of absolute form, 0 in another one
	secure                    bool   // the scheme of that target is https
	rootless                  bool   // that target has no path
	host                      int    // index of the Host field in Fields, -1 when there is none
	empty                     int    // empty lines before the request line
	Continue                  bool   // Expect: 100-continue

	// Forwards is how many more may pass the request on: Max-Forwards of OPTIONS and TRACE, which other methods do not
	// heed (RFC 9110, 7.6.2); -1 any number.
	Forwards int64
}

// Reset makes a Request ready for another head.
func (r *Request) Reset() {
	*r = Request{Head: r.Head, host: -1, Forwards: -1}
	r.Head.reset()
}

// Began reports whether more than empty lines have been parsed: who has sent less than that and stops gets no 408.
func (r *Request) Began() bool { return r.pos != r.scan || r.line > 0 }

// Line returns the request line as it came, without its line end.
func (r *Request) Line(buf []byte) []byte { return buf[r.start:r.lineEnd] }

// Method returns the method.
func (r *Request) Method(buf []byte) []byte { return buf[r.start:r.methodEnd] }

// Target returns what is asked for: a path with an optional query, or "*". In that form a member gets it, too.
func (r *Request) Target(buf []byte) []byte {
	target := buf[r.targetStart:r.targetEnd]
	switch {
	case !r.rootless:
		return target
	case len(target) == 0 && View(r.Method(buf)) == "OPTIONS": // RFC 9112, 3.2.4
		return []byte{'*'}
	}
	return append([]byte{'/'}, target...)
}

// Host returns the host that the request is for: that of the target, else that of the Host field; nil when there is
// none.
func (r *Request) Host(buf []byte) []byte {
	if r.hostEnd > 0 {
		return buf[r.hostStart:r.hostEnd]
	}
	if r.host < 0 || r.Fields[r.host].Value == r.Fields[r.host].ValueEnd {
		return nil
	}
	return r.Fields[r.host].Text(buf)
}

// HostInField reports whether Host comes from the Host field. Where it does not, that field must not go on (RFC
// 9112, 3.2.2).
func (r *Request) HostInField(buf []byte) bool { return r.hostEnd == 0 && r.Host(buf) != nil }

// What is wrong with a request alone. A second Host, or one that is not that of the target, would let two programs
// take it for requests to two hosts; chunks of HTTP/1.0 are content to a reader that knows none (RFC 9112, 6.1).
var (
	errRequestLine = bad("the request line is not METHOD TARGET HTTP/1.1")
	errEmptyLines  = bad("more than 10 empty lines stand before the request")
	errTarget      = bad("the request target is neither a path nor an http or https URL, or has a bad character")
	errTargetHost  = bad("the URL in the request line does not have a host with an optional port")
	errVersion     = &Error{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"}
	errNoHost      = bad("the request has no Host")
	errTwoHosts    = bad("the request has two Hosts")
	errHost        = bad("Host is not a host with an optional port")
	errOtherHost   = bad("Host is another one than in the URL of the request line")
	errOldChunked  = bad("an HTTP/1.0 request has a Transfer-Encoding")
	errExpect      = &Error{417, "only 100-continue can be expected"}
	errConnect     = &Error{405, "CONNECT is not served here"}
	errForwards    = bad("Max-Forwards is not one decimal number")
)

// maxEmptyLines before a request line are what httpd takes.
const maxEmptyLines = 10

// Parse parses the head at the beginning of buf. done is false without an error when more bytes are needed: call
// again with the same bytes and more. Reset must have been called before the first call.
func (r *Request) Parse(buf []byte, lim Limits) (done bool, err error) {
	for r.line == 0 {
		start, end, ok, err := r.nextLine(buf, lim)
		if !ok {
			return false, err
		}
		if start == end {
			err = r.emptyLine()
		} else {
			err = r.requestLine(buf, start, end)
		}
		if err != nil {
			return false, err
		}
	}
	if done, err = r.fields(buf, lim); !done {
		return false, err
	}
	err = r.check(buf)
	return err == nil, err
}

// emptyLine passes over one before the request: old clients send it behind a body (RFC 9112, 2.2).
func (r *Request) emptyLine() error {
	if r.empty++; r.empty > maxEmptyLines {
		return errEmptyLines
	}
	r.line = 0
	return nil
}

// requestLine divides METHOD TARGET VERSION at single blanks. RFC 9112, 3 allows dividing at any white space, by
// which readers come to different targets.
func (r *Request) requestLine(buf []byte, start, end int) error {
	line := buf[:end]
	i := start
	for i < end && class[line[i]]&tokenChar != 0 {
		i++
	}
	if i == start || i == end || line[i] != ' ' {
		return errRequestLine
	}
	r.start, r.methodEnd, r.lineEnd = uint32(start), uint32(i), uint32(end)
	i++
	target := i
	for i < end && class[line[i]]&targetChar != 0 {
		i++
	}
	if i == end || line[i] != ' ' {
		return errRequestLine
	}
	r.targetStart, r.targetEnd = uint32(target), uint32(i)
	if err := r.version(line[i+1:]); err != nil {
		return err
	}
	return r.form(line[start:r.methodEnd], line[target:i])
}

// version lets 1.0 and 1.1 pass; a later 1.x counts as 1.1 (RFC 9110, 2.5). The preface of HTTP/2 ends here as well.
func (r *Request) version(v []byte) error {
	if len(v) != 8 || View(v[:5]) != "HTTP/" || v[6] != '.' || !isDigit(v[5]) || !isDigit(v[7]) {
		return errRequestLine
	}
	if v[5] != '1' {
		return errVersion
	}
	r.Minor = min(int(v[7]-'0'), 1)
	return nil
}

// form allows the origin form, the absolute form, and * for OPTIONS (RFC 9112, 3.2).
func (r *Request) form(method, target []byte) error {
	switch {
	case View(method) == "CONNECT":
		return errConnect
	case len(target) > 0 && target[0] == '/':
		return nil
	case View(target) == "*" && View(method) == "OPTIONS":
		return nil
	}
	return r.absolute(target)
}

// absolute divides a URL in the request line into host and path (RFC 9112, 3.2.2). One with a user is refused: it
// serves to hide the host (RFC 9110, 4.2.4).
func (r *Request) absolute(target []byte) error {
	const plain, secure = "http://", "https://"
	n := len(plain)
	if r.secure = hasPrefixFold(target, secure); r.secure {
		n = len(secure)
	} else if !hasPrefixFold(target, plain) {
		return errTarget
	}
	end := n
	for end < len(target) && target[end] != '/' && target[end] != '?' {
		end++
	}
	if !validHost(target[n:end]) {
		return errTargetHost
	}
	r.hostStart, r.hostEnd = r.targetStart+uint32(n), r.targetStart+uint32(end)
	r.targetStart = r.hostEnd
	r.rootless = end == len(target) || target[end] != '/'
	return nil
}

// hasPrefixFold compares a scheme without letter case (RFC 3986, 3.1).
func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && EqualFold(b[:len(prefix)], prefix)
}

// check looks at what only the whole head can tell: one Host (RFC 9112, 3.2), no chunks from a version that has none
// (6.1), nothing but 100-continue expected (RFC 9110, 10.1.1), and how far it may go.
func (r *Request) check(buf []byte) error {
	for i := range r.Fields {
		switch f := &r.Fields[i]; f.Kind {
		case Host:
			if r.host >= 0 {
				return errTwoHosts
			}
			r.host = i
		case Expect:
			text := f.Text(buf)
			if len(text) == 0 {
				continue // an empty list
			}
			if !EqualFold(text, "100-continue") {
				return errExpect
			}
			r.Continue = r.Minor == 1 // HTTP/1.0 knows no interim answers
		case MaxForwards:
			if err := r.limit(buf, f.Text(buf)); err != nil {
				return err
			}
		}
	}
	if r.Chunked && r.Minor == 0 {
		return errOldChunked
	}
	return r.checkHost(buf)
}

// limit reads Max-Forwards, which may stand once where it counts at all: of two, members might take the other one.
func (r *Request) limit(buf, value []byte) error {
	if method := View(r.Method(buf)); method != "OPTIONS" && method != "TRACE" {
		return nil
	}
	n, ok := decimal(value)
	if !ok || r.Forwards >= 0 {
		return errForwards
	}
	r.Forwards = n
	return nil
}

// checkHost holds the Host field against the version, which may not do without it from 1.1 on, and against the host
// of the target, which wins: two that differ are refused, for who else reads the request may take the other one.
func (r *Request) checkHost(buf []byte) error {
	var host []byte
	if r.host >= 0 {
		host = r.Fields[r.host].Text(buf)
	}
	switch {
	case len(host) == 0 && r.Minor == 0:
		return nil
	case len(host) == 0:
		return errNoHost
	case !validHost(host):
		return errHost
	case r.hostEnd > 0 && !r.sameHost(r.Host(buf), host):
		return errOtherHost
	}
	return nil
}

// sameHost compares two hosts without letter case; the port of the scheme need not be written.
func (r *Request) sameHost(a, b []byte) bool {
	port := ":80"
	if r.secure {
		port = ":443"
	}
	a, b = bytes.TrimSuffix(a, []byte(port)), bytes.TrimSuffix(b, []byte(port))
	return EqualFold(a, View(b))
}

// validHost checks host[:port] (RFC 9110, 4.2.1): a name, or an IPv6 address in brackets.
func validHost(h []byte) bool {
	name, port := h, []byte(nil)
	colon := bytes.LastIndexByte(h, ':')
	if colon >= 0 && bytes.IndexByte(h[colon:], ']') < 0 {
		name, port = h[:colon], h[colon+1:]
	}
	return validPort(port) && (validName(name) || validAddress(name))
}

// validPort takes up to 65535, and nothing, as RFC 3986, 3.2.3 does.
func validPort(port []byte) bool {
	n, ok := decimal(port)
	return len(port) == 0 || ok && len(port) <= 5 && n <= 65535
}

// validName takes what a URL may have, without an empty label within, which nginx and httpd refuse. A dot alone is no
// name for any of them: without its trailing dot nothing is left.
func validName(name []byte) bool {
	for i, c := range name {
		if class[c]&hostChar == 0 || c == '.' && i > 0 && name[i-1] == '.' {
			return false
		}
	}
	return len(name) > 0 && View(name) != "."
}

// validAddress takes an IPv6 address in brackets. A zone names an interface of the client's machine, which says
// nothing here.
func validAddress(name []byte) bool {
	end := len(name) - 1
	if end < 1 || name[0] != '[' || name[end] != ']' {
		return false
	}
	addr, err := netip.ParseAddr(View(name[1:end]))
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// Persists reports whether the client lets the connection live on.
func (r *Request) Persists() bool { return !r.Close && (r.Minor == 1 || r.KeepAlive) }

// HasBody reports whether a body follows the head.
func (r *Request) HasBody() bool { return r.Chunked || r.Length > 0 }

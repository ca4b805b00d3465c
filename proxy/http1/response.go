package http1

import "bytes"

// Response is the head of a response.
type Response struct {
	Head
	Status int
	// Odd: the head is not well formed, though there is no doubt what it says. It must be sent on by AppendHead, and
	// its connection closed.
	Odd bool

	reason, reasonEnd int  // with Odd: where the reason of the status line stands
	dropped           bool // the line before was left out
}

// Reset makes a Response ready for another head. Fields keep their room.
func (r *Response) Reset() {
	*r = Response{Head: r.Head}
	r.Head.reset()
}

var errStatusLine = malformed("the status line is not HTTP/1.1 NNN reason")

// Parse parses the head at the beginning of buf, as Request.Parse does, but lets what is not well formed and still
// clear pass as Odd. Why here and not of requests: an application may have answered so for years, behind a plug-in
// that does not mind, while such a request is most likely meant to be read in two ways. The strict parser comes first,
// since what it takes can go on where it stands; where it fails, and where a line will never end, the lenient one
// begins anew.
func (r *Response) Parse(buf []byte, lim Limits) (done bool, err error) {
	if r.line == 0 {
		if err := r.early(buf); err != nil {
			return false, err
		}
	}
	if from := r.scan; !r.Odd {
		done, err = r.strict(buf, lim)
		if err == nil && (done || !bareCR(buf[max(r.pos, from-1):])) {
			return done, nil
		}
	}
	return r.lenient(buf, lim)
}

// bareCR reports whether a line that has no end yet never gets one: whoever ends lines by carriage returns is done.
func bareCR(part []byte) bool {
	i := bytes.IndexByte(part, '\r')
	return i >= 0 && i < len(part)-1
}

// strict parses an answer that is well formed. Its errors lead to the lenient parser, whose words the log gets.
func (r *Response) strict(buf []byte, lim Limits) (done bool, err error) {
	if r.line == 0 {
		start, end, ok, err := r.nextLine(buf, lim)
		if !ok {
			return false, err
		}
		if err := r.statusLine(buf[start:end]); err != nil {
			return false, err
		}
	}
	return r.fields(buf, lim)
}

// early refuses what is no HTTP before a line end has come: garbage may never send one.
func (r *Response) early(buf []byte) error {
	const want = "HTTP/"
	n := min(len(buf), len(want))
	if View(buf[:n]) != want[:n] {
		return errStatusLine
	}
	return nil
}

// statusLine allows a missing reason with or without its blank, as many servers send it.
func (r *Response) statusLine(line []byte) error {
	if len(line) < 12 || View(line[:7]) != "HTTP/1." || line[7] != '0' && line[7] != '1' || line[8] != ' ' {
		return errStatusLine
	}
	r.Minor = int(line[7] - '0')
	n, ok := decimal(line[9:12])
	if !ok || n < 100 || len(line) > 12 && line[12] != ' ' {
		return errStatusLine
	}
	if !validValue(line[12:]) {
		return errStatusLine
	}
	r.Status = int(n)
	return nil
}

// StatusLineEnd returns where the status line ends, its line end included: where the first field begins, or the empty
// line.
func (r *Response) StatusLineEnd() int {
	if len(r.Fields) > 0 {
		return int(r.Fields[0].Start)
	}
	return r.Size - 2
}

// Framing says where a body ends.
type Framing uint8

const (
	NoBody   Framing = iota
	ByLength         // after Length bytes
	ByChunks
	ByClose // with the connection
)

// Body says where the body of the answer to a request ends (RFC 9112, 6.3). head: that was a HEAD, whose answer has no
// body whatever its fields say. An answer that says nothing of its length ends with the connection.
func (r *Response) Body(head bool) Framing {
	switch {
	case head || r.Status < 200 || r.Status == 204 || r.Status == 304:
		return NoBody
	case r.Chunked:
		return ByChunks
	case r.Length > 0:
		return ByLength
	case r.Length == 0:
		return NoBody
	}
	return ByClose
}

// Persists reports whether the connection can be used again: the server lets it live on, and has sent nothing odd.
// HTTP/1.0 knows no chunks (RFC 9112, 6.1).
func (r *Response) Persists() bool {
	return !r.Close && !r.Odd && (r.Minor == 1 || r.KeepAlive && !r.Chunked)
}

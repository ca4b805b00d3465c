package http1

import (
	"bytes"
	"strconv"
)

// This file reads answers that are not well formed, as applications produce them, where it is still certain what they
// are: nginx, HAProxy and browsers accept them. Whoever sends them on must write the head anew (AppendHead), so that
// nobody behind has to guess.

var (
	errHead       = malformed("the head has a NUL or a carriage return in a line")
	errFirstFold  = malformed("the first header line is folded")
	errFieldName  = malformed("a field name has a character that no name has")
	errLengths    = malformed("Content-Length is not one decimal number")
	errCodings    = malformed("Transfer-Encoding is not chunked")
	errFoldedSize = malformed("a field that frames the answer is folded")
	errFraming    = malformed("Content-Length and Transfer-Encoding exclude each other")
)

// malformed is an error of an answer: the client gets 502 in its place.
func malformed(msg string) *Error { return &Error{502, msg} }

// lenient parses the head at the beginning of buf once more, from its start. Like Parse it can be called again with
// more bytes. What is wrong with a line is said when the line is there: an answer that is none does not count as one
// that ended too early.
func (r *Response) lenient(buf []byte, lim Limits) (done bool, err error) {
	if !r.Odd {
		r.Reset()
		r.Odd = true
	}
	for {
		i := bytes.IndexByte(buf[r.scan:], '\n')
		if i < 0 {
			return false, r.noLine(buf, lim)
		}
		at, end := r.pos, r.scan+i
		if end >= lim.bytes() {
			return false, errTooLarge
		}
		r.pos, r.scan = end+1, end+1
		if at > 0 && (end == at || end == at+1 && buf[at] == '\r') {
			if err := r.framing(buf); err != nil {
				return false, err
			}
			r.Size = r.pos
			return true, nil
		}
		if err := r.oddLine(buf, at, end, lim); err != nil {
			return false, err
		}
	}
}

// noLine says why no line end can come any more, nil where one can. A carriage return may be the last byte that was
// looked at before, so the look begins one byte earlier.
func (r *Response) noLine(buf []byte, lim Limits) error {
	fresh := buf[max(r.pos, r.scan-1):]
	r.scan = len(buf)
	switch {
	case bareCR(fresh):
		return errHead
	case len(buf) >= lim.bytes():
		return errTooLarge
	}
	return nil
}

// oddLine takes the line that ends before the line feed at end.
func (r *Response) oddLine(buf []byte, at, end int, lim Limits) error {
	stop := end
	if stop > at && buf[stop-1] == '\r' {
		stop--
	}
	line := buf[at:stop]
	switch {
	case bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, 0) >= 0:
		return errHead
	case at == 0:
		return r.oddStatusLine(line)
	case line[0] == ' ' || line[0] == '\t':
		return r.fold(line, stop, end)
	case bytes.IndexByte(line, ':') < 0:
		r.dropped = true // and so is a fold of it
		return nil       // it says nothing
	case len(r.Fields) >= lim.fields():
		return errTooMany
	}
	r.dropped = false
	f, ok := oddField(buf, at, stop, end+1)
	if !ok {
		return errFieldName
	}
	r.Fields = append(r.Fields, f)
	return nil
}

// oddStatusLine allows any version from 1 on, with or without a minor one: which one decides nothing, since the
// connection ends with an odd answer in any case (Persists). A reason may be missing.
func (r *Response) oddStatusLine(line []byte) error {
	version, rest, _ := bytes.Cut(line, []byte{' '})
	number, ok := bytes.CutPrefix(version, []byte("HTTP/"))
	if !ok || len(number) != 1 && (len(number) != 3 || number[1] != '.' || !isDigit(number[2])) ||
		!isDigit(number[0]) || number[0] == '0' {
		return errStatusLine
	}
	n, ok := decimal(rest[:min(len(rest), 3)])
	if !ok || n < 100 || len(rest) > 3 && rest[3] != ' ' {
		return errStatusLine
	}
	r.Minor, r.Status = 1, int(n)
	r.reasonEnd = len(line)
	r.reason = min(len(version)+len(" NNN "), r.reasonEnd)
	if View(number) == "1.0" {
		r.Minor = 0
	}
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// fold joins a line that a blank begins to the one before (RFC 9112, 5.2). Fields that have a kind, the private ones
// aside, may not be folded: who reads their first line alone would see another message.
func (r *Response) fold(line []byte, stop, end int) error {
	if r.dropped {
		return nil
	}
	if len(r.Fields) == 0 {
		return errFirstFold
	}
	f := &r.Fields[len(r.Fields)-1]
	if f.Kind != Other && f.Kind != Private {
		return errFoldedSize
	}
	if len(bytes.Trim(line, " \t")) > 0 {
		f.ValueEnd = uint32(stop)
	}
	f.End = uint32(end + 1)
	return nil
}

// oddField divides a line; blanks before the colon do not belong to the name (RFC 9112, 5.1).
func oddField(buf []byte, at, stop, end int) (f Field, ok bool) {
	colon := at + bytes.IndexByte(buf[at:stop], ':')
	name := bytes.TrimRight(buf[at:colon], " \t")
	if len(name) == 0 {
		return f, false
	}
	for _, c := range name {
		if class[c]&tokenChar == 0 {
			return f, false
		}
	}
	value := colon + 1
	for value < stop && (buf[value] == ' ' || buf[value] == '\t') {
		value++
	}
	for stop > value && (buf[stop-1] == ' ' || buf[stop-1] == '\t') {
		stop--
	}
	return Field{Start: uint32(at), NameEnd: uint32(at + len(name)), Value: uint32(value), ValueEnd: uint32(stop),
		End: uint32(end), Kind: kindOf(name)}, true
}

// framing reads the fields that say where the answer ends. They may say one thing twice, and nothing else.
func (r *Response) framing(buf []byte) error {
	for i := range r.Fields {
		f := &r.Fields[i]
		var err error
		switch f.Kind {
		case ContentLength:
			err = r.length(f.Text(buf))
		case TransferEncoding:
			err = r.codings(f.Text(buf))
		case Connection:
			r.connection(f.Text(buf))
		}
		if err != nil {
			return err
		}
	}
	if r.Chunked && r.Length >= 0 {
		return errFraming
	}
	return nil
}

// length reads a length, or a list of equal ones (RFC 9110, 8.6).
func (r *Response) length(value []byte) error {
	for token := range bytes.SplitSeq(value, []byte{','}) {
		n, ok := decimal(bytes.Trim(token, " \t"))
		if !ok || r.Length >= 0 && r.Length != n {
			return errLengths
		}
		r.Length = n
	}
	return nil
}

// codings allows chunked, said more than once, and identity, which is none.
func (r *Response) codings(value []byte) error {
	for token := range bytes.SplitSeq(value, []byte{','}) {
		token = bytes.Trim(token, " \t")
		switch {
		case EqualFold(token, "chunked"):
			r.Chunked = true
		case !EqualFold(token, "identity"):
			return errCodings
		}
	}
	return nil
}

// AppendHead appends the head as it should have been, without its empty line: no fold, no blank before a colon, and
// what frames the answer once. The fields for which drop holds are left out; extra are further lines.
func (r *Response) AppendHead(dst, buf []byte, extra string, drop func(*Field) bool) []byte {
	dst = strconv.AppendInt(append(dst, "HTTP/1.1 "...), int64(r.Status), 10)
	dst = append(append(append(dst, ' '), buf[r.reason:r.reasonEnd]...), "\r\n"...)
	dst = append(dst, extra...)
	framed := false
	for i := range r.Fields {
		f := &r.Fields[i]
		frames := f.Kind == ContentLength || f.Kind == TransferEncoding && r.Chunked
		if drop(f) || frames && framed || f.Kind == TransferEncoding && !r.Chunked {
			continue
		}
		framed = framed || frames
		dst = append(append(dst, f.Name(buf)...), ": "...)
		switch f.Kind {
		case ContentLength:
			dst = strconv.AppendInt(dst, r.Length, 10)
		case TransferEncoding:
			dst = append(dst, "chunked"...)
		default:
			dst = appendUnfolded(dst, f.Text(buf))
		}
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// appendUnfolded appends a value with a blank for each fold.
func appendUnfolded(dst, value []byte) []byte {
	start := len(dst)
	for line := range bytes.SplitSeq(value, []byte{'\n'}) {
		line = bytes.Trim(line, " \t\r")
		if len(line) > 0 && len(dst) > start {
			dst = append(dst, ' ')
		}
		dst = append(dst, line...)
	}
	return dst
}

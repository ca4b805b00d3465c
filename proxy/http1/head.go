package http1

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unsafe"
)

// Kind tells fields apart that a proxy treats in its own way.
type Kind uint8

const (
	Other Kind = iota
	Host
	Connection
	ContentLength
	TransferEncoding
	Cookie
	Expect
	Upgrade
	MaxForwards
	HopByHop // Keep-Alive, Proxy-Connection, TE, Proxy-Authenticate and Proxy-Authorization excepted
	Private  // $WS... and _WS_...: between the plug-in and its servers
	Date
)

// Field is one header line: offsets into the buffer that was parsed. The line, its line end included, is [Start:End].
type Field struct {
	Start, NameEnd, Value, ValueEnd, End uint32
	Kind                                 Kind
}

// Head is what requests and responses share.
type Head struct {
	Fields []Field
	Size   int // bytes of the head, its empty line included; 0 until it is whole

	Minor     int   // HTTP/1.Minor
	Length    int64 // Content-Length, -1 when there is none
	Chunked   bool  // Transfer-Encoding: chunked
	Close     bool  // Connection: close
	KeepAlive bool  // Connection: keep-alive
	Upgrades  bool  // Connection: upgrade
	Nominates bool  // Connection names further fields, which end here (see Nominated)
	Loose     bool  // what frames the message is written with blanks or zeros that not everybody takes off

	pos  int // where the first line that is not yet parsed begins
	scan int // up to where no line end has been found
	line int // lines parsed
}

func (h *Head) reset() {
	*h = Head{Fields: h.Fields[:0], Length: -1}
}

// Name returns the name of a field as written.
func (f *Field) Name(buf []byte) []byte { return buf[f.Start:f.NameEnd] }

// Text returns the value of a field.
func (f *Field) Text(buf []byte) []byte { return buf[f.Value:f.ValueEnd] }

// View returns bytes as a string that shares them: valid as long as they do not change.
func View(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

var (
	errTooLarge   = &Error{431, "the head is too large"}
	errTooMany    = &Error{431, "the head has too many fields"}
	errBareLF     = bad("a line ends without carriage return")
	errFold       = bad("a header line is folded")
	errName       = bad("a field name is empty or has a character that no name has")
	errColon      = bad("a header line has no colon")
	errValue      = bad("a field value has a control character")
	errLength     = bad("Content-Length is not one decimal number")
	errTwoLengths = bad("Content-Length stands twice")
	errCoding     = &Error{501, "Transfer-Encoding is not chunked alone"}
	errTwoCodings = bad("Transfer-Encoding stands twice")
	errBoth       = bad("Content-Length and Transfer-Encoding exclude each other")
)

// nextLine finds the next whole line; it must end with CR LF, for readers differ about anything else (RFC 9112, 2.2).
// ok is false when more bytes are needed.
func (h *Head) nextLine(buf []byte, lim Limits) (start, end int, ok bool, err error) {
	i := bytes.IndexByte(buf[h.scan:], '\n')
	if i < 0 {
		h.scan = len(buf)
		if len(buf) >= lim.bytes() {
			return 0, 0, false, errTooLarge
		}
		return 0, 0, false, nil
	}
	start, end = h.pos, h.scan+i
	if end+1 > lim.bytes() {
		return 0, 0, false, errTooLarge
	}
	if end == start || buf[end-1] != '\r' {
		return 0, 0, false, errBareLF
	}
	h.pos, h.scan = end+1, end+1
	h.line++
	return start, end - 1, true, nil
}

// fields parses header lines up to the empty one. done is false when more bytes are needed.
func (h *Head) fields(buf []byte, lim Limits) (done bool, err error) {
	for {
		start, end, ok, err := h.nextLine(buf, lim)
		if !ok {
			return false, err
		}
		if start == end {
			h.Size = h.pos
			if h.Chunked && h.Length >= 0 { // RFC 9112, 6.1: the usual way to smuggle a request
				return false, errBoth
			}
			return true, nil
		}
		if len(h.Fields) >= lim.fields() {
			return false, errTooMany
		}
		f := Field{Start: uint32(start), End: uint32(end + 2)}
		if err := f.parse(buf[:end]); err != nil {
			return false, err
		}
		h.Fields = append(h.Fields, f)
		if f.Kind != Other {
			if err := h.take(&h.Fields[len(h.Fields)-1], buf); err != nil {
				return false, err
			}
		}
	}
}

// parse divides a line (without its end) into name and value. A folded line (RFC 9112, 5.2) and a blank before the
// colon (5.1) are refused: both hide fields from one reader and not from another.
func (f *Field) parse(line []byte) error {
	i := int(f.Start)
	if line[i] == ' ' || line[i] == '\t' {
		return errFold
	}
	for i < len(line) && class[line[i]]&tokenChar != 0 {
		i++
	}
	if i == len(line) {
		return errColon
	}
	if line[i] != ':' || i == int(f.Start) {
		return errName
	}
	f.NameEnd = uint32(i)
	f.Kind = kindOf(line[f.Start:i])
	i++
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	end := len(line)
	for end > i && (line[end-1] == ' ' || line[end-1] == '\t') {
		end--
	}
	f.Value, f.ValueEnd = uint32(i), uint32(end)
	if !validValue(line[i:end]) {
		return errValue
	}
	return nil
}

// validValue reports whether a value has no control character but tabs. It looks at eight bytes at once, for values
// are most of a head: is one below the blank, or DEL?
func validValue(v []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(v) >= 8; v = v[8:] {
		eight := binary.LittleEndian.Uint64(v)
		del := eight ^ 0x7f*ones // 0 where there is one
		if ((eight-' '*ones)&^eight|(del-ones)&^del)&tops != 0 && !validBytes(v[:8]) {
			return false
		}
	}
	return validBytes(v)
}

func validBytes(v []byte) bool {
	for _, c := range v {
		if class[c]&valueChar == 0 {
			return false
		}
	}
	return true
}

// take notes what framing and connection fields say. Equal lengths that stand twice are refused, too: RFC 9112, 6.3
// allows either.
func (h *Head) take(f *Field, buf []byte) error {
	value := f.Text(buf)
	switch f.Kind {
	case ContentLength:
		n, ok := decimal(value)
		if !ok {
			return errLength
		}
		if h.Length >= 0 {
			return errTwoLengths
		}
		h.Length = n
		h.Loose = h.Loose || !f.plain(buf) || len(value) > 1 && value[0] == '0'
	case TransferEncoding:
		if h.Chunked {
			return errTwoCodings
		}
		if !EqualFold(value, "chunked") {
			return errCoding
		}
		h.Chunked = true
		h.Loose = h.Loose || !f.plain(buf)
	case Connection:
		h.connection(value)
	}
	return nil
}

// plain reports whether one blank stands before the value and nothing behind it.
func (f *Field) plain(buf []byte) bool {
	return f.Value == f.NameEnd+2 && buf[f.NameEnd+1] == ' ' && f.ValueEnd+2 == f.End
}

// AppendFraming appends the field that frames the message, written as everybody reads it.
func (h *Head) AppendFraming(dst []byte) []byte {
	switch {
	case h.Chunked:
		dst = append(dst, "Transfer-Encoding: chunked\r\n"...)
	case h.Length >= 0:
		dst = append(strconv.AppendInt(append(dst, "Content-Length: "...), h.Length, 10), "\r\n"...)
	}
	return dst
}

// connection reads a Connection field (RFC 9110, 7.6.1).
func (h *Head) connection(value []byte) {
	for len(value) > 0 {
		var token []byte
		token, value = nextToken(value)
		switch {
		case len(token) == 0:
		case EqualFold(token, "close"):
			h.Close = true
		case EqualFold(token, "keep-alive"):
			h.KeepAlive = true
		case EqualFold(token, "upgrade"):
			h.Upgrades = true
		default:
			h.Nominates = true
		}
	}
}

// Nominated reports whether a Connection field names this field: then it ends here.
func (h *Head) Nominated(f *Field, buf []byte) bool { return h.nominates(View(f.Name(buf)), buf) }

// Nominations is for Chunks.Ends; buf has to stay as it is until the body is over.
func (h *Head) Nominations(buf []byte) func(name []byte) bool {
	if !h.Nominates {
		return nil
	}
	return func(name []byte) bool { return h.nominates(View(name), buf) }
}

func (h *Head) nominates(name string, buf []byte) bool {
	for i := range h.Fields {
		if h.Fields[i].Kind != Connection {
			continue
		}
		for value := h.Fields[i].Text(buf); len(value) > 0; {
			var token []byte
			if token, value = nextToken(value); EqualFold(token, name) {
				return true
			}
		}
	}
	return false
}

// nextToken cuts the first member of a comma-separated list.
func nextToken(list []byte) (token, rest []byte) {
	token, rest, _ = bytes.Cut(list, []byte{','})
	return bytes.Trim(token, " \t"), rest
}

// decimal reads 1 to 18 digits, behind at most maxZeros where there are more, and nothing else: no sign, no list,
// nothing that overflows.
func decimal(b []byte) (n int64, ok bool) {
	for len(b) > 18 && len(b) <= 18+maxZeros && b[0] == '0' {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// EqualFold compares ASCII text without letter case.
func EqualFold(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if c != b[i] && lower(c) != lower(b[i]) { // most letters are small ones
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// kindOf classifies a name. The lengths are checked first: most fields are none of these.
func kindOf(name []byte) Kind {
	switch name[0] | 0x20 {
	case 'c':
		switch {
		case len(name) == 6 && EqualFold(name, "cookie"):
			return Cookie
		case len(name) == 10 && EqualFold(name, "connection"):
			return Connection
		case len(name) == 14 && EqualFold(name, "content-length"):
			return ContentLength
		}
	case 'd':
		if len(name) == 4 && EqualFold(name, "date") {
			return Date
		}
	case 'h':
		if len(name) == 4 && EqualFold(name, "host") {
			return Host
		}
	case 't':
		switch {
		case len(name) == 17 && EqualFold(name, "transfer-encoding"):
			return TransferEncoding
		case len(name) == 2 && EqualFold(name, "te"):
			return HopByHop
		}
	case 'e':
		if len(name) == 6 && EqualFold(name, "expect") {
			return Expect
		}
	case 'u':
		if len(name) == 7 && EqualFold(name, "upgrade") {
			return Upgrade
		}
	case 'k':
		if EqualFold(name, "keep-alive") {
			return HopByHop
		}
	case 'm':
		if len(name) == 12 && EqualFold(name, "max-forwards") {
			return MaxForwards
		}
	case 'p':
		if EqualFold(name, "proxy-connection") {
			return HopByHop
		}
	case '$', '_', 0x7f:
		return private(name)
	}
	return Other
}

// private recognises the private headers, in any letter case: a server compares with case, but what stands behind it
// may not. An application that maps "-" and "_" to one another must not be reached that way either.
func private(name []byte) Kind {
	if len(name) >= 3 && EqualFold(name[:3], "$WS") ||
		len(name) >= 4 && (EqualFold(name[:4], "_WS_") || EqualFold(name[:4], "_WS-")) {
		return Private
	}
	return Other
}

const (
	tokenChar = 1 << iota // may stand in a name
	valueChar             // may stand in a value
	targetChar
	hostChar
	hexDigit
)

// class holds the properties of every byte.
var class = makeClass()

func makeClass() (t [256]byte) {
	for i := range t {
		c := byte(i)
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if letter || digit || bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) >= 0 {
			t[i] |= tokenChar
		}
		if c == '\t' || c >= ' ' && c != 0x7f {
			t[i] |= valueChar
		}
		if c > ' ' && c != 0x7f && c != '#' {
			t[i] |= targetChar
		}
		if letter || digit || bytes.IndexByte([]byte("-._~%!$&'()*+,;="), c) >= 0 {
			t[i] |= hostChar
		}
		if digit || c|0x20 >= 'a' && c|0x20 <= 'f' {
			t[i] |= hexDigit
		}
	}
	return t
}

package http1

import (
	"bytes"
	"unsafe"
)

// Field is one header line: offsets into the buffer that was parsed. The line, its line end included, is [Start:End],
// its name [Start:NameEnd], its value [Value:ValueEnd], with no blank around it. 32 bits keep it small: a head may
// have hundreds of them, which are walked several times.
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

// What is wrong with a head. But for the limits, programs differ about what to make of these, so a member might see
// another message, or a second one, in the same bytes: that is how requests are smuggled.
var (
	errTooLarge   = &Error{431, "the head is too large"}
	errTooMany    = &Error{431, "the head has too many fields"}
	errBareLF     = bad("a line ends without carriage return") // RFC 9112, 2.2: an end for some
	errFold       = bad("a header line is folded")             // RFC 9112, 5.2: one line or two
	errName       = bad("a field name is empty or has a character that no name has")
	errColon      = bad("a header line has no colon")
	errValue      = bad("a field value has a control character") // NUL and CR end a value for some (RFC 9110, 5.5)
	errLength     = bad("Content-Length is not one decimal number")
	errTwoLengths = bad("Content-Length stands twice")
	errCoding     = &Error{501, "Transfer-Encoding is not chunked alone"} // the status that RFC 9112, 6.1 asks for
	errTwoCodings = bad("Transfer-Encoding stands twice")
	errBoth       = bad("Content-Length and Transfer-Encoding exclude each other") // which one counts? (RFC 9112, 6.1)
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
	if end == start || buf[end-1] != '\r' { // with end == start, buf[end-1] would be of the line before
		return 0, 0, false, errBareLF
	}
	h.pos, h.scan = end+1, end+1
	h.line++
	return start, end - 1, true, nil
}

// fields parses header lines up to the empty one. done is false when more bytes are needed. Whether a length and
// chunks meet is judged when all lines are there, whatever their order.
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

package http1

// Chunks follows a chunked body through any division into pieces and makes its framing plain: what it lets through
// holds no padding, no extension and no trailer that has no place there, so that whoever gets it next has nothing
// to guess (RFC 9112, 7.1).
type Chunks struct {
	Answer  bool  // of an answer: private trailers and cookies are dropped; those of a request are refused
	Bare    bool  // lets the content alone through, for a client of HTTP/1.0
	Content int64 // bytes of content so far
	// Ends says which trailers end here beside those that always do: those that Connection names; nil for none.
	Ends func(name []byte) bool

	left  int64 // bytes of the chunk at hand that are still to come; while its size is read, the size so far
	state chunkState
	count int    // bytes so far of the size line, or of the trailer section
	waste int64  // bytes of padding and extensions so far
	held  []byte // the trailer lines that go on, and behind them the line at hand
	line  int    // where in held the line at hand begins
}

// chunkState is what the next byte belongs to: a size line (5 ;x CR LF), content, the CR LF behind it, or the trailer
// section, which an empty line ends.
type chunkState uint8

const (
	inSize      chunkState = iota
	inPadding              // blanks behind a size (RFC 9112, 7.1.1)
	inExtension            // from a semicolon on; a quoted string may hold anything but a control character
	sizeLF
	inData
	dataCR
	dataLF
	lineStart // of a trailer, or the last empty line
	inLine
	endLF // of the empty line
	over
)

var (
	errChunkSize = bad("a chunk's size is not a hexadecimal number of at most 15 digits behind at most 30 zeros")
	errWaste     = bad("a chunked body has more padding and extensions than content")
	errChunkEnd  = bad("a chunk does not end where its size says")
	errTrailer   = bad("a trailer line is malformed, or the trailers are too large")
)

const (
	maxZeros    = 30      // before a size or a length; nginx, HAProxy and httpd take as many
	maxSizeLine = 8 << 10 // bytes of a size with its padding and extensions
	maxTrailer  = 8 << 10 // bytes of the trailer section
	// maxWaste is how many bytes of padding and extensions a body may have beyond its content: they are read
	// without being kept, for ever if nobody counted.
	maxWaste = 8 << 10
)

// Done reports whether the body is over.
func (c *Chunks) Done() bool { return c.state == over }

// Pass takes bytes from the front of p: used of them, all unless the body ends before or there is an error. out is
// what goes on in place of them: it stands at the beginning of p, which is overwritten, unless held trailers make
// it longer than what was used.
func (c *Chunks) Pass(p []byte) (out []byte, used int, err error) {
	n := 0
	for used < len(p) && c.state != over {
		if c.state == inData {
			k := c.content(len(p) - used)
			if n != used {
				copy(p[n:], p[used:used+k])
			}
			n, used = n+k, used+k
			continue
		}
		b := p[used]
		goes, err := c.step(b)
		if err != nil {
			return p[:n], used, err
		}
		if used++; goes && !c.Bare {
			p[n] = b
			n++
		}
	}
	out = p[:n]
	if c.state == over && len(c.held) > 0 && !c.Bare { // they fit into p[n:used] or make a copy: the rest is not ours
		out = append(append(p[:n:used], c.held...), "\r\n"...)
		c.held = nil
	}
	return out, used, nil
}

// Check follows the body through p and leaves p as it is. The error says what is wrong with it so far.
func (c *Chunks) Check(p []byte) error {
	for used := 0; used < len(p) && c.state != over; {
		if c.state == inData {
			used += c.content(len(p) - used)
			continue
		}
		if _, err := c.step(p[used]); err != nil {
			return err
		}
		used++
	}
	return nil
}

// content takes content of the chunk at hand, at most the given number of bytes.
func (c *Chunks) content(most int) int {
	n := min(c.left, int64(most))
	c.Content += n
	if c.left -= n; c.left == 0 {
		c.state = dataCR
	}
	return int(n)
}

// step takes one byte of framing; goes says that it goes on. Going byte by byte makes the division into pieces
// irrelevant; content does not pass here.
func (c *Chunks) step(b byte) (goes bool, err error) {
	switch c.state {
	case inSize, inPadding, inExtension:
		return c.sizeLine(b)
	case sizeLF:
		return true, c.sizeEnd(b)
	case dataCR:
		return true, c.expect(b, '\r', dataLF)
	case dataLF:
		return true, c.expect(b, '\n', inSize)
	}
	if c.count++; c.count > maxTrailer {
		return false, errTrailer
	}
	return c.trailer(b)
}

// sizeLine takes a byte of a size, or of what may stand behind it and has no meaning for a proxy: blanks, and
// extensions behind a semicolon.
func (c *Chunks) sizeLine(b byte) (goes bool, err error) {
	switch {
	case c.state == inSize && class[b]&hexDigit != 0:
		return c.digit(b)
	case c.count == 0:
		return false, errChunkSize
	case b == '\r':
		c.state = sizeLF
		return true, nil
	case c.state == inExtension && class[b]&valueChar != 0:
	case b == ';':
		c.state = inExtension
	case b == ' ' || b == '\t':
		c.state = inPadding
	default:
		return false, errChunkSize
	}
	return false, c.wasted()
}

// digit lets the first digit go on, which may be a zero, and those from the first other one on. 15 digits stay
// below 2^60, so no size overflows.
func (c *Chunks) digit(b byte) (goes bool, err error) {
	zeros := c.left == 0 && c.count > 0
	if c.left >= 1<<56 || zeros && c.count > maxZeros {
		return false, errChunkSize
	}
	c.left = c.left<<4 | int64(hexValue(b))
	c.count++
	return !zeros || b != '0', nil
}

// wasted counts a byte that does not go on.
func (c *Chunks) wasted() error {
	c.count++
	if c.waste++; c.count > maxSizeLine || c.waste > maxWaste+c.Content {
		return errWaste
	}
	return nil
}

// sizeEnd ends a size line. A chunk of size 0 is the last one, behind which trailers may come.
func (c *Chunks) sizeEnd(b byte) error {
	c.count = 0
	switch {
	case b != '\n':
		return errChunkSize
	case c.left == 0:
		c.state = lineStart
	default:
		c.state = inData
	}
	return nil
}

// expect allows no bare line feed: two readers that differ about it see two messages.
func (c *Chunks) expect(b, want byte, next chunkState) error {
	if b != want {
		return errChunkEnd
	}
	c.state = next
	return nil
}

// trailer takes a byte of the trailer section, which is held back until all of it is known. Without trailers there
// is nothing to hold.
func (c *Chunks) trailer(b byte) (goes bool, err error) {
	switch {
	case c.state == endLF && b == '\n':
		c.state = over
		return len(c.held) == 0, nil
	case c.state == endLF:
		return false, errTrailer
	case c.state == lineStart && b == '\r':
		c.state = endLF
		return len(c.held) == 0, nil
	}
	c.state = inLine
	if c.held = append(c.held, b); b == '\n' {
		return false, c.trailerLine()
	}
	return false, nil
}

// trailerLine keeps or drops the line at hand, which is whole. One that is dropped makes room: between lines held has
// what goes on and nothing else. maxTrailer bounds what is read, dropped lines included.
func (c *Chunks) trailerLine() error {
	line := c.held[c.line:]
	end := len(line) - len("\r\n")
	var f Field
	if end < 0 || line[end] != '\r' || f.parse(line[:end]) != nil {
		return errTrailer
	}
	goes, err := f.goesAsTrailer(line, c.Answer)
	if !goes || c.Ends != nil && c.Ends(f.Name(line)) {
		c.held = c.held[:c.line]
	}
	c.state, c.line = lineStart, len(c.held)
	return err
}

// hexValue is the value of a byte of class hexDigit. Letters differ from their small form by one bit.
func hexValue(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

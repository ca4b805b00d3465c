package http1

// Chunks follows a chunked body through any division into pieces.
type Chunks struct {
	// Lenient lets blanks and extensions stand behind a chunk's size: servers pad it, clients have no reason to.
	Lenient bool

	left  int64 // bytes of the chunk at hand that are still to come
	state chunkState
	count int // digits of the size, or bytes of the trailer section
	name  [24]byte
	named int // bytes of the trailer's name
}

type chunkState uint8

const (
	inSize chunkState = iota
	inExtension
	sizeLF
	inData
	dataCR
	dataLF
	lineStart // of a trailer, or the last empty line
	inName
	inValue
	trailerLF
	endLF
	over
)

var (
	// 15 digits stay below 2^60, so no size overflows (RFC 9112, 7.1.1 leaves that to the reader).
	errChunkSize = bad("a chunk's size is not 1 to 15 hexadecimal digits alone")
	errChunkEnd  = bad("a chunk does not end where its size says")
	errTrailer   = bad("a trailer line is malformed or names a field that may not be a trailer")
)

// maxTrailer bounds the trailer section, and each extension: both are read without being kept, for ever if nobody counted.
const maxTrailer = 8 << 10

// Done reports whether the body is over.
func (c *Chunks) Done() bool { return c.state == over }

// Next consumes bytes from the front of p: n of them, which are content when data holds and framing otherwise.
// It consumes nothing once the body is over.
func (c *Chunks) Next(p []byte) (n int, data bool, err error) {
	if c.state == inData && len(p) > 0 {
		n = int(min(c.left, int64(len(p))))
		if c.left -= int64(n); c.left == 0 {
			c.state = dataCR
		}
		return n, true, nil
	}
	for n < len(p) && c.state != inData && c.state != over {
		if err := c.step(p[n]); err != nil {
			return n, false, err
		}
		n++
	}
	return n, false, nil
}

// Span consumes as much of p as belongs to the body, framing included.
func (c *Chunks) Span(p []byte) (n int, err error) {
	for n < len(p) && c.state != over {
		k, _, err := c.Next(p[n:])
		if n += k; err != nil {
			return n, err
		}
	}
	return n, nil
}

// step takes one byte of framing. Going byte by byte makes the division into pieces irrelevant; content does not pass here.
func (c *Chunks) step(b byte) error {
	switch c.state {
	case inSize:
		return c.size(b)
	case inExtension:
		return c.extension(b)
	case sizeLF:
		return c.sizeEnd(b)
	case dataCR:
		return c.expect(b, '\r', dataLF)
	case dataLF:
		return c.expect(b, '\n', inSize)
	}
	if c.count++; c.count > maxTrailer {
		return errTrailer
	}
	return c.trailer(b)
}

func (c *Chunks) size(b byte) error {
	switch {
	case class[b]&hexDigit != 0 && c.count < 15:
		c.left = c.left<<4 | int64(hexValue(b))
		c.count++
		return nil
	case c.count == 0:
		return errChunkSize
	case b == '\r':
		c.state, c.count = sizeLF, 0
		return nil
	case c.Lenient && (b == ' ' || b == '\t' || b == ';'):
		c.state, c.count = inExtension, 0
		return nil
	}
	return errChunkSize
}

// extension skips what a server may put behind a size (RFC 9112, 7.1.1); it has no meaning for a proxy.
func (c *Chunks) extension(b byte) error {
	if b == '\r' {
		c.state, c.count = sizeLF, 0
		return nil
	}
	if c.count++; class[b]&valueChar == 0 || c.count > maxTrailer {
		return errChunkSize
	}
	return nil
}

func (c *Chunks) sizeEnd(b byte) error {
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
	c.state, c.count = next, 0
	return nil
}

func (c *Chunks) trailer(b byte) error {
	switch c.state {
	case lineStart:
		if b == '\r' {
			c.state = endLF
			return nil
		}
		c.state, c.named = inName, 0
		return c.trailerName(b)
	case inName:
		return c.trailerName(b)
	case inValue:
		if b == '\r' {
			c.state = trailerLF
		} else if class[b]&valueChar == 0 {
			return errTrailer
		}
		return nil
	case trailerLF:
		if b != '\n' {
			return errTrailer
		}
		c.state = lineStart
		return nil
	}
	if b != '\n' { // endLF
		return errTrailer
	}
	c.state = over
	return nil
}

// trailerName refuses names that a proxy treats in its own way: framing, Host, cookies and private headers must not come behind the body,
// where nobody looks for them any more (RFC 9110, 6.5.1). The beginning of a name is enough to know them.
func (c *Chunks) trailerName(b byte) error {
	if b == ':' && c.named > 0 {
		c.state = inValue
		if kindOf(c.name[:min(c.named, len(c.name))]) != Other {
			return errTrailer
		}
		return nil
	}
	if class[b]&tokenChar == 0 {
		return errTrailer
	}
	if c.named < len(c.name) {
		c.name[c.named] = b
	}
	c.named++
	return nil
}

func hexValue(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

package proxy

import "sync"

// headroom stands before the bytes of every buffer, so that a head can grow where it stands: by a Date of 37 bytes and a Connection line of
// at most 24.
const headroom = 64

const (
	smallBuffer = 16 << 10 // holds a head, and most answers whole
	largeBuffer = 64 << 10 // for bodies that go through
)

// buffer is a piece of memory that is read into. Nobody holds one while waiting for a head.
type buffer struct {
	all []byte // headroom included
	b   []byte
}

func newBuffer(size int) *buffer {
	all := make([]byte, headroom+size)
	return &buffer{all: all, b: all[headroom:]}
}

// grown returns a buffer of the given size with the first n bytes of b.
func (b *buffer) grown(size, n int) *buffer {
	g := newBuffer(size)
	copy(g.b, b.b[:n])
	return g
}

// buffers is a pool of buffers of one size.
type buffers struct {
	size int
	pool sync.Pool
}

func newBuffers(size int) *buffers {
	return &buffers{size: size, pool: sync.Pool{New: func() any { return newBuffer(size) }}}
}

func (p *buffers) get() *buffer { return p.pool.Get().(*buffer) }

// put takes a buffer back; one that has grown is left to the garbage collector.
func (p *buffers) put(b *buffer) {
	if b != nil && len(b.b) == p.size {
		p.pool.Put(b)
	}
}

// poolFor returns where the buffer for an answer comes from.
func (p *Proxy) poolFor(s *stream) *buffers {
	if s.large {
		return p.large
	}
	return p.small
}

// recycle takes a buffer of either size back.
func (p *Proxy) recycle(b *buffer) {
	p.small.put(b)
	p.large.put(b)
}

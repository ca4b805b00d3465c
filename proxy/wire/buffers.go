package wire

import "sync"

// Headroom stands before the bytes of every buffer, so that a head can grow where it stands: by a Date of 37 bytes,
// a Connection line of at most 24, and the blank of a line that frames the message written anew, 62 together.
const Headroom = 64

const (
	SmallBuffer = 16 << 10 // holds a head, and most answers whole
	LargeBuffer = 64 << 10 // for bodies that go through
)

// Buffer is a piece of memory that is read into. Nobody holds one while waiting for a head. It has one owner at a
// time: who got it from a pool puts it back, once, and keeps nothing that points into it.
type Buffer struct {
	All []byte // headroom included
	B   []byte // All[Headroom:]
}

func newBuffer(size int) *Buffer {
	all := make([]byte, Headroom+size)
	return &Buffer{All: all, B: all[Headroom:]}
}

// Grown returns a buffer of the given size with the first n bytes of b, which stays its owner's.
func (b *Buffer) Grown(size, n int) *Buffer {
	g := newBuffer(size)
	copy(g.B, b.B[:n])
	return g
}

// Buffers is a pool of buffers of one size.
type Buffers struct {
	size int
	pool sync.Pool
}

// NewBuffers makes an empty pool.
func NewBuffers(size int) *Buffers {
	return &Buffers{size: size, pool: sync.Pool{New: func() any { return newBuffer(size) }}}
}

// Get takes a buffer out of the pool.
func (p *Buffers) Get() *Buffer { return p.pool.Get().(*Buffer) }

// Put takes a buffer back, or nil; one that has grown is left to the garbage collector. So a buffer whose size is not
// known may be offered to each pool.
func (p *Buffers) Put(b *Buffer) {
	if b != nil && len(b.B) == p.size {
		p.pool.Put(b)
	}
}

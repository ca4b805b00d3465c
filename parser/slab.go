package parser

// slab hands out values one by one from larger blocks: a file has tens of thousands of nodes, and one allocation for
// each would cost more than reading it.
type slab[T any] struct {
	free []T
	size int // of the next block
}

const (
	firstBlock = 32
	largeBlock = 1024
)

// one returns a pointer to a zero T.
func (s *slab[T]) one() *T { return &s.take(1)[0] }

// take returns n zero values that lie side by side; appending to them copies.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		s.size = min(max(2*s.size, firstBlock), largeBlock)
		s.free = make([]T, max(s.size, n))
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

// copy returns a copy of vs, nil for none.
func (s *slab[T]) copy(vs []T) []T {
	if len(vs) == 0 {
		return nil
	}
	c := s.take(len(vs))
	copy(c, vs)
	return c
}

// begin returns an empty slice to append to; end must follow before anything else is taken.
func (s *slab[T]) begin() []T {
	if len(s.free) < firstBlock {
		s.size = min(max(2*s.size, firstBlock), largeBlock)
		s.free = make([]T, s.size)
	}
	return s.free[:0]
}

// end takes what was appended to the slice of begin, at most limit values, out of the block.
func (s *slab[T]) end(vs []T, limit int) []T {
	if len(vs) == 0 {
		return nil
	}
	n := min(len(vs), limit)
	if &vs[0] == &s.free[0] { // else it outgrew the block and has memory of its own
		s.free = s.free[len(vs):]
	}
	return vs[:n:n]
}

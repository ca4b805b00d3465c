package choices

import "math/bits"

// Tree walks the tree of open choices. One override at a time is not enough: two together can change an answer that
// neither changes alone. So it decides, notes what was consulted, and decides again for every other value of the first
// choice that is not yet fixed, until nothing that is not fixed is consulted any more.
type Tree[T any] struct {
	Among uint64 // the choices to branch on
	// Decide gives the result under some values, and what led to it was consulted; false ends the walk.
	Decide func(*Assumptions) (result T, asked uint64, ok bool)
	// Each takes the result of a combination that no other choice can change, and the choices that it fixes. The first
	// is that of the values which the walk began with.
	Each func(sem *Assumptions, fixed uint64, result T)
}

// Walk visits every combination that starts with sem. whole is false where decide ended it.
func (t *Tree[T]) Walk(sem *Assumptions, fixed uint64) (whole bool) {
	result, asked, ok := t.Decide(sem)
	return ok && t.branch(sem, fixed, result, asked)
}

// branch goes on from a result. The choice it fixes keeps its value in the first branch, where nothing need be decided
// again; each other value may consult choices that this one never did, so it is decided under anew.
func (t *Tree[T]) branch(sem *Assumptions, fixed uint64, result T, asked uint64) bool {
	open := asked & t.Among &^ fixed
	if open == 0 {
		t.Each(sem, fixed, result)
		return true
	}
	c := Choice(bits.TrailingZeros64(open))
	fixed |= 1 << c
	if !t.branch(sem, fixed, result, asked) { // the value that it has was decided under
		return false
	}
	for v := range c.NumValues() {
		if v == sem.value[c] {
			continue
		}
		if other := sem.With(c, v); !t.Walk(&other, fixed) {
			return false
		}
	}
	return true
}

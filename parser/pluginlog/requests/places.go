package requests

// Places is a map by member and process, for what is looked up with each line of a log: what was asked for lately,
// there or not, is found without a hash of the name. The zero value is empty; it is for one goroutine.
type Places[V any] struct {
	all    map[memberOf]V
	recent [64]asked[V] // answers by slot; Set and Delete forget the one that they change
}

// memberOf is a member in a process; pid is 0 where the process does not count.
type memberOf struct {
	member string
	pid    uint64
}

// asked is the answer to a question.
type asked[V any] struct {
	at         memberOf
	value      V
	found, set bool
}

// Get returns the value of a member in a process, the zero value where there is none.
func (p *Places[V]) Get(member string, pid uint64) (value V, found bool) {
	if len(p.all) == 0 {
		return value, false
	}
	at := memberOf{member, pid}
	a := &p.recent[at.slot()]
	if !a.set || a.at != at {
		value, found = p.all[at]
		at.member = keep(member) // not the text of a block
		*a = asked[V]{at, value, found, true}
	}
	return a.value, a.found
}

// Set keeps a value, and the text of the member's name.
func (p *Places[V]) Set(member string, pid uint64, value V) {
	if p.all == nil {
		p.all = map[memberOf]V{}
	}
	at := memberOf{member, pid}
	p.all[at] = value
	p.recent[at.slot()].set = false
}

// Delete lets go of a value.
func (p *Places[V]) Delete(member string, pid uint64) {
	at := memberOf{member, pid}
	delete(p.all, at)
	p.recent[at.slot()].set = false
}

// Len returns how many values there are.
func (p *Places[V]) Len() int { return len(p.all) }

// Each visits all values, in no order; those that it is shown may be deleted.
func (p *Places[V]) Each(visit func(member string, pid uint64, value V)) {
	for at, value := range p.all {
		visit(at.member, at.pid, value)
	}
}

// slot tells the members of a cluster apart, by all of their names: these may differ at their front alone, nodeA_srv
// and nodeB_srv.
func (at memberOf) slot() int {
	n := at.pid * 7
	for i := range len(at.member) {
		n = n*31 + uint64(at.member[i])
	}
	return int((n ^ n>>29) % 64)
}

package failover

// draw returns a number below n from the state's generator (splitmix64), or from the request's Chance. The generator
// is part of the state, so that one seed gives one course of things, and a clone the same again.
func (cs *ClusterState) draw(f *RequestState, n int) int {
	if f.Chance != nil {
		return f.Chance.draw(n)
	}
	cs.RNG += 0x9e3779b97f4a7c15
	z := cs.RNG
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return int(z % uint64(n))
}

// Chance replaces chance by a script, so that every outcome can be visited: a draw beyond the script gives 0 and is
// noted. It is a walk over a tree whose shape shows only on the way: the first run plays all zeros, each further one
// counts up the last draw that has a side left, and drops those behind it.
//
//	draws of 3, then 2 sides: [0 0] [0 1] [1 0] [1 1] [2 0] [2 1]
type Chance struct {
	script []int // outcomes to give, in order
	sides  []int // sides of each draw made in this run
}

// draw gives the next outcome of the script. A draw of one side is noted like all others, and changes nothing.
func (d *Chance) draw(n int) int {
	i := len(d.sides)
	d.sides = append(d.sides, n)
	if i < len(d.script) {
		return d.script[i]
	}
	d.script = append(d.script, 0)
	return 0
}

// Next moves to the following script, false when every outcome has been visited. The run must make the same draws as
// before as long as it gets the same outcomes: state and request are clones of the same.
func (d *Chance) Next() bool {
	d.script = d.script[:len(d.sides)]
	for i := len(d.script) - 1; i >= 0; i-- {
		if d.script[i]++; d.script[i] < d.sides[i] {
			d.script, d.sides = d.script[:i+1], d.sides[:0]
			return true
		}
	}
	return false
}

// Probability returns the probability of the script just played; those of all scripts come to 1. Ask before Next.
func (d *Chance) Probability() float64 {
	p := 1.0
	for _, n := range d.sides {
		p /= float64(n)
	}
	return p
}

package failover

// draw returns a number below n from the state's generator (splitmix64), or from the request's Chance.
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
// noted.
type Chance struct {
	script []int // outcomes to give, in order
	sides  []int // sides of each draw made
}

func (d *Chance) draw(n int) int {
	i := len(d.sides)
	d.sides = append(d.sides, n)
	if i < len(d.script) {
		return d.script[i]
	}
	d.script = append(d.script, 0)
	return 0
}

// Next moves to the following script, false when every outcome has been visited.
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

// Probability returns the probability of the script just played.
func (d *Chance) Probability() float64 {
	p := 1.0
	for _, n := range d.sides {
		p /= float64(n)
	}
	return p
}

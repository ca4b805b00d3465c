package choices

// Consulted is what decisions have consulted: open choices, and the facts that are consulted like them. A nil one
// notes nothing; the decision is the same.
type Consulted struct {
	points uint64 // set of Choice
	// logged are choices that a line of a log shows although no answer hangs on them yet: the weight printed behind a
	// pick.
	logged uint64
}

// Asked returns the set of open choices that were consulted: bit n stands for Choice(n). Facts that are consulted like
// choices are not in it.
func (c *Consulted) Asked() uint64 { return (c.points | c.logged) & (1<<NumChoices - 1) }

// Points returns the set of choices and facts on which the answer may hang.
func (c *Consulted) Points() uint64 { return c.points }

// Reset forgets what was consulted.
func (c *Consulted) Reset() { c.points, c.logged = 0, 0 }

// Shows notes a choice that a log shows although no answer hangs on it.
func (c *Consulted) Shows(point Choice) {
	if c != nil {
		c.logged |= 1 << point
	}
}

// Add adds what others have consulted.
func (c *Consulted) Add(other *Consulted) {
	if c != nil {
		c.points |= other.points
	}
}

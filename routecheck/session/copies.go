package session

import (
	"cmp"
	"slices"
)

// left says whether the member that serves can get at a copy of the session: what is in the copy is another question
// (written.go).
type left uint8

const (
	nothing left = iota
	perhaps      // it hangs on which members held the copies
	aCopy
)

// copies says what is left of the session outside its owner.
func (c *Case) copies() left {
	switch c.Policy.Persistence {
	case Database:
		c.cite("D4")
		return c.outside()
	case Grid:
		c.cite("G1", "D4")
		return c.outside()
	case MemoryToMemory:
		return c.replicas()
	}
	c.cite("S15", "S9")
	return nothing
}

// outside says whether what is outside of all members has the session.
func (c *Case) outside() left {
	f, rule := &c.Failure, "G5"
	if !f.StoreDown && !f.StoreLost {
		return aCopy
	}
	if f.StoreDown {
		rule = "G4"
	}
	if c.Policy.Persistence == Grid {
		c.cite(rule)
	}
	return nothing
}

// replicas says whether a replica is left. Every living member is asked for one (L7), so one anywhere is enough;
// what the owner has written it gives out, too, while it lives.
func (c *Case) replicas() left {
	n := c.Policy.Replicas
	if n == 0 {
		c.cite("M1", "L4")
		return nothing
	}
	c.cite("M3", "L7")
	if c.Policy.Mode == Client { // the replicators are no members of the cluster
		c.cite("M2")
		if c.Failure.StoreDown {
			return nothing
		}
		return aCopy
	}
	if c.death(c.Owner) == nil && !slices.Contains(c.Restarted, c.Owner) {
		return aCopy // of the owner itself, which lives
	}
	if c.Holders != nil {
		return c.anyAlive(c.Holders)
	}
	c.cite("L4")
	return c.amongOthers(n)
}

// amongOthers says whether one of n replicas is left on the members besides the owner, of which nobody says who holds
// them (M9). It is certain where none of the members has gone, where fewer have gone than there are replicas, or where
// all have gone; otherwise it hangs on replica-holder. Where a member went before the owner, what it held may have
// been made again elsewhere in time (L8).
func (c *Case) amongOthers(n int) left {
	others, gone, before := c.ring(), 0, false
	for _, m := range others {
		if d := c.death(m); d != nil {
			gone++
			before = before || d.Before > 0
		}
	}
	if gone == 0 {
		return aCopy
	}
	var late []int // the members that can have got the replicas of one that went before the owner
	if before && c.retargets() {
		c.cite("L8")
		for _, m := range others {
			if d := c.death(m); d == nil || d.Before == 0 {
				late = append(late, m)
			}
		}
		others = late
		gone = c.dead(others)
	}
	switch {
	case n < 0 || n >= len(others) || gone < n: // a replica on each, or more replicas than members that have gone
		return c.anyAlive(others)
	case gone == len(others):
		return nothing
	case c.ask(replicaHolder) == nextInList:
		return c.anyAlive(others[:n])
	}
	c.cite("M9")
	return perhaps
}

// retargets reports whether the replicas of a member that went before the owner were made elsewhere in time (L8).
func (c *Case) retargets() bool {
	switch c.ask(replicaRetarget) {
	case nextWrite: // only a change that came after it makes them
		for _, d := range c.Down {
			if d.Before > 0 && c.Failure.Aged && c.Failure.Age < d.Before {
				return true
			}
		}
		return false
	case never:
		return false
	}
	return true
}

// ring lists the members besides the owner in the order in which they get its replicas: by name, from the owner on
// (L4).
func (c *Case) ring() []int {
	all := make([]int, len(c.Members))
	for i := range all {
		all[i] = i
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(c.Members[a].Name, c.Members[b].Name) })
	at := slices.Index(all, c.Owner)
	return slices.Concat(all[at+1:], all[:at])
}

// anyAlive is whether one of some members that hold the session is up.
func (c *Case) anyAlive(members []int) left {
	if c.dead(members) < len(members) {
		return aCopy
	}
	return nothing
}

func (c *Case) dead(members []int) (n int) {
	for _, m := range members {
		if c.death(m) != nil {
			n++
		}
	}
	return n
}

// death returns how a member went down, nil for one that is up. One that has begun anew has nothing, as the dead.
func (c *Case) death(member int) *Death {
	if slices.Contains(c.Restarted, member) {
		return &Death{Member: member}
	}
	for i := range c.Down {
		if c.Down[i].Member == member {
			return &c.Down[i]
		}
	}
	return nil
}

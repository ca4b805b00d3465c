package session

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The fates of a session that tests can expect. Lost changes have the number of seconds in the text.
const (
	FateNone      = "none" // the request carries no session of the cluster, or nobody answers
	FateKept      = "kept" // its member answers, or all finished requests were written
	fateNew       = "new"  // the answering member knows nothing of it
	fateEmpty     = "empty"
	fateUnwritten = "unwritten changes lost"
	FateReplica   = "depends on replica" // kept where a member that is up has a replica, else new

	// FateByChance: the members among which chance decides do not all give it the same fate.
	FateByChance = "depends on who answers"
)

// AlwaysLost is what no persistence saves when a member fails (W8).
const AlwaysLost = "lost in every case: the request that the failed member was working on, data outside the " +
	"session, and the body of a POST answered by a redirect"

const nobody = "nobody answers, so the session stays where it is"

// fate is the word of the outcome of one member.
func (c *Case) fate(o *Outcome) string {
	switch o.Session {
	case home:
		return FateKept
	case depends:
		return FateReplica
	case another, empty:
		return string(o.Session)
	}
	switch o.Changes {
	case noneLostOlderThan:
		return c.younger()
	case unwrittenLost:
		return fateUnwritten
	}
	return FateKept
}

// younger is the word for changes that a write interval may have kept from the store: tests expect it, and sentences
// have it. The interval is what somebody configured; the bound, which is longer, stands in a note (W4).
func (c *Case) younger() string {
	return fmt.Sprintf("changes younger than %d s lost", c.Policy.Interval)
}

// fate is the word for what all members find, or that it hangs on who answers.
func (s survey) fate(c *Case) string {
	if len(s) == 0 {
		return FateNone
	}
	fate := c.fate(&s[0])
	for i := range s {
		if c.Fails || c.fate(&s[i]) != fate {
			return FateByChance
		}
	}
	return fate
}

// text is a sentence about all that can happen: one clause for the members that find the same.
func (s survey) text(c *Case) string {
	if c.Owner < 0 {
		return ""
	}
	from := c.Members[c.Owner].Name
	var clauses []string
	var moved [][]string // the members of each clause
	var kinds []*Outcome
	for i := range s {
		o := &s[i]
		if own := c.atOwner(o, from); own != "" {
			clauses = append(clauses, own)
			continue
		}
		at := slices.IndexFunc(kinds, func(k *Outcome) bool { return c.clause(k, "") == c.clause(o, "") })
		if at < 0 {
			kinds, moved, at = append(kinds, o), append(moved, nil), len(kinds)
		}
		moved[at] = append(moved[at], o.Serves...)
	}
	for i, k := range kinds {
		to := strings.Join(moved[i], " or ")
		clauses = append(clauses, fmt.Sprintf("the session of %s moves to %s: %s", from, to, c.clause(k, to)))
	}
	if c.Fails || len(s) == 0 {
		clauses = append(clauses, nobody)
	}
	return strings.Join(clauses, "; or ")
}

// atOwner says what becomes of a session whose owner serves it, "" where another one does.
func (c *Case) atOwner(o *Outcome, from string) string {
	switch {
	case o.Session == home:
		return "the session is at home on " + from
	case c.forgets() && len(o.Serves) == 1 && o.Serves[0] == from:
		return "the " + c.store() + " does not have the session any more, which " + from + " finds out, so " + allLost
	}
	return ""
}

// forgets is forgotten without a citation.
func (c *Case) forgets() bool {
	quiet := *c
	return quiet.forgotten()
}

// store names what is outside of all members.
func (c *Case) store() string {
	if c.Policy.Persistence == Grid {
		return "grid"
	}
	return "database"
}

const allLost = "a new session begins and everything is lost"

// clause says what the members find that the session moves to.
func (c *Case) clause(o *Outcome, to string) string {
	switch {
	case o.Session == empty:
		return to + " finds the session without attributes, which were not yet written: everything is lost"
	case o.Session == another && c.Failure.New && c.Failure.Moment.inFlight() && c.Policy.Persistence != None:
		return "the client has no cookie of the new session yet, so another one begins"
	case c.Policy.Persistence == None:
		return "sessions are not persistent, so " + allLost
	case c.Policy.Persistence == MemoryToMemory:
		return c.replicaClause(o, to)
	case o.Session == another && c.Failure.StoreLost && !c.Failure.StoreDown:
		return "the " + c.store() + " has lost what it had, so " + allLost
	case o.Session == another:
		return to + " finds nothing while the " + c.store() + " cannot be reached, so " + allLost
	case c.fromMemory():
		return to + " serves it as it has it in memory while the " + c.store() + " cannot be reached"
	}
	return to + " reads it from the " + c.store() + ", " + c.missing(o)
}

// replicaClause is clause under memory-to-memory.
func (c *Case) replicaClause(o *Outcome, to string) string {
	switch {
	case o.Session == another && c.Policy.Replicas == 0:
		return "there are no replicas (0), so " + allLost
	case o.Session == another:
		return "its replicas are down, too, so " + allLost
	case o.Session == depends:
		return "kept if a member that is up has a replica (" + c.missing(o) + "), otherwise " + allLost
	case c.everywhere():
		return to + " has a replica, " + c.missing(o)
	}
	return to + " has a replica or fetches it, " + c.missing(o)
}

// everywhere reports that every other member has a replica.
func (c *Case) everywhere() bool {
	return c.Policy.Mode != Client && (c.Policy.Replicas < 0 || c.Policy.Replicas >= len(c.Members)-1)
}

// missing says what of the session a failed member had not yet written.
func (c *Case) missing(o *Outcome) string {
	f := &c.Failure
	switch {
	case o.Changes == all:
		return "nothing of finished requests is lost"
	case f.Covered:
		return "but a member that hung has written its older state over it, and what came since is lost"
	case o.Changes == noneLostOlderThan:
		return c.younger()
	case f.InPlace && !c.noticed():
		return "what was changed in place without setAttribute is lost"
	case c.Policy.Frequency == Manual:
		return "changes that sync() did not write are lost"
	case c.Policy.Frequency == TimeBased:
		return "what changed since the last look of the writing thread is lost"
	case f.Moment == afterAnswer:
		return "what was answered last can be lost: the answer does not wait for the replica"
	}
	return "what was answered before the write is lost"
}

// noticed is covers without a citation.
func (c *Case) noticed() bool {
	quiet := *c
	return quiet.covers()
}

// notes are the lines below the sentence.
func (c *Case) notes(p *Prediction) (lines []string) {
	if p.Session == noSession || p.Session == home {
		return nil
	}
	if p.Bound > 0 && p.Changes == noneLostOlderThan {
		lines = append(lines,
			fmt.Sprintf("none older than %s is lost (W4), 10 s more for each look that finds the session in use",
				seconds(p.Bound)))
	}
	if d := c.Policy.defaults; d != nil && c.Policy.Persistence != None {
		lines = append(lines, "the write frequency is not given; the default of "+d.name+" is "+d.words())
	}
	if n := p.Applied; n[1] > 0 {
		lines = append(lines, "the request that was in flight takes effect "+times(n))
	}
	if p.Cookie != "" {
		lines = append(lines, "the client's session cookie is then "+p.Cookie)
	}
	if u := users[p.User]; u != "" {
		lines = append(lines, "the user "+u)
	}
	if len(p.Hangs) > 0 {
		lines = append(lines, "hangs on "+strings.Join(p.Hangs, ", ")+" ('wasplug explain' tells of each)")
	}
	return lines
}

func (d *defaults) words() string {
	if d.frequency == TimeBased {
		return fmt.Sprintf("time based, every %d s", d.interval)
	}
	return d.frequency.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%d s", int(d.Seconds())) }

func times(n [2]int) string {
	text := map[int]string{0: "not at all", 1: "once", 2: "twice"}
	if n[0] == n[1] {
		return text[n[0]]
	}
	return text[n[0]] + " or " + text[n[1]]
}

// users says what the person at the browser does.
var users = map[string]string{
	firstScreen:        "begins again on the first screen",
	sendAgain:          "has to send the form again",
	portletUnavailable: "sees Portlet Unavailable, and has to log out and in again",
	logIn:              "has to log in again",
}

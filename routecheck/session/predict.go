package session

import (
	"slices"
	"strings"
)

// Prediction is an outcome in its several forms, and what else it could be.
type Prediction struct {
	Outcome
	Fate  string   // in a word to test against, one of the Fate constants or "changes younger than N s lost"
	Text  string   // in a sentence
	Notes []string // what an administrator wants to know beside it, a line each
	// Otherwise lists what other values of the session choices give, as far as it differs.
	Otherwise []Alternative
}

// Alternative is what other values of session choices give.
type Alternative struct {
	Assumed Assumed
	Outcome Outcome
	Fate    string
}

// Predict says what becomes of the session. fixed are the choices that somebody has settled: their other values are
// not tried.
func (c Case) Predict(fixed Set) Prediction {
	s, asked := c.survey()
	p := Prediction{Outcome: s.merged(&c), Fate: s.fate(&c), Text: s.text(&c)}
	x := explorer{c: c, base: &p}
	x.branch(c.Assumed, asked, fixed)
	p.Hangs = x.hangs()
	p.Notes = c.notes(&p)
	return p
}

// survey is what each of the members that can answer finds; empty where nobody can, or nobody owned the session.
type survey []Outcome

// survey asks for each member that can answer; asked are the choices that any of these answers consulted.
func (c *Case) survey() (s survey, asked Set) {
	if c.Owner < 0 {
		return nil, 0
	}
	for _, m := range c.Serves {
		o, a := c.decide(m)
		s, asked = append(s, o), asked|a
	}
	return s, asked
}

// merged is the outcome that stands for all of them: what they have in common, or else the worst. A client that fails
// over does not choose who answers, so nobody may be promised more.
func (s survey) merged(c *Case) Outcome {
	if len(s) == 0 {
		return Outcome{Session: noSession, Changes: all, Applied: c.unserved(),
			Serves: []string{}, User: c.unanswered(),
			Rules: []string{}}
	}
	out := s[0]
	cookies := []string{out.Cookie}
	for _, o := range s[1:] {
		if o.Session != out.Session {
			out.Session = depends
		}
		out.Changes = worse(out.Changes, o.Changes, []Changes{all, noneLostOlderThan, unwrittenLost, lost})
		out.User = worse(out.User, o.User, []string{goesOn, firstScreen, sendAgain, portletUnavailable, logIn})
		out.Bound = max(out.Bound, o.Bound)
		out.Applied = [2]int{min(out.Applied[0], o.Applied[0]), max(out.Applied[1], o.Applied[1])}
		out.Serves = append(slices.Clone(out.Serves), o.Serves...)
		out.Rules = union(out.Rules, o.Rules)
		cookies = union(cookies, []string{o.Cookie})
	}
	if c.Fails {
		out.Session = depends
	}
	out.Cookie = strings.Join(slices.DeleteFunc(cookies, func(s string) bool { return s == "" }), " or ")
	return out
}

// unanswered is what a user does who gets an error in place of an answer.
func (c *Case) unanswered() string {
	if c.Fails && c.Owner >= 0 {
		return sendAgain
	}
	return goesOn
}

// unserved is how often a request took effect that nobody answered: what its member had written stays (W9).
func (c *Case) unserved() [2]int {
	if c.Owner >= 0 && c.Failure.Moment == afterWrite && c.Policy.Persistence != None {
		return [2]int{1, 1}
	}
	return [2]int{}
}

// worse returns the one of two values that stands later in a list.
func worse[T comparable](a, b T, order []T) T {
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// explorer tries the values of every choice that an outcome consults; two together can change what neither changes
// alone.
type explorer struct {
	c    Case        // as it was asked
	base *Prediction // under the values that it was asked with; what differs from it is collected in Otherwise
}

// branch tries the other values of each consulted choice, one after the other: a choice that has been branched on
// stays as it is further down, so that no combination is met twice.
func (x *explorer) branch(under Assumed, asked, fixed Set) {
	for choice := range numChoices {
		if !asked.has(choice) || fixed.has(choice) {
			continue
		}
		fixed |= Of(choice)
		for v := range choices[choice].Values {
			if uint8(v) != under[choice] {
				other := under
				other[choice] = uint8(v)
				x.try(other, fixed)
			}
		}
	}
}

// try notes what other values give, where it differs, and goes on from there.
func (x *explorer) try(under Assumed, fixed Set) {
	c := x.c
	c.Assumed = under
	s, asked := c.survey()
	if o := s.merged(&c); !o.same(&x.base.Outcome) {
		x.base.Otherwise = append(x.base.Otherwise, Alternative{under, o, s.fate(&c)})
	}
	x.branch(under, asked, fixed)
}

// hangs drops what a smaller combination does as well, and names the choices of the rest.
func (x *explorer) hangs() []string {
	all := x.base.Otherwise
	x.base.Otherwise = nil
	var in Set
	for _, a := range all {
		smaller := func(b Alternative) bool {
			return b.Assumed != a.Assumed && x.within(&b.Assumed, &a.Assumed) && b.Outcome.same(&a.Outcome)
		}
		if !slices.ContainsFunc(all, smaller) {
			x.base.Otherwise = append(x.base.Otherwise, a)
			in |= x.flipped(&a.Assumed)
		}
	}
	names := []string{}
	for choice := range numChoices {
		if in.has(choice) {
			names = append(names, choices[choice].Name)
		}
	}
	return names
}

// flipped are the choices that differ from the base.
func (x *explorer) flipped(under *Assumed) (s Set) {
	for choice := range numChoices {
		if under[choice] != x.c.Assumed[choice] {
			s |= Of(choice)
		}
	}
	return s
}

// within reports that what differs from the base in one combination is so in the other.
func (x *explorer) within(small, large *Assumed) bool {
	for choice := range numChoices {
		if x.flipped(small).has(choice) && small[choice] != large[choice] {
			return false
		}
	}
	return true
}

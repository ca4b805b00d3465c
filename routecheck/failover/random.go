package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// random is R35: weights are unused; an unusable choice moves on in list order, which gives the member behind it twice
// its share. That it does not draw again is assumed (choice random-replacement).
func (s *selection) random() match.MemberID {
	n, enough := len(s.c.Primary), 1
	if s.rec.wants() {
		enough = len(s.c.Primary) // each check is told
	}
	usable := s.usablePrimaries(enough)
	if usable == 0 {
		return match.NoMember // and nothing is drawn: who visits every draw would see one answer many times
	}
	at := s.cs.draw(s.f, n)
	if !s.usable(s.c.Primary[at], true) {
		if enough < n { // it was enough to know that there is one
			usable = s.usablePrimaries(n)
		}
		if usable > 1 && s.consult(choices.RandomReplacement) == choices.Redraw {
			return s.redraw(usable)
		}
	}
	for !s.usable(s.c.Primary[at], true) { // ends, for one of them is
		at = (at + 1) % n
	}
	if s.rec.wants() {
		s.notePick(s.c.Primary[at], WhyRandom, "R35")
	}
	return s.c.Primary[at]
}

// usablePrimaries counts the usable primaries, and stops when there are enough.
func (s *selection) usablePrimaries(enough int) (n int) {
	for _, m := range s.c.Primary {
		if s.usable(m, true) {
			n++
		}
		if n == enough {
			break
		}
	}
	return n
}

// redraw draws among the usable primaries, which is what drawing again and again comes to.
func (s *selection) redraw(usable int) match.MemberID {
	k := s.cs.draw(s.f, usable)
	for _, m := range s.c.Primary {
		if !s.usable(m, true) {
			continue
		}
		if k == 0 {
			if s.rec.wants() {
				s.notePick(m, WhyRandom, "R35")
			}
			return m
		}
		k--
	}
	return match.NoMember
}

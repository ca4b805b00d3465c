package explain

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// sessions is R20, R21 and R29: the lists of clone IDs in the order of their sources.
func (o *oracle) sessions(rq *match.Request) (lists [][]string) {
	named := func(name string) {
		var values []string
		for _, line := range rq.Cookies {
			for _, pair := range strings.Split(line, ";") {
				if n, v, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && o.same(n, name) {
					values = append(values, v)
				}
			}
		}
		if len(values) > 0 && o.is(choices.ManyCookies, "first") {
			values = values[:1]
		}
		if len(values) > 0 && o.is(choices.ManyCookies, "last") {
			values = values[len(values)-1:]
		}
		for _, v := range values {
			lists = append(lists, o.clones(v))
		}
	}
	if rq.TLS || o.is(choices.SSLSessionCookie, "always") {
		named("SSLJSESSION")
	}
	named(o.c.cookie)
	path, _, _ := strings.Cut(rq.Target, "?")
	if _, v, ok := strings.Cut(path, ";"+o.c.identifier+"="); ok {
		if end := strings.IndexAny(v, ";/"); end >= 0 {
			v = v[:end]
		}
		lists = append(lists, o.clones(v))
	}
	return lists
}

// same compares clone IDs and names of cookies.
func (o *oracle) same(a, b string) bool {
	return a == b || o.is(choices.LetterCase, "ignored") && strings.EqualFold(a, b)
}

func (o *oracle) clones(value string) []string {
	separator := ":"
	if o.c.plus {
		separator = "+"
	}
	return strings.Split(value, separator)[1:]
}

// choose is section 3. full reports that somebody was skipped only because it was full.
func (o *oracle) choose(rq *match.Request) (m int, affinity, full, ok bool) {
	o.owes = false
	downAt := -1
	for _, ids := range o.sessions(rq) {
		for _, id := range ids {
			list := o.primary
			if o.is(choices.AffinityToBackup, "after-primaries") {
				list = slices.Concat(o.primary, o.backup)
			}
			if named := o.learned[id]; named != nil &&
				!slices.ContainsFunc(o.members, func(s oracleMember) bool { return o.same(s.clone, id) }) {
				for _, m := range named { // R28: whatever the lists say
					isFull := o.full(m) && o.is(choices.AffinityMaxConnections, "vetoes")
					if o.free(m) && !isFull {
						o.pick(m, o.c.countAffinity)
						return m, true, false, true
					}
					full = full || o.free(m) && isFull
				}
				continue
			}
			for i, m := range list {
				if id == "" || !o.same(o.members[m].clone, id) {
					continue
				}
				isFull := o.full(m) && o.is(choices.AffinityMaxConnections, "vetoes")
				if o.free(m) && !isFull {
					o.pick(m, o.c.countAffinity)
					return m, true, false, true
				}
				full = full || o.free(m) && isFull
				if o.members[m].marked && downAt < 0 && i < len(o.primary) {
					downAt = i
				}
			}
		}
	}
	if downAt >= 0 && (o.c.failoverToNext || o.is(choices.AffinityFailover, "next-primary")) {
		for k := 1; k <= len(o.primary); k++ {
			m := o.primary[(downAt+k)%len(o.primary)]
			if o.passedOver(m) || !o.free(m) {
				continue
			}
			if o.full(m) {
				full = true
				continue
			}
			o.pick(m, o.c.countAffinity)
			return m, true, full, true
		}
	}
	if o.c.address != nil && !o.addressFailed {
		m := len(o.c.servers)
		if !o.full(m) {
			return m, false, full, true
		}
		if full = true; o.is(choices.ClusterAddressFailure, "fail") {
			return 0, false, full, false
		}
	}
	m, isFull, ok := o.balance()
	if !ok {
		m, ok = o.allDown()
	}
	return m, false, full || isFull, ok
}

// allDown is R61 under retry-marked. The text does not say whom it tries: the first in list order that is not full and
// did not fail already.
func (o *oracle) allDown() (m int, ok bool) {
	all := slices.Concat(o.primary, o.backup)
	if o.markedTried || o.is(choices.AllDown, "fail") {
		return 0, false
	}
	for _, m := range all {
		if !o.members[m].marked {
			return 0, false
		}
	}
	for _, m := range all {
		if o.members[m].marked && !o.full(m) && !o.tried[m] {
			o.markedTried = true
			return m, true
		}
	}
	return 0, false
}

// pick is R32: the assignment lowers the weight now, or owes it until the head of an answer has come.
func (o *oracle) pick(m int, lowers bool) {
	o.owes = lowers && !o.c.random // R35: Random leaves weights alone, also those of R34
	if o.is(choices.WeightOnFailure, "always") {
		o.pay(m)
	}
}

func (o *oracle) pay(m int) {
	if o.owes {
		o.members[m].current--
	}
	o.owes = false
}

// balance is R30 to R38.
func (o *oracle) balance() (m int, full, ok bool) {
	usable := func(list []int) (out []int) {
		for _, m := range list {
			if o.passedOver(m) || !o.free(m) {
				continue
			}
			if o.full(m) {
				full = true
				continue
			}
			out = append(out, m)
		}
		return out
	}
	primaries := usable(o.primary)
	if o.c.random && len(primaries) > 0 {
		return o.chance(primaries), full, true
	}
	var zero, weighted []int
	for _, m := range primaries {
		if o.members[m].start == 0 {
			zero = append(zero, m)
		} else {
			weighted = append(weighted, m)
		}
	}
	if len(weighted) > 0 {
		return o.weighted(weighted), full, true
	}
	backups := usable(o.backup)
	if len(zero) > 0 && (o.is(choices.WeightZero, "before-backups") || len(backups) == 0) {
		return o.step(zero), full, true
	}
	if len(backups) > 0 {
		return backups[0], full, true
	}
	return 0, full, false
}

// weighted is R32 and R33.
func (o *oracle) weighted(list []int) int {
	allows := func(m int) bool {
		return o.members[m].current > 0 || o.members[m].current == 0 && o.is(choices.WeightThreshold, "below-zero")
	}
	left := slices.DeleteFunc(slices.Clone(list), func(m int) bool { return !allows(m) })
	if len(left) == 0 {
		for i := range o.members {
			m := &o.members[i]
			if o.is(choices.WeightReset, "set") { // silent: also those above 0, and those of start weight 0
				m.current = m.start
			}
			for m.start > 0 && m.current <= 0 {
				m.current += m.start
			}
		}
		left = list
	}
	return o.step(left)
}

// step is R30: the first of the list from the position on.
func (o *oracle) step(list []int) int {
	for k := range o.primary {
		i := (o.pos + k) % len(o.primary)
		if m := o.primary[i]; slices.Contains(list, m) {
			o.pos = (i + 1) % len(o.primary)
			o.pick(m, true)
			return m
		}
	}
	panic("not a primary")
}

// chance follows what chance gave, if that is allowed (R35).
func (o *oracle) chance(list []int) int {
	i := len(o.answer.attempts)
	for _, m := range list {
		if i < len(o.follow) && int(o.follow[i].Member) == m {
			return m
		}
		if _, ok := o.transport(m, o.tls); i >= len(o.follow) && !ok {
			return m
		}
	}
	return list[0]
}

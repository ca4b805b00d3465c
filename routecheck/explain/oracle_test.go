package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file is a second, naive reading of the decision procedure, written from its text alone: slow, plain, and
// independent of Next and Observe. The property test beside it holds the two against each other. The ClusterAddress is
// the member after the last server.

type oracleServer struct {
	name, clone          string
	weight               int // as written
	io, connect, most    int // connect -1: absent
	http, https, keyring bool
	handshake            bool
	ttl                  int // -1 absent
}

type oracleCluster struct {
	servers                          []oracleServer
	primary, backup                  []string // as written
	address                          *oracleServer
	random, countAffinity, plus      bool
	markBusy, failoverToNext         bool
	onload, offload, insecure        bool
	noRoot                           bool             // no PluginInstallRoot
	partitions                       map[string][]int // of R28, nil without GetDWLMTable
	retryInterval, postLimit, buffer int
	ioRetries                        int
	cookie, identifier               string
}

type oracleMember struct {
	oracleServer
	start, current          int
	marked, probing         bool
	failedAt                match.Nanos
	pending                 int
	failed, affinity, total int
	streams                 map[bool][]match.Nanos // by https
}

type oracleAttempt struct {
	member   int
	outcome  FailureMode
	marked   bool
	reused   bool // the stream came from the queue
	failover bool // $WSFO
}

type oracleAnswer struct {
	decision string
	status   int
	member   int
	attempts []oracleAttempt
}

type oracle struct {
	c               oracleCluster
	sem             *choices.Assumptions
	members         []oracleMember
	primary, backup []int
	pos             int
	learned         map[string][]int // the partition table of this process, by partition ID
	now             match.Nanos
	facts           []MemberCondition
	follow          []Attempt // what chance gave, for Random

	// of the request under way
	tls           bool
	arrival       match.Nanos
	answer        oracleAnswer
	tried, marks  map[int]bool
	addressFailed bool
	ioTimeouts    int
	connects      int
	markedTried   bool
	owes          bool // the pick lowers the weight of its member, and has not done so yet
}

func newOracle(c oracleCluster, sem *choices.Assumptions) *oracle {
	seen := map[string]bool{}
	c.servers = slices.DeleteFunc(slices.Clone(c.servers), func(s oracleServer) bool {
		twice := seen[s.name]
		seen[s.name] = true
		return twice
	})
	for i := range c.servers {
		c.servers[i].weight = max(c.servers[i].weight, 0)
	}
	o := &oracle{c: c, sem: sem}
	o.lists()
	factor := 0
	for _, s := range c.servers {
		factor = oracleGCD(factor, s.weight)
	}
	for _, s := range c.servers {
		start := s.weight
		if factor > 0 && !(o.listed() == 1 && o.is(choices.SingleMemberWeight, "kept")) {
			start /= factor
		}
		o.members = append(o.members,
			oracleMember{oracleServer: s, start: start, current: start, streams: map[bool][]match.Nanos{}})
	}
	if c.address != nil {
		o.members = append(o.members, oracleMember{oracleServer: *c.address, streams: map[bool][]match.Nanos{}})
	}
	return o
}

func oracleGCD(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (o *oracle) is(c choices.Choice, value string) bool { return o.sem.Value(c) == value }

// lists is R37, R38 and R40 with the fine print about odd lists.
func (o *oracle) lists() {
	find := func(names []string) (out []int) {
		for _, n := range names {
			i := slices.IndexFunc(o.c.servers, func(s oracleServer) bool { return s.name == n })
			if i >= 0 && !slices.Contains(out, i) && !slices.Contains(o.primary, i) {
				out = append(out, i)
			}
		}
		return out
	}
	o.primary = find(o.c.primary)
	if len(o.primary) > 0 {
		o.backup = find(o.c.backup)
		return
	}
	for i := range o.c.servers {
		o.primary = append(o.primary, i)
	}
}

func (o *oracle) listed() int          { return len(o.primary) + len(o.backup) }
func (o *oracle) isAddress(m int) bool { return m == len(o.c.servers) }

// free is the first part of R42: not marked, or due and nobody else is probing (R52).
func (o *oracle) free(m int) bool {
	s := &o.members[m]
	if !s.marked {
		return true
	}
	interval := match.Nanos(o.c.retryInterval) * match.Second
	judged := o.now
	if o.is(choices.RetryClock, "arrival-judges") || o.is(choices.RetryClock, "arrival-both") {
		judged = o.arrival
	}
	due := judged-s.failedAt >= interval && !(interval == 0 && o.marks[m])
	return due && (!s.probing || o.is(choices.Probe, "all"))
}

func (o *oracle) full(m int) bool {
	s := &o.members[m]
	return s.most > 0 && s.pending >= s.most
}

func (o *oracle) passedOver(m int) bool {
	return o.tried[m] && o.is(choices.BalanceRetry, "skip-tried")
}

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

// transport is R64: whether an attempt goes over https, and whether there can be one.
func (o *oracle) transport(m int, tls bool) (https, ok bool) {
	s := &o.members[m]
	https = (tls || o.c.onload) && !(tls && o.c.offload)
	have := map[bool]bool{true: s.https, false: s.http}
	if !have[https] {
		if https = !https; !have[https] || o.is(choices.TransportChoice, "strict") {
			return false, !https && o.c.insecure && s.http // UseInsecure helps where TLS is missing too (WP704)
		}
	}
	if https && (!s.keyring || o.c.noRoot) {
		return false, o.c.insecure && s.http
	}
	return https, true
}

// do is section 4.
func (o *oracle) do(rq *match.Request) oracleAnswer {
	o.arrival, o.tls, o.answer = o.now, rq.TLS, oracleAnswer{}
	o.tried, o.marks, o.addressFailed, o.ioTimeouts, o.connects, o.markedTried = map[int]bool{},
		map[int]bool{}, false, 0, 0, false
	if o.c.postLimit >= 0 && rq.Body > int64(o.c.postLimit) {
		if o.is(choices.PostLimitStatus, "500") {
			return o.end(500)
		}
		return o.end(413)
	}
	for selections := 0; ; selections++ {
		// the text knows no bound for unlimited-until-none; affinity never gives up a member that answers 503
		if selections == 100 {
			return o.last()
		}
		if o.is(choices.AttemptLimit, "listed") && selections >= o.listed() {
			return o.last()
		}
		m, affinity, full, ok := o.choose(rq)
		if !ok {
			if len(o.answer.attempts) == 0 && full {
				return o.end(503)
			}
			return o.last()
		}
		https, ok := o.transport(m, rq.TLS)
		if !ok {
			o.pay(m) // R64: the pick has cost its weight all the same
			return o.end(500)
		}
		switch o.visit(m, https, affinity, rq.Body) {
		case "done":
			return o.answer
		case "over":
			return o.last()
		}
	}
}

func (o *oracle) end(status int) oracleAnswer {
	o.answer.decision, o.answer.status, o.answer.member = failover.Errored, status, -1
	return o.answer
}

// last is R61: the last attempt decides, 503 for R53, else 500.
func (o *oracle) last() oracleAnswer {
	if n := len(o.answer.attempts); n > 0 && o.answer.attempts[n-1].outcome == Busy {
		o.end(503)
		o.answer.member = o.answer.attempts[n-1].member
		return o.answer
	}
	return o.end(500)
}

// visit makes the attempts on a member that was selected, second streams and second connects included: done, over, or
// again.
func (o *oracle) visit(m int, https, affinity bool, body int64) string {
	s := &o.members[m]
	repeatable := body == 0 || o.c.buffer == -1 || body <= int64(o.c.buffer)*1024
	single := o.listed() == 1 && !o.isAddress(m)
	other := len(o.answer.attempts) > 0 && o.sem.TellsFailover // R63: whenever the selection has started again
	fresh := false
	for {
		failure, reused := o.failure(m), false
		switch failure {
		case Refused, Timeout:
			clear(s.streams)
		default:
			reused = !fresh && o.dequeue(s, https)
		}
		o.answer.attempts = append(o.answer.attempts,
			oracleAttempt{member: m, outcome: failure, reused: reused, failover: other})
		// silent: the end of any attempt frees the probe, also where two were under way (all-down, probe=all)
		s.probing = false
		connect := failure == Refused || failure == Timeout
		if failure == Reset && !reused && s.handshake && o.is(choices.ExtendedHandshake, "as-connect") {
			connect = true // R68
		}
		lost := failure == Reset || failure == Malformed && o.is(choices.MalformedAnswer, "stream-lost")
		switch {
		case failure == Healthy:
			o.pay(m)
			s.marked = false
			s.total++
			if affinity {
				s.affinity++
			}
			s.streams[https] = append(s.streams[https], o.now)
			o.answer.decision, o.answer.member = failover.Forward, m
			return "done"
		case connect:
			if failure == Timeout {
				o.now += o.connectTime(s)
			}
			o.failed(m, true)
			if single {
				o.connects++
				if o.connects == 1 && o.is(choices.SingleMemberConnectRetry, "second") {
					fresh = true
					continue
				}
				return "over"
			}
			return o.again(m, true)
		case failure == Busy:
			o.pay(m)
			s.streams[https] = append(s.streams[https], o.now)
			o.busy(m)
			return o.again(m, repeatable)
		case failure == NoAnswer:
			o.now += match.Nanos(max(s.io, -s.io)) * match.Second
			o.ioTimeouts++
			goesOn := repeatable && (o.c.ioRetries < 0 || o.ioTimeouts <= o.c.ioRetries)
			if goesOn && reused { // R55 could also mark here; it is read as marking when the second stream fails
				fresh = true
				continue
			}
			o.failed(m, s.io < 0)
			if !goesOn || single { // R54: single-member cluster: 500
				return "over"
			}
			return o.again(m, true)
		case lost:
			if reused && failure == Reset { // R50c: a stale stream is no failure of the member
				if !repeatable {
					return "over"
				}
				fresh = true
				continue
			}
			o.failed(m, o.is(choices.EarlyClose, "marks"))
			if single && o.is(choices.EarlyClose, "as-io-timeout") { // R54
				return "over"
			}
			return o.again(m, repeatable)
		default: // R70
			s.marked = false
			s.failed++
			o.end(502)
			return "done"
		}
	}
}

// connectTime is the fine print of R50 with the levels of section 6.
func (o *oracle) connectTime(s *oracleMember) match.Nanos {
	wait := match.Nanos(s.connect) * match.Second
	if s.connect < 0 {
		wait = match.Nanos(o.sem.ConnectAbsent)
	}
	if wait == 0 {
		wait = 120 * match.Second
	}
	return wait
}

// again says whether the selection may start again after a failed attempt.
func (o *oracle) again(m int, repeatable bool) string {
	o.tried[m] = true
	if o.isAddress(m) {
		o.addressFailed = true
		if o.is(choices.ClusterAddressFailure, "fail") {
			return "over"
		}
	}
	if !repeatable {
		return "over"
	}
	return "again"
}

// failed counts a failure; it marks, or restarts the timer of a member that is marked already (R52).
func (o *oracle) failed(m int, marks bool) {
	s := &o.members[m]
	s.failed++
	if o.listed() == 1 || o.isAddress(m) || !marks && !s.marked {
		return
	}
	if !s.marked {
		o.answer.attempts[len(o.answer.attempts)-1].marked = true
	}
	o.marks[m] = true
	s.marked, s.failedAt = true, o.now
	if o.is(choices.RetryClock, "arrival-starts") || o.is(choices.RetryClock, "arrival-both") {
		s.failedAt = o.arrival
	}
}

// busy is R53 and the 503 of R52.
func (o *oracle) busy(m int) {
	s := &o.members[m]
	switch {
	case o.c.markBusy:
		o.failed(m, true)
	case s.marked && o.sem.BusyClears:
		s.failed++
		s.marked = false
	default:
		s.probing = s.marked && o.is(choices.Probe503BeforeFix, "stuck") // for ever
		o.failed(m, false)
	}
}

func (o *oracle) failure(m int) FailureMode {
	for _, f := range o.facts {
		if int(f.Member) == m && o.now >= f.From && (f.To == 0 || o.now < f.To) {
			return f.Failure
		}
	}
	return Healthy
}

// dequeue is R65 and R66.
func (o *oracle) dequeue(s *oracleMember, https bool) bool {
	ttl := match.Nanos(s.ttl) * match.Second
	if s.ttl < 0 {
		ttl = match.Nanos(o.sem.TTLAbsent)
	}
	queue := slices.DeleteFunc(s.streams[https], func(since match.Nanos) bool { return ttl > 0 && o.now-since > ttl })
	if len(queue) == 0 {
		s.streams[https] = nil
		return false
	}
	s.streams[https] = queue[:len(queue)-1]
	return true
}

// describe lists everything that the comparison covers.
func (o *oracle) describe(a oracleAnswer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d by %d at %v, attempts", a.decision, a.status, a.member, o.now/match.Second)
	for _, at := range a.attempts {
		fmt.Fprintf(&b, " %d:%s:%t:%t:%t", at.member, at.outcome, at.marked, at.reused, at.failover)
	}
	if !o.c.random {
		fmt.Fprintf(&b, "; position %d", o.pos)
	}
	for i, m := range o.members {
		since := match.Nanos(0)
		if m.marked {
			since = m.failedAt
		}
		fmt.Fprintf(&b, "\n  %d: weight %d marked %t %d pending %d failed %d affinity %d total %d",
			i, m.current, m.marked, since/match.Second, m.pending, m.failed, m.affinity, m.total)
	}
	return b.String()
}

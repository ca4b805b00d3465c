package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
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
	o.answer.decision, o.answer.status, o.answer.member = Errored, status, -1
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

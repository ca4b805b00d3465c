package explain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// unusable is a server whose https Transport has no keyring, usable one that has.
const (
	unusable = `<Server Name="b" CloneID="b1"><Transport Hostname="h" Port="9443" Protocol="https"/></Server>`
	usable   = `<Server Name="a" CloneID="a1"><Transport Hostname="h" Port="9443" Protocol="https">` +
		`<Property Name="keyring" Value="/k.kdb"/></Transport></Server>`
)

// valueCase is a row of requests on which each value of an open choice gives another story, and the answer says that
// it hangs on the choice.
type valueCase struct {
	name                     string
	choice                   choices.Choice
	config, cluster, servers string
	level                    string
	marked                   match.Nanos // a is marked down that long ago, 0 it is not
	weights                  []int32
	cookie                   string
	failures                 map[match.MemberID]FailureMode
	until                    match.Nanos // failures hold that long, 0 for ever
	body                     int64
	requests                 int // 1 when 0
	gap                      match.Nanos
	want                     []string // by value
}

func (c *valueCase) scenario() *Scenario {
	rq := get("/x")
	rq.Body = c.body
	if c.cookie != "" {
		rq.Cookies = []string{affinityTo + c.cookie}
	}
	sc := &Scenario{Requests: Repeat(rq, max(c.requests, 1), c.gap), Members: []MemberFact{{Next: true}}}
	for m := range match.MemberID(3) {
		if f, ok := c.failures[m]; ok {
			sc.Conditions = append(sc.Conditions, MemberCondition{Member: m, Failure: f, To: c.until})
		}
	}
	if c.marked > 0 {
		sc.Members = append(sc.Members, MemberFact{Marked: &c.marked})
	}
	for m := range c.weights {
		sc.Members = append(sc.Members, MemberFact{Member: match.MemberID(m), Weight: &c.weights[m]})
	}
	return sc
}

// play tells the attempts and the end of each request.
func (c *valueCase) play(table *match.Table, sem *choices.Assumptions) string {
	sc := c.scenario()
	p := sc.process(table, sem, &failover.Chance{})
	var told []string
	start := p.Now
	for i := range sc.Requests {
		start = sc.begin(p, i, start)
		o := p.Do(&sc.Requests[i].Request, nil)
		told = append(told, describeRun(table, &o))
	}
	return strings.Join(told, ", ")
}

func valueCases() []valueCase {
	three := threeServers("")
	hand := threeServers(`ExtendedHandshake="true"`)
	slow := threeServers(`ConnectTimeout="5"`)
	reset, malformed := map[match.MemberID]FailureMode{0: Reset}, map[match.MemberID]FailureMode{0: Malformed}
	return []valueCase{
		{name: "a session keeps to a member that closed early",
			choice: choices.EarlyClose, servers: three, cookie: "a1", failures: reset,
			want: []string{"a:reset! b:ok -> forward b", "a:reset a:reset a:reset -> 500"}},
		{name: "without a session the next request finds no mark",
			choice: choices.EarlyClose, servers: three, failures: reset, requests: 3,
			want: []string{"a:reset! b:ok -> forward b, c:ok -> forward c, b:ok -> forward b",
				"a:reset b:ok -> forward b, c:ok -> forward c, a:reset b:ok -> forward b"}},
		{name: "a body that is too large",
			choice: choices.EarlyClose, servers: three, body: 100000, failures: reset, requests: 4,
			want: []string{"a:reset! -> 500, b:ok -> forward b, c:ok -> forward c, b:ok -> forward b",
				"a:reset -> 500, b:ok -> forward b, c:ok -> forward c, a:reset -> 500"}},
		{name: "ServerIOTimeoutRetry does not count it",
			choice: choices.EarlyClose, cluster: `ServerIOTimeoutRetry="0"`, servers: three,
			cookie: "a1", failures: reset,
			want: []string{"a:reset! b:ok -> forward b", "a:reset a:reset a:reset -> 500"}},
		{name: "a negative ServerIOTimeout does not mark it",
			choice: choices.EarlyClose, servers: threeServers(`ServerIOTimeout="-5"`), cookie: "a1", failures: reset,
			want: []string{"a:reset! b:ok -> forward b", "a:reset a:reset a:reset -> 500"}},
		{name: "a failed attempt costs weight",
			choice: choices.WeightOnFailure, servers: three, weights: []int32{1, 2, 2},
			failures: map[match.MemberID]FailureMode{0: NoAnswer},
			until:    5 * match.Second, requests: 3,
			want: []string{"a:io-timeout b:ok -> forward b, c:ok -> forward c, b:ok -> forward b",
				"a:io-timeout b:ok -> forward b, c:ok -> forward c, a:ok -> forward a"}},
		{name: "a handshake that fails lets any body follow",
			choice: choices.ExtendedHandshake, servers: hand, body: 100000, failures: reset,
			want: []string{"a:reset! b:ok -> forward b", "a:reset! -> 500"}},
		{name: "a handshake of the only server is tried twice",
			choice: choices.ExtendedHandshake, servers: server("a", `ExtendedHandshake="true"`), failures: reset,
			want: []string{"a:reset a:reset -> 500", "a:reset -> 500"}},
		{name: "a 503 to a probe", choice: choices.Probe503BeforeFix, level: "7.0", servers: three,
			marked: 60 * match.Second, cookie: "a1",
			failures: map[match.MemberID]FailureMode{0: Busy}, until: 10 * match.Second,
			requests: 3, gap: 60 * match.Second,
			want: []string{"a:503 b:ok -> forward b, b:ok -> forward b, b:ok -> forward b",
				"a:503 b:ok -> forward b, a:ok -> forward a, a:ok -> forward a"}},
		{name: "an answer that cannot be read",
			choice: choices.MalformedAnswer, servers: three, cookie: "a1", failures: malformed,
			want: []string{"a:malformed -> 502", "a:malformed! b:ok -> forward b"}},
		{name: "a probe whose answer cannot be read", choice: choices.MalformedAnswer, servers: three,
			marked: 60 * match.Second, cookie: "a1", failures: malformed, requests: 2,
			want: []string{"a:malformed -> 502, a:malformed -> 502",
				"a:malformed b:ok -> forward b, c:ok -> forward c"}},
		{name: "an answer that cannot be read, to a body that is too large",
			choice: choices.MalformedAnswer, servers: three, body: 100000, failures: malformed,
			want: []string{"a:malformed -> 502", "a:malformed! -> 500"}},
		{name: "the retry is due on the way",
			choice: choices.RetryClock, servers: strings.Replace(slow, "a1", "x1", 1),
			marked: 58 * match.Second, cookie: "b1:x1", failures: map[match.MemberID]FailureMode{1: Timeout},
			want: []string{"b:timeout! a:ok -> forward a", "b:timeout! a:ok -> forward a",
				"b:timeout! c:ok -> forward c",
				"b:timeout! c:ok -> forward c"}},
		{name: "the timer starts on the way", choice: choices.RetryClock, servers: slow, cookie: "a1",
			failures: map[match.MemberID]FailureMode{0: Timeout}, until: 6 * match.Second,
			requests: 2, gap: 61 * match.Second,
			want: []string{"a:timeout! b:ok -> forward b, c:ok -> forward c",
				"a:timeout! b:ok -> forward b, a:ok -> forward a",
				"a:timeout! b:ok -> forward b, c:ok -> forward c", "a:timeout! b:ok -> forward b, a:ok -> forward a"}},
		{name: "the retry is due behind a timeout that marks nobody", choice: choices.RetryClock,
			servers: server("a", "") + server("b", `ServerIOTimeout="10"`), marked: 55 * match.Second,
			failures: map[match.MemberID]FailureMode{1: NoAnswer}, want: []string{"b:io-timeout a:ok -> forward a",
				"b:io-timeout a:ok -> forward a", "b:io-timeout -> 500", "b:io-timeout -> 500"}},
		{name: "onload without https", choice: choices.TransportChoice, config: `SSLMapMode="onload"`, servers: three,
			want: []string{"a:ok -> forward a", "-> 500"}},
	}
}

// TestValuesOfChoices: each value of a choice changes what it should, and an answer that hangs on it says so.
func TestValuesOfChoices(t *testing.T) {
	for _, c := range valueCases() {
		t.Run(c.choice.String()+": "+c.name, func(t *testing.T) {
			table := mustTable(t, clusterXML(c.config, c.cluster,
				strings.ReplaceAll(c.servers, `ServerIOTimeout="10" ServerIOTimeout`, "ServerIOTimeout")))
			base, err := choices.Level(c.level)
			if err != nil {
				t.Fatal(err)
			}
			for v, want := range c.want {
				sem := base.With(c.choice, uint8(v))
				if got := c.play(table, &sem); got != want {
					t.Errorf("%s=%s\ngot  %s\nwant %s", c.choice, sem.Value(c.choice), got, want)
				}
			}
			if !slices.ContainsFunc(Explain(table, diag.NewFiles(), c.scenario(), base, nil, WithAll),
				func(d Decision) bool { return hangsOn(&d, c.choice) }) {
				if c.name != "a handshake of the only server is tried twice" { // the client gets 500 in any case
					t.Error("no answer hangs on the choice")
				}
			}
		})
	}
}

func hangsOn(d *Decision, c choices.Choice) bool {
	return slices.ContainsFunc(d.DependsOn, func(dep Dependence) bool { return dep.Assume[c.String()] != "" })
}

// TestPicksThatNoAttemptFollows: a member whose Transport cannot be used costs its request its answer, its own weight,
// and nothing else, so that the others are picked in their turn (R32, R64).
func TestPicksThatNoAttemptFollows(t *testing.T) {
	const a, none = "a:ok -> forward a", "-> 500"
	for _, c := range []struct {
		name, config, cluster, servers, assume, cookie string
		tls                                            bool
		want                                           string
	}{
		{name: "round robin", tls: true, servers: usable + unusable,
			want: strings.Join(slices.Repeat([]string{a, none}, 3), ", ")},
		{name: "under weight-on-failure=success-only", tls: true, servers: usable + unusable,
			assume: "weight-on-failure=success-only", want: strings.Join(slices.Repeat([]string{a, none}, 3), ", ")},
		{name: "the other scheme is missing, strict", tls: true, servers: usable + server("b", ""),
			assume: "transport-choice=strict", want: strings.Join(slices.Repeat([]string{a, none}, 3), ", ")},
		{name: "onload, strict", config: `SSLMapMode="onload"`, servers: usable + server("b", ""),
			assume: "transport-choice=strict", want: strings.Join(slices.Repeat([]string{a, none}, 3), ", ")},
		{name: "weights 3 and 1", tls: true, servers: strings.Replace(usable, "<Server",
			`<Server LoadBalanceWeight="3"`, 1) +
			strings.Replace(unusable, "<Server", `<Server LoadBalanceWeight="1"`, 1),
			want: strings.Join([]string{a, none, a, a, none, a}, ", ")},
		{name: "a session", tls: true, servers: usable + unusable, cookie: "b1",
			want: strings.Join(slices.Repeat([]string{none}, 6), ", ")},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, sem := mustTable(t, clusterXML(c.config, c.cluster, c.servers)), choices.Latest()
			if c.assume != "" {
				choiceByName(t, c.assume, &sem)
			}
			p := NewProcess(table, &sem, 0)
			p.state(0).Next = 0
			var told []string
			for range 6 {
				rq := get("/x")
				if rq.TLS = c.tls; c.cookie != "" {
					rq.Cookies = []string{affinityTo + c.cookie}
				}
				told = append(told, run(t, p, rq, ""))
			}
			if got := strings.Join(told, ", "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for i, ms := range p.state(0).Members {
				if ms.Pending != 0 || ms.Failed != 0 || ms.MarkedDown || ms.Probing {
					t.Errorf("member %d: %+v", i, ms)
				}
			}
		})
	}
}

// TestWeightsOfPicks: what a request costs the members that it picked, sessions where R34 counts them, by value of
// weight-on-failure.
func TestWeightsOfPicks(t *testing.T) {
	two := usable + unusable
	for _, c := range []struct {
		name, config, cluster, servers, cookie, failures string
		tls                                              bool
		want                                             [2]string // weights of a and b after one request, from 5 each
	}{
		{"balanced", "", "", threeServers(""), "", "", false, [2]string{"4 5", "4 5"}},
		{"balanced, refused", "", "", threeServers(""), "", "a=refused", false, [2]string{"4 4", "5 4"}},
		{"balanced, 503", "", "", threeServers(""), "", "a=503", false, [2]string{"4 4", "4 4"}},
		{"balanced, malformed", "", "", threeServers(""), "", "a=malformed", false, [2]string{"4 5", "5 5"}},
		{"a session", "", "", threeServers(""), "b1", "", false, [2]string{"5 5", "5 5"}},
		{"a session that counts", "", `IgnoreAffinityRequests="false"`, threeServers(""), "b1", "",
			false, [2]string{"5 4", "5 4"}},
		{"a session that counts, refused", "", `IgnoreAffinityRequests="false"`, threeServers(""), "b1", "b=refused",
			false, [2]string{"4 4", "4 5"}},
		{"a session that counts, no Transport", "", `IgnoreAffinityRequests="false"`, two, "b1", "",
			true, [2]string{"5 4", "5 4"}},
		{"the next primary, no Transport",
			`FailoverToNext="true"`, `IgnoreAffinityRequests="false"`, two, "a1", "a=refused",
			true, [2]string{"4 4", "5 4"}},
		{"balanced, no Transport", "", "", two, "", "a=refused", true, [2]string{"4 4", "5 4"}},
		{"random, no Transport", "", `LoadBalance="Random"`, two, "b1", "", true, [2]string{"5 5", "5 5"}},
	} {
		for v, want := range c.want {
			table := mustTable(t, clusterXML(c.config, c.cluster, c.servers))
			sem := choices.Latest().With(choices.WeightOnFailure, uint8(v))
			p := NewProcess(table, &sem, 0)
			p.state(0).Next = 0
			for i := range p.state(0).Members {
				p.state(0).Members[i].Weight = 5
			}
			rq := get("/x")
			if rq.TLS = c.tls; c.cookie != "" {
				rq.Cookies = []string{affinityTo + c.cookie}
			}
			story := run(t, p, rq, c.failures)
			ms := p.state(0).Members
			if got := fmt.Sprint(ms[0].Weight, ms[1].Weight); got != want {
				t.Errorf("%s, %s: %s leaves %s, want %s", c.name, sem.Value(choices.WeightOnFailure), story, got, want)
			}
		}
	}
}

package failover

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// A play is a course of requests to one cluster, in one process whose round robin begins at the first primary. Of each
// request are written, in any order before its attempts:
//
//	@70    it arrives 70 s after the start; else with the one before
//	=b1    its session has this clone ID, or these: =b1:c1
//	#-1    its body has so many bytes, -1 unknown
//	https  it came over TLS
//
// and then what each of its attempts comes to, a word of [attempts]; those that are not written are answered. +5 lets
// 5 s pass within the request. Requests stand apart by semicolons.
type play struct {
	name     string
	file     string // attributes of Config
	cluster  string // attributes of the ServerCluster
	servers  string // its content
	assume   string // choices, apart by blanks
	marked   string // members that are marked down at 0 s, apart by blanks
	table    string // the partition table: ID=CLONE,CLONE, apart by blanks; "" none is known
	requests string
	// of each request who was tried and how it ended; then who is marked down, and of whom the weight is not the start
	// weight
	want string
}

// attempts are what can become of an attempt.
var attempts = map[string][]Event{
	"ok":        {{Kind: Head, Status: 200}, {Kind: Done}},
	"refused":   {{Kind: ConnectFailed}},
	"timeout":   {{Kind: ConnectTimeout}},
	"503":       {{Kind: Head, Status: 503}},
	"500":       {{Kind: Head, Status: 500}, {Kind: Done}},
	"io":        {{Kind: IOTimeout, Sent: SentSome}},
	"closed":    {{Kind: StreamLost, Sent: SentSome}},
	"early":     {{Kind: StreamLost}}, // before anything was sent
	"stale":     {{Kind: StreamLost, Sent: SentSome, ReusedStream: true}},
	"stale-io":  {{Kind: IOTimeout, Sent: SentSome, ReusedStream: true}},
	"malformed": {{Kind: Malformed, Sent: SentSome}},
	"cut":       {{Kind: Head, Status: 200}, {Kind: StreamLost, Sent: SentSome}},
	"gone":      {{Kind: ClientGone}},
	"want":      {{Kind: LocalWant}},
	"pending":   {}, // it stays under way while the next request comes
}

// ended are the attempts that do not print: the answer as it ends the request.
var ended = map[string]string{"ok": "ok", "500": "ok", "gone": "gone", "want": "gone", "pending": "pending"}

func (p *play) run(t *testing.T, rec *Recorder) string {
	t.Helper()
	table, sem := mustTable(t, clusterXML(p.file, p.cluster, p.servers)), choices.Latest()
	for _, assignment := range strings.Fields(p.assume) {
		choiceByName(t, assignment, &sem)
	}
	c := &table.Clusters[0]
	cs := NewState(c, &sem, 1)
	cs.LearnPosition(0)
	for _, name := range strings.Fields(p.marked) {
		m, _ := c.MemberByName(name)
		cs.LearnMark(m, true, 0)
	}
	if p.table != "" {
		clones := map[string][]string{}
		for _, entry := range strings.Fields(p.table) {
			id, list, _ := strings.Cut(entry, "=")
			clones[id] = strings.Split(list, ",")
		}
		LearnPartitionTable(table, &cs, 0, clones)
	}
	var now match.Nanos
	var out []string
	for request := range strings.SplitSeq(p.requests, ";") {
		out = append(out, playRequest(t, table, &cs, &now, strings.Fields(request), &sem, rec))
	}
	return strings.Join(out, "; ") + told(c, &cs)
}

// playRequest drives one request to its end.
func playRequest(
	t *testing.T, table *match.Table, cs *ClusterState, now *match.Nanos, words []string, sem *choices.Assumptions,
	rec *Recorder,
) string {
	t.Helper()
	rq := get("/x")
	for ; len(words) > 0 && (strings.ContainsAny(words[0][:1], "@=#") || words[0] == "https"); words = words[1:] {
		switch n, _ := strconv.Atoi(words[0][1:]); words[0][0] {
		case '@':
			*now = match.Nanos(n) * match.Second
		case '=':
			rq.Cookies = []string{affinityTo + words[0][1:]}
		case '#':
			rq.Body = int64(n)
		default:
			rq.TLS = true
		}
	}
	m, _ := table.Match(&rq, sem)
	f := Begin(table, &rq, &m, *now, sem, rec)
	out := ""
	for {
		a := Next(table, cs, &f, *now, sem, rec)
		switch a.Kind {
		case Fail:
			return out + "-> " + strconv.Itoa(a.Status)
		case Cut:
			return out + "-> cut"
		}
		out += table.MemberName(0, a.Member) + " "
		word := "ok"
		for len(words) > 0 && words[0][0] == '+' {
			n, _ := strconv.Atoi(words[0][1:])
			*now, words = *now+match.Nanos(n)*match.Second, words[1:]
		}
		if len(words) > 0 {
			word, words = words[0], words[1:]
		}
		events, known := attempts[word]
		if !known {
			t.Fatalf("no attempt %q", word)
		}
		for _, ev := range events {
			Observe(table, cs, &f, *now, ev, sem, rec)
		}
		if how := ended[word]; how != "" {
			return out + "-> " + how
		}
	}
}

// told says what is left of the requests in the state of the cluster.
func told(c *match.Cluster, cs *ClusterState) (text string) {
	for i := range cs.Members {
		if cs.Members[i].MarkedDown {
			text += ", " + c.Members[i].Name + " marked"
		}
	}
	for i := range cs.Members {
		if got := cs.Members[i].Weight; got != c.Members[i].Start {
			text += fmt.Sprintf(", %s at %d of %d", c.Members[i].Name, got, c.Members[i].Start)
		}
	}
	return text
}

// playAll plays each three times: whatever is recorded, the walk is the same, and consults the same.
func playAll(t *testing.T, plays []play) {
	t.Helper()
	for i := range plays {
		p := &plays[i]
		t.Run(p.name, func(t *testing.T) {
			if got := p.run(t, nil); got != p.want {
				t.Errorf("got  %s\nwant %s", got, p.want)
			}
			steps, quiet := new(Recorder), ChoicesOnly()
			if got := p.run(t, steps); got != p.want {
				t.Errorf("with steps %s\nwant %s", got, p.want)
			}
			if got := p.run(t, quiet); got != p.want {
				t.Errorf("with choices alone %s\nwant %s", got, p.want)
			}
			if len(quiet.Steps) > 0 || len(steps.Steps) == 0 || *steps.Seen() != *quiet.Seen() {
				t.Errorf("%d steps where none is wanted, %d else; consulted %b and %b", len(quiet.Steps),
					len(steps.Steps), steps.Seen().Points(), quiet.Seen().Points())
			}
		})
	}
}

// weighted are two servers with clone IDs a1 and b1, and weights.
func weighted(a, b int) string {
	return server("a", fmt.Sprintf(`CloneID="a1" LoadBalanceWeight="%d"`, a)) +
		server("b", fmt.Sprintf(`CloneID="b1" LoadBalanceWeight="%d"`, b))
}

// TestWhoIsChosen is R22 to R42: sessions, weights, lists.
func TestWhoIsChosen(t *testing.T) {
	three := threeServers("")
	backup := threeServers("") + sharedtest.Lists("a b", "c")
	address := three + `<ClusterAddress Name="ip"><Transport Hostname="ip.example.com" Port="9080"/></ClusterAddress>`
	playAll(t, []play{
		{name: "R30 each in its turn", servers: three, requests: "; ; ", want: "a -> ok; b -> ok; c -> ok" +
			", a at 0 of 1, b at 0 of 1, c at 0 of 1"},
		{name: "R30 affinity does not move the place", servers: three, requests: "; =a1; ",
			want: "a -> ok; a -> ok; b -> ok, a at 0 of 1, b at 0 of 1"},
		{name: "R30 the place stands behind the pick", servers: weighted(3, 2) + server("c", ""), marked: "a",
			requests: "; ; ", want: "b -> ok; c -> ok; b -> ok, a marked, b at 0 of 2, c at 1 of 2"},
		{name: "R32 a weight used up", servers: weighted(2, 1), requests: "; ; ; ",
			want: "a -> ok; b -> ok; a -> ok; b -> ok, b at 0 of 1"},
		{name: "R32 a failed attempt costs weight", servers: weighted(3, 2), requests: "503 ok",
			want: "a b -> ok, a at 2 of 3, b at 1 of 2"},
		{name: "R32 or does not", servers: weighted(3, 2), assume: "weight-on-failure=success-only",
			requests: "refused ok", want: "a b -> ok, a marked, b at 1 of 2"},
		{name: "R32 a 503 is a success there", servers: weighted(3, 2), assume: "weight-on-failure=success-only",
			requests: "503 ok", want: "a b -> ok, a at 2 of 3, b at 1 of 2"},
		{name: "R33 raising adds", servers: weighted(1, 3), cluster: `IgnoreAffinityRequests="false"`,
			requests: "=a1; =a1; =b1; =b1; =b1; ", want: "a -> ok; a -> ok; b -> ok; b -> ok; b -> ok; a -> ok" +
				", a at 0 of 1"},
		{name: "R33 or sets", servers: weighted(2, 3), cluster: `IgnoreAffinityRequests="false"`,
			assume:   "weight-reset=set",
			requests: "=a1; =a1; =a1; =b1; =b1; =b1; ",
			want:     "a -> ok; a -> ok; a -> ok; b -> ok; b -> ok; b -> ok; a -> ok, a at 1 of 2"},
		{name: "R34 affinity costs no weight", servers: weighted(1, 3), requests: "=a1; =a1",
			want: "a -> ok; a -> ok"},
		{name: "R34 or does, below 0", servers: weighted(1, 3), cluster: `IgnoreAffinityRequests="false"`,
			requests: "=a1; =a1; =a1", want: "a -> ok; a -> ok; a -> ok, a at -2 of 1"},
		{name: "R34 so does the next after it", file: `FailoverToNext="true"`,
			cluster: `IgnoreAffinityRequests="false"`, servers: three, marked: "b", requests: "=b1",
			want: "c -> ok, b marked, c at 0 of 1"},
		{name: "R36 weight 0 waits for nobody else", servers: weighted(0, 1), requests: "; ; refused ok",
			want: "b -> ok; b -> ok; b a -> ok, b marked, a at -1 of 0, b at 0 of 1"},
		{name: "R36 and serves its sessions", servers: weighted(0, 1), requests: "=a1", want: "a -> ok"},
		{name: "R36 before the backups", servers: weighted(0, 1) + server("c", "") + sharedtest.Lists("a b", "c"),
			requests: "refused ok", want: "b a -> ok, b marked, a at -1 of 0, b at 0 of 1"},
		{name: "R36 or after them", servers: weighted(0, 1) + server("c", "") + sharedtest.Lists("a b", "c"),
			assume: "weight-zero=after-backups", requests: "refused ok", want: "b c -> ok, b marked, b at 0 of 1"},
		{name: "R38 a backup when all primaries have failed", servers: backup, requests: "refused refused ok",
			want: "a b c -> ok, a marked, b marked, a at 0 of 1, b at 0 of 1"},
		{name: "R38 marked or not", servers: backup, requests: "503 503 ok",
			want: "a b c -> ok, a at 0 of 1, b at 0 of 1"},
		{name: "R39 a session of a backup goes to a primary", servers: backup, requests: "=c1",
			want: "a -> ok, a at 0 of 1"},
		{name: "R39 or stays", servers: backup, assume: "affinity-to-backup=after-primaries", requests: "=c1",
			want: "c -> ok"},
		{name: "R40 in neither list", servers: three + sharedtest.Lists("a b", ""), requests: "=c1; ; ",
			want: "a -> ok; b -> ok; a -> ok, a at 0 of 1"},
		{name: "R22 the first clone ID that leads to somebody", servers: three, marked: "b", requests: "=b1:c1",
			want: "c -> ok, b marked"},
		{name: "R24 back home", servers: three, marked: "b", requests: "@70 =b1:c1", want: "b -> ok"},
		{name: "R26 a marked home: balanced", servers: three, marked: "b", requests: "=b1; =b1",
			want: "a -> ok; c -> ok, b marked, a at 0 of 1, c at 0 of 1"},
		{name: "R26 or the next one", servers: three, marked: "b", assume: "affinity-failover=next-primary",
			requests: "=b1; =b1", want: "c -> ok; c -> ok, b marked"},
		{name: "R26 FailoverToNext", file: `FailoverToNext="true"`, servers: three, marked: "c", requests: "=c1",
			want: "a -> ok, c marked"},
		{name: "R26 after the first of two", file: `FailoverToNext="true"`,
			servers: three + server("d", ""), marked: "a c", requests: "=c1:a1", want: "d -> ok, a marked, c marked"},
		{name: "R26 marked just now", file: `FailoverToNext="true"`, servers: three, requests: "=b1 refused ok",
			want: "b c -> ok, b marked"},
		{name: "R27 nobody's clone ID", servers: three, requests: "=z9", want: "a -> ok, a at 0 of 1"},
		{name: "R42 a full member is passed over", servers: threeServers(`MaxConnections="1"`),
			requests: "pending; =a1; ", want: "a -> pending; b -> ok; c -> ok, a at 0 of 1, b at 0 of 1, c at 0 of 1"},
		{name: "R23 or its sessions go there", servers: threeServers(`MaxConnections="1"`),
			assume: "affinity-max-connections=ignored", requests: "pending; =a1",
			want: "a -> pending; a -> ok, a at 0 of 1"},
		{name: "R60 all are full", servers: weightedFull(), requests: "pending; pending; ",
			want: "a -> pending; b -> pending; -> 503, a at 0 of 1, b at 0 of 1"},
		{name: "R60 none is full alone", servers: weightedFull(), marked: "a b", requests: "@60 pending; pending; ",
			want: "a -> pending; b -> pending; -> 500, a marked, b marked, a at 0 of 1, b at 0 of 1"},
		{name: "R61 after an attempt its outcome decides", servers: weightedFull(), requests: "pending; refused",
			want: "a -> pending; b -> 500, b marked, a at 0 of 1, b at 0 of 1"},
		{name: "R61 all are down", servers: three, marked: "a b c", requests: "",
			want: "-> 500, a marked, b marked, c marked"},
		{name: "R61 or one is tried", servers: three, marked: "a b c", assume: "all-down=retry-marked",
			requests: "ok; refused refused",
			want:     "a -> ok; a b -> 500, a marked, b marked, c marked, a at 0 of 1"},
		{name: "R41 the ClusterAddress", servers: address, requests: "; =b1; ",
			want: "ClusterAddress -> ok; b -> ok; ClusterAddress -> ok"},
		{name: "R41 its failure", servers: address, requests: "refused; 503; ",
			want: "ClusterAddress -> 500; ClusterAddress -> 503; ClusterAddress -> ok"},
		{name: "R41 or balancing", servers: address, assume: "cluster-address-failure=balance", requests: "refused ok",
			want: "ClusterAddress a -> ok, a at 0 of 1"},
	})
}

// TestPartitionIDs is R28: sessions whose cookie has a partition ID in place of a clone ID.
func TestPartitionIDs(t *testing.T) {
	three, learns := threeServers(""), `GetDWLMTable="true"`
	both := three + sharedtest.Lists("a b", "c")
	playAll(t, []play{
		{name: "no table: balanced", cluster: learns, servers: three, requests: "=12345678; =12345678",
			want: "a -> ok; b -> ok, a at 0 of 1, b at 0 of 1"},
		{name: "the owner", cluster: learns, servers: three, table: "12345678=c1,b1", requests: "=12345678; =12345678",
			want: "c -> ok; c -> ok"},
		{name: "the owner is down", cluster: learns, servers: three, table: "12345678=c1,b1", marked: "c",
			requests: "=12345678", want: "b -> ok, c marked"},
		{name: "has failed just now", cluster: learns, servers: three, table: "12345678=c1,b1",
			requests: "=12345678 refused ok", want: "c b -> ok, c marked"},
		{name: "all that have a copy are down", cluster: learns, servers: three, table: "12345678=c1,b1",
			marked: "b c", requests: "=12345678", want: "a -> ok, b marked, c marked, a at 0 of 1"},
		{name: "lists do not apply", cluster: learns, servers: both, table: "12345678=c1", requests: "=12345678",
			want: "c -> ok"},
		{name: "an ID that the table does not have", cluster: learns, servers: three, table: "12345678=c1",
			requests: "=12345679", want: "a -> ok, a at 0 of 1"},
		{name: "clone IDs that nobody has", cluster: learns, servers: three, table: "12345678=z1,c1",
			requests: "=12345678", want: "c -> ok"},
		{name: "a clone ID that looks like one", cluster: learns,
			servers: server("a", `CloneID="a1"`) + server("b", `CloneID="12345678"`), table: "12345678=a1",
			requests: "=12345678", want: "b -> ok"},
	})
}

// TestObstacles: of whom nobody takes a request it is told why, in the order of the lists.
func TestObstacles(t *testing.T) {
	servers := threeServers(`MaxConnections="1"`) + server("d", "") + server("e", "") +
		sharedtest.Lists("a b c", "d e")
	table, sem := mustTable(t, clusterXML("", "", servers)), choices.Latest()
	cs := NewState(&table.Clusters[0], &sem, 1)
	now := 100 * match.Second
	cs.LearnMark(0, true, now-10*match.Second)
	cs.LearnPending(1, 1)
	cs.LearnMark(2, true, 0)
	cs.LearnProbe(2, true)
	cs.LearnMark(4, true, now)
	rq := get("/x")
	m, _ := table.Match(&rq, &sem)
	var rec Recorder
	f := Begin(table, &rq, &m, now, &sem, &rec)
	if a := Next(table, &cs, &f, now, &sem, &rec); a.Member != 3 {
		t.Fatalf("%+v", a)
	}
	Observe(table, &cs, &f, now, Event{Kind: ConnectFailed}, &sem, &rec)
	if a := Next(table, &cs, &f, now, &sem, &rec); a.Kind != Fail || a.Status != 500 {
		t.Fatalf("%+v", a)
	}
	last := rec.Steps[len(rec.Steps)-1]
	want := []PassedOver{{Member: 0, Why: RetryRuns, RetryIn: 50 * match.Second}, {Member: 1, Why: Full, Pending: 1},
		{Member: 2, Why: BeingProbed}, {Member: 3, Why: FailedRequest}, {Member: 4, Why: RetryRuns,
			RetryIn: 60 * match.Second}}
	if last.Kind != StepGiveUp || last.Why != WhyNobodyElse || fmt.Sprint(last.Passed) != fmt.Sprint(want) {
		t.Errorf("%d %d, passed over %+v, want %+v", last.Kind, last.Why, last.Passed, want)
	}
}

// weightedFull are two servers that take one request each.
func weightedFull() string {
	return server("a", `MaxConnections="1"`) + server("b", `MaxConnections="1"`)
}

// TestWhatAFailureLeadsTo is R50 to R70: marks, timers, who is tried next, and how a request ends. Most requests have
// a session of a: that costs no weight, and shows whether affinity chooses a again.
func TestWhatAFailureLeadsTo(t *testing.T) {
	three := threeServers("")
	one := server("a", `CloneID="a1" ServerIOTimeout="10"`)
	negative := func(servers string) string { return strings.ReplaceAll(servers, `IOTimeout="10"`, `IOTimeout="-10"`) }
	secure := strings.ReplaceAll(three, `Protocol="http"`, `Protocol="https"`) // without a keyring
	const b, bc = ", b at 0 of 1", ", b at 0 of 1, c at 0 of 1"                // what balancing has cost
	playAll(t, []play{
		{name: "R50 a failed connect marks", servers: three, requests: "=a1 refused ok; =a1",
			want: "a b -> ok; c -> ok, a marked" + bc},
		{name: "R50 so does ConnectTimeout", servers: three, requests: "=a1 timeout ok",
			want: "a b -> ok, a marked" + b},
		{name: "R51 the only server", servers: one, requests: "=a1 refused ok; =a1 refused refused",
			want: "a a -> ok; a a -> 500"},
		{name: "R51 without a second connect", servers: one, assume: "single-member-connect-retry=none",
			requests: "=a1 refused", want: "a -> 500"},

		{name: "R52 due after the interval", servers: three, marked: "a", requests: "@59 =a1; @60 =a1; =a1",
			want: "b -> ok; a -> ok; a -> ok" + b},
		{name: "R52 a probe that fails restarts the timer", servers: three, marked: "a",
			requests: "@60 =a1 refused ok; @119 =a1; @120 =a1", want: "a b -> ok; c -> ok; a -> ok" + bc},
		{name: "R52 so does one that would not mark", servers: three, marked: "a",
			requests: "@60 =a1 io ok; @119 =a1", want: "a b -> ok; c -> ok, a marked" + bc},
		{name: "R52 one request probes", servers: three, marked: "a", requests: "@60 =a1 pending; =a1",
			want: "a -> pending; b -> ok, a marked" + b},
		{name: "R52 or all do", servers: three, marked: "a", assume: "probe=all",
			requests: "@60 =a1 pending; =a1", want: "a -> pending; a -> ok"},
		{name: "R52 a client that leaves releases the probe", servers: three, marked: "a",
			requests: "@60 =a1 gone; =a1", want: "a -> gone; a -> ok"},
		{name: "R52 interval 0, not within the request", cluster: `RetryInterval="0"`, servers: three,
			requests: "=a1 refused ok; =a1", want: "a b -> ok; a -> ok" + b},
		{name: "R52 the timer starts at the failure", servers: three, requests: "=a1 +50 refused ok; @60 =a1",
			want: "a b -> ok; c -> ok, a marked" + bc},
		{name: "R52 or at the arrival", servers: three, assume: "retry-clock=arrival-starts",
			requests: "=a1 +50 refused ok; @60 =a1", want: "a b -> ok; a -> ok" + b},

		{name: "R53 a 503 marks nobody", servers: three, requests: "=a1 503 ok", want: "a a -> ok"},
		{name: "R53 balancing goes on", servers: three, requests: "503 ok",
			want: "a b -> ok, a at 0 of 1, b at 0 of 1"},
		{name: "R53 passed on in the end", servers: three, requests: "=a1 503 503 503", want: "a a a -> 503"},
		{name: "R53 of the only server", servers: one, requests: "=a1 503", want: "a -> 503"},
		{name: "R53 MarkBusyDown", file: `MarkBusyDown="true"`, servers: three, requests: "=a1 503 ok",
			want: "a b -> ok, a marked" + b},
		{name: "R53 not the only server", file: `MarkBusyDown="true"`, servers: one, requests: "=a1 503",
			want: "a -> 503"},
		{name: "R53 a 503 ends a probe well", servers: three, marked: "a", requests: "@60 =a1 503 ok",
			want: "a a -> ok"},
		{name: "R53 another status is an answer", servers: three, requests: "=a1 500", want: "a -> ok"},

		{name: "R54 marks nobody", servers: three, requests: "=a1 io ok", want: "a a -> ok"},
		{name: "R54 a second stream is no attempt", servers: three, requests: "=a1 stale-io io io io",
			want: "a a a a -> 500"},
		{name: "R54 the only server", servers: one, requests: "=a1 io; =a1 stale-io ok; =a1 stale-io io",
			want: "a -> 500; a a -> ok; a a -> 500"},
		{name: "R55 marks", servers: negative(three), requests: "=a1 io ok", want: "a b -> ok, a marked" + b},
		{name: "R55 not the only server", servers: negative(one), requests: "=a1 io", want: "a -> 500"},
		{name: "R56 none", cluster: `ServerIOTimeoutRetry="0"`, servers: three, requests: "=a1 io; =a1 stale-io",
			want: "a -> 500; a -> 500"},
		{name: "R56 one, the second stream included", cluster: `ServerIOTimeoutRetry="1"`, servers: three,
			requests: "=a1 io io; =a1 stale-io io", want: "a a -> 500; a a -> 500"},
		{name: "R56 of 503 nothing is counted", cluster: `ServerIOTimeoutRetry="0"`, servers: three,
			requests: "=a1 503 ok", want: "a a -> ok"},

		{name: "R50b a new stream closed", servers: three, requests: "=a1 closed ok", want: "a b -> ok, a marked" + b},
		{name: "R50b as R54", servers: three, assume: "early-close=as-io-timeout", requests: "=a1 closed ok",
			want: "a a -> ok"},
		{name: "R50c a stale one", servers: three, requests: "=a1 stale ok", want: "a a -> ok"},
		{name: "R50c and then a new one closed", servers: three, requests: "=a1 stale closed ok",
			want: "a a b -> ok, a marked" + b},

		{name: "R57 a body not buffered", cluster: `PostBufferSize="0"`, servers: three,
			requests: "=a1 #9 io; =a1 #9 503; =a1 #9 stale; =a1 #9 refused ok",
			want:     "a -> 500; a -> 503; a -> 500; a b -> ok, a marked" + b},
		{name: "R57 64 KB", servers: three, requests: "=a1 #65536 io ok; =a1 #65537 io", want: "a a -> ok; a -> 500"},
		{name: "R57 no limit", cluster: `PostBufferSize="-1"`, servers: three, requests: "=a1 #65537 io ok",
			want: "a a -> ok"},
		{name: "R58 a part is out", servers: three, requests: "=a1 cut", want: "a -> cut, a marked"},
		{name: "R59 PostSizeLimit", cluster: `PostSizeLimit="100"`, servers: three, requests: "=a1 #100; =a1 #101",
			want: "a -> ok; -> 413"},
		{name: "R59 or 500", cluster: `PostSizeLimit="100"`, servers: three, assume: "post-limit-status=500",
			requests: "=a1 #101", want: "-> 500"},

		{name: "R62 as many as are listed", servers: three, requests: "=a1 503 503 503 ok; refused refused refused ok",
			want: "a a a -> 503; a b c -> 500, a marked, b marked, c marked, a at 0 of 1" + bc},
		{name: "R62 or until nobody is left", servers: three, assume: "attempts=unlimited-until-none",
			requests: "=a1 503 503 503 503 ok", want: "a a a a a -> ok"},
		{name: "R64 the other scheme", servers: three, requests: "=a1 https", want: "a -> ok"},
		{name: "R64 or none", servers: three, assume: "transport-choice=strict", requests: "https",
			want: "-> 500, a at 0 of 1"}, // the pick has cost its weight
		{name: "R64 https without a keyring", servers: secure, requests: "https; ",
			want: "-> 500; -> 500, a at 0 of 1, b at 0 of 1"},
		{name: "R68 a handshake that fails", cluster: `PostBufferSize="0"`,
			servers: threeServers(`ExtendedHandshake="true"`), requests: "=a1 #9 early ok",
			want: "a b -> ok, a marked" + b},
		{name: "R70 malformed", servers: three, requests: "=a1 malformed", want: "a -> 502"},
		{name: "R70 ends a probe well", servers: three, marked: "a", requests: "@60 =a1 malformed; =a1",
			want: "a -> 502; a -> ok"},
		{name: "R70 or as a closed stream", servers: three, assume: "malformed-answer=stream-lost",
			requests: "=a1 malformed ok", want: "a b -> ok, a marked" + b},
		{name: "what this process lacks is no failure", servers: three, requests: "=a1 want; =a1",
			want: "a -> gone; a -> ok"},
	})
}

// TestOnlyServerHangsOnEarlyClose: the only server of a cluster is never marked, so early-close decides nothing, unless
// attempts go on until nobody is left: then it says whether that server is asked again.
func TestOnlyServerHangsOnEarlyClose(t *testing.T) {
	for assume, want := range map[string]string{
		"":                              "a -> 500",
		"attempts=unlimited-until-none": "a a -> ok",
		"early-close=as-io-timeout":     "a -> 500",
		"attempts=unlimited-until-none early-close=as-io-timeout": "a -> 500",
	} {
		p := play{servers: server("a", `CloneID="a1"`), assume: assume, requests: "=a1 closed ok"}
		rec := ChoicesOnly()
		if got := p.run(t, rec); got != want {
			t.Errorf("%q: %s, want %s", assume, got, want)
		}
		consulted := rec.Seen().Points()&(1<<choices.EarlyClose) != 0
		if consulted != strings.Contains(assume, "attempts") {
			t.Errorf("%q: early-close consulted: %t", assume, consulted)
		}
	}
}

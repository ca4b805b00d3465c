package live_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wasplug/wasplug/internal/live"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// asked plans, asks and judges what a proxy does that may have another file than verify.
func asked(t *testing.T, report reporter, r *rig, served string, sem choices.Assumptions,
	only ...choices.Choice) *question.Findings {
	plain, secure := serve(t, served, sem)
	_, f := askedAt(t, report, r, live.Target{Plain: plain, TLS: secure}, only...)
	return f
}

func askedAt(t *testing.T, report reporter, r *rig, target live.Target, only ...choices.Choice) (*question.Run,
	*question.Findings) {
	p := r.planner(base(t))
	if len(only) > 0 {
		p.Among = 0
	}
	for _, c := range only {
		p.Among |= 1 << c
	}
	d, plan := r.driver(target.Plain, target.TLS), p.Plan()
	if target.TLS != "" { // it is one proxy
		plan.Processes = nil
	}
	run, err := d.Execute(t.Context(), plan)
	if err != nil {
		report.Errorf("%v", err)
	}
	f := p.Findings(run)
	noteLate(report, f)
	return run, f
}

// meets are choices whose questions a rule has a part in.
type meets []choices.Choice

// backups stand behind others in the clusters that these are asked of. Where balancing begins is by chance, and what
// one of them sees can be right by chance.
var backups = meets{choices.AffinityToBackup, choices.WeightZero, choices.AllDown, choices.AffinityFailover}

// broken are rules, each broken by what the proxy reads in place of what verify reads.
var broken = []struct {
	rule, from, to string
	meets          meets
}{
	{"R2: a prefix is matched", `Uri Name="/wasplug/(\w+)/\*"`, `Uri Name="/wasplug/$1/"`, meets{choices.ScoreTie}},
	{"R4: the cookie is that of the Uri", `<Uri `, `<Uri AffinityCookie="OTHER" `, meets{choices.ManyCookies}},
	{"R21: clone IDs stand behind :", `<ServerCluster `, `<ServerCluster CloneSeparatorChange="true" `,
		meets{choices.ManyCookies}},
	{"R22: a session goes home", ` CloneID="[^"]*"`, ``, meets{choices.AffinityFailover}},
	{"R31: weights count", ` LoadBalanceWeight="3"`, ` LoadBalanceWeight="7"`, meets{choices.WeightThreshold}},
	{"R34: affinity requests cost weight where that is said",
		`IgnoreAffinityRequests="false"`, ``, meets{choices.WeightReset}},
	{"R38: backups wait", `(?s)<(Primary|Backup)Servers>.*?</(Primary|Backup)Servers>`, ``, backups},
	{"R41: the ClusterAddress gets requests", `(?s)<ClusterAddress.*?</ClusterAddress>`, ``,
		meets{choices.ClusterAddressFailure}},
	{"R52: a retry is due after RetryInterval", `RetryInterval="\d+"`, `RetryInterval="50"`, meets{choices.Probe}},
	{"R53: a 503 marks nobody", `<Config`, `<Config MarkBusyDown="true"`, meets{choices.AttemptLimit}},
	{"R55: a negative ServerIOTimeout marks", `ServerIOTimeout="-2"`, `ServerIOTimeout="2"`,
		meets{choices.RetryClock}},
	{"R57: a buffered body is sent again",
		`<ServerCluster `, `<ServerCluster PostBufferSize="0" `, meets{choices.EarlyClose}},
	{"R59: PostSizeLimit holds", `PostSizeLimit="1000"`, ``, meets{choices.PostLimitStatus}},
}

// TestBroken: a rule that does not hold contradicts every value of every choice.
func TestBroken(t *testing.T) {
	t.Parallel()
	for i, b := range broken {
		waits := slices.Contains(b.meets, choices.RetryClock) // for many a timeout
		if !sharedtest.Long() && i%4 != 0 || waits && !sharedtest.Everything() {
			continue
		}
		t.Run(b.rule, func(t *testing.T) {
			t.Parallel()
			inTime(t, func(report reporter) {
				r := newRig(t, "<Config/>")
				served := regexp.MustCompile(b.from).ReplaceAllString(r.xml, b.to)
				if served == r.xml {
					t.Fatal("nothing is broken")
				}
				f := asked(t, report, r, withoutTwice(served), base(t), b.meets...)
				if len(f.Contradictions) == 0 {
					report.Errorf("not noticed; %+v", f.Choices)
				}
				for _, c := range f.Contradictions {
					if c.Asked == nil || len(c.Expected) == 0 && !c.Unlikely {
						report.Errorf("a contradiction without a prediction: %+v", c)
					}
				}
			})
		})
	}
}

// withoutTwice lets the first of two equal attributes of a cluster stand.
func withoutTwice(xml string) string {
	return regexp.MustCompile(`(PostBufferSize="0" [^>]*)PostBufferSize="0"`).ReplaceAllString(xml, "$1")
}

// TestNoFailoverHeader: a plug-in that does not tell of a failover is noticed, too: that is a fact of its level.
func TestNoFailoverHeader(t *testing.T) {
	t.Parallel()
	r := newRig(t, "<Config/>")
	silentPlugin := base(t)
	silentPlugin.TellsFailover = false
	if f := asked(t, t, r, r.xml, silentPlugin, choices.EarlyClose); len(f.Contradictions) == 0 {
		t.Error("not noticed")
	}
}

// TestTwoProcesses: two web server processes are noticed, and only routing is asked.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	inTime(t, func(report reporter) {
		r := newRig(t, "<Config/>")
		one, _ := serve(t, r.xml, base(t))
		two, _ := serve(t, r.xml, base(t))
		front := alternate(t, one, two)
		run, f := askedAt(t, report, r, live.Target{Plain: front}, choices.ScoreTie, choices.AllDown)
		if run.Processes != 2 || !run.RoutingOnly {
			report.Errorf("%d processes, routing only: %t", run.Processes, run.RoutingOnly)
		}
		nothingContradicted(report, r.table, f)
		for _, c := range f.Choices {
			if _, settled := c.Settled(); settled != (c.Choice == choices.ScoreTie) {
				report.Errorf("%s: settled %t", c.Choice, settled)
			}
		}
	})
}

// alternate lets connections go to one address and the other in turn.
func alternate(t *testing.T, addresses ...string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var n atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go pass(c, addresses[int(n.Add(1))%len(addresses)])
		}
	}()
	return l.Addr().String()
}

func pass(c net.Conn, address string) {
	defer c.Close()
	up, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer up.Close()
	go io.Copy(up, c)
	io.Copy(c, up)
}

// TestAgain: a plug-in that was asked before knows what nobody can tell, so it is asked for routing alone, and nothing
// is contradicted.
func TestAgain(t *testing.T) {
	t.Parallel()
	inTime(t, func(report reporter) {
		r := newRig(t, "<Config/>")
		plain, _ := serve(t, r.xml, base(t))
		only := meets{choices.ScoreTie, choices.AllDown}
		askedAt(t, report, r, live.Target{Plain: plain}, only...)
		run, f := askedAt(t, report, r, live.Target{Plain: plain}, only...)
		nothingContradicted(report, r.table, f)
		if run.Earlier == 0 || len(run.Stale) == 0 {
			report.Errorf("%d requests before, %d clusters", run.Earlier, len(run.Stale))
		}
		for _, c := range f.Choices {
			if _, settled := c.Settled(); settled != (c.Choice == choices.ScoreTie) {
				report.Errorf("%s: settled %t", c.Choice, settled)
			}
		}
	})
}

const ordinary = `<Config>
<VirtualHostGroup Name="vh"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="shop">
<Server CloneID="one" Name="m1"><Transport Hostname="a.example.com" Port="9080" Protocol="http"/></Server>
<Server CloneID="two" Name="m2"><Transport Hostname="b.example.com" Port="9080" Protocol="http"/></Server>
</ServerCluster>
<UriGroup Name="u"><Uri Name="/shop/*"/></UriGroup>
<Route ServerCluster="shop" UriGroup="u" VirtualHostGroup="vh"/></Config>`

// TestNoise: requests of other clients change nothing that is learnt, and are counted.
func TestNoise(t *testing.T) {
	t.Parallel()
	inTime(t, func(report reporter) {
		r := newRig(t, ordinary)
		plain, secure := serve(t, r.xml, base(t).With(choices.ScoreTie, choices.LastWins))
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		noisy := make(chan bool)
		go func() {
			defer close(noisy)
			for ctx.Err() == nil {
				for _, host := range []string{"www.example.com", "probe.wasplug.invalid"} {
					url := "http://" + plain + "/wasplug/cookies/noise"
					rq, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
					if rq.Host = host; !strings.HasPrefix(host, "probe") {
						rq.URL.Path = "/shop/noise"
					}
					if answer, err := http.DefaultClient.Do(rq); err == nil {
						io.Copy(io.Discard, answer.Body)
						answer.Body.Close()
					}
				}
			}
		}()
		run, f := askedAt(t, report, r, live.Target{Plain: plain, TLS: secure}, choices.ScoreTie, choices.ManyCookies,
			choices.AllDown, choices.WeightReset)
		stop()
		<-noisy
		nothingContradicted(report, r.table, f)
		if run.Strangers == 0 {
			report.Errorf("nobody else was seen")
		}
		for _, c := range f.Choices {
			want := base(t)
			want = want.With(choices.ScoreTie, choices.LastWins)
			if v, ok := c.Settled(); !ok || v != want.Index(c.Choice) {
				report.Errorf("%s: %v agree", c.Choice, c.Agrees)
			}
		}
	})
}

package explain

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestStreams is R50c, R54 and R65 on a stream from the queue.
func TestStreams(t *testing.T) {
	for _, c := range []struct{ name, servers, failures, want string }{
		{"R50c stale stream", threeServers(""), "a=reset", "a:reset a:reset! b:ok -> forward b"},
		{"R54 second stream", threeServers(""), "a=io-timeout",
			"a:io-timeout a:io-timeout a:io-timeout a:io-timeout -> 500"},
		{"R54 single", server("a", `CloneID="a1" ServerIOTimeout="10"`), "a=io-timeout",
			"a:io-timeout a:io-timeout -> 500"},
		{"R55 marks after the second stream", threeServers(`ServerIOTimeout="-10"`), "a=io-timeout",
			"a:io-timeout a:io-timeout! b:ok -> forward b"},
		{"R50 a refusing member has no streams", threeServers(""), "a=refused", "a:refused! b:ok -> forward b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sem := choices.Latest()
			p := NewProcess(mustTable(t, clusterXML("", "",
				strings.ReplaceAll(c.servers, `ServerIOTimeout="10" ServerIOTimeout`, "ServerIOTimeout"))), &sem, 0)
			p.state(0).Next = 1
			rq := get("/x", affinityTo+"a1")
			if got := run(t, p, rq, ""); got != "a:ok -> forward a" {
				t.Fatal(got)
			}
			q := p.clone()
			if got := run(t, p, rq, c.failures); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			q.Now += 29 * match.Second // R65: idle for longer than 28 s
			q.Do(&rq, nil)
			o := q.Do(&rq, nil)
			if !o.Attempts[0].Reused {
				t.Error("a young stream must be taken from the queue")
			}
		})
	}
}

// TestRetriesOfReusedStreams: the second stream of R54 is a resend that R56 counts, and no failover (R63).
func TestRetriesOfReusedStreams(t *testing.T) {
	sem := choices.Latest()
	p := NewProcess(mustTable(t, clusterXML("", `ServerIOTimeoutRetry="1"`, threeServers(""))), &sem, 0)
	rq := get("/x", affinityTo+"a1")
	if got := run(t, p, rq, ""); got != "a:ok -> forward a" {
		t.Fatal(got)
	}
	p.Conditions = []MemberCondition{{Member: 0, Failure: NoAnswer}}
	o := p.Do(&rq, nil)
	if got := describeRun(p.t, &o); got != "a:io-timeout a:io-timeout -> 500" {
		t.Error(got)
	}
	for i, a := range o.Attempts {
		if a.Failover || a.Reused != (i == 0) {
			t.Errorf("attempt %d: %+v", i+1, a)
		}
	}
}

// TestFirstTransportOfAScheme: of several Transports of one scheme the first counts.
func TestFirstTransportOfAScheme(t *testing.T) {
	const two = `<Server Name="a"><Transport Hostname="one" Port="1"/><Transport Hostname="two" Port="2"/></Server>`
	table, sem := mustTable(t, clusterXML("", "", two)), choices.Latest()
	rq := get("/x")
	m, _ := table.Match(&rq, &sem)
	f, cs := failover.Begin(table, &rq, &m, 0, &sem, nil), failover.NewState(&table.Clusters[0], &sem, 0)
	if a := failover.Next(table, &cs, &f, 0, &sem, nil); a.Transport != 0 {
		t.Errorf("%+v", a)
	}
}

func TestConnectionTTL(t *testing.T) {
	for level, reused := range map[string]bool{"latest": false, "8.5.5": true} {
		sem, _ := choices.Level(level)
		p := NewProcess(mustTable(t, clusterXML("", "", server("a", ""))), &sem, 0)
		rq := get("/x")
		p.Do(&rq, nil)
		p.Now += 29 * match.Second
		if o := p.Do(&rq, nil); o.Attempts[0].Reused != reused {
			t.Errorf("%s: stream of 29 s reused: %t, want %t", level, o.Attempts[0].Reused, reused)
		}
	}
}

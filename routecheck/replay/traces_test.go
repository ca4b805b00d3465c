package replay

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

func clusterXML(attributes, servers string) string {
	return fmt.Sprintf(`<?xml version="1.0"?><Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/>
</VirtualHostGroup>
<ServerCluster Name="C" %s>%s</ServerCluster><UriGroup Name="u"><Uri Name="/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/></Config>`, attributes, servers)
}

func server(name, attributes string) string { return serverOn("h", name, attributes) }

func serverOn(host, name, attributes string) string {
	return fmt.Sprintf(`<Server Name="%s" %s><Transport Hostname="%s" Port="9080" Protocol="http"/></Server>`, name,
		attributes, host)
}

// TestRealTraces: published excerpts agree with a configuration that fits what their pages say.
func TestRealTraces(t *testing.T) {
	four := server("HAClusterServer1", `CloneID="u307p2vq"`) + server("HAClusterServer2", `CloneID="u307p48r"`) +
		server("HAClusterServer3", `CloneID="u307p62u"`) + server("HAClusterServer4", `CloneID="u307p71m"`) +
		`<PrimaryServers><Server Name="HAClusterServer1"/><Server Name="HAClusterServer3"/></PrimaryServers>
<BackupServers><Server Name="HAClusterServer2"/><Server Name="HAClusterServer4"/></BackupServers>`
	for _, c := range []struct {
		file, servers                   string
		decisions, unchecked, synced, n int64
	}{
		{"01-sg246198-ordered-routing-affinity-down.txt", four, 0, 0, 1, 0},
		{"02-sg246198-connect-refused-marked-down.txt", serverOn("app1.itso.ibm.com", "was1node_PluginMember1", "") +
			server("was2node_PluginMember2", ""), 1, 0, 0, 0},
		{"03-dellyqiao-connect-timeout-https-transport.txt",
			serverOn("wasserver", "wasserverNode01_abc", `ConnectTimeout="5"`), 3, 1, 0, 1},
		{"04-statuscheck-line-v9-retryInSec.txt", server("megaNode01_tisales3", ""), 0, 0, 0, 0},
	} {
		t.Run(c.file, func(t *testing.T) {
			log, err := os.ReadFile(sharedtest.Dir(t, "traces", c.file))
			if err != nil {
				t.Fatal(err)
			}
			table := tableOf(t, clusterXML("", c.servers))
			rep := replayLog(t, table, choices.Latest(), log)
			if rep.Mismatches != 0 || rep.Decisions != c.decisions || rep.Agreed != c.decisions ||
				rep.Unchecked != c.unchecked ||
				rep.Synchronised != c.synced {
				t.Errorf("%d decisions, %d agreed, %d unchecked, %d synchronised, %d mismatches\n%s",
					rep.Decisions, rep.Agreed,
					rep.Unchecked, rep.Synchronised, rep.Mismatches, describe(table, rep, log))
			}
			if len(rep.Choices) < int(c.n) {
				t.Errorf("consulted %v", rep.Choices)
			}
		})
	}
}

// TestSecondConnectIsSettled: a log at level Trace that shows the only server tried twice rules out that it is not.
func TestSecondConnectIsSettled(t *testing.T) {
	refused := []string{
		"ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h', OS err=111",
		"ERROR: ws_common: websphereExecute: Failed to create the stream",
		"ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'a'on host " +
			"'h'; will try another one"}
	lines := append(append(append([]string{tried, picked("a")}, refused...), refused...),
		"ERROR: ws_common: websphereWriteRequestReadResponse: Failed to find an app server to handle this request")
	rep := replayLog(t, tableOf(t, clusterXML("", server("a", ""))), choices.Latest(), logOf(lines...))
	if rep.Mismatches > 0 || rep.Decisions != 3 {
		t.Errorf("%d decisions, %d mismatches", rep.Decisions, rep.Mismatches)
	}
	for _, e := range rep.Choices {
		if e.Choice == choices.SingleMemberConnectRetry {
			if v, ok := e.Settled(); !ok || v != 0 || e.Values[1].At.Line != 8 {
				t.Errorf("settled %d %t, ruled out at %v", v, ok, e.Values[1].At)
			}
			return
		}
	}
	t.Error("the choice was not consulted")
}

// logOf is a log at level Trace, a second for each line.
func logOf(lines ...string) []byte {
	var b strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&b, "[06/Oct/2017:19:06:%02d.00000] 00000001 00000001 - %s\n", i, line)
	}
	return []byte(b.String())
}

const (
	tried = "TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: " +
		"vhost='www.example.com:80'; uri='/shop'"
	ended = "TRACE: ws_common: websphereEndRequest: Ending the request"
)

func picked(member string) string {
	return "TRACE: ws_server_group: lockedServerGroupUseServer: Server " + member + " picked, weight 1."
}

func cloneAdded(id string) string {
	return "TRACE: ws_common: websphereParseCloneID: Adding clone id '" + id + "'"
}

func TestDisagreements(t *testing.T) {
	two := server("a", `CloneID="a1"`) + server("b", `CloneID="b1"`)
	refused := []string{
		"ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'h', OS err=111",
		"ERROR: ws_common: websphereExecute: Failed to create the stream"}
	for _, c := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"affinity ignored", []string{tried, cloneAdded("a1"), picked("b"), ended}, "3 member b: a"},
		{"unknown clone ID", []string{tried, cloneAdded("zz"), picked("b"), ended}, ""},
		{"no Route", []string{strings.Replace(tried, "/shop", "shop", 1), picked("b"), ended},
			"2 route b: no Route matches shop on www.example.com:80"},
		{"Route after all", []string{tried, "TRACE: ws_common: websphereShouldHandleRequest: No route found"},
			"2 route no Route matches /shop on www.example.com:80: cluster C"},
		{"a member of nobody", []string{tried, picked("z"), ended}, "2 route z: cluster C"},
		{"not marked", append(append([]string{tried, cloneAdded("a1"), picked("a")}, refused...),
			"ERROR: ws_common: websphereHandleRequest: Failed to execute the transaction to 'a'on host "+
				"'h'; will try another one"),
			"6 mark a is not marked down: a is marked down"},
		{"gives up too early", append(append([]string{tried, cloneAdded("a1"), picked("a")}, refused...),
			"ERROR: ws_server: serverSetFailoverStatus: Marking a down",
			"ERROR: ws_common: websphereWriteRequestReadResponse: Failed to find an app server "+
				"to handle this request"),
			"7 end no further attempt: b"},
		{"unhoused pick", []string{picked("a"), ended}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := tableOf(t, clusterXML("", two))
			rep := replayLog(t, table, choices.Latest(), logOf(c.lines...))
			var got []string
			for _, d := range rep.Disagreements {
				got = append(got,
					fmt.Sprintf("%d %s %s: %s", d.Place.Line, d.What, d.Logged, strings.Join(d.Ours, " or ")))
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestProcessAgrees: the offline process's own steps, as a log.
func TestProcessAgrees(t *testing.T) {
	table := tableOf(t, clusterXML("", server("a", `CloneID="a1" LoadBalanceWeight="2"`)+server("b",
		`CloneID="b1" LoadBalanceWeight="3"`)+server("c", `CloneID="c1"`)))
	sem := choices.Latest()
	p := explain.NewProcess(table, &sem, 7)
	log := new(bytes.Buffer)
	w := pluginlog.NewWriter(log, pluginlog.LevelTrace)
	failures := []explain.FailureMode{explain.Healthy, explain.Refused, explain.Busy, explain.Reset}
	for i := range 200 {
		p.Now = 1507316760*second + match.Nanos(i)*9*second
		p.Conditions = []explain.MemberCondition{{Member: match.MemberID(i % 3), Failure: failures[i/3%4]}}
		rq := match.Request{Host: "www.example.com", Port: 80, Target: "/x"}
		if i%2 == 0 {
			rq.Cookies = []string{"JSESSIONID=0000s:" + []string{"a1", "b1:c1", "c1"}[i%3]}
		}
		emit := func(e *pluginlog.Event) {
			e.Time, e.PID, e.TID = pluginlog.Time(p.Now), 1, uint64(i%4)
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		m, _ := table.Match(&rq, &sem)
		MatchEvents(table, &rq, &m, &sem, emit)
		rec := new(failover.Recorder)
		p.Do(&rq, rec)
		Events(table, m.Cluster, rec.Steps, emit)
	}
	rep := replayLog(t, table, sem, log.Bytes())
	if rep.Mismatches > 0 || rep.Decisions < 200 || rep.Agreed != rep.Decisions || rep.Unchecked > 0 {
		t.Errorf("%d of %d decisions agree, %d unchecked\n%s", rep.Agreed, rep.Decisions, rep.Unchecked,
			describe(table, rep, log.Bytes()))
	}
}

func FuzzReplay(f *testing.F) {
	f.Add(logOf(tried, cloneAdded("a1"), picked("b"), ended))
	f.Add(logOf(tried, foundAlias("*:80", "v"), foundURI("/*", "u"), cloneAdded("b1"), compare("b1", "a1"),
		compare("b1", "b1"), found("b"), picked("b"), transport("h", 9080), ended))
	f.Add([]byte("ERROR: ws_server: serverSetFailoverStatus: Marking a down\nSTATS: ws_server: " +
		"serverSetFailoverStatus: Server a : pendingRequests 7 failedRequests 1 affinityRequests 0 totalRequests 1."))
	f.Add([]byte("STATS: ws_server_group: serverGroupCheckServerStatus: Checking status of a, ignoreWeights 0, " +
		"markedDown 1, retryNow 0, retryInSec 2147483647, wlbAllows 0 reachedMaxConnectionsLimit 1\n" + picked("a")))
	table := tableOf(f, clusterXML(`RetryInterval="0"`,
		server("a", `CloneID="a1" MaxConnections="1"`)+server("b", `CloneID="b1"`)))
	f.Fuzz(func(t *testing.T, log []byte) {
		rep := replayLog(t, table, choices.Latest(), log)
		if rep.Agreed > rep.Decisions || rep.Mismatches < rep.Decisions-rep.Agreed {
			t.Errorf("%+v", rep)
		}
	})
}

// TestBoundedMemory: processes and threads without end leave no more behind than the limits allow.
func TestBoundedMemory(t *testing.T) {
	sharedtest.Computes(t)
	table := tableOf(t, clusterXML("", server("a", "")+server("b", "")))
	r := New(table, choices.Latest())
	for i := range uint64(20000) {
		thread := pluginlog.Thread{PID: i, TID: i}
		r.Add(&pluginlog.Event{Kind: pluginlog.BuildVersion, Thread: thread})
		r.Add(&pluginlog.Event{Kind: pluginlog.RouteTried, Thread: thread, Host: "h:80", URI: "/x"})
		r.Add(&pluginlog.Event{Kind: pluginlog.Picked, Thread: thread, Member: "a", Weight: 1})
	}
	for _, m := range append([]*machine{r.base}, machines(r)...) {
		if len(m.requests) > maxOpen || len(m.clusters) > maxMembers || len(m.fresh) > maxMembers {
			t.Errorf("%d requests, %d clusters, %d processes", len(m.requests), len(m.clusters), len(m.fresh))
		}
	}
}

func machines(r *Replay) (all []*machine) {
	for _, v := range r.variants {
		all = append(all, v.m)
	}
	return all
}

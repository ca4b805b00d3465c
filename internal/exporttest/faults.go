package exporttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/lab/listener"
)

// faultXML is a configuration for members that misbehave.
const faultXML = `<?xml version="1.0"?>
<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="c" RetryInterval="1">
 <Server Name="m1" CloneID="a" ServerIOTimeout="1"><Transport Hostname="127.0.0.1" Port="PORT(m1)"/></Server>
 <Server Name="m2" CloneID="b" ServerIOTimeout="1"><Transport Hostname="127.0.0.1" Port="PORT(m2)"/></Server>
 <Server Name="m3" CloneID="c" ServerIOTimeout="1"><Transport Hostname="127.0.0.1" Port="PORT(m3)"/></Server>
 <PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>
 <BackupServers><Server Name="m3"/></BackupServers>
</ServerCluster>
<ServerCluster Name="strict" RetryInterval="60" PostBufferSize="0">
 <Server Name="s1" CloneID="a" ServerIOTimeout="-1"><Transport Hostname="127.0.0.1" Port="PORT(s1)"/></Server>
 <Server Name="s2" CloneID="b" ServerIOTimeout="-1"><Transport Hostname="127.0.0.1" Port="PORT(s2)"/></Server>
</ServerCluster>
<ServerCluster Name="post" PostBufferSize="0">
 <Server Name="p1" CloneID="a"><Transport Hostname="127.0.0.1" Port="PORT(p1)"/></Server>
 <Server Name="p2" CloneID="b"><Transport Hostname="127.0.0.1" Port="PORT(p2)"/></Server>
</ServerCluster>
<ServerCluster Name="full">
 <Server Name="f1" CloneID="a" MaxConnections="1"><Transport Hostname="127.0.0.1" Port="PORT(f1)"/></Server>
 <Server Name="f2" CloneID="b" MaxConnections="1"><Transport Hostname="127.0.0.1" Port="PORT(f2)"/></Server>
</ServerCluster>
<UriGroup Name="c"><Uri Name="/c/*"/></UriGroup><UriGroup Name="strict"><Uri Name="/strict/*"/></UriGroup>
<UriGroup Name="post"><Uri Name="/post/*"/></UriGroup><UriGroup Name="full"><Uri Name="/full/*"/></UriGroup>
<Route ServerCluster="c" VirtualHostGroup="v" UriGroup="c"/>
<Route ServerCluster="strict" VirtualHostGroup="v" UriGroup="strict"/>
<Route ServerCluster="post" VirtualHostGroup="v" UriGroup="post"/>
<Route ServerCluster="full" VirtualHostGroup="v" UriGroup="full"/>
</Config>`

// stand is a daemon before members that misbehave.
type stand struct {
	testing.TB
	*members
	address string
}

// Faults puts members at fault, one after another, and returns what a client and the members saw, by the name of the
// concept.
func (d *Daemon) Faults(t testing.TB, opt export.Options) map[string]string {
	m, xml := start(t, faultXML)
	s := &stand{t, m, d.serve(t, xml, opt)}
	return map[string]string{
		"max-connections": s.full(),
		"503":             s.unavailable(),
		"early-close":     s.at("m1", listener.Reset, question{Target: "/c/x", Cookies: session("a")}),
		"post-buffered": s.at("m1", listener.Reset, question{Method: "POST", Target: "/c/x", Cookies: session("a"),
			Body: "x=1"}),
		"post-unbuffered":  s.unbuffered(),
		"io-timeout":       s.at("m1", listener.Hang, question{Target: "/c/x", Cookies: session("a")}),
		"io-timeout-marks": s.strict(),
		"second-clone":     s.secondClone(),
		"marks":            s.wayBack(),
		"backups":          s.backups(),
		"all-down":         s.allDown(),
	}
}

func session(clones string) []string { return []string{"JSESSIONID=0000id:" + clones} }

// ask returns who answered, or the status.
func (s *stand) ask(q question) string {
	q.Host = "h"
	a := ask(s, s.address, q)
	if a.Status == 200 {
		return a.Body
	}
	return fmt.Sprint(a.Status)
}

func (s *stand) set(member, fault string, times int) {
	if err := s.ByName[member].Set(listener.Fault{Do: fault, Times: times}); err != nil {
		s.Fatal(err)
	}
}

// at meets a fault with a question, and returns the answer and who got it. Whether one gets it twice is chance where a
// proxy balances what has failed.
func (s *stand) at(member, fault string, q question) string {
	s.home("m1")
	s.set(member, fault, 0)
	before := s.last()
	got := s.ask(q)
	got += strings.Replace(s.arrivals(before), member+","+member, member, 1)
	s.set(member, "", 0)
	return got
}

// unbuffered sends a body that is not to be sent twice to a member that resets.
func (s *stand) unbuffered() string {
	s.set("p1", listener.Reset, 0)
	before := s.last()
	got := s.ask(question{Method: "POST", Target: "/post/x", Cookies: session("a"), Body: "x=1"})
	return got + s.arrivals(before)
}

func (s *stand) last() uint64 {
	all := s.Recorder.Since(0)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)-1].Order
}

// arrivals are the members that requests arrived at.
func (s *stand) arrivals(since uint64) string {
	var who []string
	for _, seen := range s.Recorder.Since(since) {
		who = append(who, seen.Member)
	}
	return " by " + strings.Join(who, ",")
}

// home waits until a member takes its sessions again: several in a row, for by chance it gets some before.
func (s *stand) home(member string) bool {
	clone := map[string]string{"m1": "a", "m2": "b"}[member]
	row := 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if row++; s.ask(question{Target: "/c/x", Cookies: session(clone)}) != member {
			row = 0
		}
		if row == 5 {
			return true
		}
	}
	s.Errorf("%s never gets its sessions back", member)
	return false
}

func (s *stand) unavailable() string {
	return s.at("m1", listener.Unavailable, question{Target: "/c/x", Cookies: session("a")})
}

// strict meets a member that hangs and is to be marked for it: the first request, then the next.
func (s *stand) strict() string {
	s.set("s1", listener.Hang, 0)
	defer s.set("s1", "", 0)
	first := s.ask(question{Target: "/strict/x", Cookies: session("a")})
	return first + ", then " + s.ask(question{Target: "/strict/x", Cookies: session("a")})
}

// secondClone asks for a session whose first member refuses.
func (s *stand) secondClone() string {
	s.home("m1")
	s.set("m1", listener.Refuse, 0)
	defer s.set("m1", "", 0)
	var got []string
	for range 6 {
		got = append(got, s.ask(question{Target: "/c/x", Cookies: session("a:b")}))
	}
	return strings.Join(got, " ")
}

// wayBack is whether a member that refused gets its sessions back.
func (s *stand) wayBack() string {
	s.set("m1", listener.Refuse, 0)
	away := s.ask(question{Target: "/c/x", Cookies: session("a")})
	s.set("m1", "", 0)
	if !s.home("m1") {
		return "never back"
	}
	return away + ", then back"
}

func (s *stand) backups() string {
	s.set("m1", listener.Refuse, 0)
	s.set("m2", listener.Refuse, 0)
	defer s.set("m1", "", 0)
	defer s.set("m2", "", 0)
	return s.ask(question{Target: "/c/x", Cookies: session("a")}) + " " + s.ask(question{Target: "/c/x"})
}

func (s *stand) allDown() string {
	for _, m := range []string{"m1", "m2", "m3"} {
		s.set(m, listener.Refuse, 0)
		defer s.set(m, "", 0)
	}
	return s.ask(question{Target: "/c/x"})
}

// full asks for a session while its member has as many requests as it takes, and then while all have.
func (s *stand) full() string {
	s.set("f1", listener.Hang, 0)
	s.set("f2", listener.Hang, 0)
	done := make(chan string, 3)
	// hold asks and waits until the request has arrived or is answered.
	hold := func(arrived int) (answered string) {
		go func() { done <- s.ask(question{Target: "/full/x", Cookies: session("a")}) }()
		for end := time.Now().Add(patience / 2); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if len(s.Recorder.Since(0)) >= arrived {
				return s.arrivals(uint64(arrived) - 1)
			}
			select {
			case a := <-done:
				return " is answered " + a
			default:
			}
		}
		return " waits"
	}
	hold(1)
	got := "the second" + hold(2) + ", the third" + hold(3)
	s.set("f1", "", 0)
	s.set("f2", "", 0)
	for range 3 {
		select {
		case <-done:
		case <-time.After(time.Second):
		}
	}
	return got
}

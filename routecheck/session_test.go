package routecheck

import "testing"

// TestSessionFate is section 5: what another member finds of a session whose member is down.
func TestSessionFate(t *testing.T) {
	for _, c := range []struct {
		name, servers, session string
		s                      Sessions
		want                   string
	}{
		{"at home", threeServers(""), "b1", Sessions{Persistence: "none"}, SessionKept},
		{"not persistent", threeServers(""), "a1", Sessions{Persistence: "none"}, SessionNew},
		{"no session", threeServers(""), "zz", Sessions{Persistence: "none"}, SessionNone},
		{"the last clone ID has it", threeServers(""), "a1:b1", Sessions{Persistence: "none"}, SessionKept},
		{"written at the end of service", threeServers(""), "a1", Sessions{Persistence: "database", WriteFrequency: "end of servlet service"}, SessionKept},
		{"time based", threeServers(""), "a1", Sessions{Persistence: "database", WriteFrequency: "time based", WriteInterval: 300}, "changes younger than 300 s lost"},
		{"manual", threeServers(""), "a1", Sessions{Persistence: "database", WriteFrequency: "manual update"}, SessionManual},
		{"one replica among three", threeServers(""), "a1", Sessions{Persistence: "memory-to-memory", Replicas: 1}, SessionReplica},
		{"two replicas among three", threeServers(""), "a1", Sessions{Persistence: "memory-to-memory", Replicas: 2}, SessionKept},
		{"a ClusterAddress holds none", threeServers("") + address, "a1", Sessions{Persistence: "memory-to-memory", Replicas: 2}, SessionKept},
		{"everywhere", threeServers(""), "a1", Sessions{Persistence: "memory-to-memory", Replicas: -1}, SessionKept},
	} {
		table, sem := mustTable(t, clusterXML("", "", c.servers)), Latest()
		rq := get("/x", affinityTo+c.session)
		m, _ := table.Match(&rq, &sem)
		answered := Answer{Decision: Forward, Member: 1} // b
		if got, text := table.SessionFate(&rq, &m, answered, c.s, &sem); got != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got, text, c.want)
		}
	}
}

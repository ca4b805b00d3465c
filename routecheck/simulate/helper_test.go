package simulate

import (
	"fmt"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
)

// server is a member of a test: attributes of its Server element, and of its Transport.
type server struct{ name, attributes, transport string }

// servers are members m1, m2, ... with the attributes of each.
func servers(attributes ...string) (list []server) {
	for i, a := range attributes {
		list = append(list, server{name: fmt.Sprintf("m%d", i+1), attributes: a})
	}
	return list
}

// equal are n members with the same attributes.
func equal(n int, attributes string) []server {
	list := make([]string, n)
	for i := range list {
		list[i] = attributes
	}
	return servers(list...)
}

// clusterXML is a configuration with one cluster C of the servers; those whose names begin with b are backups.
func clusterXML(config, cluster string, list []server) string {
	var members, primary, backup strings.Builder
	for _, s := range list {
		fmt.Fprintf(&members, `<Server Name="%s" CloneID="c%s" %s>`+
			`<Transport Hostname="%s" Port="9080" Protocol="http" %s/>`+"</Server>\n",
			s.name, s.name, s.attributes, s.name, s.transport)
		if strings.HasPrefix(s.name, "b") {
			fmt.Fprintf(&backup, `<Server Name="%s"/>`, s.name)
		} else {
			fmt.Fprintf(&primary, `<Server Name="%s"/>`, s.name)
		}
	}
	backups := ""
	if backup.Len() > 0 {
		backups = "<BackupServers>" + backup.String() + "</BackupServers>"
	}
	return fmt.Sprintf(`<Config %s>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C" %s>
%s<PrimaryServers>%s</PrimaryServers>%s</ServerCluster>
<UriGroup Name="u"><Uri Name="/app/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/>
</Config>`, config, cluster, members.String(), primary.String(), backups)
}

// scenario is one of requests without sessions for /app/x, 1000 a second at equal distances.
func scenario(t testing.TB, xml string) *Scenario {
	sem := choices.Latest()
	return &Scenario{Seed: 1, Processes: 1, Arrivals: Arrivals{Rate: 1000}, Requests: 1000,
		URLs:  []URL{{Request: coretest.Get("/app/x"), Text: "http://www.example.com/app/x", Weight: 1}},
		Table: coretest.Table(t, xml), Sem: &sem}
}

func run(t testing.TB, sc *Scenario) *Result {
	t.Helper()
	r, err := Run(sc, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// down lets a member fail from a second on, to 0 for ever.
func down(member string, do explain.FailureMode, from, to match.Nanos) Fault {
	return Fault{Cluster: "C", Member: member, Do: do, From: from * match.Second, To: to * match.Second}
}

// answers are the numbers of answers of each member.
func (r *Result) answers() (all []uint64) {
	for i := range r.Members {
		all = append(all, r.Members[i].All())
	}
	return all
}

// errorsOf is how many requests got an error of a status.
func (o *Outcomes) errorsOf(status int) (n uint64) {
	for _, e := range o.Errors {
		if e.Status == status {
			n = e.Count
		}
	}
	return n
}

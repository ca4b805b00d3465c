package suite

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/schemas"
)

// Init writes a suite that covers all that is reachable: a test for each Route, and one for the members of each cluster. It passes at once,
// since what it expects is what the configuration does today.
func Init(table *routecheck.Table, config string, sem *routecheck.Semantics) []byte {
	tests := schemas.NewList()
	members := map[routecheck.ClusterID]bool{}
	for _, r := range table.Samples(sem) {
		if len(r.Requests) == 0 {
			continue
		}
		cluster := table.Clusters[r.Cluster].Name
		tests.Items = append(tests.Items, newMap().Put("name", schemas.NewText(fmt.Sprintf("route %d to %s", r.Route+1, cluster))).Put("requests", routeRequests(table, &r)))
		if members[r.Cluster] {
			continue
		}
		members[r.Cluster] = true
		for _, m := range table.MemberSamples(r.Requests[0], sem) {
			tests.Items = append(tests.Items, memberTest(table, r.Requests[0], &m))
		}
	}
	root := newMap().Put("config", schemas.NewText(config)).Put("tests", tests)
	return schemas.Print(root)
}

func newMap() *schemas.Node { return &schemas.Node{Kind: schemas.Map} }

func routeRequests(table *routecheck.Table, r *routecheck.RouteSamples) *schemas.Node {
	list := schemas.NewList()
	for _, s := range r.Requests {
		expect := newMap().Put("cluster", schemas.NewText(table.Clusters[r.Cluster].Name))
		list.Items = append(list.Items, newMap().Put("url", schemas.NewText(s.URL)).Put("expect", expect))
	}
	return list
}

func memberTest(table *routecheck.Table, s routecheck.Sample, m *routecheck.MemberSample) *schemas.Node {
	cluster := &table.Clusters[s.Match.Cluster]
	name := cluster.Members[m.Member].Name
	test := newMap().Put("name", schemas.NewText(cluster.Name+" reaches "+name))
	facts := schemas.NewList()
	for _, f := range m.Scenario.Members {
		facts.Items = append(facts.Items, aboutMember(cluster, f.Member).Put("next", schemas.NewPlain("true")))
	}
	for _, f := range m.Scenario.Facts {
		facts.Items = append(facts.Items, aboutMember(cluster, f.Member).Put("down", schemas.NewText(f.Fault.String())))
	}
	if len(facts.Items) > 0 {
		test.Put("facts", facts)
	}
	request := newMap().Put("url", schemas.NewText(s.URL))
	if c := m.Scenario.Requests[0].Request.Cookies; len(c) > 0 {
		cookie, value, _ := strings.Cut(c[0], "=")
		request.Put("cookies", newMap().Put(cookie, schemas.NewText(value)))
	}
	request.Put("expect", newMap().Put("member", schemas.NewText(name)))
	return test.Put("requests", schemas.NewList(request))
}

func aboutMember(c *routecheck.Cluster, m routecheck.MemberID) *schemas.Node {
	return newMap().Put("member", schemas.NewText(c.Name+"/"+c.Members[m].Name))
}

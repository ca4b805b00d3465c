package suite

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Init writes a suite that covers all that is reachable: a test for each Route, and one for the members of each
// cluster. It passes at once, since what it expects is what the configuration does today.
func Init(table *match.Table, config string, sem *choices.Assumptions) []byte {
	tests := yamldoc.NewList()
	members := map[match.ClusterID]bool{}
	for _, r := range space.Samples(table, sem) {
		if len(r.Requests) == 0 {
			continue
		}
		cluster := table.Clusters[r.Cluster].Name
		tests.Items = append(tests.Items, newMap().Put("name",
			yamldoc.NewText(fmt.Sprintf("route %d to %s", r.Route+1, cluster))).Put("requests",
			routeRequests(table, &r, sem)))
		if members[r.Cluster] {
			continue
		}
		// Members are tried once for a cluster, by the first Route that leads there.
		members[r.Cluster] = true
		for _, m := range explain.MemberSamples(table, r.Requests[0], sem) {
			tests.Items = append(tests.Items, memberTest(table, r.Requests[0], &m, sem))
		}
	}
	root := newMap().Put("config", yamldoc.NewText(config)).Put("tests", tests)
	return yamldoc.Print(root)
}

func newMap() *yamldoc.Node { return &yamldoc.Node{Kind: yamldoc.Map} }

func routeRequests(table *match.Table, r *space.RouteSamples, sem *choices.Assumptions) *yamldoc.Node {
	list := yamldoc.NewList()
	for _, s := range r.Requests {
		cluster := yamldoc.NewText(table.Clusters[r.Cluster].Name)
		cluster.Comment = hangsOn(space.ClusterHangsOn(table, &s, sem))
		list.Items = append(list.Items,
			newMap().Put("url", yamldoc.NewText(s.URL)).Put("expect", newMap().Put("cluster", cluster)))
	}
	return list
}

func memberTest(table *match.Table, s space.Sample, m *explain.MemberSample, sem *choices.Assumptions) *yamldoc.Node {
	cluster := &table.Clusters[s.Match.Cluster]
	name := cluster.Members[m.Member].Name
	test := newMap().Put("name", yamldoc.NewText(cluster.Name+" reaches "+name))
	facts := yamldoc.NewList()
	// Samples set no other state than where round robin stands.
	for _, f := range m.Scenario.Members {
		facts.Items = append(facts.Items, aboutMember(cluster, f.Member).Put("next", yamldoc.NewPlain("true")))
	}
	for _, f := range m.Scenario.Conditions {
		facts.Items = append(facts.Items,
			aboutMember(cluster, f.Member).Put("down", yamldoc.NewText(f.Failure.String())))
	}
	if len(facts.Items) > 0 {
		test.Put("facts", facts)
	}
	if seed := m.Scenario.Seed; seed != nil {
		test.Put("seed", yamldoc.NewPlain(strconv.FormatUint(*seed, 10)))
	}
	request := newMap().Put("url", yamldoc.NewText(s.URL))
	if c := m.Scenario.Requests[0].Request.Cookies; len(c) > 0 {
		cookie, value, _ := strings.Cut(c[0], "=")
		request.Put("cookies", newMap().Put(cookie, yamldoc.NewText(value)))
	}
	member := yamldoc.NewText(name)
	member.Comment = hangsOn(explain.MemberHangsOn(table, m, sem))
	request.Put("expect", newMap().Put("member", member))
	return test.Put("requests", yamldoc.NewList(request))
}

// hangsOn says that an expectation would be another under other values of these open choices.
func hangsOn(choices []string) string {
	if len(choices) == 0 {
		return ""
	}
	return "hangs on " + strings.Join(choices, ", ") + ": undocumented"
}

func aboutMember(c *match.Cluster, m match.MemberID) *yamldoc.Node {
	return newMap().Put("member", yamldoc.NewText(c.Name+"/"+c.Members[m].Name))
}

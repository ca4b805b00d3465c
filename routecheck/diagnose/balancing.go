package diagnose

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
)

// balancing are the causes for which some members have more requests than others. Most hang on the difference between
// requests that are balanced and requests that follow their session, which a look at the totals does not show: see
// counters.go and shares.go.
func balancing() []*Cause {
	return []*Cause{
		{ID: "NB1", Symptom: notBalancing, needs: atStats,
			Text: "affinity makes it uneven, balancing is fine: sessions of different length stay where they began",
			Advice: "expected: judge balancing by new requests (total less affinity). Shorter sessions even it " +
				"out; IgnoreAffinityRequests=false lets busy members get fewer new ones (F10)",
			Commands: []string{"wasplug explain IgnoreAffinityRequests"},
			Rules:    []string{"R34", "F1"}, Source: "node/408229",
			file: affinityIgnored, log: unevenByAffinity},
		{ID: "NB2", Symptom: notBalancing, needs: atStats.withAccess(),
			Text:   "the test has one client session, or few: all its requests go to the member of that session",
			Advice: "let the load tool begin each user with an empty cookie jar",
			Rules:  []string{"R22"}, Source: "node/408229",
			log: fewSessions},
		{ID: "NB3", Symptom: notBalancing, needs: atStats,
			Text: "processes were compared with each other, or many processes got few requests each: each starts " +
				"at random",
			Advice: "judge the sum over all processes, or one process over many requests; fewer, larger processes",
			Rules:  []string{"R30", "F2"}, Source: "node/408229",
			file: oneProcess, log: fewForEach},
		{ID: "NB4", Symptom: notBalancing, needs: atStats.withFile(),
			Text: "the weights are unequal, or what they have in common makes small ones of them",
			Advice: "give all members 20 and one of them 19, as IBM advises: equal weights are divided by what " +
				"they have in common",
			Commands: []string{"wasplug set -w 'Server[*].LoadBalanceWeight=20'",
				"wasplug set -w 'Server[MEMBER].LoadBalanceWeight=19'", "wasplug explain WP405"},
			Rules: []string{"R31", "F1"}, Lint: []string{diag.WeightsCollapseToOne}, Source: "swg21318463",
			file: unequalWeights, log: sharesByWeight},
		{ID: "NB5", Symptom: notBalancing, needs: atStats.withFile(),
			Text:   "LoadBalance is Random: this is its noise",
			Advice: "none: the shares come closer with more requests",
			Rules:  []string{"R35", "F3", "F15"}, Source: "F3",
			file: randomInFile, log: noise},
		{ID: "NB6", Symptom: notBalancing, Also: []string{affinityLost}, needs: atStats.withFile(),
			Text:     "the member is in no list of its cluster, or is a backup",
			Advice:   "put it back into PrimaryServers",
			Commands: []string{"wasplug undrain MEMBER", "wasplug explain WP401"},
			Rules:    []string{"R37", "R38", "R40"}, Lint: []string{diag.ServerInNoList}, Source: "R37",
			file: inNoList, log: backupOnly},
		{ID: "NB7", Symptom: notBalancing, needs: atStats.withFile(),
			Text:     "its weight is 0, left from a drain",
			Advice:   "give it its weight back",
			Commands: []string{"wasplug undrain MEMBER", "wasplug explain WP406"},
			Rules:    []string{"R36"}, Lint: []string{diag.WeightZero}, Source: "R36",
			file: byLint(proves, "LoadBalanceWeight is 0: it gets no new requests", denies, "no weight is 0",
				diag.WeightZero)},
		{ID: "NB8", Symptom: notBalancing, Also: []string{affinityLost, isSlow}, needs: atStats,
			Text:     "the member is marked down again and again",
			Advice:   "see not-detected and slow: why does it fail?",
			Commands: []string{"wasplug diagnose --symptom not-detected ..."},
			Rules:    []string{"R50", "R52"}, Source: "REDP-4308 2.2.7",
			log: flapping},
		{ID: "NB9", Symptom: notBalancing, Also: []string{status503, affinityLost}, needs: atStats.withFile(),
			Text: "MaxConnections was reached, so the member was passed over",
			Advice: "MaxConnections counts per process: it must be above requests a second times seconds each " +
				"takes (F11)",
			Commands: []string{"wasplug explain WP413", "wasplug set -w 'Server[*].MaxConnections=-1'"},
			Rules:    []string{"R60", "F11"}, Lint: []string{diag.MaxConnectionsPerProcess}, Source: "REDP-4308 2.2.6",
			file: limited,
			log: seenIn(func(l *facts.Log) sightings { return l.Full }, pluginlog.LevelStats,
				"members had reached MaxConnections", "no member had reached MaxConnections")},
		{ID: "NB10", Symptom: notBalancing, needs: atTrace.withFile(),
			Text:     "all sessions of a dead member went to its neighbour in the list",
			Advice:   "FailoverToNext=false spreads them (from level 7.0.0.13 on the default)",
			Commands: []string{"wasplug set -w Config.FailoverToNext=false"},
			Rules:    []string{"R26", "F5"}, Source: "PM12112",
			file: toNext, log: allToOne},
		{ID: "NB11", Symptom: notBalancing, needs: atStats.withFile(),
			Text:     "IgnoreAffinityRequests=false keeps new sessions from busy members",
			Advice:   "true spreads new sessions by weight alone",
			Commands: []string{"wasplug set -w 'ServerCluster[*].IgnoreAffinityRequests=true'"},
			Rules:    []string{"R34", "F10"}, Source: "F10",
			file: affinityCounts, log: busyStarve},
		{ID: "NB12", Symptom: notBalancing, needs: atDetail.withFile(),
			Text:     "two members of the file are one server: same host and port, one of them stale",
			Advice:   "generate plugin-cfg.xml again",
			Commands: []string{"wasplug explain WP307"},
			Rules:    []string{"R64"}, Lint: []string{diag.SameAddressTwoCloneIDs, diag.SameAddressTwice},
			Source: "WP307",
			file: byLint(proves, "two members have one host and port", denies,
				"all members have addresses of their own", diag.SameAddressTwoCloneIDs, diag.SameAddressTwice),
			log: oneAddress},
		{ID: "NB13", Symptom: notBalancing, needs: atDetail.withFile(),
			Text:   "ClusterAddress takes all new requests: something behind it balances",
			Advice: "look at that balancer, or take ClusterAddress out",
			Rules:  []string{"R41"}, Source: "R41",
			file: clusterAddress, log: addressServed},
		{ID: "NB14", Symptom: notBalancing, Also: []string{affinityLost}, needs: atTrace.withFile(),
			Text:     "sessions carry partition IDs, and a new process does not know their table",
			Advice:   "GetDWLMTable=true fetches the table at the start of a process",
			Commands: []string{"wasplug set -w 'ServerCluster[*].GetDWLMTable=true'", "wasplug explain WP312"},
			Rules:    []string{"R28"}, Lint: []string{diag.PartitionTableNotFetched}, Source: "PK48101",
			file: tableFetched, log: partitionIDs},
		{ID: "NB15", Symptom: notBalancing, Also: []string{wrongAppName}, needs: atDetail.withFile(),
			Text:     "Intelligent Management routes: controllers give the rules at run time",
			Advice:   "this file decides only what they leave; look at the On Demand Router's rules",
			Commands: []string{"wasplug explain WP112"},
			Rules:    []string{"R69"}, Lint: []string{diag.IntelligentManagementPresent}, Source: "R69",
			file: managed, log: managedMembers},
	}
}

// affinityIgnored: with IgnoreAffinityRequests, which is the default, requests of sessions cost their member no weight
// (R34), so their number is free to differ.
func affinityIgnored(k *Case) opinion {
	seen := k.File.ClustersThat(func(c *match.Cluster) bool { return !c.CountAffinity },
		"requests of sessions do not count")
	return either(seen, "requests of sessions are on top of the balance", "IgnoreAffinityRequests is false")
}

// unequalWeights compares start weights, which are those of the file divided by what they have in common (R31), so
// 20/20/20 is found by its lint rule (WP405) alone. Weights of 0 are no shares: NB7 has them.
func unequalWeights(k *Case) opinion {
	collapse := k.File.Found(diag.WeightsCollapseToOne)
	unequal := k.File.ClustersThat(func(c *match.Cluster) bool {
		least, most := int32(0), int32(0)
		for _, id := range c.Primary {
			w := c.Members[id].Start
			if w > 0 && (least == 0 || w < least) {
				least = w
			}
			most = max(most, w)
		}
		return !c.Random && least != most
	}, "weights differ")
	return either(unequal.Join(collapse), "weights differ, or collapse", "all weights are equal")
}

// randomInFile: LoadBalance holds for a cluster, and one with Random is enough to make noise possible.
func randomInFile(k *Case) opinion {
	return either(k.File.ClustersThat(func(c *match.Cluster) bool { return c.Random }, "LoadBalance is Random"),
		"LoadBalance is Random", "no cluster has LoadBalance Random")
}

// inNoList: without a place in a list a member gets nothing at all (R40), which proves; a backup gets requests while
// all primaries are down (R38), so it is no more than possible.
func inNoList(k *Case) opinion {
	if seen := k.File.Found(diag.ServerInNoList); seen.Count > 0 {
		return opinion{stance: proves, why: "it stands in neither list: it gets no new requests", seen: seen}
	}
	return either(k.File.MembersThat(func(c *match.Cluster, id match.MemberID, _ *match.Member) bool {
		return c.Role(id) == "backup"
	}, "is a backup"), "a backup gets requests only when all primaries are down", "all members are primaries")
}

// backupOnly finds a backup that served, and only where a primary had failed or was down.
func backupOnly(k *Case) opinion {
	if k.Log == nil || k.File == nil {
		return opinion{}
	}
	var seen sightings
	for _, m := range k.Log.Order {
		c := k.clusterOf(m.Name)
		if c == nil {
			continue
		}
		id, ok := c.MemberByName(m.Name)
		if ok && c.Role(id) == "backup" && m.Answered > 0 && m.AfterMark == m.Answered {
			seen = seen.Join(m.Served)
		}
	}
	return proven("a backup served, and only after a primary had been marked down", seen, 0)
}

// flapping takes what the story of the log calls by that name: a member that was marked and served again at least
// three times. One mark, as a restart makes it, is none.
func flapping(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	flaps := map[string]bool{} // a member may flap today and tomorrow, which is two incidents
	for _, i := range k.Log.Incidents {
		if i.Kind == story.Flapping {
			flaps[i.Member] = true
		}
	}
	ofMarks := func(m *facts.Member) sightings { return m.Marks }
	marks := k.Log.OverMembers(ofMarks, nil)
	seen := k.Log.OverMembers(ofMarks, func(m *facts.Member) bool { return flaps[m.Name] })
	return proven("processes marked it down and found it serving again, three times and more",
		seen, k.Log.Share(seen.Count)).or(marks.Count == 0 && k.Log.Requests > 0, "nobody was marked down")
}

// limited: a full member is passed over without a mark (R60), in each process by itself. 0 and -1 are no limit (R42).
func limited(k *Case) opinion {
	return either(k.File.MembersThat(func(_ *match.Cluster, _ match.MemberID, m *match.Member) bool {
		return m.MaxConnections > 0
	}, "has MaxConnections"), "members have MaxConnections", "no member has MaxConnections")
}

// toNext: at levels from 7.0.0.13 on the sessions of a member that is down are balanced (PM12112), unless the file
// says FailoverToNext (R26).
func toNext(k *Case) opinion {
	if k.File.Config.FailoverToNext.V {
		return opinion{stance: allows, why: "FailoverToNext is true",
			seen: k.File.At(k.File.Config.FailoverToNext.Span(), "FailoverToNext=true")}
	}
	return opinion{stance: denies, why: "FailoverToNext is not true"}
}

// allToOne finds a member of three or more whose sessions all went to one other. Ten sessions at least: fewer may go
// one way by chance. In a cluster of two there is only one other.
func allToOne(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	targets, counts := map[string]int{}, map[string]int64{}
	for m, n := range k.Log.Moves {
		targets[m.From]++
		counts[m.From] += n
	}
	spread := false
	for _, from := range slices.Sorted(maps.Keys(counts)) {
		n := counts[from]
		if c := k.clusterOf(from); n < 10 || c != nil && len(c.Primary) < 3 || c == nil && len(k.Log.Order) < 3 {
			continue
		}
		if targets[from] == 1 {
			return opinion{stance: proves, why: fmt.Sprintf("all %d moved sessions of %s went to one member", n, from),
				seen: k.Log.MovedByDown, share: k.Log.Share(n)}
		}
		spread = true
	}
	if spread {
		return opinion{stance: denies, why: "moved sessions went to several members"}
	}
	return opinion{}
}

// affinityCounts: only then can requests of sessions keep new ones away (R34).
func affinityCounts(k *Case) opinion {
	return either(k.File.ClustersThat(func(c *match.Cluster) bool { return c.CountAffinity },
		"IgnoreAffinityRequests is false"), "requests of sessions count", "IgnoreAffinityRequests is true")
}

// oneAddress finds two names that the plug-in connects to at one host and port. The file need not show it: one of the
// names may stand in a file that was in force earlier.
func oneAddress(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	owner := map[string]*facts.Member{}
	for _, m := range k.Log.Order {
		for _, h := range m.Hosts {
			if other := owner[h]; other != nil && other != m {
				return opinion{stance: proves, why: other.Name + " and " + m.Name + " are both at " + h,
					seen: other.Served.Join(m.Served)}
			}
			owner[h] = m
		}
	}
	return opinion{}
}

// clusterAddress: where it is written, all requests without a session go there (R41).
func clusterAddress(k *Case) opinion {
	return either(k.File.ClustersThat(func(c *match.Cluster) bool { return c.Address != match.NoMember },
		"has a ClusterAddress"), "a cluster has a ClusterAddress", "no cluster has a ClusterAddress")
}

// addressServed looks for the name of a ClusterAddress, which the log uses like that of a member (R41).
func addressServed(k *Case) opinion {
	if k.Log == nil || k.File == nil {
		return opinion{}
	}
	addresses := map[string]bool{} // two clusters may name theirs alike
	for i := range k.File.Table.Clusters {
		addresses[facts.AddressName(&k.File.Table.Clusters[i])] = true
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Served },
		func(m *facts.Member) bool { return addresses[m.Name] })
	return proven("the ClusterAddress served requests", seen, k.Log.Share(seen.Count))
}

// tableFetched denies where some cluster fetches the table of partition IDs (R28). That none does is silent: most
// files have no such sessions.
func tableFetched(k *Case) opinion {
	fetched := k.File.ClustersThat(func(c *match.Cluster) bool { return c.GetTable }, "")
	if fetched.Count > 0 {
		return opinion{stance: denies, why: "GetDWLMTable is true"}
	}
	return opinion{}
}

// partitionIDs: a session that carries a partition ID (R28) finds its member only by the table. Where the file says
// that it is fetched, a log that has such sessions proves nothing.
func partitionIDs(k *Case) opinion {
	switch {
	case k.Log == nil:
	case k.Log.Partition.Count > 0 && (k.File == nil || tableFetched(k).stance != denies):
		return opinion{stance: proves,
			why:  "sessions carry partition IDs, and nothing says that their table is fetched",
			seen: k.Log.Partition, share: k.Log.Share(k.Log.Partition.Count)}
	case k.Log.Shows(pluginlog.LevelTrace) && k.Log.WithSession > 0 && k.Log.Partition.Count == 0:
		return opinion{stance: denies, why: "no session carries a partition ID"}
	}
	return opinion{}
}

// managed: with IntelligentManagement the Routes are those of controllers, and no file shows them (R69).
func managed(k *Case) opinion {
	if k.File.Table.Router.IsZero() {
		return opinion{stance: denies, why: "the file has no IntelligentManagement"}
	}
	return opinion{stance: allows, why: "IntelligentManagement is on",
		seen: k.File.At(k.File.Table.Router, "IntelligentManagement")}
}

// managedMembers: members that this file lacks are an older file's, or another one's (NR8), unless controllers name
// them.
func managedMembers(k *Case) opinion {
	if k.Log == nil || k.File == nil || k.File.Table.Router.IsZero() || k.Log.Strangers.Count == 0 {
		return opinion{}
	}
	return opinion{stance: proves, why: "members served that are not in this file", seen: k.Log.Strangers,
		share: k.Log.Share(k.Log.Strangers.Count)}
}

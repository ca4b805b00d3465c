package diagnose

import (
	"fmt"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
)

// detected are the causes for which the plug-in goes on asking a member that has failed: it cannot see the failure
// (ND1, ND2, ND5, ND6), sees it and does not mark the member (ND3, ND4, ND8), or each process has to see it by itself
// (ND7).
func detected() []*Cause {
	return []*Cause{
		{ID: "ND1", Symptom: notDetected, Also: []string{isSlow}, needs: atDetail.withFile(),
			Text:     "the host is off, and ConnectTimeout is 0 or absent: the operating system's own timeout counts",
			Advice:   "set ConnectTimeout to some seconds on every server: a connect in a LAN takes milliseconds",
			Commands: []string{"wasplug set -w 'Server[*].ConnectTimeout=5'", "wasplug explain ConnectTimeout"},
			Rules:    []string{"R50", "F7"}, Lint: []string{diag.ConnectTimeoutZero}, Source: "REDP-4308 2.3.4",
			file: byLint(allows, "ConnectTimeout is 0 or absent", denies, "every server has a ConnectTimeout",
				diag.ConnectTimeoutZero),
			log: seenIn(func(l *facts.Log) sightings { return l.LongConnect }, pluginlog.LevelTrace,
				"connects failed only after 20 s and more", "no connect took 20 s")},
		{ID: "ND2", Symptom: notDetected, Also: []string{isSlow}, needs: atTrace.withFile(),
			Text: "a hung JVM goes on taking connections, and ServerIOTimeout is 0 or longer than the time looked at",
			Advice: "a negative ServerIOTimeout marks the member down after as many seconds: longer than the " +
				"slowest page",
			Commands: []string{"wasplug set -w 'Server[*].ServerIOTimeout=-60'"},
			Rules:    []string{"R54", "R55"}, Lint: []string{diag.IOTimeoutZero}, Source: "REDP-4308 2.3.5",
			file: byLint(allows, "ServerIOTimeout is 0 or absent", denies, "every server has a ServerIOTimeout",
				diag.IOTimeoutZero),
			log: seenIn(func(l *facts.Log) sightings { return l.Hung }, pluginlog.LevelTrace,
				"connections were there, and no answer came for 5 minutes", "no answer was awaited for 5 minutes")},
		{ID: "ND3", Symptom: notDetected, needs: atError.withFile(),
			Text:     "ServerIOTimeout above 0 never marks a member; a session asks the same one again",
			Advice:   "make ServerIOTimeout negative: the member is marked down, and the next one asked",
			Commands: []string{"wasplug set -w 'Server[*].ServerIOTimeout=-60'", "wasplug explain WP503"},
			Rules:    []string{"R55", "R56"}, Lint: []string{diag.HungMemberChosenAgain}, Source: "swg21408884",
			file: positiveIOTimeout, log: ioWithoutMark},
		{ID: "ND4", Symptom: notDetected, Also: []string{status500}, needs: atError.withFile(),
			Text:   "the only listed server of a cluster is never marked down",
			Advice: "add a second member, or let something in front of the web server see that it is gone",
			Rules:  []string{"R51"}, Lint: []string{diag.OneMemberCluster}, Source: "R51",
			file: singleServer, log: neverMarked},
		{ID: "ND5", Symptom: notDetected, Also: []string{status500, status503}, needs: atDetail,
			Text:     "a member answers 5xx pages at once, which is no failure to the plug-in: it draws requests",
			Advice:   "MarkBusyDown makes 503 a failure; for 500 let the application or its server take itself out",
			Commands: []string{"wasplug set -w Config.MarkBusyDown=true", "wasplug explain MarkBusyDown"},
			Rules:    []string{"R53"}, Source: "PM49491",
			log: blackHole},
		{ID: "ND6", Symptom: notDetected, needs: atTrace.withFile(),
			Text:   "something in front of the member takes the connection for it: a firewall, a virtual address",
			Advice: "write the members' own addresses into the Transports",
			Rules:  []string{"R50"}, Source: "R50",
			file: sharedTransport, log: acceptedThenLost},
		{ID: "ND7", Symptom: notDetected, needs: atError,
			Text:   "every process of the web server finds out for itself",
			Advice: "expected: each process meets the member once. Fewer, larger processes meet it less often",
			Rules:  []string{"R50", "F6"}, Source: "F6",
			file: oneProcess, log: marksSpread},
		{ID: "ND8", Symptom: notDetected, needs: atTrace,
			Text:     "only idle connections that are taken again fail, which marks nobody",
			Advice:   "ConnectionTTL below the keep-alive timeout of the members",
			Commands: []string{"wasplug explain WP512", "wasplug set -w 'Transport[*].ConnectionTTL=20'"},
			Rules:    []string{"R50", "R65"}, Lint: []string{diag.ConnectionTtlTooLong}, Source: "R50c",
			file: byLint(allows, "ConnectionTTL may be longer than members keep connections", silent, "",
				diag.ConnectionTtlTooLong), log: onlyReused},
	}
}

// positiveIOTimeout: the sign of ServerIOTimeout says whether a member is marked when it fires (R54, R55).
func positiveIOTimeout(k *Case) opinion {
	return either(k.File.MembersThat(func(_ *match.Cluster, _ match.MemberID, m *match.Member) bool {
		return m.IOTimeout > 0 && !m.MarkOnIO
	}, "ServerIOTimeout is above 0"), "ServerIOTimeout above 0 never marks", "no ServerIOTimeout is above 0")
}

// ioWithoutMark asks for the next attempt at the same member, too: a timeout without a mark alone is also what a file
// with one server shows.
func ioWithoutMark(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	unmarked := k.Log.SameAgain
	fired := k.Log.OverMembers(func(m *facts.Member) sightings { return m.IOMarked.Join(m.IOUnmarked) }, nil)
	return proven("ServerIOTimeout fired, no mark followed, and the same member was asked again",
		unmarked, k.Log.Share(unmarked.Count)).
		or(fired.Count == 0 && k.Log.Requests > 0, "ServerIOTimeout never fired")
}

// singleServer: primaries and backups together; such a server is never marked (R51).
func singleServer(k *Case) opinion {
	return either(k.File.ClustersThat((*match.Cluster).Single, "has one listed server"),
		"a cluster has one listed server, which is never marked", "every cluster lists several servers")
}

// neverMarked proves where connects to the only server of a cluster failed again and again without a mark. Two
// attempts at least, as one request makes them at such a server (R51).
func neverMarked(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Unmarked }, func(m *facts.Member) bool {
		c := k.clusterOf(m.Name)
		return c != nil && c.Single() && m.Marks.Count == 0 && m.Unmarked.Count >= 2
	})
	all := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Unmarked }, nil)
	return proven("connects to the only server of a cluster failed, and it was not marked",
		seen, k.Log.Share(seen.Count)).
		or(all.Count == 0 && k.Log.Requests > 0, "no connect failed without a mark")
}

// blackHole finds a member most of whose answers are errors that come at once, while others answer. Ten quick errors
// that are at least half of its answers, and another member with ten answers of which fewer than a tenth are errors:
// then the application is not at fault everywhere. A member with a mark is none: the plug-in has noticed.
func blackHole(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	hole, errors := false, int64(0)
	for _, m := range k.Log.Order {
		errors += m.Errors
		if m.Quick < 10 || 2*m.Quick < m.Answered || m.Marks.Count > 0 {
			continue
		}
		hole = hole || slices.ContainsFunc(k.Log.Order, func(other *facts.Member) bool {
			return other != m && other.Answered >= 10 && other.Errors*10 < other.Answered
		})
	}
	var all sightings
	if hole {
		all = all.Join(k.Log.AppErrors, k.Log.Own503)
	}
	return proven("most answers of a member are errors within a second, others answer well, and no mark followed",
		all, k.Log.Share(all.Count)).
		or(errors == 0 && k.Log.Shows(pluginlog.LevelDetail) && k.Log.Statuses > 0, "no member answered 5xx")
}

// sharedTransport: a host and port of two members may be an address in front of both, such as a virtual one. One
// server that stands in two clusters, under one name, is no such case.
func sharedTransport(k *Case) opinion {
	places := map[string]string{}
	shared := k.File.MembersThat(func(_ *match.Cluster, _ match.MemberID, m *match.Member) bool {
		for i := range m.Transports {
			place := fmt.Sprintf("%s:%d", m.Transports[i].Host, m.Transports[i].Port)
			if owner, known := places[place]; known && owner != m.Name {
				return true
			}
			places[place] = m.Name
		}
		return false
	}, "shares a host and port with another member")
	if shared.Count > 0 {
		return opinion{stance: allows, why: "members share a host and port", seen: shared}
	}
	return opinion{}
}

// acceptedThenLost finds members whose new connections break after they were taken, and that never refuse. Whoever
// refuses, or has ever answered, is the member itself.
func acceptedThenLost(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.FreshLost }, func(m *facts.Member) bool {
		return m.FreshLost.Count >= 3 && m.Refused.Count == 0 && m.Answered == 0
	})
	if !k.Log.Shows(pluginlog.LevelTrace) {
		seen = sightings{} // whether streams were new, and whether answers came, is not known
	}
	refusals := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Refused }, nil)
	return proven("each connection was taken and then broke, none was refused, and no answer came",
		seen, k.Log.Share(seen.Count)).or(refusals.Count > 0, "the member's host refused connects by itself")
}

// oneProcess: with one process of the web server nobody else has to find out (ND7), and its counters are all there are
// (NB3). How many there are stands in no file of the plug-in, so somebody has to say it (--processes).
func oneProcess(k *Case) opinion {
	if k.Processes == 1 {
		return opinion{stance: denies, why: "the web server has one process"}
	}
	if k.Processes > 1 {
		return opinion{stance: allows, why: "the web server has " + processes(k.Processes)}
	}
	return opinion{}
}

// marksSpread finds a member that processes marked one after the other. A second between the first marks of two
// processes at least: within one second they may have had their requests at once.
func marksSpread(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Marks }, func(m *facts.Member) bool {
		return m.MarkedBy >= 2 && m.LastFirstMark.Sub(m.FirstMark) >= time.Second
	})
	return proven("processes marked the member one after the other", seen, k.Log.Share(seen.Count)).
		or(k.Log.Requests > 0 && len(k.Log.Processes) == 1, "the log is of one process")
}

// onlyReused finds members that lose idle connections alone. That the member answers others, and that no new
// connection fails, tells it from one that is down: a closed idle connection is no failure, and is followed by a new
// one (R50c).
func onlyReused(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.ReusedLost }, func(m *facts.Member) bool {
		return m.ReusedLost.Count >= 3 && m.FreshLost.Count+m.Refused.Count+m.Marks.Count == 0 && m.Answered > 0
	})
	fresh := k.Log.OverMembers(func(m *facts.Member) sightings { return m.FreshLost.Join(m.Refused) }, nil)
	return proven("idle connections broke when they were taken again, new ones did not",
		seen, k.Log.Share(seen.Count)).or(k.Log.Shows(pluginlog.LevelTrace) && fresh.Count > 0,
		"new connections failed, too")
}

package diagnose

import (
	"fmt"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/match"
)

// seenIn is the opinion of a log: lines of a kind prove, and where the level would show them and none is there, that
// denies.
func seenIn(of func(*Log) sightings, level pluginlog.Level, yes, no string) func(*Case) opinion {
	return func(k *Case) opinion {
		if k.Log == nil {
			return opinion{}
		}
		seen := of(k.Log)
		switch {
		case seen.n > 0:
			return opinion{stance: proves, why: yes, seen: seen, share: k.Log.share(seen.n)}
		case k.Log.shows(level) && k.Log.requests > 0:
			return opinion{stance: denies, why: no}
		}
		return opinion{}
	}
}

// share is that of some requests; 0 where the level hides those that went well.
func (l *Log) share(n int64) float64 {
	if !l.shows(pluginlog.LevelStats) {
		return 0
	}
	return shareOf(n, l.requests)
}

func shareOf(n, of int64) float64 {
	if of <= 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprint(n, " processes")
}

// overMembers joins lines of all members for which a test holds.
func (l *Log) overMembers(of func(*member) sightings, test func(*member) bool) (all sightings) {
	for _, m := range l.order {
		if test == nil || test(m) {
			all = all.join(of(m))
		}
	}
	return all
}

func detected() []*Cause {
	return []*Cause{
		{ID: "ND1", Symptom: notDetected, Also: []string{isSlow}, needs: atDetail.withFile(),
			Text:     "the host is off, and ConnectTimeout is 0 or absent: the operating system's own timeout counts",
			Advice:   "set ConnectTimeout to some seconds on every server: a connect in a LAN takes milliseconds",
			Commands: []string{"wasplug set -w 'Server[*].ConnectTimeout=5'", "wasplug explain ConnectTimeout"},
			Rules:    []string{"R50", "F7"}, Lint: []string{diag.ConnectTimeoutZero}, Source: "REDP-4308 2.3.4",
			file: byLint(allows, "ConnectTimeout is 0 or absent", denies, "every server has a ConnectTimeout",
				diag.ConnectTimeoutZero),
			log: seenIn(func(l *Log) sightings { return l.longConnect }, pluginlog.LevelDetail,
				"connects failed only after 20 s and more", "no connect took 20 s")},
		{ID: "ND2", Symptom: notDetected, Also: []string{isSlow}, needs: atTrace.withFile(),
			Text: "a hung JVM goes on taking connections, and ServerIOTimeout is 0 or longer than the time " +
				"looked at",
			Advice: "a negative ServerIOTimeout marks the member down after as many seconds: longer than the " +
				"slowest page",
			Commands: []string{"wasplug set -w 'Server[*].ServerIOTimeout=-60'"}, Rules: []string{"R54", "R55"},
			Lint: []string{diag.IOTimeoutZero}, Source: "REDP-4308 2.3.5",
			file: byLint(allows, "ServerIOTimeout is 0 or absent", denies, "every server has a ServerIOTimeout",
				diag.IOTimeoutZero),
			log: seenIn(func(l *Log) sightings { return l.hung }, pluginlog.LevelTrace,
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
			Rules:  []string{"R51"}, Lint: []string{diag.OneMemberCluster}, Source: "R51", file: singleServer,
			log: neverMarked},
		{ID: "ND5", Symptom: notDetected, Also: []string{status500, status503}, needs: atDetail,
			Text:     "a member answers 5xx pages at once, which is no failure to the plug-in: it draws requests",
			Advice:   "MarkBusyDown makes 503 a failure; for 500 let the application or its server take itself out",
			Commands: []string{"wasplug set -w Config.MarkBusyDown=true", "wasplug explain MarkBusyDown"},
			Rules:    []string{"R53"}, Source: "PM49491", log: blackHole},
		{ID: "ND6", Symptom: notDetected, needs: atTrace.withFile(),
			Text:   "something in front of the member takes the connection for it: a firewall, a virtual address",
			Advice: "write the members' own addresses into the Transports", Rules: []string{"R50"}, Source: "R50",
			file: sharedTransport, log: acceptedThenLost},
		{ID: "ND7", Symptom: notDetected, needs: atError,
			Text:   "every process of the web server finds out for itself",
			Advice: "expected: each process meets the member once. Fewer, larger processes meet it less often",
			Rules:  []string{"R50", "F6"}, Source: "F6", file: oneProcess, log: marksSpread},
		{ID: "ND8", Symptom: notDetected, needs: atTrace,
			Text:     "only idle connections that are taken again fail, which marks nobody",
			Advice:   "ConnectionTTL below the keep-alive timeout of the members",
			Commands: []string{"wasplug explain WP512", "wasplug set -w 'Transport[*].ConnectionTTL=20'"},
			Rules:    []string{"R50", "R65"}, Lint: []string{diag.ConnectionTtlTooLong}, Source: "R50c",
			file: byLint(allows, "ConnectionTTL may be longer than members keep connections", silent, "",
				diag.ConnectionTtlTooLong), log: onlyReused},
	}
}

func positiveIOTimeout(k *Case) opinion {
	return either(k.File.such(func(_ *match.Cluster, _ match.MemberID, m *match.Member) bool {
		return m.IOTimeout > 0 && !m.MarkOnIO
	}, "ServerIOTimeout is above 0"), "ServerIOTimeout above 0 never marks", "no ServerIOTimeout is above 0")
}

func ioWithoutMark(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	unmarked := k.Log.sameAgain
	fired := k.Log.overMembers(func(m *member) sightings { return m.ioMarked.join(m.ioUnmarked) }, nil)
	switch {
	case unmarked.n > 0:
		return opinion{stance: proves,
			why:  "ServerIOTimeout fired, no mark followed, and the same member was asked again",
			seen: unmarked, share: k.Log.share(unmarked.n)}
	case fired.n == 0 && k.Log.requests > 0:
		return opinion{stance: denies, why: "ServerIOTimeout never fired"}
	}
	return opinion{}
}

func singleServer(k *Case) opinion {
	return either(k.File.ofClusters((*match.Cluster).Single, "has one listed server"),
		"a cluster has one listed server, which is never marked", "every cluster lists several servers")
}

// neverMarked proves where connects to the only server of a cluster failed again and again without a mark.
func neverMarked(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.overMembers(func(m *member) sightings { return m.unmarked }, func(m *member) bool {
		c := k.clusterOf(m.name)
		return c != nil && c.Single() && m.marks.n == 0 && m.unmarked.n >= 2
	})
	switch {
	case seen.n > 0:
		return opinion{stance: proves, why: "connects to the only server of a cluster failed, and it was not marked",
			seen: seen, share: k.Log.share(seen.n)}
	case k.Log.overMembers(func(m *member) sightings { return m.unmarked }, nil).n == 0 && k.Log.requests > 0:
		return opinion{stance: denies, why: "no connect failed without a mark"}
	}
	return opinion{}
}

// blackHole finds a member most of whose answers are errors that come at once, while others answer.
func blackHole(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	var all sightings
	errors := int64(0)
	for _, m := range k.Log.order {
		errors += m.errors
		if m.quick < 10 || 2*m.quick < m.answered || m.marks.n > 0 {
			continue
		}
		for _, other := range k.Log.order {
			if other != m && other.answered >= 10 && other.errors*10 < other.answered {
				all = all.join(k.Log.appErrors, k.Log.own503)
				break
			}
		}
	}
	switch {
	case all.n > 0:
		return opinion{stance: proves, seen: all, share: k.Log.share(all.n),
			why: "most answers of a member are errors within a second, others answer well, and no mark followed"}
	case errors == 0 && k.Log.shows(pluginlog.LevelDetail) && k.Log.statuses > 0:
		return opinion{stance: denies, why: "no member answered 5xx"}
	}
	return opinion{}
}

func sharedTransport(k *Case) opinion {
	places := map[string]string{}
	shared := k.File.such(func(c *match.Cluster, _ match.MemberID, m *match.Member) bool {
		for i := range m.Transports {
			place := fmt.Sprintf("%s:%d", m.Transports[i].Host, m.Transports[i].Port)
			if owner, known := places[place]; known && owner != c.Name+"/"+m.Name {
				return true
			}
			places[place] = c.Name + "/" + m.Name
		}
		return false
	}, "shares a host and port with another member")
	if shared.n > 0 {
		return opinion{stance: allows, why: "members share a host and port", seen: shared}
	}
	return opinion{}
}

// acceptedThenLost finds members whose new connections break after they were taken, and that never refuse.
func acceptedThenLost(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.overMembers(func(m *member) sightings { return m.freshLost }, func(m *member) bool {
		return m.freshLost.n >= 3 && m.refused.n == 0 && m.answered == 0
	})
	refusals := k.Log.overMembers(func(m *member) sightings { return m.refused }, nil)
	switch {
	case seen.n > 0:
		return opinion{stance: proves, seen: seen, share: k.Log.share(seen.n),
			why: "each connection was taken and then broke, none was refused, and no answer came"}
	case refusals.n > 0:
		return opinion{stance: denies, why: "the member's host refused connects by itself"}
	}
	return opinion{}
}

func oneProcess(k *Case) opinion {
	if k.Processes == 1 {
		return opinion{stance: denies, why: "the web server has one process"}
	}
	if k.Processes > 1 {
		return opinion{stance: allows, why: "the web server has " + processes(k.Processes)}
	}
	return opinion{}
}

// marksSpread finds a member that processes marked one after the other.
func marksSpread(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.overMembers(func(m *member) sightings { return m.marks }, func(m *member) bool {
		return m.markedBy >= 2 && m.lastFirstMark.Sub(m.firstMark) >= time.Second
	})
	switch {
	case seen.n > 0:
		return opinion{stance: proves, why: "processes marked the member one after the other", seen: seen,
			share: k.Log.share(seen.n)}
	case k.Log.requests > 0 && len(k.Log.processes) == 1:
		return opinion{stance: denies, why: "the log is of one process"}
	}
	return opinion{}
}

// onlyReused finds members that lose idle connections alone.
func onlyReused(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.overMembers(func(m *member) sightings { return m.reusedLost }, func(m *member) bool {
		return m.reusedLost.n >= 3 && m.freshLost.n == 0 && m.refused.n == 0 && m.marks.n == 0 && m.answered > 0
	})
	fresh := k.Log.overMembers(func(m *member) sightings { return m.freshLost.join(m.refused) }, nil)
	switch {
	case seen.n > 0:
		return opinion{stance: proves, why: "idle connections broke when they were taken again, new ones did not",
			seen: seen, share: k.Log.share(seen.n)}
	case fresh.n > 0:
		return opinion{stance: denies, why: "new connections failed, too"}
	}
	return opinion{}
}

package diagnose

import (
	"fmt"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// slow are the causes of slow answers. Where the time of a request went is told by the plug-in's log at LogLevel
// Trace; what most requests wait for at one moment, by mod_mpmstats in the error log of the web server (PH47518).
func slow() []*Cause {
	return []*Cause{
		{ID: "SO1", Symptom: isSlow, needs: atError.withFile(),
			Text:     "requests wait for ConnectTimeout at a dead host",
			Advice:   "a lower ConnectTimeout: a connect in a LAN takes milliseconds",
			Commands: []string{"wasplug set -w 'Server[*].ConnectTimeout=2'"},
			Rules:    []string{"R50", "F7"}, Source: "F7",
			log: orWaiting(seenIn(func(l *facts.Log) sightings { return l.ConnectTimeouts }, pluginlog.LevelError,
				"connects timed out", "no connect timed out"),
				func(s *facts.Server) sightings { return s.Connecting })},
		{ID: "SO2", Symptom: isSlow, needs: atError.withFile(),
			Text:     "a hung member was asked again and again by one request",
			Advice:   "ServerIOTimeoutRetry limits the attempts; a negative ServerIOTimeout marks the member down",
			Commands: []string{"wasplug explain ServerIOTimeoutRetry", "wasplug explain WP508"},
			Rules:    []string{"R56", "R62", "F9"},
			Lint:     []string{diag.WorstCaseWait, diag.HungMemberChosenAgain, diag.NegativeIOTimeoutCascade},
			Source:   "R56",
			log: seenIn(func(l *facts.Log) sightings { return l.AskedTwice }, pluginlog.LevelError,
				"ServerIOTimeout fired more than once in a request", "no request waited twice")},
		{ID: "SO3", Symptom: isSlow, needs: atTrace.withAccess(),
			Text:     "the application is slow",
			Advice:   "thread dumps of the member while it is; the slowest URLs",
			Commands: []string{"wasplug trace --slow 5 http_plugin.log"},
			Source:   "node/331563",
			log:      orWaiting(slowApplication, func(s *facts.Server) sightings { return s.Waiting })},
		{ID: "SO4", Symptom: isSlow, needs: atTrace,
			Text:   "the client is slow, or its upload is large",
			Advice: "none at the server; ThreadLimit and RequestReadTimeout keep slow clients from threads",
			Source: "node/331563",
			log: orWaiting(seenIn(func(l *facts.Log) sightings { return l.SlowBody }, pluginlog.LevelTrace,
				"requests waited for the body of the client", "no body came slowly"),
				func(s *facts.Server) sightings { return s.Bodies })},
		{ID: "SO5", Symptom: isSlow, needs: atTrace.withFile(),
			Text: "each request opens a connection, or makes round trips before it: no reuse, 100 Continue, " +
				"handshakes",
			Advice:   "a ConnectionTTL of some seconds; WaitForContinue and ExtendedHandshake off",
			Commands: []string{"wasplug explain WP806", "wasplug explain ConnectionTTL"},
			Rules:    []string{"R65", "R68"}, Lint: []string{diag.ExtraRoundTrips}, Source: "R68",
			file: byLint(allows, "members wait for round trips before a request", silent, "", diag.ExtraRoundTrips),
			log:  roundTrips},
		{ID: "SO6", Symptom: isSlow, needs: need{file: true},
			Text:     "LogLevel is Trace or Detail all the time",
			Advice:   "Trace writes some hundred lines for each request",
			Commands: []string{"wasplug set -w Log.LogLevel=Error"},
			Lint:     []string{diag.TraceLevelLeftOn}, Source: "WP801",
			file: byLint(proves, "the file says so", denies, "LogLevel is low", diag.TraceLevelLeftOn)},
		{ID: "SO7", Symptom: isSlow, needs: atTrace.withServer(),
			Text: "the web server is short of threads or of CPU",
			Advice: "find out what the threads wait for (the other causes of slow) before MaxRequestWorkers is " +
				"raised",
			Source: "PH47518",
			log:    shortOfThreads},
		{ID: "SO8", Symptom: isSlow, Also: []string{notBalancing}, needs: atStats,
			Text:   "the web server has many processes of few threads, each of which makes marks of its own",
			Advice: "fewer, larger processes: ThreadsPerChild",
			Rules:  []string{"F6"}, Source: "information center 6.1, RetryInterval",
			file: fewProcesses, log: lonelyMarks},
	}
}

// slowApplication trusts the log of the plug-in, where that has times: the access log counts the wait for connects and
// for the client's body, too.
func slowApplication(k *Case) opinion {
	seen := k.logged().SlowAnswer.Join(k.accessed().SlowMember)
	if k.logged().SlowAnswer.Count > 0 {
		seen = k.Log.SlowAnswer
	} else if k.Log != nil && k.Log.Timed > 0 {
		seen = sightings{} // the log of the plug-in says where the time went
	}
	return proven("members took their time to answer", seen, k.share(seen.Count)).
		or(k.Log != nil && k.Log.Timed > 0 && k.Log.Shows(pluginlog.LevelTrace), "no member took 5 s to answer")
}

// roundTrips: half of 50 requests at least open a connection of their own. A web server that has just started opens
// many, so fewer say nothing.
func roundTrips(k *Case) opinion {
	switch l := k.Log; {
	case l == nil:
	case l.SlowRound.Count > 0:
		return opinion{stance: proves, why: "requests waited for handshakes or for 100 Continue", seen: l.SlowRound,
			share: facts.ShareOf(l.SlowRound.Count, l.Requests)}
	case l.Streams >= 50 && 2*l.FreshStreams.Count > l.Streams:
		return opinion{stance: proves, seen: l.FreshStreams, share: facts.ShareOf(l.FreshStreams.Count, l.Streams),
			why: fmt.Sprintf("%d of %d requests opened a connection", l.FreshStreams.Count, l.Streams)}
	case l.Streams >= 50:
		return opinion{stance: denies, why: fmt.Sprintf("%d of %d requests used an open connection",
			l.Streams-l.FreshStreams.Count, l.Streams)}
	}
	return opinion{}
}

// orWaiting is the opinion of the plug-in's log, and where it has none, what mod_mpmstats allows: that requests wait
// there it says, of one moment in a minute.
func orWaiting(log func(*Case) opinion, of func(*facts.Server) sightings) func(*Case) opinion {
	return func(k *Case) opinion {
		o := log(k)
		if o.stance == silent && k.Server != nil {
			if seen := of(k.Server); seen.Count > 0 {
				return opinion{stance: allows, why: "mod_mpmstats saw most requests in the plug-in there", seen: seen}
			}
		}
		return o
	}
}

// shortOfThreads asks the web server first: a limit that was reached is one, and threads that were ready in each report
// are none. What it says of another time than that of the plug-in's log makes it possible, and no more.
func shortOfThreads(k *Case) opinion {
	if k.Server != nil && k.Server.NoThread.Count > 0 {
		o := opinion{stance: proves, why: "no thread of the web server was left", seen: k.Server.NoThread}
		if !k.sameTime() {
			o.stance, o.why = allows, o.why+", at another time than that of the plug-in's log"
		}
		return o
	}
	o := littleServer(k)
	if o.stance == silent && k.Server != nil {
		switch s := k.Server; {
		case s.FewReady.Count > 0:
			return opinion{stance: allows, why: "fewer than a tenth of the threads were ready", seen: s.FewReady}
		case s.Reports > 0 && !k.sameTime():
			return opinion{stance: allows, why: "the error log is of another time than the plug-in's log"}
		case s.Reports == 1:
			return opinion{stance: allows, why: "mod_mpmstats looked only once"}
		case s.Reports > 0:
			return opinion{stance: denies, why: fmt.Sprintf("%d of %d threads at least were ready whenever "+
				"mod_mpmstats looked", s.LeastReady, s.OfThreads)}
		}
	}
	return o
}

// sameTime reports whether the error log and the plug-in's log have a time in common, as far as there are both, but for
// the minute between two reports of mod_mpmstats.
func (k *Case) sameTime() bool {
	const between = pluginlog.Time(time.Minute)
	return k.Log == nil || k.Log.FirstTime == 0 ||
		k.Server.First <= k.Log.LastTime+between && k.Log.FirstTime <= k.Server.Last+between
}

// littleServer goes by requests that took long and none of whose phases took half of that: three at least, since one
// may have met a machine that did something else.
func littleServer(k *Case) opinion {
	switch l := k.Log; {
	case l == nil:
	case l.LittleServer.Count >= 3:
		return opinion{stance: proves, why: "requests took long without waiting for member, connect or client",
			seen: l.LittleServer, share: facts.ShareOf(l.LittleServer.Count, l.Requests)}
	case l.Timed > 0 && l.LittleServer.Count == 0 && l.Shows(pluginlog.LevelTrace):
		return opinion{stance: denies, why: "no time was lost inside the web server"}
	}
	return opinion{}
}

// manyProcesses is from which number on marks of single processes are likely to differ. Ours, as in shares.go.
const manyProcesses = 8

// fewProcesses goes by what somebody said (--processes): the file of the plug-in does not have it.
func fewProcesses(k *Case) opinion {
	if k.Processes > 0 && k.Processes < manyProcesses {
		return opinion{stance: denies, why: "the web server has " + processes(k.Processes)}
	}
	return opinion{}
}

// lonelyMarks: few of many processes mark a member that the others go on using. A quarter of the processes at most:
// with more the member is down for most of them.
func lonelyMarks(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Marks }, func(m *facts.Member) bool {
		return len(k.Log.Processes) >= manyProcesses && m.MarkedBy > 0 && 4*m.MarkedBy <= len(k.Log.Processes) &&
			m.ServedWhileMarked > 0
	})
	n := len(k.Log.Processes)
	return proven("few of many processes marked a member that the others used meanwhile", seen, 0).
		or(k.Log.Shows(pluginlog.LevelStats) && k.Log.Requests > 0 && n < manyProcesses, "the log is of "+processes(n))
}

package diagnose

import (
	"fmt"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
)

// errors500 are the causes of status 500: the plug-in has nobody to ask (IE1, IE4), refuses to ask (IE10), could not
// ask (IE5), does not wait long enough (IE3), may not ask again (IE2, IE8), or passes on what a member answers (IE6,
// IE7). IE9 is no error of the server, and looks like one in the log; IE11 is about a file that is not in force.
func errors500() []*Cause {
	return []*Cause{
		{ID: "IE1", Symptom: status500, Also: []string{status503}, needs: atError,
			Text:     "all members were marked down",
			Advice:   "find the first cause among the members: not-detected and slow tell of them",
			Commands: []string{"wasplug trace http_plugin.log"},
			Rules:    []string{"R61", "F14"}, Lint: []string{diag.WorstCaseWait}, Source: "R61",
			log: everybodyDown},
		{ID: "IE2", Symptom: status500, needs: atTrace.withFile(),
			Text:     "a POST could not be sent again",
			Advice:   "PostBufferSize must hold the largest body that is to be repeated, in kilobytes",
			Commands: []string{"wasplug explain PostBufferSize", "wasplug explain WP505"},
			Rules:    []string{"R57"}, Lint: []string{diag.PostNotRetried}, Source: "swg21408884, swg21450051",
			log: postLost},
		{ID: "IE3", Symptom: status500, Also: []string{isSlow}, needs: atDetail.withFile(),
			Text:     "ServerIOTimeout is shorter than slow pages take",
			Advice:   "make the page faster, or ServerIOTimeout longer than it takes",
			Commands: []string{"wasplug explain WP506", "wasplug set -w 'Server[*].ServerIOTimeout=-900'"},
			Rules:    []string{"R54"}, Lint: []string{diag.IOTimeoutTooShort}, Source: "WP506",
			log: slowPages},
		{ID: "IE4", Symptom: status500, needs: need{file: true},
			Text:     "the https Transport cannot be used: no keyring, or no PluginInstallRoot",
			Advice:   "give the Transport its keyring and stashfile",
			Commands: []string{"wasplug explain WP702"},
			Rules:    []string{"R64"}, Lint: []string{diag.TLSKeystoreMissing, diag.PluginRootMissing},
			Source: "node/408041",
			file:   unusableTransport},
		{ID: "IE5", Symptom: status500, Also: []string{notDetected}, needs: atError,
			Text:     "the TLS handshake with the member failed",
			Advice:   "the GSK code says why",
			Commands: []string{"wasplug explain GSK CODE", listCertificates},
			Rules:    []string{"R50"}, Source: "swg21264477",
			log: handshakes},
		{ID: "IE6", Symptom: status500, needs: atDetail.withAccess(),
			Text:   "the application answers 500",
			Advice: "SystemOut.log of the member at that time",
			Source: "R53",
			log:    applicationErrors},
		{ID: "IE7", Symptom: status500, needs: atDetail,
			Text:     "a member that is being stopped answers 500",
			Advice:   "drain it first: no new sessions, then stop",
			Commands: []string{"wasplug drain MEMBER"},
			Rules:    []string{"R36"}, Source: "PQ99465",
			log: seenIn(func(l *facts.Log) sightings { return l.Dying }, pluginlog.LevelDetail,
				"a member answered 500 and refused within the minute",
				"no member refused soon after it had answered 500")},
		{ID: "IE8", Symptom: status500, needs: atTrace,
			Text:     "an idle connection had been closed by the member, and a body cannot be sent twice",
			Advice:   "ConnectionTTL below the keep-alive timeout of the members",
			Commands: []string{"wasplug explain WP512", "wasplug set -w 'Transport[*].ConnectionTTL=20'"},
			Rules:    []string{"R57", "R65"}, Lint: []string{diag.ConnectionTtlTooLong}, Source: "PH09034, PM76420",
			file: byLint(allows, "ConnectionTTL may be longer than members keep connections", silent, "",
				diag.ConnectionTtlTooLong),
			log: seenIn(func(l *facts.Log) sightings { return l.Stale }, pluginlog.LevelTrace,
				"idle connections broke under requests with a body",
				"no idle connection broke under a request with a body")},
		{ID: "IE9", Symptom: status500, needs: atError,
			Text:     "the client left before its answer was written",
			Advice:   "no error of the server; what is slow tells why the client did not wait",
			Commands: []string{"wasplug diagnose --symptom slow -t http_plugin.log"},
			Source:   "lines of http_plugin.log",
			log: seenIn(func(l *facts.Log) sightings { return l.ClientLeft }, pluginlog.LevelError,
				"answers could not be written to the client", "every answer was written")},
		{ID: "IE10", Symptom: status500, needs: atTrace.withAccess().withFile(),
			Text:     "the body is larger than PostSizeLimit",
			Advice:   "raise PostSizeLimit, or keep the limit and tell the user",
			Commands: []string{"wasplug explain PostSizeLimit"},
			Rules:    []string{"R59"}, Source: "R59",
			file: postLimit, log: bodyTooLarge},
		{ID: "IE11", Symptom: status500, needs: atError.withFile(),
			Text: "the plug-in was not loaded, could not read the file, or its log is full at 2 GB",
			Advice: "its lines say why: mend the file, or DNS where a name does not resolve and then touch the " +
				"file; until then the old one stays in force",
			Commands: []string{"wasplug lint plugin-cfg.xml"},
			Rules:    []string{"R18"},
			Lint:     []string{diag.XMLSyntax, diag.RouteToMissingGroup, diag.DNSFailureBlocksStart},
			Source:   "swg21326077",
			file:     brokenFile,
			log: seenIn(func(l *facts.Log) sightings { return l.NotLoaded }, pluginlog.LevelError,
				"the plug-in did not take a configuration", "every configuration was taken")},
	}
}

const listCertificates = "gskcapicmd -cert -list -db plugin-key.kdb -stashed"

// handshakes names the codes that the log has. Each has a page of its own, which is what is to be typed.
func handshakes(k *Case) opinion {
	o := seenIn(func(l *facts.Log) sightings { return l.TLS }, pluginlog.LevelError, "handshakes failed",
		"no handshake failed")(k)
	if o.stance == proves && len(k.Log.GSKCodes) > 0 {
		for _, code := range k.Log.GSKCodes {
			o.commands = append(o.commands, fmt.Sprint("wasplug explain GSK ", code))
		}
		o.commands = append(o.commands, listCertificates)
	}
	return o
}

// postLost: a body that was not buffered is not sent again (R57). Where the connection broke it matters whether it had
// been idle, which LogLevel Trace alone shows; a timeout is no such case.
func postLost(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen, broken := k.Log.PostLost, k.Log.PostBroken
	if k.Log.Shows(pluginlog.LevelTrace) {
		seen, broken = seen.Join(broken), sightings{}
	}
	if seen.Count == 0 && broken.Count > 0 {
		return opinion{stance: allows, seen: broken, why: "requests with a body failed and were not sent again; " +
			"whether on an idle connection that the member had closed (IE8), only LogLevel Trace shows"}
	}
	return proven("requests with a body failed and were not sent again", seen, k.Log.Share(seen.Count)).
		or(k.Log.Shows(pluginlog.LevelDetail) && k.Log.Requests > 0, "no request with a body was given up")
}

// everybodyDown wants a mark beside the lines of the plug-in that it has nobody left: without one, members were full
// (SU1) or there is none that can be used (IE4).
func everybodyDown(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	marks := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Marks }, nil)
	seen := k.Log.NoServer.Join(k.Log.AllDown)
	switch {
	case seen.Count > 0 && marks.Count > 0:
		return opinion{stance: proves, why: "no member was left for requests", seen: seen,
			share: k.Log.Share(max(k.Log.NoServer.Count, k.Log.AllDown.Count))}
	case seen.Count == 0 && k.Log.Requests > 0:
		return opinion{stance: denies, why: "a member was left for every request"}
	}
	return opinion{}
}

// slowPages: at least three timeouts are of one path, and these are at least four fifths of all; timeouts are seen at
// two members or more. Then it is the page, and not a member.
func slowPages(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	fired := k.Log.OverMembers(func(m *facts.Member) sightings { return m.IOMarked.Join(m.IOUnmarked) }, nil)
	worst, all := int64(0), int64(0)
	for _, p := range k.Log.Paths {
		worst, all = max(worst, p.IOTimeouts), all+p.IOTimeouts
	}
	members := 0
	for _, m := range k.Log.Order {
		if m.IOMarked.Count+m.IOUnmarked.Count > 0 {
			members++
		}
	}
	switch {
	case worst >= 3 && worst*5 >= all*4 && members >= 2:
		return opinion{stance: proves, why: "ServerIOTimeout fires at several members, and always for one path",
			seen: fired, share: k.Log.Share(fired.Count)}
	case fired.Count == 0 && k.Log.Requests > 0:
		return opinion{stance: denies, why: "ServerIOTimeout never fired"}
	}
	return opinion{}
}

// unusableTransport proves where all Transports of a member are https ones without what they need.
func unusableTransport(k *Case) opinion {
	unusable := k.File.MembersThat(func(_ *match.Cluster, _ match.MemberID, m *match.Member) bool {
		for i := range m.Transports {
			if m.Transports[i].Usable {
				return false
			}
		}
		return len(m.Transports) > 0
	}, "has no Transport that can be used")
	if unusable.Count > 0 {
		return opinion{stance: proves, why: "members have no Transport that can be used", seen: unusable}
	}
	if seen := k.File.Found(diag.TLSKeystoreMissing, diag.PluginRootMissing); seen.Count > 0 {
		return opinion{stance: allows, why: "https Transports lack what they need", seen: seen}
	}
	return opinion{stance: denies, why: "every Transport can be used"}
}

// applicationErrors leaves to IE7 what a member answers while it stops: where the log shows such, it says nothing.
func applicationErrors(k *Case) opinion {
	var seen sightings
	denied, of := false, int64(0)
	if l := k.Log; l != nil {
		of, denied = l.Requests, l.Shows(pluginlog.LevelDetail) && l.Statuses > 0
		if l.AppErrors.Count > l.Dying.Count {
			seen = l.AppErrors
		}
	}
	if a := k.Access; a != nil {
		of, denied = max(of, a.Requests), denied || a.WithMember > 0
		if k.Log == nil || k.Log.Dying.Count == 0 {
			seen = seen.Join(a.Member500)
		}
	}
	if l := k.Log; l != nil && l.Dying.Count > 0 {
		return opinion{}
	}
	return proven("members answered 500 themselves", seen, facts.ShareOf(seen.Count, of)).
		or(denied, "no member answered 500")
}

// postLimit: without a limit the plug-in passes on a body of any size (R59).
func postLimit(k *Case) opinion {
	return either(k.File.ClustersThat(func(c *match.Cluster) bool { return c.PostLimit > 0 }, "has PostSizeLimit"),
		"a cluster has PostSizeLimit", "no cluster has PostSizeLimit")
}

// bodyTooLarge: the plug-in refuses such a body before it chooses a member (R59), and so no attempt is logged.
func bodyTooLarge(k *Case) opinion {
	seen := k.logged().PostTooLong.Join(k.accessed().TooLarge)
	return proven("requests with a body were refused without asking a member", seen, k.share(seen.Count))
}

// brokenFile asks for the findings for which the plug-in takes nothing of the file (R18); an error of lint for which
// it skips one element is none.
func brokenFile(k *Case) opinion {
	var seen sightings
	for _, d := range k.File.Findings {
		if d.Severity >= diag.Error && match.RejectsFile(d.Rule.Code) {
			seen = seen.Join(k.File.At(d.Span, d.Message))
		}
	}
	if seen.Count > 0 {
		return opinion{stance: proves, why: "the plug-in rejects this file", seen: seen}
	}
	return opinion{stance: denies, why: "the plug-in takes this file"}
}

// errors503 are the causes of status 503: all members are full (SU1, SU2), a member answers 503 itself (SU3), or the
// web server does, without asking the plug-in (SU4).
func errors503() []*Cause {
	return []*Cause{
		{ID: "SU1", Symptom: status503, needs: atStats.withFile(),
			Text: "every member had reached MaxConnections",
			Advice: "MaxConnections counts per process: above requests a second and process times seconds each " +
				"takes (F11)",
			Commands: []string{"wasplug explain WP413", "wasplug set -w 'Server[*].MaxConnections=-1'"},
			Rules:    []string{"R60", "F11"}, Lint: []string{diag.MaxConnectionsPerProcess}, Source: "F11",
			file: limited, log: allFull},
		{ID: "SU2", Symptom: status503, needs: atStats.withFile(),
			Text:     "hung requests hold the places of MaxConnections",
			Advice:   "a ServerIOTimeout ends them",
			Commands: []string{"wasplug set -w 'Server[*].ServerIOTimeout=-60'"},
			Rules:    []string{"R54", "R60"}, Lint: []string{diag.IOTimeoutZero, diag.NoConnectionLimit},
			Source: "WP502",
			file:   limited, log: placesHeld},
		{ID: "SU3", Symptom: status503, needs: atDetail.withAccess().withFile(),
			Text:     "the member itself answered 503, which was passed on, and sessions asked it again",
			Advice:   "MarkBusyDown=true takes such an answer for a failure",
			Commands: []string{"wasplug set -w Config.MarkBusyDown=true"},
			Rules:    []string{"R53"}, Source: "R53",
			file: busyPassedOn, log: own503},
		{ID: "SU4", Symptom: status503, needs: need{access: true},
			Text:     "the 503 is the web server's own",
			Advice:   "look at its limits and its error_log: MaxRequestWorkers, ThreadsPerChild",
			Commands: []string{"wasplug trace --error-log error_log http_plugin.log"},
			Source:   "node/331563",
			log:      webServers503},
	}
}

// heldLong is how long the total of a member may stand while requests are pending, before they are taken for hung.
const heldLong = 60 // seconds

// held are the lines of members that were full while requests at them were not finished. Counters are what shows it:
// the total stands still while requests are pending, in one process at least.
func held(l *facts.Log) sightings {
	return l.OverMembers(func(m *facts.Member) sightings { return m.Full }, func(m *facts.Member) bool {
		for key, p := range l.Procs {
			if key.Member == m.Name && p.Counts.Flat.Seconds() >= heldLong && p.Counts.Pending > 0 {
				return true
			}
		}
		return false
	})
}

// allFull leaves to SU2 a log in which a member is full because nothing there comes to an end: a larger limit would
// only fill up later.
func allFull(k *Case) opinion {
	switch {
	case k.Log == nil:
	case k.Log.Full.Count > 0 && k.Log.NoServer.Count > 0 && held(k.Log).Count == 0:
		return opinion{stance: proves, why: "members were full, and none was left", seen: k.Log.Full,
			share: k.Log.Share(k.Log.NoServer.Count)}
	case k.Log.Full.Count == 0 && k.Log.Shows(pluginlog.LevelStats) && k.Log.Requests > 0:
		return opinion{stance: denies, why: "no member had reached MaxConnections"}
	}
	return opinion{}
}

// placesHeld shares the evidence of allFull: the two causes are told apart by whether totals stand still (held).
func placesHeld(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	held := held(k.Log)
	return proven("requests were pending for a minute and more while none was finished, and the member was full",
		held, k.Log.Share(k.Log.NoServer.Count)).
		or(k.Log.Full.Count == 0 && k.Log.Shows(pluginlog.LevelStats) && k.Log.Requests > 0,
			"no member had reached MaxConnections")
}

// busyPassedOn: with MarkBusyDown a member's 503 is a failure, and the next one is asked (R53).
func busyPassedOn(k *Case) opinion {
	if k.File.Config.MarkBusyDown.V {
		return opinion{stance: denies, why: "MarkBusyDown is true"}
	}
	return opinion{}
}

// own503: the log of the plug-in shows statuses from LogLevel Detail on; in the access log a 503 with a member is one
// of that member. Either can deny by itself.
func own503(k *Case) opinion {
	seen := k.logged().Own503.Join(k.accessed().Member503)
	return proven("members answered 503 themselves", seen, k.share(seen.Count)).
		or(k.Log != nil && k.Log.Shows(pluginlog.LevelDetail) && k.Log.Statuses > 0, "no member answered 503").
		or(k.accessed().WithMember > 0, "no 503 is of a member")
}

// webServers503 needs an access log that names members, since there a request without one did not reach any. Nor may
// the plug-in have said that it had nobody: its own 503 has no member either.
func webServers503(k *Case) opinion {
	switch a := k.accessed(); {
	case a.WithMember == 0:
	case a.WebServer503.Count > 0 && k.logged().NoServer.Count == 0:
		return opinion{stance: proves, why: "clients got 503 for requests that reached no member",
			seen:  a.WebServer503,
			share: facts.ShareOf(a.WebServer503.Count, a.Requests)}
	case a.WebServer503.Count == 0:
		return opinion{stance: denies, why: "every 503 is of a member, or there is none"}
	}
	return opinion{}
}

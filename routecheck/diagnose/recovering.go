package diagnose

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/match"
)

func recovering() []*Cause {
	return []*Cause{
		{ID: "NR1", Symptom: notRecovering, needs: atTrace.withFile(), Text: "RetryInterval is long",
			Advice:   "RetryInterval is how long a process leaves a marked member alone: 60 s is usual",
			Commands: []string{"wasplug set -w 'ServerCluster[*].RetryInterval=60'", "wasplug explain WP507"},
			Rules:    []string{"R52", "F8"}, Lint: []string{diag.RetryIntervalRange}, Source: "REDP-4308 2.4.4",
			file: longRetry, log: backByInterval},
		{ID: "NR2", Symptom: notRecovering, needs: atStats,
			Text:   "no request has tried it: there was no traffic in that process since the retry was due",
			Advice: "wait, or send requests: only a request tries a marked member", Rules: []string{"R52"},
			Source: "R52",
			log:    nobodyTried},
		{ID: "NR3", Symptom: notRecovering, needs: atStats,
			Text: "sessions stay where they went; only new ones, and those whose clone list names it first, come " +
				"back",
			Advice: "expected: the share of the member grows with new sessions", Rules: []string{"S9", "S15", "R24"},
			Source: "R24", log: onlyNewOnes},
		{ID: "NR4", Symptom: notRecovering, needs: atTrace.withFile(),
			Text: "the member came back with another port, host or clone ID",
			Advice: "generate plugin-cfg.xml again and propagate it; each process reads it after RefreshInterval " +
				"and a request",
			Commands: []string{"wasplug diff OLD plugin-cfg.xml", "wasplug explain RefreshInterval"},
			Rules:    []string{"R27", "R50"}, Source: "R50", log: cameBackElsewhere},
		{ID: "NR5", Symptom: notRecovering, needs: atError.withFile(),
			Text:     "its address changed, and names are looked up only when the file is loaded",
			Advice:   "touch plugin-cfg.xml: it is read again after RefreshInterval, and names are looked up anew",
			Commands: []string{"touch plugin-cfg.xml", "wasplug explain IgnoreDNSFailures"}, Source: "swg21326077",
			file: hostNames, log: oldAddress},
		{ID: "NR6", Symptom: notRecovering, needs: atStats,
			Text: "a defect of an old level: the retry counter is negative (PK67423), 503 to a probe sticks " +
				"(PM49491)",
			Advice: "install a fix pack; until then touch plugin-cfg.xml, which begins the marks anew",
			Source: "PK67423, PK28197, PK01423, PM49491", log: oldLevel},
		{ID: "NR7", Symptom: notRecovering, needs: atError.withFile(), Text: "each try fails again",
			Advice: "the member is not up yet for the plug-in: is its port open before the application is there?",
			Rules:  []string{"R52", "F7"}, Source: "R52", log: triesFail},
		{ID: "NR8", Symptom: notRecovering, needs: atDetail.withFile(),
			Text:     "the file that was changed is not the one in force",
			Advice:   "the lines of the plug-in's start name the file; RefreshInterval is looked at only by a request",
			Commands: []string{"wasplug trace -c plugin-cfg.xml http_plugin.log"}, Source: "R18", log: otherFile},
	}
}

func longRetry(k *Case) opinion {
	return either(k.File.ofClusters(func(c *match.Cluster) bool { return time.Duration(c.RetryInterval) > 2*usualRetry },
		"RetryInterval is long"), "RetryInterval is longer than 2 minutes",
		"no RetryInterval is longer than 2 minutes")
}

// backByInterval finds members that were back as soon as their retry was due, and that was late.
func backByInterval(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.overMembers(func(m *member) sightings { return m.slowBack }, func(m *member) bool {
		retry := max(k.retryInterval(m.name), m.retryIn)
		return retry > 2*usualRetry && m.longestBack <= retry+retry/4 && m.longestBack >= retry-time.Second
	})
	if seen.n > 0 {
		return opinion{stance: proves, why: "it was tried as soon as RetryInterval allowed, and answered", seen: seen}
	}
	return opinion{}
}

// nobodyTried finds marks whose retry was due without a request of that process afterwards.
func nobodyTried(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	var seen sightings
	marked := false
	for _, m := range k.Log.order {
		marked = marked || m.marks.n > 0
		for pid := range m.marked {
			p, process := k.Log.procs[procKey{m.name, pid}], k.Log.processes[pid]
			if p == nil || process == nil || p.markedAt == 0 {
				continue
			}
			retry := k.retryInterval(m.name)
			due := p.markedAt.Sub(process.last) + retry // after the last request
			if due > 0 && k.Log.lastTime.Sub(p.markedAt) >= 2*retry {
				k.Log.see(&seen, p.markAt, func() string {
					return fmt.Sprintf("%s marked down; the process had no request since the retry was due", m.name)
				})
			}
		}
	}
	switch {
	case seen.n > 0:
		return opinion{stance: proves, why: "a retry was due, and the process had no request to try it with",
			seen: seen}
	case !marked && k.Log.requests > 0:
		return opinion{stance: denies, why: "nobody was marked down"}
	}
	return opinion{}
}

// onlyNewOnes finds members that get new requests since they are back, and none of sessions.
func onlyNewOnes(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	var seen sightings
	came := false
	for _, p := range k.Log.procs {
		if !p.wasMarked || p.markedAt != 0 {
			continue
		}
		came = came || p.oldBack > p.newBack
		if p.newBack >= 10 && p.oldBack*10 <= p.newBack && k.Log.withSession > 0 {
			seen = seen.join(p.member.marks)
		}
	}
	switch {
	case seen.n > 0:
		return opinion{stance: proves,
			why:  "since it is back the member gets new requests, and hardly any of sessions",
			seen: seen}
	case came:
		return opinion{stance: denies, why: "requests of sessions came back to it"}
	}
	return opinion{}
}

func cameBackElsewhere(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	back := k.Log.overMembers(func(m *member) sightings { return m.refusedAtBack }, func(m *member) bool {
		return m.refusedAtBack.n > 0 && m.answered == 0
	})
	if back.n > 0 && k.Log.unknownClone.n > 0 {
		return opinion{stance: proves, seen: back.join(k.Log.unknownClone),
			why: "the old port goes on refusing, and sessions carry a clone ID that no server has"}
	}
	if refused := k.Log.overMembers(func(m *member) sightings { return m.refused }, nil); refused.n == 0 &&
		k.Log.requests > 0 {
		return opinion{stance: denies, why: "no connect was refused"}
	}
	return opinion{}
}

func hostNames(k *Case) opinion {
	return either(k.File.such(func(_ *match.Cluster, _ match.MemberID, m *match.Member) bool {
		for i := range m.Transports {
			if !isAddress(m.Transports[i].Host) {
				return true
			}
		}
		return false
	}, "its host is a name"), "hosts are names", "all hosts are written as addresses")
}

func oldAddress(k *Case) opinion {
	if k.Log != nil && k.Log.oldAddress.n > 0 {
		return opinion{stance: proves, seen: k.Log.oldAddress,
			why: "a process that started later reaches the member, one that started before reaches nobody"}
	}
	return opinion{}
}

func oldLevel(k *Case) opinion {
	switch {
	case k.Log == nil:
	case k.Log.negativeRetry.n > 0:
		return opinion{stance: proves, why: "retryInSec is negative (PK67423)", seen: k.Log.negativeRetry}
	case newLevel(k.Log.build):
		return opinion{stance: denies, why: "the plug-in is of level " + k.Log.build}
	}
	return opinion{}
}

// newLevel reports whether a version is one of those since 8.
func newLevel(build string) bool {
	return strings.HasPrefix(build, "8.") || strings.HasPrefix(build, "9.")
}

func triesFail(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.overMembers(func(m *member) sightings { return m.steps }, func(m *member) bool {
		return m.steps.n >= 2 && m.flaps.n == 0
	})
	backs := k.Log.overMembers(func(m *member) sightings { return m.marks }, func(m *member) bool {
		return m.longestBack > 0
	})
	switch {
	case cameBackElsewhere(k).stance == proves || oldAddress(k).stance == proves:
		return opinion{} // and that is why
	case seen.n > 0 && k.Log.shows(pluginlog.LevelError):
		return opinion{stance: proves, why: "it was tried again and again, and each try failed", seen: seen}
	case backs.n > 0:
		return opinion{stance: denies, why: "a try succeeded"}
	}
	return opinion{}
}

func otherFile(k *Case) opinion {
	if k.Log == nil || k.File == nil {
		return opinion{}
	}
	known := false
	for _, m := range k.Log.order {
		known = known || !m.stranger
	}
	switch {
	case k.Log.strangers.n > 0 && k.File.Table.Router.IsZero():
		return opinion{stance: proves, why: "the log names members that this file does not have",
			seen:  k.Log.strangers,
			share: k.Log.share(k.Log.strangers.n)}
	case known:
		return opinion{stance: denies, why: "all members that the log names are in the file"}
	}
	return opinion{}
}

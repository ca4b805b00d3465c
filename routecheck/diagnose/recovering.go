package diagnose

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
)

// recovering are the causes for which a member that is up again gets no requests: it is not tried yet (NR1, NR2), is
// tried where it no longer is (NR4, NR5, NR8), or fails again (NR6, NR7); or it is back, and its sessions are not
// (NR3). A process tries a marked member only when RetryInterval is over and a request comes (R52).
func recovering() []*Cause {
	return []*Cause{
		{ID: "NR1", Symptom: notRecovering, needs: atTrace.withFile(),
			Text:     "RetryInterval is long",
			Advice:   "RetryInterval is how long a process leaves a marked member alone: 60 s is usual",
			Commands: []string{"wasplug set -w 'ServerCluster[*].RetryInterval=60'", "wasplug explain WP507"},
			Rules:    []string{"R52", "F8"}, Lint: []string{diag.RetryIntervalRange}, Source: "REDP-4308 2.4.4",
			file: longRetry, log: backByInterval},
		{ID: "NR2", Symptom: notRecovering, needs: atStats,
			Text:   "no request has tried it: there was no traffic in that process since the retry was due",
			Advice: "wait, or send requests: only a request tries a marked member",
			Rules:  []string{"R52"}, Source: "R52",
			log: nobodyTried},
		{ID: "NR3", Symptom: notRecovering, needs: atStats,
			Text: "sessions stay where they went; only new ones, and those whose clone list names it first, come " +
				"back",
			Advice: "expected: the share of the member grows with new sessions",
			Rules:  []string{"S9", "S15", "R24"}, Source: "R24",
			log: onlyNewOnes},
		{ID: "NR4", Symptom: notRecovering, needs: atTrace.withFile(),
			Text: "the member came back with another port, host or clone ID",
			Advice: "generate plugin-cfg.xml again and propagate it; each process reads it after RefreshInterval " +
				"and a request",
			Commands: []string{"wasplug diff OLD plugin-cfg.xml", "wasplug explain RefreshInterval"},
			Rules:    []string{"R27", "R50"}, Source: "R50",
			log: cameBackElsewhere},
		{ID: "NR5", Symptom: notRecovering, needs: atError.withFile(),
			Text:     "its address changed, and names are looked up only when the file is loaded",
			Advice:   "touch plugin-cfg.xml: it is read again after RefreshInterval, and names are looked up anew",
			Commands: []string{"touch plugin-cfg.xml", "wasplug explain IgnoreDNSFailures"},
			Source:   "swg21326077",
			file:     hostNames, log: oldAddress},
		{ID: "NR6", Symptom: notRecovering, needs: atStats,
			Text: "a defect of an old level: the retry counter is negative (PK67423), 503 to a probe sticks " +
				"(PM49491)",
			Advice: "install a fix pack; until then touch plugin-cfg.xml, which begins the marks anew",
			Source: "PK67423, PK28197, PK01423, PM49491",
			log:    oldLevel},
		{ID: "NR7", Symptom: notRecovering, needs: atTrace.withFile(),
			Text:   "each try fails again",
			Advice: "the member is not up yet for the plug-in: is its port open before the application is there?",
			Rules:  []string{"R52", "F7"}, Source: "R52",
			log: triesFail},
		{ID: "NR8", Symptom: notRecovering, needs: atDetail.withFile(),
			Text:     "the file that was changed is not the one in force",
			Advice:   "the lines of the plug-in's start name the file; RefreshInterval is looked at only by a request",
			Commands: []string{"wasplug trace -c plugin-cfg.xml http_plugin.log"},
			Source:   "R18",
			log:      otherFile},
	}
}

// longRetry: twice the usual interval, and more (facts.UsualRetry).
func longRetry(k *Case) opinion {
	long := k.File.ClustersThat(func(c *match.Cluster) bool {
		return time.Duration(c.RetryInterval) > 2*facts.UsualRetry
	}, "RetryInterval is long")
	return either(long, "RetryInterval is longer than 2 minutes", "no RetryInterval is longer than 2 minutes")
}

// backByInterval finds members that were back as soon as their retry was due, and that was late. The limits are those
// of the retry interval, which the log (RetryIn, at LogLevel Trace) or the file says: a way back that took a quarter
// longer waited for something else, too.
func backByInterval(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.SlowBack }, func(m *facts.Member) bool {
		retry := max(k.retryInterval(m.Name), m.RetryIn)
		return retry > 2*facts.UsualRetry && m.LongestBack <= retry+retry/4 && m.LongestBack >= retry-time.Second
	})
	return proven("it was tried as soon as RetryInterval allowed, and answered", seen, 0)
}

// nobodyTried finds marks whose retry was due without a request of that process afterwards. The log must
// go on for twice the interval after the mark; else the retry may just have come after its end.
func nobodyTried(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	var seen sightings
	marked := false
	for _, m := range k.Log.Order {
		marked = marked || m.Marks.Count > 0
		for _, pid := range slices.Sorted(maps.Keys(m.Marked)) {
			p, process := k.Log.Procs[facts.ProcKey{Member: m.Name, PID: pid}], k.Log.Processes[pid]
			if p == nil || process == nil || p.MarkedAt == 0 {
				continue
			}
			retry := k.retryInterval(m.Name)
			idle := process.Last.Sub(p.MarkedAt) < retry // no request came when the retry was due, or later
			if idle && k.Log.LastTime.Sub(p.MarkedAt) >= 2*retry {
				k.Log.See(&seen, p.MarkAt, func() string {
					return fmt.Sprintf("%s marked down; the process had no request since the retry was due", m.Name)
				})
			}
		}
	}
	return proven("a retry was due, and the process had no request to try it with", seen, 0).
		or(!marked && k.Log.Requests > 0, "nobody was marked down")
}

// onlyNewOnes finds members that get new requests since they are back, and none of sessions: ten of the one at least,
// and fewer than a tenth as many of the other. A session that began anew elsewhere has a clone list without the member
// that was down (S9, S15), so this is no fault.
func onlyNewOnes(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	only, came := map[*facts.Member]bool{}, false
	for _, p := range k.Log.Procs {
		if !p.WasMarked || p.MarkedAt != 0 {
			continue
		}
		came = came || p.OldBack > p.NewBack
		if p.NewBack >= 10 && p.OldBack*10 <= p.NewBack && k.Log.WithSession > 0 {
			only[p.Member] = true
		}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Marks },
		func(m *facts.Member) bool { return only[m] })
	return proven("since it is back the member gets new requests, and hardly any of sessions", seen, 0).
		or(came, "requests of sessions came back to it")
}

// cameBackElsewhere wants both: a port that goes on refusing may be that of a member that is still down, and an
// unknown clone ID that of an old cookie. Together they are a server that was started anew, with another port and ID.
func cameBackElsewhere(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	back := k.Log.OverMembers(func(m *facts.Member) sightings { return m.RefusedAtBack }, func(m *facts.Member) bool {
		return m.RefusedAtBack.Count > 0 && m.Answered == 0
	})
	if back.Count > 0 && k.Log.UnknownClone.Count > 0 {
		return opinion{stance: proves, seen: back.Join(k.Log.UnknownClone),
			why: "the old port goes on refusing, and sessions carry a clone ID that no server has"}
	}
	if refused := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Refused }, nil); refused.Count == 0 &&
		k.Log.Requests > 0 {
		return opinion{stance: denies, why: "no connect was refused"}
	}
	return opinion{}
}

// hostNames: of an address that is written as such nothing is looked up, so nothing can be old.
func hostNames(k *Case) opinion {
	return either(k.File.MembersThat(func(_ *match.Cluster, _ match.MemberID, m *match.Member) bool {
		for i := range m.Transports {
			if !isAddress(m.Transports[i].Host) {
				return true
			}
		}
		return false
	}, "its host is a name"), "hosts are names", "all hosts are written as addresses")
}

// isAddress reports whether a host is written as an address.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// oldAddress: a name is looked up when a process loads the file, and never again. How the log shows it stands at
// facts.Log.OldAddress.
func oldAddress(k *Case) opinion {
	if k.Log != nil && k.Log.OldAddress.Count > 0 {
		return opinion{stance: proves, seen: k.Log.OldAddress,
			why: "a process that started later reaches the member, one that started before reaches nobody"}
	}
	return opinion{}
}

// oldLevel proves by the one defect that leaves a trace in the log, and denies from level 8 on, where all four are
// mended (of PM49491 that is assumed, plugin.md 6).
func oldLevel(k *Case) opinion {
	switch {
	case k.Log == nil:
	case k.Log.NegativeRetry.Count > 0:
		return opinion{stance: proves, why: "retryInSec is negative (PK67423)", seen: k.Log.NegativeRetry}
	case newLevel(k.Log.Build):
		return opinion{stance: denies, why: "the plug-in is of level " + k.Log.Build}
	}
	return opinion{}
}

// newLevel reports whether a version is one of those since 8.
func newLevel(build string) bool {
	return strings.HasPrefix(build, "8.") || strings.HasPrefix(build, "9.")
}

// triesFail is what is left when nothing says where else the member is: NR4 and NR5 prove more. Only Trace shows what
// they go by, so at other levels this stays possible. One failed try is no rule: two at least, and no answer between
// them.
func triesFail(k *Case) opinion {
	if k.Log == nil {
		return opinion{}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.FailedTries }, func(m *facts.Member) bool {
		return m.FailedTries.Count >= 2 && m.Flaps.Count == 0
	})
	backs := k.Log.OverMembers(func(m *facts.Member) sightings { return m.Marks }, func(m *facts.Member) bool {
		return m.LongestBack > 0
	})
	switch {
	case cameBackElsewhere(k).stance == proves || oldAddress(k).stance == proves:
		return opinion{} // and that is why
	case seen.Count > 0 && k.Log.Shows(pluginlog.LevelTrace):
		return opinion{stance: proves, why: "it was tried again and again, and each try failed", seen: seen}
	case seen.Count > 0:
		return opinion{stance: allows, seen: seen, why: "it was tried again and again, and each try failed; whether " +
			"it is up at another address (NR5), or with another port or clone ID (NR4), only LogLevel Trace shows"}
	case backs.Count > 0:
		return opinion{stance: denies, why: "a try succeeded"}
	}
	return opinion{}
}

// otherFile: members that the file does not have. With IntelligentManagement these are what controllers name (NB15).
// Where all members of the log are in the file, it may be the one in force, and this is denied.
func otherFile(k *Case) opinion {
	if k.Log == nil || k.File == nil {
		return opinion{}
	}
	known := false
	for _, m := range k.Log.Order {
		known = known || !m.Stranger
	}
	switch {
	case k.Log.Strangers.Count > 0 && k.File.Table.Router.IsZero():
		return opinion{stance: proves, why: "the log names members that this file does not have",
			seen:  k.Log.Strangers,
			share: k.Log.Share(k.Log.Strangers.Count)}
	case known:
		return opinion{stance: denies, why: "all members that the log names are in the file"}
	}
	return opinion{}
}

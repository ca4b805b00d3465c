package diagnose

import (
	"fmt"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// What no log of the web server shows.
const (
	lookAtServers = "SystemOut.log or messages.log of the member that took over: SESN0008E, SESN0066E, " +
		"java.io.NotSerializableException"
	whichChange = "which attribute is lost, and whether the application calls setAttribute after each change"
)

// sessions are the causes for which a session is gone although the request reached a member that could have had it.
// They hang on what servers do with sessions (lab.md: S, D, M, W), of which plugin-cfg.xml has nothing: without a
// topology or settings most of them stay open.
func sessions() []*Cause {
	return []*Cause{
		{ID: "SL1", Symptom: sessionLost, needs: atStats.withTopology(),
			Text:     "sessions are in the memory of one member only, and it restarted or died",
			Advice:   "keep sessions in a database or by replication",
			Commands: []string{"wasplug why --persistence none --down MEMBER ...", "wasplug lab"},
			Rules:    []string{"S15", "M1"}, Source: "lab.md 2",
			file: byPolicy(func(p *session.Policy) bool { return p.Persistence == session.None },
				"persistence is none", "sessions are persistent"),
			log: movedAnd(func(p *session.Policy) bool { return p.Persistence == session.None },
				"sessions moved, and nothing but their member had them")},
		{ID: "SL2", Symptom: sessionLost, needs: atStats.withTopology().withAccess(),
			Text:     "the member died before it had written the session: time based writes",
			Advice:   "end-of-service writes before the answer is sent",
			Commands: []string{"wasplug why --write-frequency end-of-service ..."},
			Rules:    []string{"W4"}, Source: "W4",
			file: byPolicy(timeBased, "sessions are written now and then", "sessions are not written time based"),
			log:  youngLost},
		{ID: "SL3", Symptom: sessionLost, needs: need{access: true},
			Text:   "the session timed out",
			Advice: "a longer timeout, or a page that says so",
			Rules:  []string{"S17"}, Source: "S17",
			log: timedOut},
		{ID: "SL4", Symptom: sessionLost, needs: atStats.withTopology(),
			Text:   "replication had nobody to copy to: one member was up, or the number of replicas is 0",
			Advice: "two members at least must be up, and a replica be kept",
			Rules:  []string{"M5"}, Source: "M5",
			file: byPolicy(replicated, "sessions are copied from member to member",
				"sessions are not copied between members"), log: nobodyToCopy},
		{ID: "SL5", Symptom: sessionLost, needs: need{topology: true, file: true, note: whichChange},
			Text:     "an attribute was changed in place, is not serializable, or is too large",
			Advice:   "call setAttribute after each change; write all attributes instead of updated ones",
			Commands: []string{"wasplug why --in-place ..."},
			Rules:    []string{"W6", "W7", "D5"}, Source: "W6",
			file: byPolicy(onlyUpdated, "only updated attributes are written: one changed in place is not",
				"all attributes are written, or none is kept")},
		{ID: "SL6", Symptom: sessionLost, needs: atStats.withTopology().withAccess(),
			Text:     "the store was down when another member took over",
			Advice:   "look at the database or the grid",
			Commands: []string{"wasplug why --store-down ..."},
			Rules:    []string{"D1"}, Source: "lab.md 2",
			file: byPolicy(stored, "sessions are in a database or a grid", "sessions are in no store of their own"),
			log:  lostFromStore},
		{ID: "SL7", Symptom: sessionLost, needs: need{file: true, note: lookAtServers},
			Text:   "another user than the session's asked for it (SESN0008E), or more than 1000 sessions overflowed",
			Advice: "security integration ties a session to its user; allowOverflow or a larger number in memory",
			Rules:  []string{"S18", "S19"}, Source: "S19"},
		{ID: "SL8", Symptom: sessionLost, needs: atStats.withTopology(),
			Text:   "the owner hung, another member took over, and the owner wrote its old state over the new one",
			Advice: "noAffinitySwitchBack keeps the session where it went",
			Rules:  []string{"S9", "row 31"}, Source: "lab.md row 31",
			file: byPolicy(switchesBack, "a member that was hung may write back its old state",
				"sessions do not switch back, or are not written time based"), log: backAfterHang},
	}
}

// The policies below are those for which a cause can hold at all. Without persistence nothing is written, so its write
// frequency says nothing.

func timeBased(p *session.Policy) bool {
	return p.Persistence != session.None && p.Frequency == session.TimeBased
}

func replicated(p *session.Policy) bool { return p.Persistence == session.MemoryToMemory }

func onlyUpdated(p *session.Policy) bool {
	return p.Persistence != session.None && p.Contents == session.OnlyUpdated
}

func stored(p *session.Policy) bool {
	return p.Persistence == session.Database || p.Persistence == session.Grid
}

func switchesBack(p *session.Policy) bool { return timeBased(p) && !p.NoSwitchBack }

// anyPolicy reports whether the servers of some cluster are such; false where nobody says how they are.
func (k *Case) anyPolicy(test func(*session.Policy) bool) bool {
	for _, p := range k.policies() {
		if test(&p) {
			return true
		}
	}
	return false
}

// movedAnd proves where sessions moved from a member that was down, and their servers are such. Where nobody says what
// servers do, moved sessions make it possible. The share is one of requests with a session.
func movedAnd(test func(*session.Policy) bool, yes string) func(*Case) opinion {
	return func(k *Case) opinion {
		switch {
		case k.Log == nil:
		case k.Log.MovedByDown.Count > 0 && k.anyPolicy(test):
			return opinion{stance: proves, why: yes, seen: k.Log.MovedByDown,
				share: facts.ShareOf(k.Log.MovedByDown.Count, k.Log.WithSession)}
		case k.Log.MovedByDown.Count > 0 && len(k.policies()) == 0:
			return opinion{stance: allows, why: "sessions moved from a member that was down", seen: k.Log.MovedByDown}
		case k.Log.Shows(pluginlog.LevelTrace) && k.Log.WithSession > 0 && k.Log.Moved.Count == 0:
			return opinion{stance: denies, why: "no session moved"}
		}
		return opinion{}
	}
}

// youngLost: sessions that were younger than what time based writes reach (W4) did not survive their move. The access
// log tells the age of a session by its first request, as far as it reaches back.
func youngLost(k *Case) opinion {
	if k.Access == nil || !k.anyPolicy(timeBased) {
		return opinion{}
	}
	seen := k.Access.YoungLost
	return proven("sessions younger than the write interval were gone after they had moved",
		seen, facts.ShareOf(seen.Count, k.Access.WithCookie)).
		or(k.Access.WithCookie > 0 && k.Access.ChangedID.Count == 0, "no session was gone after it had moved")
}

// timedOut names the limit: it is the one that the topology says, or the usual half hour (facts.Access.Timeout).
func timedOut(k *Case) opinion {
	if k.Access == nil {
		return opinion{}
	}
	seen, idle := k.Access.TimedOut, time.Duration(k.Access.Timeout)*time.Second
	return proven(fmt.Sprintf("sessions were idle for more than %v", idle),
		seen, facts.ShareOf(seen.Count, k.Access.WithCookie)).
		or(k.Access.WithCookie > 0, "no session was idle for so long")
}

// nobodyToCopy proves where sessions moved under replication without replicas, or with all other members down.
func nobodyToCopy(k *Case) opinion {
	if k.Log == nil || k.File == nil || !k.anyPolicy(replicated) {
		return opinion{}
	}
	if k.Log.MovedByDown.Count == 0 {
		return opinion{}.or(k.Log.Shows(pluginlog.LevelTrace), "no session moved from a member that was down")
	}
	if k.anyPolicy(func(p *session.Policy) bool { return replicated(p) && p.Replicas == 0 }) {
		return opinion{stance: proves, why: "sessions moved, and no replica was kept", seen: k.Log.MovedByDown,
			share: facts.ShareOf(k.Log.MovedByDown.Count, k.Log.WithSession)}
	}
	for i := range k.File.Table.Clusters {
		if left := k.leftUp(&k.File.Table.Clusters[i]); left == 1 {
			return opinion{stance: proves, why: "all members but one were marked down", seen: k.Log.MovedByDown,
				share: facts.ShareOf(k.Log.MovedByDown.Count, k.Log.WithSession)}
		}
	}
	return opinion{}
}

// leftUp counts the members of a cluster that no process has marked down. In a cluster of one nobody is ever there to
// copy to, which is no outage: 0.
func (k *Case) leftUp(c *match.Cluster) (left int) {
	if len(c.Members) < 2 {
		return 0
	}
	for i := range c.Members {
		if m := k.Log.Members[c.Members[i].Name]; m == nil || m.Marks.Count == 0 {
			left++
		}
	}
	return left
}

// lostFromStore: sessions that are kept in a store were gone after they had moved, the old ones, too. Young ones are
// left out where time based writes may not have reached them: that is SL2.
func lostFromStore(k *Case) opinion {
	if k.Access == nil || !k.anyPolicy(stored) {
		return opinion{}
	}
	switch old := k.Access.ChangedID.Count - k.Access.YoungLost.Count; {
	case old > 0:
		return opinion{stance: proves, why: "sessions that must have been written were gone after they had moved",
			seen: k.Access.ChangedID, share: facts.ShareOf(old, k.Access.WithCookie)}
	case k.Access.Elsewhere.Count > 0 && k.Access.ChangedID.Count == 0:
		return opinion{stance: denies, why: "sessions that moved kept their ID"}
	}
	return opinion{}
}

// backAfterHang: sessions went elsewhere after a timeout, and then to the hung member again. The share is not known:
// the log has the requests that came back, not what they found.
func backAfterHang(k *Case) opinion {
	if k.Log == nil || !k.anyPolicy(switchesBack) {
		return opinion{}
	}
	back, hung := map[*facts.Member]bool{}, false
	for _, p := range k.Log.Procs {
		hung = hung || p.MovedByHang > 0
		if p.MovedByHang > 0 && p.OldBack > 0 && p.MarkedAt == 0 {
			back[p.Member] = true
		}
	}
	seen := k.Log.OverMembers(func(m *facts.Member) sightings { return m.IOMarked.Join(m.IOUnmarked) },
		func(m *facts.Member) bool { return back[m] })
	return proven("sessions left a hung member and came back to it", seen, 0).
		or(!hung && k.Log.WithSession > 0, "no session left a hung member")
}

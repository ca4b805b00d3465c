package mistakes

import (
	"time"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

var _ = group.Add(&lint.Rule{
	Code: diag.SessionSettingsLose, Name: "session-settings-lose", Category: lint.Affinity, Severity: diag.Warning,
	Check: check.On(checkSessionSettings), Subjects: []string{"ServerCluster"},
	Doc: lint.Doc{
		Title: "Session settings of a topology lose sessions, or changes of them, that they seem to keep",
		Why: "Reported only where a topology says persistence: database, memory-to-memory or grid. Time based " +
			"without noAffinitySwitchBack: when a member is back, its sessions return to it before the other one " +
			"has written, and nobody has died (row 31b). A timeout below twice the write interval: another " +
			"member deletes a session that is in use. An interval below 10 s has no effect, since sessions are " +
			"looked at every 10 s (W4). Memory-to-memory with one member has nobody to copy to (M5), and more " +
			"replicas than other members cannot be. The tuning levels very high and high write every 300 s, so a " +
			"failover loses the changes of up to 310 s.",
		Source: "observed in the session manager of Open Liberty (S9, W4, D9); IBM, tuning parameters of sessions",
	},
})

// checkSessionSettings has nothing to say of a file: only a topology says what servers do with sessions. Without
// persistence every failover loses them, as its owner knows.
func checkSessionSettings(p *check.Pass) {
	for _, c := range p.Clusters() {
		s, known := p.Sessions[c.Name.V]
		if !known || s.Policy.Persistence == session.None {
			continue
		}
		if s.Policy.Frequency == session.TimeBased {
			checkTimeBased(p, c, &s)
		}
		if s.Policy.Persistence == session.MemoryToMemory {
			checkReplicas(p, c, &s)
		}
	}
}

// leastInterval is how often a server looks at its sessions, in seconds (W4): a shorter write interval does nothing.
const leastInterval = 10

// checkTimeBased looks at what time based writes lose beyond the changes since the last one.
func checkTimeBased(p *check.Pass, c *parser.ServerCluster, s *lint.Session) {
	interval := s.Policy.Interval
	if !s.Policy.NoSwitchBack && len(c.Servers) > 1 {
		p.Report(s.At("writeFrequency", "tuningLevel", "persistence"), "sessions of cluster %q are written time "+
			"based, and noAffinitySwitchBack is not true; a member that is back after a failover gets its "+
			"sessions back before the changes of the last %d s are written, and reads them without these (W4)",
			c.Name.V, interval)
	}
	if s.Timeout > 0 && s.Timeout < 2*time.Duration(interval)*time.Second {
		p.Report(s.At("timeout"), "sessions of cluster %q time out after %d s, less than twice their write "+
			"interval of %d s; another member deletes sessions that are in use (D9)", c.Name.V,
			int(s.Timeout.Seconds()), interval)
	}
	if interval < leastInterval {
		p.Report(s.At("writeInterval"), "the write interval of cluster %q is %d s; sessions are looked at every "+
			"%d s, so less than that has no effect (W4)", c.Name.V, interval, leastInterval)
	}
	if level := s.Level; level == "very high" || level == "high" {
		p.Report(s.At("tuningLevel"), "tuning level %q of cluster %q writes sessions every %d s; a failover "+
			"loses the changes since, so the persistence keeps less than it seems to (W4)", level, c.Name.V,
			interval)
	}
}

// checkReplicas looks for replicas that cannot be.
func checkReplicas(p *check.Pass, c *parser.ServerCluster, s *lint.Session) {
	switch n := len(c.Servers); {
	case n == 1 && s.Policy.Mode == session.Both:
		p.Report(s.At("persistence"), "cluster %q has one member, so there is nobody to replicate its sessions "+
			"to; they are lost with it (M5)", c.Name.V)
	case n > 1 && s.Policy.Replicas >= n:
		p.Report(s.At("replicas", "persistence"), "cluster %q is to have %d replicas of a session and has %d "+
			"members; no more than %d can be (M1)", c.Name.V, s.Policy.Replicas, n, n-1)
	}
}

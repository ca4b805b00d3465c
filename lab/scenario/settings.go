package scenario

import (
	"slices"

	"github.com/wasplug/wasplug/lab"
	labsession "github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/routecheck/session"
)

// policy is what the servers of a cluster do with sessions, as a prediction takes it: a policy that was given (by a
// cell), the session block of the test, or what the configuration says of that cluster.
func (s *Setup) policy(c *Source, cluster string) (session.Policy, error) {
	switch {
	case s.Policy != nil:
		return *s.Policy, nil
	case s.Sessions != nil:
		return s.Sessions.Policy(c.Flavor)
	}
	return c.Policy(cluster), nil
}

// MemberSettings are a policy and the values of the session choices in the words of the members: a plain copy. The
// members have types of their own for them and take them as words, for nothing of the predictor may run in what it
// predicts. Here alone the two sides are put side by side.
func MemberSettings(p session.Policy, assumed session.Assumed) lab.Sessions {
	c := labsession.Default()
	c.WriteFrequency, c.WriteInterval = labsession.Frequency(p.Frequency.String()), p.Interval
	c.WriteContents = labsession.Contents(p.Contents.String())
	c.NoAffinitySwitchBack, c.IDReuse, c.ExpectedCloneIDs = p.NoSwitchBack, p.IDReuse, p.ExpectedCloneIDs
	c.TimeBasedScan = valueOf(assumed, "time-based-scan")
	c.NewSessionWrite = valueOf(assumed, "new-session-write")
	c.AnswerBeforeWrite = valueOf(assumed, "answer-before-write")
	c.TakeoverID = valueOf(assumed, "takeover-id")
	c.PartitionAfterTakeover = valueOf(assumed, "partition-after-takeover")
	return lab.Sessions{Config: c, Persistence: p.Persistence.String(), MultiRow: p.Schema.String() == "multi-row",
		Replicas: p.Replicas, Mode: p.Mode.String(), Retarget: valueOf(assumed, "replica-retarget")}
}

// valueOf is the value of a session choice in its word. A name that is none panics: names stand in this package only.
func valueOf(assumed session.Assumed, name string) string {
	all := session.Choices()
	i := slices.IndexFunc(all, func(c session.ChoiceInfo) bool { return c.Name == name })
	return all[i].Values[assumed[i]]
}

// members are the settings of the members of a cluster. Of those that no prediction asks for, a 0 leaves the member's
// own default.
func (s *Setup) members(p session.Policy) lab.Sessions {
	out := MemberSettings(p, s.Assumptions.Session)
	out.Distributable, out.Mutant = s.Distributable, s.Mutant
	out.Ack = valueOf(s.Assumptions.Session, "replication-ack")
	extra := s.Sessions
	if extra == nil {
		return out
	}
	out.Domain, out.Encryption = extra.Domain, extra.Encryption
	out.SecurityIntegration, out.AllowOverflow = extra.SecurityIntegration, extra.AllowOverflow
	out.OptimizeCacheIDIncrements, out.ScheduledInvalidation = extra.OptimizeCacheIDIncrements,
		extra.ScheduledInvalidation
	for _, set := range []struct {
		to    *int
		value int
	}{
		{&out.Timeout, int(extra.Timeout.Seconds())}, {&out.ReaperInterval, int(extra.ReaperInterval.Seconds())},
		{&out.IDLength, extra.IDLength}, {&out.MaxInMemory, extra.MaxInMemory},
	} {
		if set.value != 0 {
			*set.to = set.value
		}
	}
	return out
}

package generate

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// over returns a session whose values that are not written come from a wider one.
func (s Session) over(wide Session) Session {
	if !s.Cookie.Set() && !s.noCookie {
		s.Cookie, s.noCookie = wide.Cookie, wide.noCookie
	}
	if !s.URLIdentifier.Set() && !s.noIdentifier {
		s.URLIdentifier, s.noIdentifier = wide.URLIdentifier, wide.noIdentifier
	}
	inherit(&s.CloneSeparator, wide.CloneSeparator)
	inherit(&s.Affinity, wide.Affinity)
	inherit(&s.Persistence, wide.Persistence)
	inherit(&s.Replicas, wide.Replicas)
	inherit(&s.WriteFrequency, wide.WriteFrequency)
	inherit(&s.WriteInterval, wide.WriteInterval)
	inherit(&s.WriteContents, wide.WriteContents)
	inherit(&s.TuningLevel, wide.TuningLevel)
	inherit(&s.Schema, wide.Schema)
	inherit(&s.Mode, wide.Mode)
	inherit(&s.Timeout, wide.Timeout)
	inherit(&s.NoAffinitySwitchBack, wide.NoAffinitySwitchBack)
	inherit(&s.IDReuse, wide.IDReuse)
	if s.ExpectedCloneIDs == nil {
		s.ExpectedCloneIDs = wide.ExpectedCloneIDs
	}
	return s
}

func inherit[T any](v *diag.Val[T], wide diag.Val[T]) {
	if !v.Set() {
		*v = wide
	}
}

// clusterSession returns the session settings in force for a cluster, named as plugin-cfg.xml names it. The
// application's own settings are not among them: they concern names only.
func (t *Topology) clusterSession(name string) Session {
	for _, c := range t.Clusters {
		if c.name().V == name {
			return c.Session.over(t.Session)
		}
	}
	return t.Session
}

// SessionPolicy returns what the servers of a cluster do with sessions, the defaults of their flavor included.
func (t *Topology) SessionPolicy(cluster string) session.Policy {
	p, _ := t.clusterSession(cluster).settings().Policy(t.Flavor.V) // the schema has refused what would be an error
	return p
}

func (s Session) settings() session.Settings {
	out := session.Settings{
		Persistence: s.Persistence.V, WriteFrequency: s.WriteFrequency.V, WriteInterval: s.WriteInterval.V, WriteContents: s.WriteContents.V,
		TuningLevel: s.TuningLevel.V, Schema: s.Schema.V, Mode: s.Mode.V, NoAffinitySwitchBack: s.NoAffinitySwitchBack.V,
		IDReuse: s.IDReuse.V, ExpectedCloneIDs: s.ExpectedCloneIDs,
	}
	if s.Replicas.Set() {
		out.Replicas = &s.Replicas.V
	}
	return out
}

// Persistence says by the name of each cluster what its servers do with sessions: none, database or memory-to-memory.
func (t *Topology) Persistence() map[string]string {
	by := map[string]string{}
	for _, k := range t.Clusters {
		if p := k.Session.over(t.Session).Persistence; p.Set() {
			by[k.name().V] = p.V
		}
	}
	return by
}

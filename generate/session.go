package generate

import "github.com/wasplug/wasplug/parser/diag"

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
	return s
}

func inherit[T any](v *diag.Val[T], wide diag.Val[T]) {
	if !v.Set() {
		*v = wide
	}
}

// ClusterSession returns the session settings in force for a cluster, named as plugin-cfg.xml names it, with the
// tuning level spelt out. The application's own settings are not among them: they concern names only.
func (t *Topology) ClusterSession(name string) Session {
	s := t.Session
	for _, c := range t.Clusters {
		if c.name().V == name {
			s = c.Session.over(t.Session)
			break
		}
	}
	return s.tuned()
}

// tuned spells a tuning level out where the settings it stands for are not written (plugin.md, section 5).
func (s Session) tuned() Session {
	level, known := map[string]struct {
		frequency string
		interval  int
		contents  string
	}{
		"very high": {"time based", 300, "only updated attributes"},
		"high":      {"time based", 300, "all session attributes"},
		"medium":    {"end of servlet service", 0, "only updated attributes"},
		"low":       {"end of servlet service", 0, "all session attributes"},
	}[s.TuningLevel.V]
	if !known {
		return s
	}
	at := s.TuningLevel.Span()
	inherit(&s.WriteFrequency, diag.Written(level.frequency, at))
	inherit(&s.WriteContents, diag.Written(level.contents, at))
	if level.interval > 0 {
		inherit(&s.WriteInterval, diag.Written(level.interval, at))
	}
	return s
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

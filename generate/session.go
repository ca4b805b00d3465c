package generate

import (
	"strconv"
	"time"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// over returns a session whose values that are not written come from a wider one.
// cookie: null counts as written: it leaves the attribute out, and inherits none.
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
// Of a name that no cluster has it is that of the whole file.
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

// settings are the same in the words of the room that predicts; a nil Replicas is "not said", which 0 is not.
func (s Session) settings() session.Settings {
	out := session.Settings{
		Persistence: s.Persistence.V, WriteFrequency: s.WriteFrequency.V, WriteInterval: s.WriteInterval.V,
		WriteContents: s.WriteContents.V,
		TuningLevel:   s.TuningLevel.V, Schema: s.Schema.V, Mode: s.Mode.V,
		NoAffinitySwitchBack: s.NoAffinitySwitchBack.V,
		IDReuse:              s.IDReuse.V, ExpectedCloneIDs: s.ExpectedCloneIDs,
	}
	if s.Replicas.Set() {
		out.Replicas = &s.Replicas.V
	}
	return out
}

// Lab is how the lab runs the members of a topology: its block of that name.
type Lab struct {
	Store, DSN            string
	Grid, Redis           string
	Replicators, PortBase int
	Apps                  []string
}

// Lab reads the block, which nothing but the lab does.
func (t *Topology) Lab() Lab {
	n := t.Node.Get("lab")
	l := Lab{Store: n.Get("store").Str().V, DSN: n.Get("dsn").Str().V, Replicators: n.Get("replicators").Int().V,
		PortBase: n.Get("portBase").Int().V, Grid: n.Get("grid").Str().V, Redis: n.Get("redis").Str().V}
	for _, app := range texts(n.Get("apps")) {
		l.Apps = append(l.Apps, app.V)
	}
	return l
}

// Sessions says by the name of each cluster what its servers do with sessions, and where that is written.
// Spans are those of whatever level says it: the cluster's session or that of the whole file.
func (t *Topology) Sessions() map[string]lint.Session {
	by := map[string]lint.Session{}
	for _, k := range t.Clusters {
		s := k.Session.over(t.Session)
		timeout, _ := parseSeconds(s.Timeout.V)
		one := lint.Session{Policy: t.SessionPolicy(k.name().V), Known: s.Persistence.Set(), Timeout: timeout,
			Level:   s.TuningLevel.V,
			Written: map[string]diag.Span{}, Cluster: k.name().Span()}
		for name, v := range map[string]interface {
			Set() bool
			Span() diag.Span
		}{"persistence": s.Persistence, "writeFrequency": s.WriteFrequency, "writeInterval": s.WriteInterval,
			"tuningLevel": s.TuningLevel,
			"replicas":    s.Replicas, "timeout": s.Timeout} {
			if v.Set() {
				one.Written[name] = v.Span()
			}
		}
		by[k.name().V] = one
	}
	return by
}

// parseSeconds reads 30m, 90s, or a number of seconds.
func parseSeconds(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	return time.ParseDuration(text)
}

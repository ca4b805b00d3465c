package suite

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/session"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Part is one part of what is expected to become of a session, such as changes or cookie.
type Part struct{ Name, Want string }

// ReadSettings reads what a suite or a scenario says of the servers' sessions.
func ReadSettings(n *yamldoc.Node) (session.Settings, error) {
	s := session.Settings{
		Persistence: n.Get("persistence").Str().V, WriteFrequency: n.Get("writeFrequency").Str().V,
		WriteInterval: n.Get("writeInterval").Int().V, WriteContents: n.Get("writeContents").Str().V,
		TuningLevel: n.Get("tuningLevel").Str().V, Schema: n.Get("schema").Str().V, Mode: n.Get("mode").Str().V,
		NoAffinitySwitchBack: n.Get("noAffinitySwitchBack").Bool().V, IDReuse: n.Get("idReuse").Bool().V,
	}
	if replicas := n.Get("replicas").Int(); replicas.Set() {
		s.Replicas = &replicas.V
	}
	for _, id := range n.Get("expectedCloneIds").AllItems() {
		s.ExpectedCloneIDs = append(s.ExpectedCloneIDs, id.Str().V)
	}
	_, err := s.Policy("")
	return s, err
}

// session reads an expected fate, or parts of what is expected.
func (e *Expect) session(n *yamldoc.Node) {
	if n == nil || n.Kind != yamldoc.Map {
		e.Session = n.Str()
		return
	}
	for _, f := range n.Fields {
		want := strings.Join(texts(f.Value), ", ")
		switch {
		case f.Name == "bound":
			want = bound(want)
		// applied: 1 means at least once, and at most once.
		case f.Name == "applied" && f.Value.Kind == yamldoc.Scalar:
			want += ", " + want
		}
		e.Outcome = append(e.Outcome, Part{f.Name, want})
	}
}

// bound writes 20, 20s and 20.0 alike.
func bound(text string) string {
	seconds, err := strconv.ParseFloat(text, 64)
	if d, e := time.ParseDuration(text); err != nil && e == nil {
		seconds = d.Seconds()
	}
	return strconv.FormatFloat(seconds, 'f', -1, 64)
}

// policy is what the servers of a cluster do with sessions: as the suite says, or else the topology.
func (r *runner) policy(cluster string) session.Policy {
	switch {
	case r.suite.Sessions != nil:
		p, _ := r.suite.Sessions.Policy(r.options.Flavor) // it was read without an error
		return p
	case r.options.Sessions != nil:
		return r.options.Sessions(cluster)
	}
	return session.Policy{}
}

// fate is the fate of the session where it is the same whoever answers.
func fate(d *explain.Decision) string {
	switch {
	case d.Session == nil:
		return session.FateNone
	case d.Session.Fate == session.FateByChance:
		return byChance
	}
	return d.Session.Fate
}

// outcome are the parts of what becomes of the session, as they are compared.
func outcome(d *explain.Decision) map[string]string {
	if d.Session == nil {
		return map[string]string{"session": session.FateNone}
	}
	o := &d.Session.Outcome
	return map[string]string{
		"session": o.Session, "changes": o.Changes, "bound": strconv.FormatFloat(o.Bound, 'f', -1, 64),
		"applied": fmt.Sprintf("%d, %d", o.Applied[0], o.Applied[1]),
		"serves":  strings.Join(o.Serves, ", "), "cookie": o.Cookie,
		"user": o.User, "rules": strings.Join(o.Rules, ", "), "hangs": strings.Join(o.Hangs, ", "),
	}
}

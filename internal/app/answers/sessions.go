package answers

import (
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Sessions says what the servers do with sessions, and how the member of one failed.
type Sessions struct {
	Settings *session.Settings // nil: what the topology says
	Yield    bool              // Settings give way to what the topology says

	Moment    string   // one of session.Moments, "" for between requests, nobody knows when
	ChangeAge *float64 // seconds since the last change, nil where nobody knows
	InPlace   bool     // it was made without setAttribute
	OtherSet  bool     // and another attribute was set in the same write period
	New       bool     // it was the first one of its session
	StoreDown bool     // the database, the grid, or every replicator, cannot be reached
	StoreLost bool     // database or grid have lost what they had
	App       string   // one of session.Apps, "" the first
}

// read returns what is said of sessions, nil where nothing is.
func (s *Sessions) read(l *app.Loaded, fixed []choices.Choice) (*explain.Sessions, error) {
	policy, err := s.policy(l)
	if err != nil {
		return nil, err
	}
	failure, field, err := s.failure()
	switch {
	case err != nil:
		return nil, err
	// How a session's member failed says nothing where nobody says what servers do with sessions.
	case policy == nil && field != "":
		return nil, app.Wrong(field, " needs --persistence, or a topology that says it")
	case policy == nil:
		return nil, nil
	}
	out := &explain.Sessions{Policy: policy, Failure: failure, Settled: choices.SessionChoices(fixed)}
	return out, fitsMoment(l, out)
}

// policy is what the servers of a cluster do. Flags say it of all clusters, a topology of each; flags win, unless they
// yield (Yield), as they do where --persistence is not given.
func (s *Sessions) policy(l *app.Loaded) (func(string) session.Policy, error) {
	if s.Settings == nil || s.Yield && l.Topology != nil {
		return l.SessionPolicy(), nil
	}
	if n := s.Settings.Replicas; n != nil && *n < -1 {
		return nil, app.Wrong("replicas", " %d: want a number of copies, or -1 for one on every member", *n)
	}
	if n := s.Settings.WriteInterval; n < 0 {
		return nil, app.Wrong("write-interval", " %d: want seconds from 1 on", n)
	}
	p, err := s.Settings.Policy(l.Flavor())
	if err != nil {
		return nil, app.Wrong("persistence", ": %w", err)
	}
	return func(string) session.Policy { return p }, nil
}

// failure reads how the member failed, and names a field that says something of it.
func (s *Sessions) failure() (f session.Failure, field string, err error) {
	f = session.Failure{InPlace: s.InPlace, OtherSet: s.OtherSet, New: s.New, StoreDown: s.StoreDown,
		StoreLost: s.StoreLost}
	// The first one given stands for all of them in the error that they mean nothing without a policy.
	for _, given := range []struct {
		field string
		given bool
	}{{"moment", s.Moment != ""}, {"change-age", s.ChangeAge != nil}, {"in-place", s.InPlace},
		{"other-set", s.OtherSet}, {"new-session", s.New}, {"store-down", s.StoreDown}, {"store-lost", s.StoreLost},
		{"app", s.App != ""}} {
		if given.given && field == "" {
			field = given.field
		}
	}
	if s.Moment != "" {
		if f.Moment, err = session.ParseMoment(s.Moment); err != nil {
			return f, field, app.Wrong("moment", ": %w", err)
		}
	}
	if s.App != "" {
		if f.App, err = session.ParseApp(s.App); err != nil {
			return f, field, app.Wrong("app", ": %w", err)
		}
	}
	if s.OtherSet && !s.InPlace {
		return f, field, app.Wrong("other-set", " needs --in-place: an attribute that is set is written by itself")
	}
	if age := s.ChangeAge; age != nil {
		if !(*age >= 0 && *age <= 1e9) {
			return f, field, app.Wrong("change-age", " %v: want seconds from 0 on", *age)
		}
		f.Aged, f.Age = true, time.Duration(nanos(*age)) // Aged: an age of 0 is one, too
	}
	return f, field, nil
}

// fitsMoment refuses a moment that no cluster's write frequency knows.
func fitsMoment(l *app.Loaded, s *explain.Sessions) (err error) {
	// One cluster that knows the moment is enough: which cluster gets the request is not known yet.
	for i := range l.Table.Clusters {
		p := s.Policy(l.Table.Clusters[i].Name)
		if err = p.Fits(s.Failure.Moment); err == nil {
			return nil
		}
	}
	if err != nil {
		return app.Wrong("moment", ": %w", err)
	}
	return nil
}

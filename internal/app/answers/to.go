package answers

import (
	"errors"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain/reverse"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
)

// To asks what leads to a cluster or a member.
type To struct {
	Config app.Config
	Plugin app.Plugin
	Name   string // MEMBER, CLUSTER/MEMBER or CLUSTER
	Host   string // only what leads there on this host, "" all
}

// ToAnswer is what leads there.
type ToAnswer struct {
	Notes  app.Notes
	Answer *reverse.Answer
}

// Run finds it.
func (r *To) Run(in app.Input) (*ToAnswer, error) {
	a := &ToAnswer{}
	if strings.ContainsAny(r.Host, ":/ ") {
		return a, app.Wrong("host", " %q: want a host name without scheme, port and path", r.Host)
	}
	files := diag.NewFiles()
	l, sem, _, err := r.Plugin.Load(in, r.Config, files, &a.Notes)
	if err != nil {
		return a, err
	}
	cluster, member, err := target(l.Table, r.Name)
	if err != nil {
		return a, app.Wrong("to", ": %w", err)
	}
	a.Answer = reverse.To(l.Table, files, sem, cluster, member, r.Host)
	return a, nil
}

// target is the cluster or member that a name means; one that both have must say which.
func target(t *routecheck.Table, name string) (match.ClusterID, match.MemberID, error) {
	cluster, isCluster := t.ClusterByName(name)
	c, m, err := names.Member(t, name)
	// That several clusters have a member of the name makes it no less unclear beside a cluster of the name.
	several := (*names.AmbiguousMember)(nil)
	switch {
	case isCluster && (err == nil || errors.As(err, &several)):
		return 0, 0, diag.Errorf("%q is a cluster and a member: write %s/%s for the member, in its cluster",
			name, "CLUSTER", name)
	case isCluster:
		return cluster, match.NoMember, nil
	}
	return c, m, err
}

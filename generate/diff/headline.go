package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// headline is the report in one sentence: who gets no new sessions, whose sessions lose their home, what goes
// elsewhere.
// What hits users comes first and is never left out; only without any of it are the milder kinds counted.
func (r *Report) headline() string {
	if r.Same() {
		return "same in effect"
	}
	var parts []string
	add := func(part string) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	add(r.withoutNew())
	add(r.homeless())
	add(r.moving())
	add(r.elsewhere())
	if len(parts) > 0 {
		return strings.Join(parts, ", ")
	}
	if n := r.number(newSessions) + r.number(outage); n > 0 {
		return "no session is lost and no request goes to another cluster; " + count(n, "consequence") +
			" for new sessions and outages"
	}
	if n := r.number(renamed); n > 0 {
		return "no session is lost and no request goes to another cluster; " + count(n, "member") + " " +
			verb(n, "has", "have") + " another name"
	}
	if n := len(r.Classes); n > 0 {
		return "no session is lost and no request goes to another cluster; the members behind some requests differ"
	}
	if n := r.number(reload); n > 0 {
		return "no consequence for requests and sessions; " + count(n, "change") + " " + verb(n, "needs", "need") +
			" more than a reload"
	}
	return "no consequence for requests and sessions; " + count(len(r.Attributes), "value") + " in effect " +
		verb(len(r.Attributes), "differs", "differ")
}

// number counts the consequences of a kind.
func (r *Report) number(kind string) (n int) {
	for _, k := range r.Consequences {
		if k.Kind == kind {
			n++
		}
	}
	return n
}

// elsewhere says that another web server hands other paths to the plug-in.
func (r *Report) elsewhere() string {
	if r.number(routes) == 0 {
		return ""
	}
	return "the web server hands other paths to the plug-in"
}

// withoutNew names a member that gets no new sessions any more, or counts them.
func (r *Report) withoutNew() string {
	var names []string
	for _, k := range r.Consequences {
		if k.none {
			names = append(names, k.Member)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " gets no new sessions"
	}
	return fmt.Sprintf("%d members get no new sessions", len(names))
}

const mostNames = 3 // in a sentence

// homeless says whose sessions lose their home: whole clusters before members. Of what concerns no single member a
// Share of 1 is a whole cluster, NaN some of its sessions.
func (r *Report) homeless() string {
	var members, clusters, others []string
	for _, k := range r.Consequences {
		switch {
		case k.Kind != sessions:
		case k.Member != "":
			members = append(members, k.Member)
		case k.Share == 1:
			clusters = append(clusters, "cluster "+k.Cluster)
		case !slices.Contains(others, k.Cluster):
			others = append(others, k.Cluster)
		}
	}
	who := append(clusters, members...)
	switch {
	case len(who) > mostNames:
		return fmt.Sprintf("sessions of %d members and clusters lose their home", len(who))
	case len(who) > 0:
		return "sessions of " + strings.Join(who, " and ") + " lose their home"
	case len(others) > 0:
		return "some sessions of cluster " + strings.Join(others, " and ") + " are not found any more"
	}
	return ""
}

// moving counts the applications, the first parts of paths, whose requests go elsewhere.
func (r *Report) moving() string {
	moved, gone, come := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range r.Classes {
		to := moved
		switch {
		case c.New.Declined:
			to = gone
		case c.Old.Declined:
			to = come
		case c.Old.Cluster == c.New.Cluster:
			continue
		}
		maps.Copy(to, c.applications)
	}
	var parts []string
	for _, k := range []struct {
		apps     map[string]bool
		one, all string
	}{{moved, "moves to another cluster", "move to another cluster"},
		{gone, "is no longer served", "are no longer served"}, {come, "is newly served", "are newly served"}} {
		if n := len(k.apps); n > 0 {
			parts = append(parts, count(n, "application")+" "+verb(n, k.one, k.all))
		}
	}
	return strings.Join(parts, ", ")
}

func verb(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

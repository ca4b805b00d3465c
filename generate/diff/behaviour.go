package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Target is where a request goes.
type Target struct {
	Declined bool // no Route matches: the web server serves the request itself
	Cluster  string
	Members  []string // name, role and addresses of each, in alphabetical order
	At       diag.Span
}

// Class is a set of requests whose cluster or member set changed in the same way.
type Class struct {
	URL      string // a sample, on a host that a file names where there is one
	AnyHost  bool   // no file names its host
	Requests int    // how many of the requests that were asked about
	Old, New Target

	applications map[string]bool // the first parts of their paths
}

// Clone is a clone ID that no member has any more: sessions that end in it lose their home.
type Clone struct {
	ID, Cluster, Server string
	At                  diag.Span
}

// Report is everything that two files do differently.
type Report struct {
	Consequences []Consequence // in the order of Sections
	Classes      []Class
	LostClones   []Clone
	Attributes   []Change
	Incomplete   bool // there were more than maxRequests requests to ask about: the rest was left out
}

// maxRequests bounds how many requests are asked about.
// A class that lies behind it is not found, so the report says that it is incomplete.
const maxRequests = 5_000_000

// Same reports whether there is no difference.
func (r *Report) Same() bool {
	return len(r.Consequences)+len(r.Classes)+len(r.LostClones)+len(r.Attributes) == 0
}

// File is one of the two files to compare.
type File struct {
	Config   *parser.Config
	Platform string    // the web server that the plug-in sits in, one of [routecheck.Platforms]; "" the first of them
	At       diag.Span // where the platform is named, if anywhere
}

// Compare compares two files by what they do. Both are asked of routecheck, at the latest plug-in level, about the
// same requests: for each alias and each URI pattern of either file the paths at which a decision can turn. The error
// is about an unknown platform.
func Compare(old, new File) (*Report, error) {
	c := &comparison{reached: map[string]sample{}}
	var err error
	if c.old, err = newSide(old); err != nil {
		return nil, err
	}
	if c.new, err = newSide(new); err != nil {
		return nil, err
	}
	c.renamed = findRenames(old.Config, new.Config)
	c.new.renamed(c.renamed)
	c.attributes = attributes(old.Config, new.Config, c.renamed)
	// one for each cluster of the old file, filled by classes and read by consequences
	c.samples = make([]*sample, len(c.old.clusters))
	r := &Report{LostClones: lostClones(old.Config, new.Config)}
	r.Classes, r.Incomplete = c.classes()
	r.Consequences = c.consequences()
	for _, ch := range c.attributes {
		// Where a URI leads has been said; what is left of it are other cookie names.
		if !ch.Route || ch.HasOld && ch.HasNew && leadsTo(ch.Old) == leadsTo(ch.New) {
			r.Attributes = append(r.Attributes, ch)
		}
	}
	return r, nil
}

// leadsTo is the cluster of a route fact.
func leadsTo(value string) string {
	target, _, _ := strings.Cut(value, ", cookie ")
	return target
}

// classes asks both files about every request. Those that change from one cluster and member set to another are a
// class, however many applications that hits; most requests first.
func (c *comparison) classes() (list []Class, incomplete bool) {
	var all []*Class
	known := map[[2]string]*Class{}
	asked := 0
	for s := range asks(c.old, c.new) {
		if asked++; asked > maxRequests {
			incomplete = true
			break
		}
		x, y := c.old.target(s), c.new.target(s)
		c.note(s, x, y)
		if x.key == y.key {
			continue
		}
		key := [2]string{x.key, y.key}
		k := known[key]
		if k == nil {
			k = &Class{AnyHost: true, Old: x.Target, New: y.Target, applications: map[string]bool{}}
			known[key] = k
			all = append(all, k)
		}
		k.add(s)
	}
	for _, k := range all {
		list = append(list, *k)
	}
	slices.SortStableFunc(list, func(a, b Class) int { return cmp.Compare(b.Requests, a.Requests) })
	return list, incomplete
}

// add counts a request to a class. The first one is the sample, or the first on a host that a file names.
// The applications are those of requests that people send: odd ones never count, the path "/other" only where there is
// no other so far.
func (c *Class) add(s ask) {
	if any := s.host == otherHost; c.Requests == 0 || c.AnyHost && !any {
		c.URL, c.AnyHost = s.URL(), any
	}
	c.Requests++
	app, _, _ := strings.Cut(strings.TrimPrefix(s.target, "/"), "/")
	if !s.odd && (app != other || len(c.applications) == 0) {
		c.applications[app] = true
	}
}

// side is one of the two files, with a description of each cluster.
type side struct {
	File
	sem      choices.Assumptions
	table    *routecheck.Table
	clusters []described
	clones   map[string][]owner                                                // by clone ID
	home     func(*routecheck.Request) (match.ClusterID, match.MemberID, bool) // who serves a session
}

// owner is a member that has a clone ID.
type owner struct {
	cluster match.ClusterID
	member  match.MemberID
}

// described is a cluster as a target, ready made, since requests are many. key is what makes two of them one.
type described struct {
	Target
	key string
}

// newSide makes a file ready for questions. All answers are those of the latest level.
func newSide(f File) (*side, error) {
	if f.Platform == "" {
		f.Platform = choices.Platforms()[0]
	}
	sem, err := choices.Defaults("latest", f.Platform)
	if err != nil {
		return nil, err
	}
	t, _ := routecheck.New(f.Config)
	s := &side{File: f, sem: sem, table: t, clones: map[string][]owner{}}
	s.home = explain.Home(t, &s.sem)
	for i := range t.Clusters {
		c := &t.Clusters[i]
		d := described{Target: Target{Cluster: c.Name, Members: members(c, nil)}}
		d.key = c.Name + "\n" + strings.Join(d.Members, "\n")
		s.clusters = append(s.clusters, d)
		for j := range c.Members {
			if id := c.Members[j].CloneID; id != "" {
				s.clones[id] = append(s.clones[id], owner{match.ClusterID(i), match.MemberID(j)})
			}
		}
	}
	return s, nil
}

// renamed has the clusters compared by the names that their members had: another name alone changes no request.
func (s *side) renamed(r renames) {
	for i := range s.clusters {
		if c := &s.table.Clusters[i]; len(r[c.Name].before) > 0 {
			s.clusters[i].key = c.Name + "\n" + strings.Join(members(c, r), "\n")
		}
	}
}

// members describes those of a cluster, by the names that they had before.
func members(c *match.Cluster, r renames) []string {
	var all []string
	for i, m := range c.Members {
		var addresses []string
		for _, t := range m.Transports {
			addresses = append(addresses, parser.Address(t.Host, strconv.Itoa(t.Port)))
		}
		all = append(all, fmt.Sprintf("%s (%s, %s)", r.before(c.Name, m.Name), words.Role(c, match.MemberID(i)),
			strings.Join(addresses, " ")))
	}
	slices.Sort(all)
	return all
}

// target asks where a request goes.
func (s *side) target(a ask) target {
	rq := a.request()
	m, ok := s.table.Match(&rq, &s.sem)
	if !ok {
		return target{described: described{Target: Target{Declined: true}, key: "declined"}, id: -1}
	}
	t := target{s.clusters[m.Cluster], m.Cluster, m}
	t.At = m.RouteAt()
	return t
}

// lostClones lists the clone IDs of the clusters that Routes use in the old file and that no member of the new one
// has.
// Where in the new file an ID stands does not matter here; whether its sessions still find it is for sessions.
func lostClones(old, new *parser.Config) []Clone {
	kept := map[string]bool{}
	for _, c := range new.Clusters {
		for _, s := range c.Servers {
			kept[s.CloneID.V] = true
		}
	}
	var lost []Clone
	seen := map[string]bool{"": true}
	for _, c := range usedClusters(old) {
		for _, s := range c.Servers {
			if id := s.CloneID.V; !kept[id] && !seen[id] {
				seen[id] = true
				lost = append(lost, Clone{id, c.Name.V, s.Name.V, s.CloneID.Span()})
			}
		}
	}
	return lost
}

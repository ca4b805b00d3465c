package export

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/lookups"
)

// Plan is a configuration as a proxy needs it that knows no plug-in.
// It is made once; writers only read it.
type Plan struct {
	Name        string // of the file it was made of
	Entries     []match.Entry
	Lookups     *lookups.Tables
	Clusters    []Cluster // that an entry names, in file order
	Sessions    []Session // the affinity names of the entries
	PathEnds    []string  // texts before the first of which a path ends (R14)
	PlainPort   int       // of a Host header without port (R8)
	TLSPort     int
	PortArrived bool // hosts are matched with the port that a request arrived on (R7)
	ToldArrived bool // and members are told that port (R10)
	VerifyHost  bool // the certificates of members must name their hosts
	MarkBusy    bool // a 503 marks its member down
	OpenChoices []string

	config   *parser.Config
	table    *match.Table
	sem      *choices.Assumptions
	clusters map[match.ClusterID]int // where each stands in Clusters
}

// Session is how affinity names are called (R4).
type Session struct{ Cookie, Identifier string }

// Cluster is a cluster that requests go to.
type Cluster struct {
	Name, Ident   string // Ident is safe in every target, and no other cluster's
	Random        bool
	Separator     string // between clone IDs
	RetryInterval int    // seconds
	PostLimit     int64  // bytes, -1 none
	PostBuffer    int64  // bytes of a body that are kept for another attempt, -1 all
	Single        bool   // its only server is never marked down (R51)
	Attempts      int    // servers that one request is tried on (R62)
	Members       []Member
	At            diag.Span
}

// Member is a server of a cluster.
// Times are in seconds, as all targets want them; parts of one are cut off.
type Member struct {
	Name, Ident    string
	CloneID        string // of the sessions that come home to it, "" none
	Weight         int    // start weight; 0 no new sessions; 1 where the cluster draws at random
	Backup         bool
	Address        bool // the ClusterAddress: it gets what no session places
	MaxConnections int  // 0 no limit
	Connect        int  // seconds, 0 the operating system's
	IOTimeout      int  // seconds, 0 none
	MarkOnIO       bool
	Plain, TLS     *match.Transport // for requests that came without and with TLS, nil: such a request fails
	At             diag.Span
}

// Way is how a member gets requests that came in one of the schemes.
type Way struct {
	Member *Member
	To     *match.Transport
}

// Ways are those of the members that such requests reach, in the order of Members: a member without a transport for
// them is left out, as a request that the plug-in sent there would fail (R64).
func (c *Cluster) Ways(tls bool) (out []Way) {
	for i := range c.Members {
		m := &c.Members[i]
		to := m.Plain
		if tls {
			to = m.TLS
		}
		if to != nil {
			out = append(out, Way{m, to})
		}
	}
	return out
}

// NewPlan makes a plan and holds it against Match. What no target can do is refused, with the place.
// The ports are found by asking the table about requests, so that no rule of R7, R8 or R10 stands here again.
func NewPlan(name string, cfg *parser.Config, t *match.Table, sem *choices.Assumptions) (*Plan, error) {
	p := &Plan{
		Name: name, Entries: t.Ordered(sem), PathEnds: t.PathEnds(sem), PortArrived: t.PortArrived,
		VerifyHost: cfg.HostVerification.V != "false", MarkBusy: cfg.MarkBusyDown.V, config: cfg, table: t, sem: sem,
		clusters: map[match.ClusterID]int{},
	}
	p.ToldArrived = t.ToldPort(&match.Request{Host: "h:1", Port: 2}, sem) == 2
	p.PlainPort, p.TLSPort = p.usualPort(false), p.usualPort(true)
	if err := p.refusal(); err != nil {
		return nil, err
	}
	var err error
	if p.Lookups, err = lookups.New(p.Entries); err != nil {
		return nil, err
	}
	idents := map[string]bool{}
	for i := range p.Entries {
		p.addSession(&p.Entries[i])
	}
	for id := range t.Clusters {
		if _, used := p.clusters[match.ClusterID(id)]; used {
			p.clusters[match.ClusterID(id)] = len(p.Clusters)
			p.Clusters = append(p.Clusters, p.newCluster(match.ClusterID(id), idents))
		}
	}
	return p, p.prove()
}

// usualPort is that of a Host header without port. Matching or telling may go by the port of arrival instead: who does
// not is asked. Where both do, nobody looks at it.
func (p *Plan) usualPort(tls bool) int {
	rq := match.Request{Host: "h", TLS: tls}
	if !p.ToldArrived {
		return p.table.ToldPort(&rq, p.sem)
	}
	_, port := p.table.HostPort(&rq, p.sem)
	return port
}

// addSession notes the affinity names of an entry and that its cluster is used; where the cluster stands is known when
// all are.
func (p *Plan) addSession(e *match.Entry) {
	p.clusters[e.Cluster] = 0
	if p.SessionOf(e) < 0 {
		p.Sessions = append(p.Sessions, Session{e.Cookie, e.Identifier})
	}
}

// SessionOf is the place of an entry's affinity names in Sessions.
// Files have a few pairs of names, so a walk is quicker than a map.
func (p *Plan) SessionOf(e *match.Entry) int {
	for i, s := range p.Sessions {
		if s == (Session{e.Cookie, e.Identifier}) {
			return i
		}
	}
	return -1
}

// ClusterOf is the cluster of an entry.
func (p *Plan) ClusterOf(e *match.Entry) *Cluster { return &p.Clusters[p.clusters[e.Cluster]] }

// newCluster lists the members in the order in which targets are to ask them: primaries, backups, the ClusterAddress.
// A server in neither list gets nothing (R40) and is left out.
func (p *Plan) newCluster(id match.ClusterID, idents map[string]bool) Cluster {
	from := &p.table.Clusters[id]
	c := Cluster{
		Name: from.Name, Ident: ident(from.Name, idents), Random: from.Random, Separator: string(from.Separator),
		RetryInterval: seconds(from.RetryInterval), PostLimit: from.PostLimit, PostBuffer: from.PostBuffer,
		Single: from.Single(), Attempts: from.Listed, At: from.At,
	}
	members := map[string]bool{}
	add := func(m match.MemberID, backup bool) {
		c.Members = append(c.Members, p.newMember(id, m, backup, members))
	}
	for _, m := range from.Primary {
		add(m, false)
	}
	for _, m := range from.Backup {
		add(m, true)
	}
	if from.Address != match.NoMember {
		add(from.Address, false)
	}
	return c
}

// newMember keeps a clone ID only where its sessions come home to this member: not of a backup (R39), say.
func (p *Plan) newMember(id match.ClusterID, m match.MemberID, backup bool, idents map[string]bool) Member {
	c := &p.table.Clusters[id]
	from := &c.Members[m]
	out := Member{
		Name: from.Name, Ident: ident(from.Name, idents), Weight: int(from.Start), Backup: backup,
		Address:        m == c.Address,
		MaxConnections: int(from.MaxConnections), Connect: seconds(from.ConnectIn(p.sem)),
		IOTimeout: seconds(from.IOTimeout), MarkOnIO: from.MarkOnIO, At: from.At,
		Plain: p.transport(id, m, false), TLS: p.transport(id, m, true),
	}
	if c.Random { // which looks at no weight, 0 included (R35); targets draw by those that are written
		out.Weight = 1
	}
	if from.CloneID != "" && failover.HomeOf(p.table, id, from.CloneID, p.sem) == m {
		out.CloneID = from.CloneID
	}
	return out
}

func (p *Plan) transport(id match.ClusterID, m match.MemberID, tls bool) *match.Transport {
	i, ok := failover.TransportFor(p.table, id, m, tls, p.sem)
	if !ok {
		return nil
	}
	return &p.table.Clusters[id].Members[m].Transports[i]
}

// longestTime is the longest time that is written, in seconds: HAProxy takes none above 24 days.
const longestTime = 20 * 24 * 3600

func seconds(n match.Nanos) int { return int(min(n/match.Second, longestTime)) }

// longestIdent is how much of a name an ident keeps: httpd takes 63 bytes of balancer://NAME.tls.
const longestIdent = 40

// ident makes a name that every target takes, and that is not taken.
// Two that differ in letter case alone are one, as to maps of nginx.
func ident(name string, taken map[string]bool) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
	if safe == "" {
		safe = "_"
	}
	safe = safe[:min(len(safe), longestIdent)]
	out := safe
	for n := 2; taken[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s_%d", safe, n)
	}
	taken[strings.ToLower(out)] = true
	return out
}

// Affinity reports whether some member of the cluster takes sessions home.
func (c *Cluster) Affinity() bool {
	for i := range c.Members {
		if c.Members[i].CloneID != "" {
			return true
		}
	}
	return false
}

// Address is the ClusterAddress, nil where there is none.
func (c *Cluster) Address() *Member {
	for i := range c.Members {
		if c.Members[i].Address {
			return &c.Members[i]
		}
	}
	return nil
}

// Longest returns the longest ConnectTimeout and ServerIOTimeout of the members in seconds, 0 where one has none, and
// whether a ServerIOTimeout marks its member down. Targets know one for a cluster.
func (c *Cluster) Longest() (connect, io int, marks bool) {
	for i := range c.Members {
		m := &c.Members[i]
		connect, io, marks = longer(connect, m.Connect, i), longer(io, m.IOTimeout, i), marks || m.MarkOnIO
	}
	return connect, io, marks
}

// longer is the longer of two times where 0 is without end; i is 0 for the first.
func longer(a, b, i int) int {
	if i > 0 && a == 0 || b == 0 {
		return 0
	}
	return max(a, b)
}

// Limited reports whether a member has MaxConnections.
func (c *Cluster) Limited() bool {
	for i := range c.Members {
		if c.Members[i].MaxConnections > 0 {
			return true
		}
	}
	return false
}

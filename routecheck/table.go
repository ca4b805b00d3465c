// Package routecheck is the one home of the plug-in's decision: which cluster a request belongs to, which member gets it, and what a failed
// attempt leads to. It is arithmetic on plain values: sockets, clocks and random numbers come from the caller. `why`, test suites, log replay,
// lint and the proxy all drive the same [Table.Match], [Table.Next] and [Table.Observe].
//
// Rule numbers (R1 to R70) are those of docs/spec; every [Step] carries its rule and how well it is known.
package routecheck

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// ClusterID and MemberID index Table.Clusters and Cluster.Members.
type (
	ClusterID int32
	MemberID  int32
)

// NoMember stands where no member is meant.
const NoMember MemberID = -1

// Nanos is a time or a duration in nanoseconds on the caller's clock; only differences count.
type Nanos int64

const second = Nanos(time.Second)

// osConnect is how long a connect takes that only the operating system ends (ConnectTimeout 0), on the offline clock (R50).
const osConnect = 120 * second

// Table is what New makes of a configuration: immutable, free of open choices, safe for concurrent use.
type Table struct {
	Clusters []Cluster // in file order; read only

	routes       []route
	index        hostIndex
	identifiers  []string          // every AffinityURLIdentifier of the file, jsessionid included (R14)
	missing      []diag.Diagnostic // reasons of R18
	anyOpen      bool              // a Route lacks a group (R17)
	portArrived  bool              // VHostMatchingCompat (R7)
	tellsArrived bool              // AppServerPortPreference WebserverPort (R10)
	onload       bool              // SSLMapMode (R64)
	offload      bool
	useInsecure  bool      // UseInsecure (R64)
	router       diag.Span // IntelligentManagement where it is enabled, else zero (R69)
	byName       map[string]ClusterID
	clustersOf   map[string][]ClusterID // by the name of a member
	at           diag.Span              // VHostMatchingCompat, or the Config element
	pause        parser.Pause           // while it is made
}

// Cluster is a ServerCluster made ready for decisions.
type Cluster struct {
	Name    string
	Members []Member   // servers in file order, then the ClusterAddress if there is one
	Primary []MemberID // in list order; all servers when there is no list (R37)
	Backup  []MemberID // in list order

	Address MemberID // the ClusterAddress, NoMember when there is none
	At      diag.Span

	Random        bool
	RetryInterval Nanos
	CountAffinity bool // IgnoreAffinityRequests=false: affinity requests lower the weight (R34)
	Separator     byte // between clone IDs: ':' or '+' (R21)
	PostLimit     int64
	PostBuffer    int64 // bytes kept for another attempt, 0 none, -1 no limit (R57)
	IORetries     int   // ServerIOTimeoutRetry, -1 no limit of its own (R56)
	GetTable      bool  // GetDWLMTable
	KeepHeaders   bool  // RemoveSpecialHeaders=false

	hasClones      bool
	caseTwins      bool                  // two clone IDs differ in letter case only
	clones         map[string]cloneSpots // of a large cluster, by clone ID in lower case; nil otherwise
	listed         int                   // servers in the two lists (R62)
	failoverToNext bool
	markBusy       bool
	byName         map[string]MemberID
}

// Member is a Server, or the ClusterAddress, made ready for decisions.
type Member struct {
	Name, CloneID  string
	Weight         int32 // LoadBalanceWeight as written, 2 when absent, 0 when negative
	Start          int32 // start weight: Weight divided by the cluster's highest common factor (R31)
	ConnectTimeout Nanos // 0: the operating system decides; -1 absent, see ConnectIn
	IOTimeout      Nanos // 0: none
	MarkOnIO       bool  // ServerIOTimeout is negative (R55)
	Handshake      bool  // ExtendedHandshake (R68)
	MaxConnections int32 // 0: no limit
	Transports     []Transport
	Source         *parser.Server

	At, CloneAt diag.Span // the Server element's name, the value of CloneID
}

// Transport is an address of a member.
type Transport struct {
	Host   string
	Port   int
	HTTPS  bool
	Usable bool  // an https Transport needs a keyring and PluginInstallRoot (R64)
	TTL    Nanos // ConnectionTTL, 0 no limit; -1 absent, see TTLIn
	Source *parser.Transport
	At     diag.Span
}

// rules of the faults that a table itself finds.
var (
	openRoute    = diag.Rule{Code: diag.OpenRoute, Name: "open-route"}
	missingGroup = diag.Rule{Code: diag.RouteToMissingGroup, Name: "route-to-missing-group"}
)

// New makes a table. The diagnostics are the reasons why the plug-in would reject the file (R18); the table is usable all the same,
// without the Routes that they name, so that the rest can be examined.
func New(cfg *parser.Config) (*Table, []diag.Diagnostic) { return NewPausing(cfg, nil) }

// NewPausing is New with pauses.
func NewPausing(cfg *parser.Config, pause parser.Pause) (*Table, []diag.Diagnostic) {
	t := &Table{
		pause:       pause,
		portArrived: cfg.VHostMatchingCompat.V, tellsArrived: strings.EqualFold(cfg.AppServerPort.V, "WebserverPort"), useInsecure: cfg.UseInsecure.V,
		onload: strings.EqualFold(cfg.SSLMapMode.V, "onload"), offload: strings.EqualFold(cfg.SSLMapMode.V, "offload"),
		byName: map[string]ClusterID{}, clustersOf: map[string][]ClusterID{}, at: cfg.VHostMatchingCompat.Span(),
	}
	if t.at.IsZero() && cfg.Node != nil {
		t.at = cfg.Node.NameSpan
	}
	if im := cfg.IntelligentManagement; im != nil && routes(im) {
		t.router = im.NameSpan
	}
	names := Resolve(cfg)
	for i, sc := range names.distinct {
		t.byName[sc.Name.V] = ClusterID(i)
	}
	var clusters sync.WaitGroup
	clusters.Go(func() { t.addClusters(cfg, names.distinct) }) // beside the Routes, which need only the names
	t.missing = t.addRoutes(cfg, names)
	clusters.Wait()
	t.pause = nil
	return t, t.missing
}

// routes reports whether IntelligentManagement is enabled: nothing switches off the element itself or all of its ConnectorClusters (R69).
func routes(im *parser.Node) bool {
	off := func(n *parser.Node) bool {
		for _, name := range []string{"enabled", "enable"} {
			if a := n.Attr(name); a != nil && strings.EqualFold(a.Value, "false") {
				return true
			}
		}
		return false
	}
	clusters := im.Elements("ConnectorCluster")
	return !off(im) && (len(clusters) == 0 || slices.ContainsFunc(clusters, func(n *parser.Node) bool { return !off(n) }))
}

// Rejected lists the reasons why the plug-in rejects the file: Routes that name what does not exist (R18) and, under
// open-route=rejects-file, Routes without a group (R17). Without any the file is used.
func (t *Table) Rejected(sem *Semantics) []diag.Diagnostic {
	if !t.rejectsOpen(sem, nil) {
		return t.missing
	}
	reasons := slices.Clone(t.missing)
	for i := range t.routes {
		if r := &t.routes[i]; r.vhosts == nil || r.uris == nil {
			reasons = append(reasons, diag.Diagnostic{Span: r.at, Severity: diag.Error, Rule: openRoute,
				Message: "Route lacks VirtualHostGroup or UriGroup; under open-route=rejects-file the plug-in rejects the whole file: " +
					"no routing at start, the old routing after a reload"})
		}
	}
	return reasons
}

// rejectsOpen reports whether the plug-in rejects the file for a Route without a group (R17).
func (t *Table) rejectsOpen(sem *Semantics, seen *Consulted) bool {
	return t.anyOpen && sem.ask(OpenRoute, seen) == openRejects
}

func (t *Table) addClusters(cfg *parser.Config, distinct []*parser.ServerCluster) {
	t.Clusters = make([]Cluster, 0, len(distinct))
	for i, sc := range distinct {
		t.pause.Take()
		t.Clusters = append(t.Clusters, newCluster(cfg, sc))
		for j := range t.Clusters[i].Members {
			name := t.Clusters[i].Members[j].Name
			t.clustersOf[name] = append(t.clustersOf[name], ClusterID(i))
		}
	}
}

// MemberName returns the name of a member, "" for NoMember.
func (t *Table) MemberName(c ClusterID, m MemberID) string {
	if c < 0 || m == NoMember {
		return ""
	}
	return t.Clusters[c].Members[m].Name
}

// Single reports whether the cluster lists one server only: it is never marked down (R51).
func (c *Cluster) Single() bool { return c.listed == 1 }

// TTLIn returns how long a stream of a transport may idle before it is dropped, 0 no limit (R65).
func (tr *Transport) TTLIn(sem *Semantics) Nanos {
	if tr.TTL < 0 {
		return Nanos(sem.TTLAbsent)
	}
	return tr.TTL
}

// Address is host and port as URLs have them, an IPv6 host in brackets.
func (tr *Transport) Address() string {
	host := tr.Host
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(tr.Port)
}

// ConnectIn returns the ConnectTimeout that holds for a member, 0 when only the operating system ends a connect (R50).
func (m *Member) ConnectIn(sem *Semantics) Nanos {
	if m.ConnectTimeout < 0 {
		return Nanos(sem.ConnectAbsent)
	}
	return m.ConnectTimeout
}

func newCluster(cfg *parser.Config, sc *parser.ServerCluster) Cluster {
	c := Cluster{
		Name:           sc.Name.V,
		Address:        NoMember,
		At:             nameSpan(sc.Name, sc.Node),
		Random:         sc.LoadBalance.V == "Random",
		RetryInterval:  Nanos(sc.RetryInterval.V) * second,
		CountAffinity:  !sc.IgnoreAffinityRequests.V,
		Separator:      ':',
		PostLimit:      int64(sc.PostSizeLimit.V),
		PostBuffer:     int64(sc.PostBufferSize.V) * 1024,
		IORetries:      sc.ServerIOTimeoutRetry.V,
		GetTable:       sc.GetDWLMTable.V,
		KeepHeaders:    !sc.RemoveSpecialHeaders.V,
		failoverToNext: cfg.FailoverToNext.V,
		markBusy:       cfg.MarkBusyDown.V,
	}
	if sc.CloneSeparatorChange.V {
		c.Separator = '+'
	}
	installRoot := parser.Find(cfg.Properties, "PluginInstallRoot") != nil
	servers := c.names(sc)
	c.Members = make([]Member, 0, len(servers)+1)
	for _, s := range servers {
		c.Members = append(c.Members, newMember(s, installRoot))
	}
	c.normalise()
	c.findCaseTwins()
	c.list(sc)
	c.indexClones()
	if sc.ClusterAddress != nil {
		c.Address = MemberID(len(c.Members))
		m := newMember(sc.ClusterAddress, installRoot)
		m.Name, m.CloneID, m.Weight = "ClusterAddress", "", 0 // neither means anything on it
		c.byName[m.Name] = c.Address
		c.Members = append(c.Members, m)
	}
	return c
}

// normalise computes the start weights: divided by the highest common factor of all servers, those of weight 0 left out (R31).
func (c *Cluster) normalise() {
	factor := int32(0)
	for i := range c.Members {
		for a, b := factor, c.Members[i].Weight; ; a, b = b, a%b {
			if b == 0 {
				factor = a
				break
			}
		}
	}
	for i := range c.Members {
		m := &c.Members[i]
		m.Start = m.Weight / max(factor, 1)
		c.hasClones = c.hasClones || m.CloneID != ""
	}
}

// StartWeights returns the start weight of each server of a cluster that counts, by its name (R31): weights that differ by a common factor come to the
// same.
func StartWeights(sc *parser.ServerCluster) map[string]int32 {
	var c Cluster
	for _, s := range c.names(sc) {
		c.Members = append(c.Members, newMember(s, false))
	}
	c.normalise()
	starts := make(map[string]int32, len(c.Members))
	for i := range c.Members {
		starts[c.Members[i].Name] = c.Members[i].Start
	}
	return starts
}

// HasKeyring reports whether an https Transport names its key store (R64). A stashfile is not looked at: key rings of z/OS have none.
func HasKeyring(t *parser.Transport) bool {
	p := parser.Find(t.Properties, "keyring")
	return p != nil && p.Value.V != ""
}

func (c *Cluster) findCaseTwins() {
	seen := make(map[string]string, len(c.Members))
	for i := range c.Members {
		id := c.Members[i].CloneID
		if first, known := seen[strings.ToLower(id)]; known && first != id {
			c.caseTwins = true
		} else {
			seen[strings.ToLower(id)] = id
		}
	}
}

// PrimaryAndBackup returns the servers that are primary and those that are backup in a cluster, each in list order (R37, R38); a server in neither gets
// nothing (R40).
func PrimaryAndBackup(sc *parser.ServerCluster) (primary, backup []*parser.Server) {
	var c Cluster
	servers := c.names(sc)
	c.list(sc)
	for _, id := range c.Primary {
		primary = append(primary, servers[id])
	}
	for _, id := range c.Backup {
		backup = append(backup, servers[id])
	}
	return primary, backup
}

// names numbers the servers. Of two of one name the first counts.
func (c *Cluster) names(sc *parser.ServerCluster) []*parser.Server {
	servers := make([]*parser.Server, 0, len(sc.Servers))
	c.byName = make(map[string]MemberID, len(sc.Servers))
	for _, s := range sc.Servers {
		if _, twice := c.byName[s.Name.V]; !twice {
			c.byName[s.Name.V] = MemberID(len(servers))
			servers = append(servers, s)
		}
	}
	return servers
}

// list fills the primary and the backup list (R37, R38). Unknown names are ignored, a server in both is primary, an empty list is an
// absent one, and without primaries there are no backups.
func (c *Cluster) list(sc *parser.ServerCluster) {
	role := make([]byte, len(c.byName))
	add := func(list *parser.ServerList, into *[]MemberID) {
		if list == nil {
			return
		}
		for _, ref := range list.Servers {
			if id, ok := c.byName[ref.Name.V]; ok && role[id] == 0 {
				role[id] = 1
				*into = append(*into, id)
			}
		}
	}
	add(sc.Primary, &c.Primary)
	if len(c.Primary) > 0 {
		add(sc.Backup, &c.Backup)
	} else {
		for id := range role {
			c.Primary = append(c.Primary, MemberID(id))
		}
	}
	c.listed = len(c.Primary) + len(c.Backup)
}

func newMember(s *parser.Server, installRoot bool) Member {
	m := Member{
		Name:           s.Name.V,
		CloneID:        s.CloneID.V,
		Weight:         int32(min(max(s.LoadBalanceWeight.V, 0), 1<<30)),
		ConnectTimeout: -1,
		IOTimeout:      Nanos(s.ServerIOTimeout.V) * second,
		MaxConnections: int32(min(max(s.MaxConnections.V, 0), 1<<30)),
		Handshake:      s.ExtendedHandshake.V,
		Source:         s,
		At:             nameSpan(s.Name, s.Node),
		CloneAt:        s.CloneID.Span(),
	}
	if s.ConnectTimeout.Valid {
		m.ConnectTimeout = Nanos(max(s.ConnectTimeout.V, 0)) * second
	}
	if m.IOTimeout < 0 {
		m.IOTimeout, m.MarkOnIO = -m.IOTimeout, true
	}
	for _, tr := range s.Transports {
		https := strings.EqualFold(tr.Protocol.V, "https")
		ttl := Nanos(-1)
		if tr.ConnectionTTL.Valid {
			ttl = Nanos(max(tr.ConnectionTTL.V, 0)) * second
		}
		m.Transports = append(m.Transports, Transport{
			Host: tr.Hostname.V, Port: tr.Port.V, HTTPS: https,
			Usable: !https || installRoot && HasKeyring(tr),
			TTL:    ttl, Source: tr, At: nameSpan(tr.Hostname, tr.Node),
		})
	}
	return m
}

// nameSpan returns where a name is written, or where its element is.
func nameSpan(name parser.Val[string], n *parser.Node) diag.Span {
	if name.Set() || n == nil {
		return name.Span()
	}
	return n.NameSpan
}

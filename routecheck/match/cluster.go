package match

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// Cluster is a ServerCluster made ready for decisions: what the file says of it, defaults put in, and never the state
// of a process. Nothing of it changes once New has returned.
type Cluster struct {
	Name    string
	Members []Member   // servers in file order, then the ClusterAddress if there is one
	Primary []MemberID // in list order; all servers when there is no list (R37)
	Backup  []MemberID // in list order; empty where Primary comes of no list (R38)

	Address MemberID  // the ClusterAddress, NoMember when there is none
	At      diag.Span // the value of its Name, or the element where it has none

	Random        bool  // LoadBalance="Random" (R35); every other value is Round Robin (R30)
	RetryInterval Nanos // 0 and below: due at once, but never within the request that marked (R52)
	CountAffinity bool  // IgnoreAffinityRequests=false: affinity requests lower the weight (R34)
	Separator     byte  // between clone IDs: ':' or '+' (R21)
	PostLimit     int64 // bytes of a body that are let through, below 0 no limit (R59)
	PostBuffer    int64 // bytes kept for another attempt, 0 none, below 0 no limit (R57)
	IORetries     int   // ServerIOTimeoutRetry, below 0 no limit of its own (R56)
	GetTable      bool  // GetDWLMTable: a table learned from the servers names members by partition ID (R28)
	KeepHeaders   bool  // RemoveSpecialHeaders=false

	HasClones      bool                   // a server has a clone ID: without any there is no affinity (R25)
	CaseTwins      bool                   // two clone IDs differ in letter case only
	clones         map[string]clonePlaces // of a large cluster, by clone ID in lower case; nil otherwise
	Listed         int                    // servers in the two lists, never the ClusterAddress (R62)
	FailoverToNext bool                   // of the file: after a marked affinity member the next one (R26)
	MarkBusy       bool                   // of the file, MarkBusyDown: a 503 marks its member (R53)
	byName         map[string]MemberID    // "ClusterAddress" is that, also where a server has this name
}

// Member is a Server, or the ClusterAddress, made ready for decisions.
type Member struct {
	Name, CloneID  string      // CloneID "": the server has none, and no session finds it (R25)
	Weight         int32       // LoadBalanceWeight as written, 2 when absent, 0 when negative
	Start          int32       // start weight: Weight divided by the cluster's highest common factor (R31)
	ConnectTimeout Nanos       // 0: the operating system decides; -1 absent, see ConnectIn
	IOTimeout      Nanos       // how long an answer may be waited for, whichever sign the file has; 0 for ever
	MarkOnIO       bool        // ServerIOTimeout is negative (R55)
	Handshake      bool        // ExtendedHandshake (R68)
	MaxConnections int32       // 0: no limit, -1 in the file too (R60)
	Transports     []Transport // in file order; empty: the member can be picked, and every such request fails (R64)
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

// NoAddress returns the first Transport of a member none of whose Transports can ever be reached; nil where one can,
// and where there is none (R64).
func (m *Member) NoAddress() *Transport {
	for i := range m.Transports {
		if tr := &m.Transports[i]; tr.Host != "" && !tr.noPort() {
			return nil
		}
	}
	if len(m.Transports) == 0 {
		return nil
	}
	return &m.Transports[0]
}

// noPort reports whether the Port is a number, and one outside of 1 to 65535. What the plug-in makes of one that is no
// number is undocumented.
func (tr *Transport) noPort() bool {
	return tr.Source.Port.Valid && (tr.Port < 1 || tr.Port > 65535)
}

// Single reports whether the cluster lists one server only: it is never marked down (R51).
func (c *Cluster) Single() bool { return c.Listed == 1 }

// Role returns primary, backup, cluster-address, or none for a server in neither list (R40).
func (c *Cluster) Role(m MemberID) string {
	switch {
	case m == c.Address:
		return "cluster-address"
	case slices.Contains(c.Primary, m):
		return "primary"
	case slices.Contains(c.Backup, m):
		return "backup"
	}
	return "none"
}

// Drained reports whether a member gets no new requests as long as others do, because its weight is 0 (R36). Random
// does not look at weights (R35).
func (c *Cluster) Drained(m MemberID) bool {
	return !c.Random && m != c.Address && c.Members[m].Weight == 0
}

// Roles returns the Role of every member.
func (c *Cluster) Roles() []string {
	out := slices.Repeat([]string{"none"}, len(c.Members))
	for _, m := range c.Backup {
		out[m] = "backup"
	}
	for _, m := range c.Primary {
		out[m] = "primary"
	}
	if c.Address != NoMember {
		out[c.Address] = "cluster-address"
	}
	return out
}

// TTLIn returns how long a stream of a transport may idle before it is dropped, 0 no limit (R65).
func (tr *Transport) TTLIn(sem *choices.Assumptions) Nanos {
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
func (m *Member) ConnectIn(sem *choices.Assumptions) Nanos {
	if m.ConnectTimeout < 0 {
		return Nanos(sem.ConnectAbsent)
	}
	return m.ConnectTimeout
}

// newCluster reads a ServerCluster. The ClusterAddress joins last: it has no part in weights, lists and clone IDs
// (R31, R41).
func newCluster(cfg *parser.Config, sc *parser.ServerCluster) Cluster {
	c := Cluster{
		Name:           sc.Name.V,
		Address:        NoMember,
		At:             nameSpan(sc.Name, sc.Node),
		Random:         sc.LoadBalance.V == "Random",
		RetryInterval:  Nanos(sc.RetryInterval.V) * Second,
		CountAffinity:  !sc.IgnoreAffinityRequests.V,
		Separator:      ':',
		PostLimit:      int64(sc.PostSizeLimit.V),
		PostBuffer:     int64(sc.PostBufferSize.V) * 1024,
		IORetries:      sc.ServerIOTimeoutRetry.V,
		GetTable:       sc.GetDWLMTable.V,
		KeepHeaders:    !sc.RemoveSpecialHeaders.V,
		FailoverToNext: cfg.FailoverToNext.V,
		MarkBusy:       cfg.MarkBusyDown.V,
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

// normalise computes the start weights: divided by the highest common factor of all servers, those of weight 0 left
// out (R31), whichever list they stand in.
func (c *Cluster) normalise() {
	factor := int32(0)
	for i := range c.Members {
		// Euclid; from a factor of 0 on the first weight is the factor, and a weight of 0 leaves it as it is
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
		c.HasClones = c.HasClones || m.CloneID != ""
	}
}

// StartWeights returns the start weight of each server of a cluster that counts, by its name (R31): weights that
// differ by a common factor come to the same.
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

// HasKeyring reports whether an https Transport names its key store (R64). A stashfile is not looked at: key rings of
// z/OS have none.
func HasKeyring(t *parser.Transport) bool {
	p := parser.Find(t.Properties, "keyring")
	return p != nil && p.Value.V != ""
}

// findCaseTwins asks whether letter case alone tells two clone IDs apart. Where it does not, the choice letter-case
// need not be asked of each comparison: an ID that some server has letter by letter leads to the same one anyway.
func (c *Cluster) findCaseTwins() {
	seen := make(map[string]string, len(c.Members))
	for i := range c.Members {
		id := c.Members[i].CloneID
		folded := strings.ToLower(id)
		if first, known := seen[folded]; known && first != id {
			c.CaseTwins = true
		} else {
			seen[folded] = id
		}
	}
}

// PrimaryAndBackup returns the servers that are primary and those that are backup in a cluster, each in list order
// (R37, R38); a server in neither gets nothing (R40). It is for those who have a parsed file and no Table.
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

// names numbers the servers that count: a MemberID is the place among those, which is not always that in the file.
func (c *Cluster) names(sc *parser.ServerCluster) []*parser.Server {
	servers := resolve.Servers(sc)
	c.byName = make(map[string]MemberID, len(servers))
	for i, s := range servers {
		c.byName[s.Name.V] = MemberID(i)
	}
	return servers
}

// list fills the primary and the backup list (R37, R38). Unknown names are ignored, a server in both is primary, an
// empty list is an absent one, and without primaries there are no backups.
func (c *Cluster) list(sc *parser.ServerCluster) {
	listed := make([]bool, len(c.byName))
	add := func(list *parser.ServerList, into *[]MemberID) {
		if list == nil {
			return
		}
		for _, ref := range list.Servers {
			if id, ok := c.byName[ref.Name.V]; ok && !listed[id] {
				listed[id] = true
				*into = append(*into, id)
			}
		}
	}
	add(sc.Primary, &c.Primary)
	if len(c.Primary) > 0 {
		add(sc.Backup, &c.Backup)
	} else {
		for id := range listed {
			c.Primary = append(c.Primary, MemberID(id))
		}
	}
	c.Listed = len(c.Primary) + len(c.Backup)
}

// newMember reads a Server. A number that cannot be read counts as absent; weights and MaxConnections end at 2^30, so
// that sums of them stay numbers. Without installRoot, the PluginInstallRoot, no https Transport can be used (R64).
func newMember(s *parser.Server, installRoot bool) Member {
	m := Member{
		Name:           s.Name.V,
		CloneID:        s.CloneID.V,
		Weight:         int32(min(max(s.LoadBalanceWeight.V, 0), 1<<30)),
		ConnectTimeout: -1,
		IOTimeout:      Nanos(s.ServerIOTimeout.V) * Second,
		MaxConnections: int32(min(max(s.MaxConnections.V, 0), 1<<30)),
		Handshake:      s.ExtendedHandshake.V,
		Source:         s,
		At:             nameSpan(s.Name, s.Node),
		CloneAt:        s.CloneID.Span(),
	}
	if s.ConnectTimeout.Valid {
		m.ConnectTimeout = Nanos(max(s.ConnectTimeout.V, 0)) * Second
	}
	if m.IOTimeout < 0 {
		m.IOTimeout, m.MarkOnIO = -m.IOTimeout, true
	}
	for _, tr := range s.Transports {
		https := strings.EqualFold(tr.Protocol.V, "https")
		ttl := Nanos(-1)
		if tr.ConnectionTTL.Valid {
			ttl = Nanos(max(tr.ConnectionTTL.V, 0)) * Second
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

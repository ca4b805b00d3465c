package match

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
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

const Second = Nanos(time.Second)

// Table is what New makes of a configuration: immutable, free of open choices, safe for concurrent use.
type Table struct {
	Clusters []Cluster // in file order, of one name the first alone; read only

	Routes       []Route // in file order, those left out that name what does not exist (R18); see Route.Index
	index        hostIndex
	identifiers  []string          // every AffinityURLIdentifier of the file, jsessionid included (R14)
	missing      []diag.Diagnostic // reasons of R18
	anyOpen      bool              // a Route lacks a group (R17)
	atRunTime    bool              // the file has no Route, and IntelligentManagement
	PortArrived  bool              // VHostMatchingCompat (R7)
	tellsArrived bool              // AppServerPortPreference WebserverPort (R10)
	Onload       bool              // SSLMapMode (R64)
	Offload      bool
	UseInsecure  bool      // where https cannot be used, http is (R64)
	Router       diag.Span // IntelligentManagement where it is enabled, else zero (R69)
	byName       map[string]ClusterID
	clustersOf   map[string][]ClusterID // by the name of a member
	At           diag.Span              // VHostMatchingCompat, or the Config element
	pause        parser.Pause           // while it is made
}

// New makes a table. The diagnostics are the reasons why the plug-in would reject the file (R18); the table is usable
// all the same, without the Routes that they name, so that the rest can be examined.
func New(cfg *parser.Config) (*Table, []diag.Diagnostic) { return NewPausing(cfg, nil) }

// NewPausing is New with pauses: a proxy that reloads a large file answers requests meanwhile, and calls of pause, at
// least one for each Route and cluster, let it.
func NewPausing(cfg *parser.Config, pause parser.Pause) (*Table, []diag.Diagnostic) {
	t := &Table{
		pause:       pause,
		PortArrived: cfg.VHostMatchingCompat.V, tellsArrived: strings.EqualFold(cfg.AppServerPort.V, "WebserverPort"),
		UseInsecure: cfg.UseInsecure.V,
		Onload:      strings.EqualFold(cfg.SSLMapMode.V, "onload"),
		Offload:     strings.EqualFold(cfg.SSLMapMode.V, "offload"),
		byName:      map[string]ClusterID{}, clustersOf: map[string][]ClusterID{}, At: cfg.VHostMatchingCompat.Span(),
	}
	if t.At.IsZero() && cfg.Node != nil {
		t.At = cfg.Node.NameSpan
	}
	if im := cfg.IntelligentManagement; im != nil && routes(im) {
		t.Router = im.NameSpan
	}
	t.atRunTime = cfg.IntelligentManagement != nil && len(cfg.Routes) == 0
	names := resolve.New(cfg)
	for i, sc := range names.Clusters() {
		t.byName[sc.Name.V] = ClusterID(i)
	}
	var clusters sync.WaitGroup
	clusters.Go(func() { t.addClusters(cfg, names.Clusters()) }) // beside the Routes, which need only the names
	t.addRoutes(cfg, names)
	t.missing = names.Dangling(cfg)
	clusters.Wait()
	t.pause = nil // it is the maker's, and the table is immutable from here on
	return t, t.missing
}

// routes reports whether IntelligentManagement is enabled: nothing switches off the element itself or all of its
// ConnectorClusters (R69).
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
	return !off(im) &&
		(len(clusters) == 0 || slices.ContainsFunc(clusters, func(n *parser.Node) bool { return !off(n) }))
}

// Rejected lists the reasons why the plug-in rejects the file: Routes that name what does not exist (R18) and, under
// open-route=rejects-file, Routes without a group (R17). Without any the file is used. With some a table still
// answers, of the Routes that are whole: whoever drives requests asks here first.
func (t *Table) Rejected(sem *choices.Assumptions) []diag.Diagnostic {
	if !t.RejectsOpen(sem, nil) {
		return t.missing
	}
	reasons := slices.Clone(t.missing)
	for i := range t.Routes {
		if r := &t.Routes[i]; r.Vhosts == nil || r.URIs == nil {
			reasons = append(reasons, resolve.OpenRoute(r.At))
		}
	}
	return reasons
}

// RejectsFile reports whether an error of a rule of lint means that the plug-in takes nothing of the file (R18).
func RejectsFile(code string) bool { return code == diag.XMLSyntax || code == diag.RouteToMissingGroup }

// RejectsOpen reports whether the plug-in rejects the file for a Route without a group (R17).
func (t *Table) RejectsOpen(sem *choices.Assumptions, seen *choices.Consulted) bool {
	return t.anyOpen && sem.Consult(choices.OpenRoute, seen) == choices.OpenRejects
}

// addClusters runs beside addRoutes, so it touches nothing but Clusters and clustersOf; names are known already, for
// Routes need them.
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

// ClusterByName returns the cluster of that name.
func (t *Table) ClusterByName(name string) (ClusterID, bool) {
	id, ok := t.byName[name]
	return id, ok
}

// MemberByName returns the member of that name; the ClusterAddress is called ClusterAddress.
func (c *Cluster) MemberByName(name string) (MemberID, bool) {
	id, ok := c.byName[name]
	return id, ok
}

// ClustersOf returns the clusters that have a member of that name, in file order: a name is unique within a cluster
// only.
func (t *Table) ClustersOf(member string) []ClusterID { return t.clustersOf[member] }

// Lacks reports whether no request can go to a member of that name: no cluster has it, and no On Demand Router knows
// others (R69).
func (t *Table) Lacks(name string) bool { return len(t.clustersOf[name]) == 0 && t.Router.IsZero() }

// MemberName returns the name of a member, "" for NoMember.
func (t *Table) MemberName(c ClusterID, m MemberID) string {
	if c < 0 || m == NoMember {
		return ""
	}
	return t.Clusters[c].Members[m].Name
}

// AllMembers lists the members of all clusters, as CLUSTER/MEMBER.
func (t *Table) AllMembers() (names []string) {
	for c := range t.Clusters {
		for m := range t.Clusters[c].Members {
			names = append(names, t.Clusters[c].Name+"/"+t.Clusters[c].Members[m].Name)
		}
	}
	return names
}

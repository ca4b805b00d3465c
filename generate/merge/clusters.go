package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match"
)

// cluster is a ServerCluster of the output: the members of one or several clusters of the inputs.
type cluster struct {
	name    string // as its first source has it; made unique when it is written
	sources []*source
	members []*member
	address *parser.Server
	lists   bool // PrimaryServers and BackupServers are written
}

// member is a Server of the output.
type member struct {
	server *parser.Server
	file   int
	name   string
	role   role
}

// role is a place in the lists; a smaller one gets more requests, so that min joins two.
type role uint8

const (
	primary role = iota
	backup
	none
)

func (r role) String() string { return [...]string{"primary", "backup", "in no list"}[r] }

// identity tells members apart: the clone ID and the addresses. One process under two names is one member.
func identity(s *parser.Server) string {
	addresses := make([]string, 0, len(s.Transports))
	for _, t := range s.Transports {
		addresses = append(addresses, address(t))
	}
	slices.Sort(addresses)
	return s.CloneID.V + "\x00" + strings.Join(addresses, "\x00")
}

func address(t *parser.Transport) string {
	return strings.ToLower(t.Hostname.V) + ":" + t.Port.Raw()
}

// cluster returns the ServerCluster for a sequence of clusters of the inputs. Sequences that come to the same members,
// roles and attributes share one, unless that would fold two clusters of one file.
// Two clusters of one file stay two even where they are alike: merging mends no file.
func (m *merger) cluster(set int32) *cluster {
	if c := m.bySet[set]; c != nil {
		return c
	}
	var from []*source
	for _, id := range m.sets.items(set) {
		if s := m.clusters[id]; !slices.Contains(from, s) {
			from = append(from, s)
		}
	}
	c := m.build(from)
	key := c.key()
	for _, known := range m.byMembers[key] {
		if known.takes(from) {
			m.bySet[set] = known
			return known
		}
	}
	m.byMembers[key] = append(m.byMembers[key], c)
	m.merged = append(m.merged, c)
	m.bySet[set] = c
	return c
}

// takes reports whether a cluster may stand for other sources too, and takes them.
func (c *cluster) takes(from []*source) bool {
	for _, s := range from {
		if slices.ContainsFunc(c.sources, func(o *source) bool { return o.file == s.file && o != s }) {
			return false
		}
	}
	for _, s := range from {
		if !slices.Contains(c.sources, s) {
			c.sources = append(c.sources, s)
		}
	}
	return true
}

// key is what two clusters must have in common to be one.
// Attributes of Transports are not in it: identity has their addresses, which is what members are told by.
func (c *cluster) key() string {
	var b strings.Builder
	for _, a := range sortedAttrs(c.sources[0].cluster.Node, "Name") {
		fmt.Fprintf(&b, "%s=%q ", a.Name, a.Value)
	}
	for _, m := range c.members {
		fmt.Fprintf(&b, "\n%s %d", identity(m.server), m.role)
		for _, a := range sortedAttrs(m.server.Node, "Name") {
			fmt.Fprintf(&b, " %s=%q", a.Name, a.Value)
		}
	}
	if c.address != nil {
		b.WriteString("\naddress " + identity(c.address))
	}
	fmt.Fprintf(&b, "\n%v", c.lists)
	return b.String()
}

func sortedAttrs(n *parser.Node, skip ...string) []parser.Attr {
	attrs := slices.DeleteFunc(slices.Clone(n.Attrs), func(a parser.Attr) bool {
		return slices.Contains(skip,
			a.Name)
	})
	slices.SortStableFunc(attrs, func(a, b parser.Attr) int { return strings.Compare(a.Name, b.Name) })
	return attrs
}

// build joins the members of clusters, in the order of their files.
// The first file's attributes and ClusterAddress count, and each member is written as the first file that has it does.
func (m *merger) build(from []*source) *cluster {
	c := &cluster{name: from[0].cluster.Name.V, sources: slices.Clone(from)}
	known := map[string]*member{}
	for i, s := range from {
		c.lists = c.lists || inFile(s.cluster.Primary) || inFile(s.cluster.Backup)
		if c.address == nil {
			c.address = s.cluster.ClusterAddress
		}
		roles := roles(s.cluster)
		for _, server := range s.cluster.Servers {
			r := roles[server]
			if i > 0 && m.options.Mode == Failover && r == primary {
				r, c.lists = backup, true // roles hold only where lists say so: without any, all are primaries (R37)
			}
			id := identity(server)
			// The same server in two files is one member. Twice in one file it stays twice: merging mends no file.
			if first := known[id]; first != nil && first.file != s.file {
				m.sameMember(first, server, s.file, r)
				continue
			} else if first == nil {
				known[id] = &member{server: server, file: s.file, name: server.Name.V, role: r}
				c.members = append(c.members, known[id])
				continue
			}
			c.members = append(c.members, &member{server: server, file: s.file, name: server.Name.V, role: r})
		}
		if i > 0 {
			m.clusterConflicts(from[0], s)
		}
	}
	c.unique()
	return c
}

// unique gives members of different files that have one name names of their own.
// The first keeps the name, the others get the number of their file. Two of one name in one file stay as they are.
func (c *cluster) unique() {
	taken := map[string]int{}
	for _, m := range c.members {
		file, clash := taken[m.name]
		if clash && file != m.file {
			base := m.name
			for i := m.file + 1; clash; i++ {
				m.name = fmt.Sprintf("%s_%d", base, i)
				_, clash = taken[m.name]
			}
		}
		taken[m.name] = m.file
	}
}

func inFile(l *parser.ServerList) bool { return l != nil }

// roles says of each server in which list it stands (R37, R40). One hidden by another of its name is in none.
func roles(c *parser.ServerCluster) map[*parser.Server]role {
	in := map[*parser.Server]role{}
	for _, s := range c.Servers {
		in[s] = none
	}
	primaries, backups := match.PrimaryAndBackup(c)
	for _, s := range primaries {
		in[s] = primary
	}
	for _, s := range backups {
		in[s] = backup
	}
	return in
}

// nodes are the clusters of the inputs that a cluster stands for.
func (c *cluster) nodes() (all []*parser.Node) {
	for _, s := range c.sources {
		all = append(all, s.cluster.Node)
	}
	return all
}

// node writes the cluster. One that comes from a single file is written as it stands there.
// Where members of several files stand together the lists are written anew from the roles.
func (c *cluster) node(name string, remarks *comments) *parser.Node {
	first := c.sources[0].cluster
	if c.verbatim() {
		n := clone(first.Node)
		n.Name = "ServerCluster"
		setAttr(n, "Name", name)
		remarks.whole(first.Node)
		return n
	}
	// Attributes are those of the first file: clusterConflicts has told where others differ.
	n := shallow(first.Node)
	n.Name = "ServerCluster"
	setAttr(n, "Name", name)
	for _, m := range c.members {
		s := clone(m.server.Node)
		setAttr(s, "Name", m.name)
		remarks.add(n, s, m.server.Node)
		remarks.whole(m.server.Node)
	}
	if c.address != nil {
		remarks.copy(n, c.address.Node)
	}
	for _, child := range first.Node.Children {
		if child.Kind == parser.Element && !slices.Contains([]string{"Server", "ClusterAddress", "PrimaryServers",
			"BackupServers"}, child.Name) {
			remarks.copy(n, child)
		}
	}
	if c.lists {
		addList(n, "PrimaryServers", c.members, primary)
		addList(n, "BackupServers", c.members, backup)
	}
	for _, s := range c.nodes() {
		remarks.put(n, remarks.last[s])
	}
	return n
}

// verbatim reports whether the members are those of the first source in its own order: then nothing was merged.
func (c *cluster) verbatim() bool {
	servers := c.sources[0].cluster.Servers
	if len(servers) != len(c.members) {
		return false
	}
	for i, m := range c.members {
		if m.server != servers[i] || m.name != servers[i].Name.V {
			return false
		}
	}
	return c.address == c.sources[0].cluster.ClusterAddress
}

// addList adds a list; one without members is none, and then all servers are primaries (R37).
func addList(n *parser.Node, name string, members []*member, r role) {
	list := &parser.Node{Kind: parser.Element, Name: name, Closed: true}
	for _, m := range members {
		if m.role == r {
			ref := &parser.Node{Kind: parser.Element, Name: "Server", Closed: true, Span: m.server.Node.Span}
			setAttr(ref, "Name", m.name)
			add(list, ref)
		}
	}
	if len(list.Children) > 0 {
		add(n, list)
	}
}

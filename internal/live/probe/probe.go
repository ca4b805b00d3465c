package probe

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// prefix begins the name of everything that is added, so that it meets no name of the user's.
const prefix = "wasplug-"

// Added reports whether a file has what [Add] adds.
func Added(cfg *parser.Config) bool {
	return slices.ContainsFunc(cfg.Clusters,
		func(c *parser.ServerCluster) bool { return c.Name.V == prefix+"alone-a" })
}

// Add adds the clusters and Routes that are made for the questions, and returns the new view. The error says that a
// file cannot take them.
func Add(cfg *parser.Config) (*parser.Config, error) {
	switch {
	case cfg.Node == nil:
		return nil, fmt.Errorf("the file has no Config element that could take what --probe adds")
	case Added(cfg):
		return nil, fmt.Errorf("the file has a ServerCluster %salone-a already: it was made with --probe", prefix)
	}
	own, reports := parser.Parse(diag.NewFiles().Add("probe", nil), []byte(text()))
	if len(reports) > 0 {
		panic(reports[0].Message) // text is ours
	}
	// before the first Route: groups and clusters stand there, and of Routes of equal scores the first counts (R13)
	at := slices.IndexFunc(cfg.Node.Children, func(n *parser.Node) bool { return n.Name == "Route" })
	if at < 0 {
		at = len(cfg.Node.Children)
	}
	for _, n := range own.Node.Children {
		n.Parent = cfg.Node
	}
	cfg.Node.Children = slices.Insert(cfg.Node.Children, at, own.Node.Children...)
	return parser.View(cfg.Doc), nil
}

// text is what is added.
func text() string {
	var b strings.Builder
	b.WriteString("<Config>\n")
	for i, w := range ways {
		fmt.Fprintf(&b,
			"<VirtualHostGroup Name=\"%sway-%d\"><VirtualHost Name=\"%s\"/></VirtualHostGroup>\n", prefix, i,
			w.aliases)
	}
	fmt.Fprintf(&b, "<VirtualHostGroup Name=\"%shost\"><VirtualHost Name=\"%s\"/></VirtualHostGroup>\n", prefix, here)
	for i := range shapes {
		shapes[i].write(&b)
	}
	for i, w := range ways {
		fmt.Fprintf(&b, "<UriGroup Name=\"%sway-%d\"><Uri Name=\"%s\"/></UriGroup>\n", prefix, i, w.uri)
	}
	for i := range shapes {
		name := shapes[i].name
		fmt.Fprintf(&b, "<UriGroup Name=\"%[1]s%[2]s\"><Uri Name=\"/wasplug/%[2]s/*\"/></UriGroup>\n", prefix, name)
		fmt.Fprintf(&b,
			"<Route ServerCluster=\"%[1]s%[2]s\" UriGroup=\"%[1]s%[2]s\" VirtualHostGroup=\"%[1]shost\"/>\n",
			prefix, name)
	}
	for i, w := range ways {
		fmt.Fprintf(&b, "<Route ServerCluster=\"%[1]s%[2]s\" UriGroup=\"%[1]sway-%[3]d\" "+
			"VirtualHostGroup=\"%[1]sway-%[3]d\"/>\n", prefix, w.cluster, i)
	}
	b.WriteString("</Config>\n")
	return b.String()
}

const nowhere = `<Transport Hostname="127.0.0.1" Port="1" Protocol="http"/>` // until Point says where

// write writes the cluster of a shape. Servers have names and clone IDs of their own, so that a cookie of one cluster
// names nobody of another.
func (s *shape) write(b *strings.Builder) {
	fmt.Fprintf(b, "<ServerCluster Name=\"%s%s\" %s>\n", prefix, s.name, s.attrs)
	lists := map[bool]string{}
	for _, server := range s.servers {
		name, attrs, _ := strings.Cut(server, " ")
		fmt.Fprintf(b, "<Server CloneID=\"%s\" Name=\"%s\" %s>%s</Server>\n",
			"wp-"+s.name+"-"+name, s.name+"-"+name, attrs,
			nowhere)
		lists[slices.Contains(s.backups, name)] += fmt.Sprintf("<Server Name=\"%s\"/>", s.name+"-"+name)
	}
	if s.address {
		fmt.Fprintf(b, "<ClusterAddress Name=\"%s-address\">%s</ClusterAddress>\n", s.name, nowhere)
	}
	fmt.Fprintf(b, "<PrimaryServers>%s</PrimaryServers>\n", lists[false])
	if lists[true] != "" {
		fmt.Fprintf(b, "<BackupServers>%s</BackupServers>\n", lists[true])
	}
	b.WriteString("</ServerCluster>\n")
}

// A Door is where a member is to be found.
type Door struct {
	Host string
	Port int
}

// Point puts the servers of a file behind doors, one for each server of a cluster by its name, the ClusterAddress by
// "ClusterAddress". Where these take no TLS, a Transport of https becomes one of http; it returns how many did, and
// ends with the first error of a door.
func Point(cfg *parser.Config, tls bool, door func(cluster, server string) (Door, error)) (changed int, err error) {
	for _, c := range cfg.Clusters {
		servers := slices.Clone(c.Servers)
		if c.ClusterAddress != nil {
			servers = append(servers, c.ClusterAddress)
		}
		for _, s := range servers {
			name := s.Name.V
			if s == c.ClusterAddress {
				name = "ClusterAddress"
			}
			d, err := door(c.Name.V, name)
			if err != nil {
				return changed, err
			}
			for _, tr := range s.Transports {
				changed += d.open(tr, tls)
			}
		}
	}
	return changed, nil
}

// open lets a Transport lead to a door, and returns how many Transports of https became some of http. The attributes
// are changed in the tree alone, which is written out; the view is the caller's to make anew.
func (d Door) open(tr *parser.Transport, tls bool) (changed int) {
	set(tr.Node, "Hostname", d.Host)
	set(tr.Node, "Port", strconv.Itoa(d.Port))
	if secure := strings.EqualFold(tr.Protocol.V, "https"); secure && tls {
		return 0
	} else if secure {
		changed = 1
	}
	set(tr.Node, "Protocol", "http")
	return changed
}

// set writes an attribute in place of the old value, or behind the others.
func set(n *parser.Node, name, value string) {
	if a := n.Attr(name); a != nil {
		a.Value = value
		return
	}
	n.Attrs = append(n.Attrs, parser.Attr{Name: name, Value: value})
}

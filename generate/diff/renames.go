package diff

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// renames are the members that have another name in the new file, by cluster. The clone ID tells a member, because
// sessions find it by that; else its addresses do.
type renames map[string]names

// names lead from the new name of a member to the old one, and back.
type names struct{ before, now map[string]string }

// findRenames pairs members that only one of two files knows.
// Only clusters that both files have by one name are looked at.
func findRenames(old, new *parser.Config) renames {
	all, is := renames{}, resolve.New(new)
	for _, c := range resolve.New(old).Clusters() {
		if now := is.Cluster(c.Name.V); now != nil {
			all[c.Name.V] = pairMembers(c, now)
		}
	}
	return all
}

// pairMembers pairs who went with who came: by clone IDs first, then by addresses of those that are left. A key that
// two have pairs nobody: a guess would tell of the wrong member.
func pairMembers(old, new *parser.ServerCluster) names {
	gone, come := newcomers(old, new), newcomers(new, old)
	pairs := names{map[string]string{}, map[string]string{}}
	for _, key := range []func(*parser.Server) string{func(s *parser.Server) string { return s.CloneID.V },
		addresses} {
		was := only(gone, key)
		for k, s := range only(come, key) {
			if o := was[k]; o != nil {
				pairs.before[s.Name.V], pairs.now[o.Name.V] = o.Name.V, s.Name.V
			}
		}
		gone = slices.DeleteFunc(gone, func(s *parser.Server) bool { return pairs.now[s.Name.V] != "" })
		come = slices.DeleteFunc(come, func(s *parser.Server) bool { return pairs.before[s.Name.V] != "" })
	}
	return pairs
}

// newcomers are the members of a cluster whose names the other one does not have.
func newcomers(of, other *parser.ServerCluster) (list []*parser.Server) {
	known := map[string]bool{"": true}
	for _, s := range other.Servers {
		known[s.Name.V] = true
	}
	for _, s := range resolve.Servers(of) {
		if !known[s.Name.V] {
			list = append(list, s)
		}
	}
	return list
}

// only maps a key to the server that has it, if no other one does.
func only(list []*parser.Server, key func(*parser.Server) string) map[string]*parser.Server {
	all, twice := map[string]*parser.Server{}, map[string]bool{"": true}
	for _, s := range list {
		k := key(s)
		if all[k] != nil {
			twice[k] = true
		}
		all[k] = s
	}
	for k := range twice {
		delete(all, k)
	}
	return all
}

// addresses are those of all Transports of a server, in alphabetical order.
func addresses(s *parser.Server) string {
	var all []string
	for _, t := range s.Transports {
		all = append(all, strings.ToLower(parser.Address(t.Hostname.V, t.Port.Raw())))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// before returns the name that a member had in the old file.
func (r renames) before(cluster, name string) string {
	if was, known := r[cluster].before[name]; known {
		return was
	}
	return name
}

// now returns the name that a member of the old file has.
func (r renames) now(cluster, name string) string {
	if is, known := r[cluster].now[name]; known {
		return is
	}
	return name
}

// renamings tells which members of a cluster have another name. Sessions do not mind: they name a member by its clone
// ID.
func (c *comparison) renamings(s *sample) {
	was, is := &c.old.table.Clusters[s.old.id], &c.new.table.Clusters[s.new.id]
	for i := range is.Members {
		now := &is.Members[i]
		name := c.renamed.before(is.Name, now.Name)
		id, known := was.MemberByName(name)
		if !known || name == now.Name {
			continue
		}
		m := &was.Members[id]
		text := fmt.Sprintf("its name is %s now", now.Name)
		switch {
		case m.CloneID != now.CloneID || m.CloneID == "":
			text += ", its addresses are the same"
		case c.home(c.new, s, m.CloneID):
			text += fmt.Sprintf(", its clone ID %s is the same: its sessions go on", m.CloneID)
		default:
			text += fmt.Sprintf(", its clone ID %s is the same", m.CloneID)
		}
		c.record(Consequence{Kind: renamed, Cluster: is.Name, Member: name, Share: math.NaN(), Old: m.At,
			New: now.At, Text: text,
			covers: []string{subjectOf(is.Name, name) + " Name"}})
	}
}

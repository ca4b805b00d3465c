package lab

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/match"
)

// planned is a member that is to run: a Server of the file. One that several clusters list is one process.
type planned struct {
	name, cluster, cloneID string
	addresses              []string // HOST:PORT of its Transports
	https                  []string // hosts of those that speak it
	at                     string   // FILE:LINE of its Server
}

// plan lists a member for each Server of the clusters that Routes reach.
func plan(t *routecheck.Table, at func(*match.Member) string) ([]*planned, error) {
	var all []*planned
	for i := range t.Clusters {
		id := match.ClusterID(i)
		if !slices.ContainsFunc(t.Routes, func(r match.Route) bool { return r.Cluster == id }) {
			continue
		}
		for j := range t.Clusters[i].Members {
			m := &t.Clusters[i].Members[j]
			p := &planned{name: m.Name, cluster: t.Clusters[i].Name, cloneID: m.CloneID, at: at(m)}
			p.reachedAt(m.Transports)
			all = join(all, p)
		}
	}
	switch {
	case len(all) == 0:
		return nil, fmt.Errorf("no Route leads to a cluster with members, so there is nothing to run")
	case len(all) > most:
		return nil, fmt.Errorf("%s is member %d: the lab runs at most %d", all[most].at, most+1, most)
	}
	return all, nil
}

// reachedAt notes the addresses of a Server.
func (p *planned) reachedAt(transports []match.Transport) {
	for i := range transports {
		tr := &transports[i]
		p.addresses = append(p.addresses, addressOf(tr.Host, tr.Port))
		if tr.HTTPS {
			p.https = append(p.https, tr.Host)
		}
	}
}

func addressOf(host string, port int) string {
	return strings.ToLower(net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(port)))
}

// join adds a member, unless it is one that another cluster lists, too: it has an address of it. Two of one name that
// share no address are two processes, and the second is called CLUSTER/MEMBER.
func join(all []*planned, p *planned) []*planned {
	taken := false
	for _, other := range all {
		if slices.ContainsFunc(p.addresses, func(a string) bool { return slices.Contains(other.addresses, a) }) {
			other.addresses, other.https = append(other.addresses, p.addresses...), append(other.https, p.https...)
			return all
		}
		taken = taken || other.name == p.name
	}
	if taken {
		p.name = p.cluster + "/" + p.name
	}
	return append(all, p)
}

// contextRoots are the applications that the Uris speak of: what stands before /*. The root is always one, so that
// each Uri has an application that answers.
func contextRoots(cfg *parser.Config) []string {
	roots := []string{"/"}
	for _, g := range cfg.UriGroups {
		for _, u := range g.Uris {
			root, ok := strings.CutSuffix(u.Name.V, "/*")
			if ok && strings.HasPrefix(root, "/") && !strings.Contains(root, "*") && !slices.Contains(roots, root) {
				roots = append(roots, root)
			}
		}
	}
	return roots
}

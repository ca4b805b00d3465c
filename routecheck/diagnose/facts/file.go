package facts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// File is a configuration, with what was asked of it beforehand.
type File struct {
	Files    *diag.Files
	Config   *parser.Config
	Table    *match.Table
	Sem      choices.Assumptions
	Findings []diag.Diagnostic // of lint, and why the plug-in rejects the file

	// Policy says what the servers of a cluster do with sessions; nil where nobody says it. Timeout is how long they
	// keep one, 0 where nobody says it.
	Policy  func(cluster string) session.Policy
	Timeout time.Duration
}

// Found returns the findings of some codes as evidence.
func (f *File) Found(codes ...string) (out Sightings) {
	for _, d := range f.Findings {
		if slices.Contains(codes, d.Rule.Code) {
			out = out.Join(f.At(d.Span, d.Message+" ["+d.Rule.Code+"]"))
		}
	}
	return out
}

// members visits all members of all clusters.
func (f *File) members(visit func(c *match.Cluster, id match.MemberID, m *match.Member)) {
	for i := range f.Table.Clusters {
		c := &f.Table.Clusters[i]
		for j := range c.Members {
			visit(c, match.MemberID(j), &c.Members[j])
		}
	}
}

// MembersThat returns the members for which a test holds, as evidence.
func (f *File) MembersThat(
	test func(*match.Cluster, match.MemberID, *match.Member) bool, text string,
) (out Sightings) {
	f.members(func(c *match.Cluster, id match.MemberID, m *match.Member) {
		if test(c, id, m) {
			out = out.Join(f.At(m.At, c.Name+"/"+m.Name+": "+text))
		}
	})
	return out
}

// ClustersThat returns the clusters for which a test holds, as evidence.
func (f *File) ClustersThat(test func(*match.Cluster) bool, text string) (out Sightings) {
	for i := range f.Table.Clusters {
		if c := &f.Table.Clusters[i]; test(c) {
			out = out.Join(f.At(c.At, c.Name+": "+text))
		}
	}
	return out
}

// knows reports whether a member of a log is in the file. The log calls a ClusterAddress as the file does. Whatever it
// does not know is a stranger: of another file, or of Intelligent Management.
func (f *File) knows(member string) bool {
	if len(f.Table.ClustersOf(member)) > 0 {
		return true
	}
	for i := range f.Table.Clusters {
		if AddressName(&f.Table.Clusters[i]) == member {
			return true
		}
	}
	return false
}

// AddressName is the name of a cluster's ClusterAddress, "" where there is none.
func AddressName(c *match.Cluster) string {
	if c.Address == match.NoMember {
		return ""
	}
	return c.Members[c.Address].Source.Name.V
}

// request is a request of the log as the plug-in matched it; false where the log does not show enough. The log has the
// Host with the port that was matched (R7) and the path as the web server left it (R16), which must not be decoded
// again. The scheme is not shown: port 443 is taken for TLS.
func (f *File) request(r *requests.Request) (match.Request, bool) {
	host, port := match.SplitHost(r.Host)
	n, err := strconv.Atoi(port)
	if err != nil {
		n = 80
	}
	path, _, _ := strings.Cut(r.URI, "?")
	return match.Request{Host: r.Host, Port: n, Target: path, Normalised: true, TLS: n == 443},
		host != "" && strings.HasPrefix(path, "/")
}

// takers lists the clusters whose Uris take a request, the winning one first. The first is the answer of the plug-in;
// the others are who could have been meant.
func (f *File) takers(rq *match.Request) (clusters []match.ClusterID) {
	if m, ok := f.Table.Match(rq, &f.Sem); ok {
		clusters = append(clusters, m.Cluster)
	}
	for _, c := range f.Table.Candidates(rq, &f.Sem) {
		if c.HostMatches && c.URIMatches && !slices.Contains(clusters, c.Cluster) {
			clusters = append(clusters, c.Cluster)
		}
	}
	return clusters
}

// patternFor returns the Uri that takes a request to the cluster of a member, "" where there is none.
func (f *File) patternFor(rq *match.Request, member string) string {
	for _, c := range f.Table.Candidates(rq, &f.Sem) {
		if _, is := f.Table.Clusters[c.Cluster].MemberByName(member); c.Matches() && is {
			return c.Match.Pattern()
		}
	}
	return ""
}

// clusterNames joins the names of clusters.
func (f *File) clusterNames(ids []match.ClusterID) string {
	var names []string
	for _, id := range ids {
		names = append(names, f.Table.Clusters[id].Name)
	}
	return strings.Join(names, " and ")
}

// otherPlace looks for a host and a port for which the file takes the path, by asking again. The own host comes first,
// with other ports: that is a front device that changes the port. "*" is no host to ask for.
func (f *File) otherPlace(rq match.Request) (string, bool) {
	host, _ := match.SplitHost(rq.Host)
	hosts := []string{host}
	for _, h := range f.Table.Hosts() {
		if h != "*" && len(hosts) < mostHosts {
			hosts = append(hosts, h)
		}
	}
	for _, h := range hosts {
		for _, port := range f.ports(h) {
			rq.Host, rq.Port, rq.TLS = fmt.Sprintf("%s:%d", h, port), port, port == 443
			if _, ok := f.Table.Match(&rq, &f.Sem); ok {
				return rq.Host, true
			}
		}
	}
	return "", false
}

// ports are those that the aliases of a host name, and of any host. An alias of every port (0) is asked at 80.
func (f *File) ports(host string) (ports []int) {
	for _, of := range []string{host, "*"} {
		for p := range f.Table.Ports(of) {
			if p == 0 {
				p = 80
			}
			if !slices.Contains(ports, p) && len(ports) < 2*mostHosts {
				ports = append(ports, p)
			}
		}
	}
	return ports
}

package diagnose

import (
	"fmt"
	"net/netip"
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

// found returns the findings of some codes as evidence.
func (f *File) found(codes ...string) (out sightings) {
	for _, d := range f.Findings {
		if slices.Contains(codes, d.Rule.Code) {
			out = out.join(f.at(d.Span, d.Message+" ["+d.Rule.Code+"]"))
		}
	}
	return out
}

// byLint is the opinion of a file whose findings speak with a stance, and which says otherwise without any.
func byLint(with stance, why string, without stance, otherwise string, codes ...string) func(*Case) opinion {
	return func(k *Case) opinion {
		if seen := k.File.found(codes...); seen.n > 0 {
			return opinion{stance: with, why: why, seen: seen}
		}
		return opinion{stance: without, why: otherwise}
	}
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

// such returns the members for which a test holds, as evidence.
func (f *File) such(test func(*match.Cluster, match.MemberID, *match.Member) bool, text string) (out sightings) {
	f.members(func(c *match.Cluster, id match.MemberID, m *match.Member) {
		if test(c, id, m) {
			out = out.join(f.at(m.At, c.Name+"/"+m.Name+": "+text))
		}
	})
	return out
}

// ofClusters returns the clusters for which a test holds, as evidence.
func (f *File) ofClusters(test func(*match.Cluster) bool, text string) (out sightings) {
	for i := range f.Table.Clusters {
		if c := &f.Table.Clusters[i]; test(c) {
			out = out.join(f.at(c.At, c.Name+": "+text))
		}
	}
	return out
}

// either is an opinion that allows where something was seen in the file, and denies where not.
func either(seen sightings, yes, no string) opinion {
	if seen.n > 0 {
		return opinion{stance: allows, why: yes, seen: seen}
	}
	return opinion{stance: denies, why: no}
}

// knows reports whether a member of a log is in the file. The log calls a ClusterAddress as the file does.
func (f *File) knows(member string) bool {
	if len(f.Table.ClustersOf(member)) > 0 {
		return true
	}
	for i := range f.Table.Clusters {
		if addressName(&f.Table.Clusters[i]) == member {
			return true
		}
	}
	return false
}

// addressName is the name of a cluster's ClusterAddress, "" where there is none.
func addressName(c *match.Cluster) string {
	if c.Address == match.NoMember {
		return ""
	}
	return c.Members[c.Address].Source.Name.V
}

// clusterOf returns the cluster of a member by its name, nil where none or several have one.
func (k *Case) clusterOf(member string) *match.Cluster {
	if k.File == nil {
		return nil
	}
	if ids := k.File.Table.ClustersOf(member); len(ids) == 1 {
		return &k.File.Table.Clusters[ids[0]]
	}
	return nil
}

// retryInterval is that of a member's cluster.
func (k *Case) retryInterval(member string) time.Duration {
	if c := k.clusterOf(member); c != nil {
		return time.Duration(c.RetryInterval)
	}
	return usualRetry
}

// policies tells what the servers of some cluster do with sessions; false where nobody says it.
func (k *Case) policies() (all []session.Policy) {
	if k.File == nil || k.File.Policy == nil {
		return nil
	}
	for i := range k.File.Table.Clusters {
		all = append(all, k.File.Policy(k.File.Table.Clusters[i].Name))
	}
	return all
}

// byPolicy is an opinion on what servers do with sessions.
func byPolicy(test func(*session.Policy) bool, yes, no string) func(*Case) opinion {
	return func(k *Case) opinion {
		all := k.policies()
		if len(all) == 0 {
			return opinion{}
		}
		for i := range all {
			if test(&all[i]) {
				return opinion{stance: allows, why: yes}
			}
		}
		return opinion{stance: denies, why: no}
	}
}

// isAddress reports whether a host is written as an address.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// request is a request of the log as the plug-in matched it; false where the log does not show enough.
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

// takers lists the clusters whose Uris take a request, the winning one first.
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

// clusterNames joins the names of clusters.
func (f *File) clusterNames(ids []match.ClusterID) string {
	var names []string
	for _, id := range ids {
		names = append(names, f.Table.Clusters[id].Name)
	}
	return strings.Join(names, " and ")
}

// otherPlace looks for a host and a port for which the file takes the path, by asking again.
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

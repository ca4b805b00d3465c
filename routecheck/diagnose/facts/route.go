package facts

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/cookie"
	"github.com/wasplug/wasplug/routecheck/match"
)

// sessionWent takes where the request of a session went. Its home is the member that a clone ID of the request names;
// at levels that do not show the clone ID, the member that affinity chose.
func (l *Log) sessionWent(r *requests.Request, n *note) {
	home := n.named
	if home == "" && len(r.Attempts) > 0 && r.Attempts[0].Affinity {
		home = r.Attempts[0].Member
	}
	l.urlIdentifier(r, n)
	if home == "" && len(r.Clones) == 0 {
		if n.sets {
			l.seeRequest(&l.NewCookie, r, "no session came, and the answer sets one")
		}
		return
	}
	l.WithSession++
	if n.lost {
		l.lostClones(r)
	}
	served := r.Member()
	if home == "" || served == "" || served == home {
		return
	}
	l.movedTo(r, n, home, served)
}

// The plug-in has two reasons to leave a session's member: it is full (R23), or it is down, which shows as a failed
// attempt of this request, as a mark that a check printed, or as a mark of this process that is still on.
func (l *Log) movedTo(r *requests.Request, n *note, home, served string) {
	l.seeRequest(&l.Moved, r, "a session of "+home+" went elsewhere")
	if key := (move{home, served}); l.Moves[key] > 0 || len(l.Moves) < mostMoves {
		l.Moves[move{kept(home), kept(served)}]++
	}
	p := l.Procs[ProcKey{home, r.PID}]
	switch {
	case n.full == home:
		l.seeRequest(&l.MovedByFull, r, "a session of "+home+", which was full, went elsewhere")
	case failedAt(r, home) || n.down == home || p != nil && p.MarkedAt != 0:
		l.seeRequest(&l.MovedByDown, r, "a session of "+home+", which was down, went elsewhere")
		if p != nil && p.IOMarked.Count+p.IOUnmarked.Count > 0 {
			p.MovedByHang++
		}
	}
}

// failedAt reports whether an attempt of the request at a member failed. Outcomes above Answered are the ways to fail.
func failedAt(r *requests.Request, member string) bool {
	for i := range r.Attempts {
		if at := &r.Attempts[i]; at.Member == member && at.Outcome > requests.Answered {
			return true
		}
	}
	return false
}

// urlIdentifier finds a session ID in the path that the plug-in did not read, and one of TLS that came first. Which
// identifier the application writes nobody says; one with "session" in its name is taken for that.
func (l *Log) urlIdentifier(r *requests.Request, n *note) {
	if n.ssl && len(r.Clones) > 0 && n.lost {
		l.seeRequest(&l.SSLSession, r, "the SSL session ID was looked at first, and names no member")
	}
	if !n.checked || len(r.Clones) > 0 {
		return
	}
	_, parameter, ok := strings.Cut(r.URI, ";")
	if name, value, set := strings.Cut(parameter, "="); ok && set && value != "" &&
		strings.Contains(strings.ToLower(name), "session") {
		l.seeRequest(&l.URLSession, r, "the path carries "+name+", from which no clone ID was read")
	}
}

// lostClones says why no member of the cluster has the clone IDs of a session: a plus joins them, a member of another
// cluster has one, one differs in letter case, or nobody has them, which is also said where no file can be asked. A
// partition ID is no clone ID (R28): its table names the member.
func (l *Log) lostClones(r *requests.Request) {
	for _, id := range r.Clones {
		if affinity.PartitionForm(id) {
			return
		}
	}
	last := r.Clones[len(r.Clones)-1:]
	into, what := &l.UnknownClone, "no server has the clone ID"
	for _, id := range r.Clones {
		switch {
		case strings.Contains(id, "+"):
			into, what = &l.Joined, "+ stands in the clone ID"
		case l.file == nil:
		default:
			into, what = l.cloneElsewhere(id, into, what)
		}
	}
	l.seeRequest(into, r, what+" "+diag.Quote(strings.Join(last, "")))
}

// cloneElsewhere asks what a clone ID of no member of the cluster is.
func (l *Log) cloneElsewhere(id string, into *Sightings, what string) (*Sightings, string) {
	told := l.clones.of(":" + id)
	if told == nil || len(told.IDs) != 1 {
		return into, what
	}
	found := &told.IDs[0]
	if found.Kind == cookie.Clone {
		return &l.OtherCluster, fmt.Sprintf("%s of cluster %s has the clone ID", found.Member, found.Cluster)
	}
	if twin := caseTwin(found); twin != "" {
		return &l.CaseTwin, "the file has " + twin + ", in other letter case than the clone ID"
	}
	return into, what
}

// routed takes where the request went, and whether that is what was meant. What can be asked again is a request that
// was declined, one that ended in 404, and, where the file leaves open who wins, every other.
func (l *Log) routed(r *requests.Request, n *note) {
	if r.Host != "" && r.Status != 0 {
		l.countHost(r)
	}
	if r.Declined {
		l.Declined++
	}
	if l.file == nil {
		return
	}
	member := r.Member()
	if m := l.Members[member]; m != nil && m.Stranger {
		l.seeRequest(&l.Strangers, r, "the file knows no member "+member)
		return
	}
	if !r.Declined && r.Status != 404 && member == "" {
		return
	}
	rq, ok := l.file.request(r)
	switch {
	case !ok:
	case r.Declined:
		l.declinedRequest(r, rq)
	// a 404 out of the cache is no member's
	case r.Status == 404 && !n.cacheHit:
		l.notFoundRequest(r, n, rq)
	case l.file.Found(diag.AliasAndURIToTwoClusters, diag.UndeterminedRoute).Count > 0:
		l.compareCluster(r, rq, member)
	}
}

// countHost counts requests, and answers 404, for each Host.
func (l *Log) countHost(r *requests.Request) {
	h := l.Hosts[r.Host]
	if h == nil {
		if len(l.Hosts) >= mostPaths {
			return
		}
		h = new(hostUse)
		l.Hosts[kept(r.Host)] = h
	}
	h.Requests++
	if r.Status == 404 {
		h.NotFound++
	}
}

// declinedRequest asks again with other letter case, then with other hosts and ports. The order is from the smallest
// change to the largest, so that one reason is told.
func (l *Log) declinedRequest(r *requests.Request, rq match.Request) {
	if _, ok := l.file.Table.Match(&rq, &l.file.Sem); ok {
		return // another file was in force
	}
	lower := rq
	lower.Target = strings.ToLower(rq.Target)
	if m, ok := l.file.Table.Match(&lower, &l.file.Sem); ok && lower.Target != rq.Target {
		l.seeRequest(&l.OtherCase, r, "declined; in lower case it would go to cluster "+
			l.file.Table.Clusters[m.Cluster].Name)
		return
	}
	if place, ok := l.file.otherPlace(rq); ok {
		l.seeRequest(&l.OtherHost, r, "declined for "+r.Host+"; for "+place+" the file takes it")
		return
	}
	l.seeRequest(&l.NoRoute, r, "declined; no Uri of the file takes it")
}

// notFoundRequest tells a 404 of the right member from one that might be of the wrong cluster: one that other clusters
// could have been asked about instead, and there whether a Uri that takes everything won.
func (l *Log) notFoundRequest(r *requests.Request, n *note, rq match.Request) {
	takers := l.file.takers(&rq)
	pattern := n.pattern
	if pattern == "" { // LogLevel Detail does not show it
		pattern = l.file.patternFor(&rq, r.Member())
	}
	switch {
	case len(takers) < 2:
		l.seeRequest(&l.NotFound, r, "404 from the member")
	case pattern == "/*" || pattern == "*":
		l.seeRequest(&l.NotFoundCatchAll, r, "404 from the member; "+pattern+" took it, and clusters "+
			l.file.clusterNames(takers)+" could")
	default:
		l.seeRequest(&l.NotFoundElsewhere, r, "404 from the member; clusters "+l.file.clusterNames(takers)+
			" could take it")
	}
}

// compareCluster holds who served against whom the file names.
func (l *Log) compareCluster(r *requests.Request, rq match.Request, member string) {
	m, ok := l.file.Table.Match(&rq, &l.file.Sem)
	if !ok {
		return
	}
	if _, is := l.file.Table.Clusters[m.Cluster].MemberByName(member); !is {
		l.seeRequest(&l.Undetermined, r, "cluster "+l.file.Table.Clusters[m.Cluster].Name+" was expected")
	}
}

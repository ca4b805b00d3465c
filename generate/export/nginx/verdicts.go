package nginx

import (
	"github.com/wasplug/wasplug/generate/export"
)

// verdicts grade every concept.
func (w *writer) verdicts() export.Verdicts {
	v := chainVerdicts()
	if w.modern() {
		for c, verdict := range stickyVerdicts() {
			v[c] = verdict
		}
	}
	return v
}

// stickyVerdicts are those in which "sticky route" differs.
func stickyVerdicts() export.Verdicts {
	return export.Verdicts{
		export.FirstClone: {Grade: export.Exact, What: "sticky route by the first clone ID that a member has"},
		export.SecondClone: {Grade: export.NotKept,
			What:    "while the first member is down any other gets the session: with more than two primaries it hops",
			Instead: "the chain, which is written without --target-version, follows clone IDs in their order"},
		export.SessionInURL: {Grade: export.Exact, What: "the URL counts where the cookie names no member"},
		export.Marks: {Grade: export.Exact,
			What: "max_fails=1 and fail_timeout, in one upstream for sessions and others"},
		export.EarlyClose: {Grade: export.Approximate, What: "sent again and marked"},
		export.IOTimeoutMarks: {Grade: export.Exact,
			What: "the next member, and the member is marked; one time for the cluster, the longest"},
		export.PostBuffered: {Grade: export.Exact, What: "sent again to another member"},
		export.PostUnbuffered: {Grade: export.Approximate,
			What: "502, sent again to nobody of the upstream, but to members of weight 0 and to backups"},
		export.Connections: {Grade: export.Exact, What: "max_conns, counted over all processes"},
		export.MemberTLS: {Grade: export.Approximate,
			What: "proxy_ssl_verify and proxy_ssl_name; a cluster whose members have several names keeps the chain, " +
				"which is written without --target-version; the name is checked also where the file lifts that"},
	}
}

// chainVerdicts are those of the chain of named locations.
func chainVerdicts() export.Verdicts {
	v := export.Everywhere()
	for c, verdict := range map[export.Concept]export.Verdict{
		export.Hosts: {Grade: export.Exact, What: "maps lead host and port to a class"},
		export.Patterns: {Grade: export.Exact,
			What: "maps by the number of slashes; Uris with a * behind no slash are " +
				"compared one by one"},
		export.RawPath: {Grade: export.Exact,
			What: "$request_uri as it was sent; nginx itself answers 400 to a path " +
				"above the root or " +
				"with a broken escape"},
		export.FirstClone: {Grade: export.Exact, What: "an upstream for each member"},
		export.UnknownClone: {Grade: export.Approximate, What: "clone IDs that no member has are passed over; " +
			export.BoundedClones},
		export.SecondClone: {Grade: export.Approximate, What: "the next location of the chain; " +
			export.BoundedClones},
		export.SessionInURL: {Grade: export.Exact, What: "the URL comes behind the cookie in the chain"},
		export.Separator:    {Grade: export.Exact, What: "each cluster cuts at its own"},
		export.ManyCookies: {Grade: export.Approximate, What: "the first cookie of a name counts, the plug-in " +
			"tries all in order"},
		export.Weights: {Grade: export.Approximate, What: "the same shares in another order"},
		export.Backups: {Grade: export.Exact, What: "the last locations of the chain, one for each backup"},
		export.FailoverOnConnect: {Grade: export.Exact,
			What: "the next server of the pool, the next location of the chain"},
		export.Marks: {Grade: export.Approximate,
			What: "max_fails=1 and fail_timeout; the member's own upstream and the " +
				"pool do not " +
				"know each other's marks"},
		export.EarlyClose: {Grade: export.Approximate,
			What: "sent again and marked; a member may be tried twice, by its " +
				"session and in the pool"},
		export.IOTimeout: {Grade: export.Approximate,
			What: "the next member, and the member is marked; one time for " +
				"the cluster, the longest"},
		export.IOTimeoutMarks: {Grade: export.Approximate,
			What: "the next member, and the member is marked, but not in the pool where its session led to it; one " +
				"time for the cluster, the longest"},
		export.PostBuffered: {Grade: export.Approximate,
			What: "sent again to another member; a member may be tried twice"},
		export.PostUnbuffered: {Grade: export.NotKept, What: "every body is kept, and sent again to another member",
			Instead: "take error_page out of the locations @CLUSTER.N of a cluster whose POSTs must not be repeated"},
		export.PostLimit:   {Grade: export.Approximate, What: "413 by the largest limit of all clusters"},
		export.Unavailable: {Grade: export.Exact, What: "passed on"},
		export.BusyDown:    {Grade: export.Approximate, What: "a 503 is passed on and marks nobody"},
		export.Connections: {Grade: export.Approximate,
			What: "max_conns, for sessions and for others apart: a member " +
				"may get twice as many"},
		export.AllDown: {Grade: export.Approximate, What: "502 in place of 500"},
		export.PrivateHeaders: {Grade: export.Approximate,
			What: "without $WSCC and $WSSI, and $WSCS has OpenSSL's names"},
		export.ClientHeaders: {Grade: export.Exact,
			What: "nginx drops every header with a $ in its name, also where " +
				"RemoveSpecialHeaders " +
				"is false"},
		export.FailoverHeader: {Grade: export.NotKept, What: "not sent",
			Instead: "proxy_set_header $WSFO true in the " +
				"later locations of a chain"},
		export.MemberTLS: {Grade: export.Approximate,
			What: "proxy_ssl_verify and proxy_ssl_name; where members have " +
				"several names one is " +
				"drawn by the weights, and those that follow are tried in their order; the name is " +
				"checked also where the file " +
				"lifts that"},
	} {
		v[c] = verdict
	}
	return v
}

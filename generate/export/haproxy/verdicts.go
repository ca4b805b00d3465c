package haproxy

import (
	"github.com/wasplug/wasplug/generate/export"
)

// verdicts grade every concept for HAProxy.
func verdicts() export.Verdicts {
	v := export.Everywhere()
	for c, verdict := range map[export.Concept]export.Verdict{
		export.Hosts: {Grade: export.Exact, What: "places.map leads host and port to a class"},
		export.Patterns: {Grade: export.Exact, What: "paths.map has whole paths and their beginnings, of which the " +
			"longest counts"},
		export.RawPath:    {Grade: export.Exact, What: "the path as it was sent; nothing is decoded"},
		export.FirstClone: {Grade: export.Exact, What: "use-server by clones.map"},
		export.UnknownClone: {Grade: export.Approximate, What: "clone IDs that no member has are passed over; " +
			export.BoundedClones},
		export.SecondClone: {Grade: export.Approximate, What: "use-server passes over servers that are down; " +
			export.BoundedClones},
		export.SessionInURL: {Grade: export.Exact, What: "the URL counts where the cookie names no member that is up"},
		export.Separator:    {Grade: export.Exact, What: "each backend cuts at its own"},
		export.ManyCookies: {Grade: export.Approximate,
			What: "the last cookie of a name counts, the plug-in tries all " +
				"in order"},
		export.Weights: {Grade: export.Approximate,
			What: "the same shares in another order; a member of weight 0 gets no " +
				"new sessions even where nobody else is left"},
		export.Backups: {Grade: export.Exact, What: "servers marked backup, the first that is up"},
		export.FailoverOnConnect: {Grade: export.Exact,
			What: "redispatch; the request that discovers it waits one second"},
		export.Marks: {Grade: export.Approximate,
			What: "a refused connect marks; after RetryInterval a check in the " +
				"background " +
				"finds the member back, not a request of a user"},
		export.EarlyClose: {Grade: export.Approximate, What: "sent again to another member, without a mark"},
		export.IOTimeout: {Grade: export.Approximate,
			What: "the next member, without a mark; one time for the cluster, " +
				"the longest"},
		export.IOTimeoutMarks: {Grade: export.NotKept,
			What: "the request that meets it is answered 504, then the member " +
				"is marked: " +
				"a retry on layer 7 would keep the mark away",
			Instead: "a positive ServerIOTimeout fails over without a mark"},
		export.PostBuffered: {Grade: export.Exact, What: "sent again to another member while it fits in HAProxy's " +
			"buffer (tune.bufsize)"},
		export.PostUnbuffered: {Grade: export.Exact, What: "502, not sent again"},
		export.PostLimit: {Grade: export.Approximate,
			What: "413 by Content-Length; a chunked body is not counted"},
		export.Unavailable: {Grade: export.Approximate, What: "a 503 moves the request, and with it the session, to " +
			"another member"},
		export.BusyDown: {Grade: export.Approximate, What: "a 503 moves the request and marks nobody"},
		export.Connections: {Grade: export.Exact,
			What: "srv_conn for sessions, maxconn for others; counted over all " +
				"threads, not " +
				"for each process"},
		export.AllDown: {Grade: export.Approximate, What: "503 in place of 500"},
		export.PrivateHeaders: {Grade: export.Approximate, What: "in capitals by h1-case-adjust; without $WSCC and " +
			"$WSSI, and $WSCS has OpenSSL's names"},
		export.ClientHeaders: {Grade: export.Exact, What: "every header that begins with $WS is dropped, also where " +
			"RemoveSpecialHeaders is false"},
		export.FailoverHeader: {Grade: export.NotKept, What: "headers are made before a server is chosen"},
		export.MemberTLS: {Grade: export.Exact,
			What: "verify required, verifyhost and sni; ca-file from --keystore, " +
				"client certificates " +
				"are not shown"},
	} {
		v[c] = verdict
	}
	return v
}

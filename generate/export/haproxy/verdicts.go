package haproxy

import (
	"maps"

	"github.com/wasplug/wasplug/generate/export"
)

// verdicts grade every concept for HAProxy.
// What is said of failures was seen on HAProxy 2.6 and 3.2 by wasplug verify, with members that misbehave
// (docs/export.md).
func verdicts() export.Verdicts {
	v := export.Everywhere()
	maps.Copy(v, export.Verdicts{
		export.Hosts: export.Keeps("places.map leads host and port to a class"),
		export.Patterns: export.Keeps("paths.map has whole paths and their beginnings, of which the longest " +
			"counts"),
		export.RawPath:    export.Keeps("the path as it was sent; nothing is decoded"),
		export.FirstClone: export.Keeps("use-server by clones.map"),
		// no rule can loop over the clone IDs of a cookie, so there is one for each of the first four
		export.UnknownClone: export.Nearly("clone IDs that no member has are passed over; " + export.BoundedClones),
		export.SecondClone:  export.Nearly("use-server passes over servers that are down; " + export.BoundedClones),
		export.SessionInURL: export.Keeps("the URL counts where the cookie names no member that is up"),
		export.Separator:    export.Keeps("each backend cuts at its own"),
		// the plug-in tries them in order (R29); req.cook has no number
		export.ManyCookies: export.Nearly("the last cookie of a name counts, the plug-in tries all in order"),
		export.Weights: export.Nearly("the same shares in another order; a member of weight 0 gets no new " +
			"sessions even where nobody else is left"),
		export.Backups: export.Keeps("servers marked backup, the first that is up"),
		// the second is HAProxy's turn-around timer ("retries", section 4.2), no choice of ours
		export.FailoverOnConnect: export.Keeps("redispatch; the request that discovers it waits one second"),
		export.Marks: export.Nearly("a refused connect marks; after RetryInterval a check in the background " +
			"finds the member back, not a request of a user"),
		// a retry of layer 7 hides the failure from observe, so it marks nobody: see writer.retries
		export.EarlyClose: export.Nearly("sent again to another member, without a mark"),
		export.IOTimeout:  export.Nearly("the next member, without a mark; one time for the cluster, the longest"),
		export.IOTimeoutMarks: export.Loses("the request that meets it is answered 504, then the member is "+
			"marked: a retry on layer 7 would keep the mark away",
			"a positive ServerIOTimeout fails over without a mark"),
		export.PostBuffered: export.Keeps("sent again to another member while it fits in HAProxy's buffer " +
			"(tune.bufsize)"),
		export.PostUnbuffered: export.Keeps("502, not sent again"),
		export.PostLimit:      export.Nearly("413 by Content-Length; a chunked body is not counted"),
		// retry-on 503 knows no session: it moves requests that have one as readily as others
		export.Unavailable: export.Nearly("a 503 moves the request, and with it the session, to another member"),
		export.BusyDown:    export.Nearly("a 503 moves the request and marks nobody"),
		export.Connections: export.Keeps("srv_conn for sessions, maxconn for others; counted over all threads, " +
			"not for each process"),
		export.AllDown: export.Nearly("503 in place of 500"),
		export.PrivateHeaders: export.Nearly("in capitals by h1-case-adjust; without $WSCC and $WSSI, and $WSCS " +
			"has OpenSSL's names"),
		export.ClientHeaders: export.Keeps("every header that begins with $WS is dropped, also where " +
			"RemoveSpecialHeaders is false"),
		// http-request rules run once, in front of the first attempt; a retry sends the same bytes
		export.FailoverHeader: export.Loses("headers are made before a server is chosen", ""),
		export.MemberTLS: export.Keeps("verify required, verifyhost and sni; ca-file from --keystore, client " +
			"certificates are not shown"),
	})
	return v
}

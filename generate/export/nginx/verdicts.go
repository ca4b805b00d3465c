package nginx

import (
	"maps"

	"github.com/wasplug/wasplug/generate/export"
)

// verdicts are those of the form that is written: the chain's, with what "sticky route" does in another way.
func (w *writer) verdicts() export.Verdicts {
	v := chainVerdicts()
	if w.modern() {
		maps.Copy(v, stickyVerdicts())
	}
	return v
}

// stickyVerdicts are those in which "sticky route" differs.
func stickyVerdicts() export.Verdicts {
	return export.Verdicts{
		export.FirstClone: export.Keeps("sticky route by the first clone ID that a member has"),
		// sticky takes the first variable that is not empty for the route, whether its server is up or not
		export.SecondClone: export.Loses("while the first member is down any other gets the session: with more "+
			"than two primaries it hops",
			"the chain, which is written without --target-version, follows clone IDs in their order"),
		export.SessionInURL: export.Keeps("the URL counts where the cookie names no member"),
		export.Marks:        export.Keeps("max_fails=1 and fail_timeout, in one upstream for sessions and others"),
		// of one upstream, so that no member is tried twice as in the chain
		export.EarlyClose: export.Nearly("sent again and marked"),
		export.IOTimeoutMarks: export.Keeps("the next member, and the member is marked; one time for the " +
			"cluster, the longest"),
		export.PostBuffered: export.Keeps("sent again to another member"),
		export.PostUnbuffered: export.Nearly("502, sent again to nobody of the upstream, but to members of " +
			"weight 0 and to backups"),
		export.Connections: export.Keeps("max_conns, counted over all processes"),
		export.MemberTLS: export.Nearly("proxy_ssl_verify and proxy_ssl_name; a cluster whose members have " +
			"several names keeps the chain, which is written without --target-version; the name is checked also " +
			"where the file lifts that"),
	}
}

// chainVerdicts are those of the chain of named locations.
func chainVerdicts() export.Verdicts {
	v := export.Everywhere()
	maps.Copy(v, export.Verdicts{
		export.Hosts: export.Keeps("maps lead host and port to a class"),
		// a map finds whole texts alone, so the beginning of a path is cut at each slash and looked up: see beginnings
		export.Patterns: export.Keeps("maps by the number of slashes; Uris with a * behind no slash are compared " +
			"one by one"),
		// $uri would be decoded and cleaned
		export.RawPath: export.Keeps("$request_uri as it was sent; nginx itself answers 400 to a path above the " +
			"root or with a broken escape"),
		export.FirstClone:   export.Keeps("an upstream for each member"),
		export.UnknownClone: export.Nearly("clone IDs that no member has are passed over; " + export.BoundedClones),
		export.SecondClone:  export.Nearly("the next location of the chain; " + export.BoundedClones),
		export.SessionInURL: export.Keeps("the URL comes behind the cookie in the chain"),
		export.Separator:    export.Keeps("each cluster cuts at its own"),
		// a regular expression of a map takes the first place that fits
		export.ManyCookies:       export.Nearly("the first cookie of a name counts, the plug-in tries all in order"),
		export.Weights:           export.Nearly("the same shares in another order"),
		export.Backups:           export.Keeps("the last locations of the chain, one for each backup"),
		export.FailoverOnConnect: export.Keeps("the next server of the pool, the next location of the chain"),
		// an upstream counts failures of its own servers, and one address in two upstreams is two servers
		export.Marks: export.Nearly("max_fails=1 and fail_timeout; the member's own upstream and the pool do not " +
			"know each other's marks"),
		export.EarlyClose: export.Nearly("sent again and marked; a member may be tried twice, by its session and " +
			"in the pool"),
		export.IOTimeout: export.Nearly("the next member, and the member is marked; one time for the cluster, " +
			"the longest"),
		export.IOTimeoutMarks: export.Nearly("the next member, and the member is marked, but not in the pool " +
			"where its session led to it; one time for the cluster, the longest"),
		export.PostBuffered: export.Nearly("sent again to another member; a member may be tried twice"),
		// error_page to the next location is no retry of an upstream: non_idempotent has no say there
		export.PostUnbuffered: export.Loses("every body is kept, and sent again to another member",
			"take error_page out of the locations @CLUSTER.N of a cluster whose POSTs must not be repeated"),
		// nginx looks at the limit before it knows the cluster: see bodyLimit
		export.PostLimit:   export.Nearly("413 by the largest limit of all clusters"),
		export.Unavailable: export.Keeps("passed on"),
		export.BusyDown:    export.Nearly("a 503 is passed on and marks nobody"),
		// an address stands in the member's own upstream and in the pool, and each counts for itself
		export.Connections: export.Nearly("max_conns, for sessions and for others apart: a member may get twice " +
			"as many"),
		export.AllDown:        export.Nearly("502 in place of 500"),
		export.PrivateHeaders: export.Nearly("without $WSCC and $WSSI, and $WSCS has OpenSSL's names"),
		export.ClientHeaders: export.Keeps("nginx drops every header with a $ in its name, also where " +
			"RemoveSpecialHeaders is false"),
		export.FailoverHeader: export.Loses("not sent",
			"proxy_set_header $WSFO true in the later locations of a chain"),
		export.MemberTLS: export.Nearly("proxy_ssl_verify and proxy_ssl_name; where members have several names " +
			"one is drawn by the weights, and those that follow are tried in their order; the name is checked " +
			"also where the file lifts that"),
	})
	return v
}

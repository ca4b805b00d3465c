package envoy

import (
	"maps"

	"github.com/wasplug/wasplug/generate/export"
)

// verdicts grade every concept for Envoy by its documentation; nothing of it was seen on a running one.
func verdicts() export.Verdicts {
	v := export.Everywhere()
	maps.Copy(v, export.Verdicts{
		export.Hosts:        export.Keeps("a Lua program reads host and port, routes compare them"),
		export.Patterns:     export.Keeps("routes in order; files of thousands of Uris are slow"),
		export.RawPath:      export.Keeps("normalisation is off"),
		export.FirstClone:   export.Keeps("a cluster for each member that puts it first"),
		export.UnknownClone: export.Keeps("the first clone ID that a member has counts"),
		export.SecondClone: export.Nearly("the Lua program knows no health: while the first member is down any " +
			"other gets the session"),
		export.SessionInURL: export.Keeps("the URL counts where the cookies name no member"),
		export.Separator:    export.Keeps("each cluster cuts at its own"),
		export.ManyCookies:  export.Nearly("all cookies are tried in order, members that are down too"),
		// load_balancing_weight begins at 1
		export.Weights:           export.Nearly("the same shares in another order; weight 0 becomes the least weight"),
		export.Backups:           export.Keeps("priorities, kept by overprovisioning_factor"),
		export.FailoverOnConnect: export.Keeps("retry_on connect-failure"),
		export.Marks:             export.Nearly("outlier detection, whose ejections last RetryInterval at least"),
		export.EarlyClose:        export.Keeps("retry_on reset, with PostBufferSize 0 not"),
		export.IOTimeout:         export.Nearly("504 after the longest ServerIOTimeout of the cluster"),
		export.IOTimeoutMarks:    export.Nearly("504 after the longest ServerIOTimeout of the cluster, and no mark"),
		export.PostBuffered:      export.Nearly("sent again while it fits in Envoy's buffer"),
		export.PostUnbuffered:    export.Nearly("not sent again once a connection stood"),
		export.PostLimit: export.Loses("the size of bodies is not limited",
			"a buffer filter with max_request_bytes"),
		export.Unavailable:    export.Nearly("passed on"),
		export.BusyDown:       export.Nearly("a 503 is passed on and marks nobody"),
		export.Connections:    export.Nearly("a circuit breaker of the cluster, where every member has a limit"),
		export.AllDown:        export.Nearly("503 in place of 500"),
		export.PrivateHeaders: export.Nearly("in small letters; without $WSCC, $WSCS and $WSSI"),
		export.ClientHeaders:  export.Keeps("a Lua program drops every header that begins with $ws"),
		export.FailoverHeader: export.Loses("not sent", ""),
		export.MemberTLS: export.Keeps("trusted_ca, auto_host_sni and auto_sni_san_validation; where only some " +
			"members of a cluster speak TLS none is spoken to"),
	})
	return v
}

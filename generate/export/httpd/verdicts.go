package httpd

import (
	"maps"

	"github.com/wasplug/wasplug/generate/export"
)

// verdicts grade every concept for httpd.
// httpd fails over where no connection was made; once a request was sent, mod_proxy_http asks no other member. Most of
// what is not kept comes from that.
func verdicts() export.Verdicts {
	v := export.Everywhere()
	maps.Copy(v, export.Verdicts{
		export.Hosts:        export.Keeps("RewriteCond"),
		export.Patterns:     export.Keeps("RewriteCond, walked one by one: files of thousands of Uris are slow"),
		export.RawPath:      export.Keeps("compared and sent as it came, from the request line"),
		export.FirstClone:   export.Keeps("told to the balancer by a cookie wasplug_route, which members get too"),
		export.UnknownClone: export.Keeps("the first clone ID that a member has counts"),
		// the rules do not know who is up, and stickysession knows one route
		export.SecondClone: export.Loses("while the first member is down any other gets the session: with more "+
			"than two primaries it hops", ""),
		export.SessionInURL: export.Keeps("the URL counts where the cookie names no member"),
		export.Separator:    export.Keeps("each cluster cuts at its own"),
		export.ManyCookies:  export.Nearly("the first cookie of a name counts, the plug-in tries all in order"),
		export.Weights: export.Nearly("the same shares in another order; a member of weight 0 gets its sessions " +
			"alone"),
		export.Backups:           export.Keeps("status=+H"),
		export.FailoverOnConnect: export.Keeps("the next member"),
		export.Marks:             export.Keeps("retry= and a request that tries"),
		export.EarlyClose:        export.Loses("502, not sent again, and no mark", ""),
		export.IOTimeout:         export.Loses("502 in place of the next member, and no mark", ""),
		export.IOTimeoutMarks: export.Nearly("the request that meets it is answered 502, then the member is " +
			"marked (failontimeout)"),
		export.PostBuffered:   export.Loses("502, not sent again", ""),
		export.PostUnbuffered: export.Keeps("502, not sent again"),
		export.PostLimit:      export.Keeps("LimitRequestBody of the balancer"),
		export.Unavailable:    export.Keeps("passed on"),
		export.BusyDown:       export.Keeps("failonstatus=503"),
		// who waits for a member at its limit would hold what the plug-in sends elsewhere at once (R60)
		export.Connections: export.Loses("max= of httpd limits a process and lets requests wait: it is not "+
			"written", "limit the threads of the members"),
		export.AllDown:        export.Nearly("503 in place of 500"),
		export.PrivateHeaders: export.Nearly("without $WSCC and $WSSI, and $WSCS has OpenSSL's names"),
		export.ClientHeaders: export.Keeps("mod_lua drops every header that begins with $WS, also where " +
			"RemoveSpecialHeaders is false; without it httpd does not start"),
		export.FailoverHeader: export.Loses("headers are made before a member is chosen", ""),
		export.MemberTLS: export.Nearly("SSLProxyVerify and SSLProxyCheckPeerName; where names are checked " +
			"members get their own name as Host, and the public one as $WSSN"),
	})
	return v
}

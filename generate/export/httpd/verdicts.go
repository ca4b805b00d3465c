package httpd

import (
	"github.com/wasplug/wasplug/generate/export"
)

// verdicts grade every concept for httpd.
func verdicts() export.Verdicts {
	v := export.Everywhere()
	for c, verdict := range map[export.Concept]export.Verdict{
		export.Hosts: {Grade: export.Exact, What: "RewriteCond"},
		export.Patterns: {Grade: export.Exact,
			What: "RewriteCond, walked one by one: files of thousands of Uris are slow"},
		export.RawPath: {Grade: export.Exact, What: "compared and sent as it came, from the request line"},
		export.FirstClone: {Grade: export.Exact,
			What: "told to the balancer by a cookie wasplug_route, which members " +
				"get too"},
		export.UnknownClone: {Grade: export.Exact, What: "the first clone ID that a member has counts"},
		export.SecondClone: {Grade: export.NotKept,
			What: "while the first member is down any other gets the session: " +
				"with more than two " +
				"primaries it hops"},
		export.SessionInURL: {Grade: export.Exact, What: "the URL counts where the cookie names no member"},
		export.Separator:    {Grade: export.Exact, What: "each cluster cuts at its own"},
		export.ManyCookies: {Grade: export.Approximate, What: "the first cookie of a name counts, the plug-in " +
			"tries all in order"},
		export.Weights: {Grade: export.Approximate, What: "the same shares in another order; a member of " +
			"weight 0 gets its sessions alone"},
		export.Backups:           {Grade: export.Exact, What: "status=+H"},
		export.FailoverOnConnect: {Grade: export.Exact, What: "the next member"},
		export.Marks:             {Grade: export.Exact, What: "retry= and a request that tries"},
		export.EarlyClose:        {Grade: export.NotKept, What: "502, not sent again, and no mark"},
		export.IOTimeout:         {Grade: export.NotKept, What: "502 in place of the next member, and no mark"},
		export.IOTimeoutMarks: {Grade: export.Approximate,
			What: "the request that meets it is answered 502, then the " +
				"member is marked " +
				"(failontimeout)"},
		export.PostBuffered:   {Grade: export.NotKept, What: "502, not sent again"},
		export.PostUnbuffered: {Grade: export.Exact, What: "502, not sent again"},
		export.PostLimit:      {Grade: export.Exact, What: "LimitRequestBody of the balancer"},
		export.Unavailable:    {Grade: export.Exact, What: "passed on"},
		export.BusyDown:       {Grade: export.Exact, What: "failonstatus=503"},
		export.Connections: {Grade: export.NotKept,
			What: "max= of httpd limits a process and lets requests wait: it is " +
				"not written",
			Instead: "limit the threads of the members"},
		export.AllDown: {Grade: export.Approximate, What: "503 in place of 500"},
		export.PrivateHeaders: {Grade: export.Approximate,
			What: "without $WSCC and $WSSI, and $WSCS has OpenSSL's names"},
		export.ClientHeaders: {Grade: export.Exact,
			What: "mod_lua drops every header that begins with $WS, also where RemoveSpecialHeaders is false; " +
				"without it httpd does not start"},
		export.FailoverHeader: {Grade: export.NotKept, What: "headers are made before a member is chosen"},
		export.MemberTLS: {Grade: export.Approximate,
			What: "SSLProxyVerify and SSLProxyCheckPeerName; where names are " +
				"checked members get " +
				"their own name as Host, and the public one as $WSSN"},
	} {
		v[c] = verdict
	}
	return v
}

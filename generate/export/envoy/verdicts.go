package envoy

import (
	"github.com/wasplug/wasplug/generate/export"
)

// verdicts grade every concept for Envoy by its documentation; nothing of it was seen on a running one.
func verdicts() export.Verdicts {
	v := export.Everywhere()
	for c, verdict := range map[export.Concept]export.Verdict{
		export.Hosts:        {Grade: export.Exact, What: "a Lua program reads host and port, routes compare them"},
		export.Patterns:     {Grade: export.Exact, What: "routes in order; files of thousands of Uris are slow"},
		export.RawPath:      {Grade: export.Exact, What: "normalisation is off"},
		export.FirstClone:   {Grade: export.Exact, What: "a cluster for each member that puts it first"},
		export.UnknownClone: {Grade: export.Exact, What: "the first clone ID that a member has counts"},
		export.SecondClone: {Grade: export.Approximate,
			What: "the Lua program knows no health: while the first member " +
				"is down any " +
				"other gets the session"},
		export.SessionInURL: {Grade: export.Exact, What: "the URL counts where the cookies name no member"},
		export.Separator:    {Grade: export.Exact, What: "each cluster cuts at its own"},
		export.ManyCookies: {Grade: export.Approximate, What: "all cookies are tried in order, members that are " +
			"down too"},
		export.Weights: {Grade: export.Approximate, What: "the same shares in another order; weight 0 becomes " +
			"the least weight"},
		export.Backups:           {Grade: export.Exact, What: "priorities, kept by overprovisioning_factor"},
		export.FailoverOnConnect: {Grade: export.Exact, What: "retry_on connect-failure"},
		export.Marks: {Grade: export.Approximate, What: "outlier detection, whose ejections last " +
			"RetryInterval at least"},
		export.EarlyClose: {Grade: export.Exact, What: "retry_on reset, with PostBufferSize 0 not"},
		export.IOTimeout:  {Grade: export.Approximate, What: "504 after the longest ServerIOTimeout of the cluster"},
		export.IOTimeoutMarks: {Grade: export.Approximate, What: "504 after the longest ServerIOTimeout of the " +
			"cluster, and no mark"},
		export.PostBuffered:   {Grade: export.Approximate, What: "sent again while it fits in Envoy's buffer"},
		export.PostUnbuffered: {Grade: export.Approximate, What: "not sent again once a connection stood"},
		export.PostLimit: {Grade: export.NotKept, What: "the size of bodies is not limited",
			Instead: "a buffer filter with max_request_bytes"},
		export.Unavailable: {Grade: export.Approximate, What: "passed on"},
		export.BusyDown:    {Grade: export.Approximate, What: "a 503 is passed on and marks nobody"},
		export.Connections: {Grade: export.Approximate, What: "a circuit breaker of the cluster, where every member " +
			"has a limit"},
		export.AllDown:        {Grade: export.Approximate, What: "503 in place of 500"},
		export.PrivateHeaders: {Grade: export.Approximate, What: "in small letters; without $WSCC, $WSCS and $WSSI"},
		export.ClientHeaders:  {Grade: export.Exact, What: "a Lua program drops every header that begins with $ws"},
		export.FailoverHeader: {Grade: export.NotKept, What: "not sent"},
		export.MemberTLS: {Grade: export.Exact,
			What: "trusted_ca, auto_host_sni and auto_sni_san_validation; where only " +
				"some members of a " +
				"cluster speak TLS none is spoken to"},
	} {
		v[c] = verdict
	}
	return v
}

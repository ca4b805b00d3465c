package ingress

import (
	"maps"

	"github.com/wasplug/wasplug/generate/export"
)

// behind is how to keep sessions there.
const behind = "run wasplug proxy (wasplug proxy -c plugin-cfg.xml --listen :8080=80) as a Service before the " +
	"members, and route the hosts to it without stickiness of its own"

// Traefik grades Traefik 3: IngressRoute, TraefikService.
func Traefik(p *export.Plan, _ *export.Options) ([]export.File, []export.Loss, error) {
	v := common()
	v[export.FirstClone] = export.Verdict{Grade: export.NotKept, Instead: behind,
		What: "sticky cookies are Traefik's own; named JSESSIONID they overwrite the " +
			"application's (traefik#8641, #9236)"}
	v[export.Patterns] = export.Verdict{Grade: export.Approximate, Instead: "priority on each rule",
		What: "PathPrefix, Path and PathRegexp; rules are ordered by their length, not by scores"}
	v[export.FailoverOnConnect] = export.Verdict{Grade: export.Approximate,
		What: "the Retry middleware, on any member"}
	v[export.Backups] = export.Verdict{Grade: export.Approximate, What: "a failover service, by health checks"}
	return nil, p.Grade(v), nil
}

// GatewayAPI grades the Gateway API 1: HTTPRoute, BackendLBPolicy.
func GatewayAPI(p *export.Plan, _ *export.Options) ([]export.File, []export.Loss, error) {
	v := common()
	v[export.FirstClone] = export.Verdict{Grade: export.NotKept, Instead: behind,
		What: "session persistence is the gateway's own cookie or header; none reads the application's"}
	v[export.Patterns] = export.Verdict{Grade: export.Approximate,
		What: "PathPrefix and Exact; regular expressions are left to the implementation, " +
			"and PathPrefix goes by segments"}
	v[export.FailoverOnConnect] = export.Verdict{Grade: export.NotKept,
		What: "retries are experimental", Instead: behind}
	v[export.Backups] = export.Verdict{Grade: export.NotKept, What: "backends have weights, and no order",
		Instead: behind}
	return nil, p.Grade(v), nil
}

// common is what both come to.
func common() export.Verdicts {
	v := export.Everywhere()
	lost := func(what string, concepts ...export.Concept) {
		for _, c := range concepts {
			v[c] = export.Verdict{Grade: export.NotKept, What: what, Instead: behind}
		}
	}
	lost("there is no affinity by clone ID", export.UnknownClone, export.SecondClone, export.SessionInURL,
		export.Separator, export.ManyCookies)
	lost("members are judged by health checks, not by what requests meet", export.Marks, export.BusyDown)
	lost("not sent again", export.EarlyClose, export.IOTimeout, export.IOTimeoutMarks, export.PostBuffered)
	lost("there is no such limit for a member", export.Connections)
	lost("headers are fixed texts there, so members learn nothing of the client by them", export.PrivateHeaders,
		export.FailoverHeader)
	maps.Copy(v, export.Verdicts{
		export.Hosts:          export.Nearly("hosts are matched, ports of the Host header are not"),
		export.RawPath:        export.Nearly("paths are cleaned; ;jsessionid= is part of the path"),
		export.Weights:        export.Nearly("weights of services"),
		export.PostUnbuffered: export.Keeps("not sent again"),
		export.PostLimit:      export.Nearly("by a middleware or policy of the implementation"),
		export.Unavailable:    export.Keeps("passed on"),
		export.AllDown:        export.Nearly("502 or 503 in place of 500"),
		export.ClientHeaders: {Grade: export.Approximate, Instead: behind,
			What: "each name must be removed by a header filter of every route"},
		export.MemberTLS: export.Nearly("a ServersTransport or BackendTLSPolicy with the authorities"),
	})
	return v
}

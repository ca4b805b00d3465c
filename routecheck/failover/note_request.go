package failover

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file notes what a caller knows: the request before a member is chosen, and the stream of an attempt.

// NoteRequest notes the request as it is understood; f is nil when no Route matches.
func NoteRequest(t *match.Table, rq *match.Request, f *RequestState, sem *choices.Assumptions, rec *Recorder) {
	if !rec.wants() {
		return
	}
	facts := &RequestFacts{TLS: rq.TLS}
	var refused match.Refusal
	facts.Path, refused = t.ComparedPath(rq, sem, nil)
	facts.Host, facts.Port = t.HostPort(rq, sem)
	step := ofRequest(StepRequest, WhyRequest, "R7", t.At)
	step.Also, step.Request = t.RequestRules(rq), facts
	if rq.TLS && slices.Contains(step.Also, "R8") {
		step.Choice = choices.TLSDefaultPort.String()
	}
	if sent, _, _ := strings.Cut(rq.Target, "?"); refused == match.Accepted && !strings.HasPrefix(sent, facts.Path) {
		facts.Sent = sent
		step.Also, step.Choice = append(step.Also, "R16"), choices.PathNormalisation.String()
	}
	if f != nil && f.Affinity.Len() > 0 {
		id := f.Affinity.ID(0)
		step.Source, step.Clones = id.Source, affinity.CloneIDs(id.Value, t.Clusters[f.Cluster].Separator)
	}
	rec.note(step)
	if !t.Router.IsZero() {
		rec.note(ofRequest(StepRouter, WhyRouter, "R69", t.Router))
	}
}

// ofRequest begins a step about a request that has no cluster yet.
func ofRequest(kind StepKind, why Reason, rule string, at diag.Span) Step {
	return Step{Kind: kind, Why: why, Rule: rule, Cluster: NoCluster, Member: match.NoMember, At: at}
}

// NoteDeclined notes why the plug-in is not asked (R16), or sends the request nowhere (R9).
func NoteDeclined(t *match.Table, refused match.Refusal, rec *Recorder) {
	if !rec.wants() {
		return
	}
	step := ofRequest(StepDeclined, WhyNoneMatches, "R9", t.At)
	step.Refused = refused
	switch {
	case refused != match.NoRoute:
		step.Why, step.Rule = WhyRefused, "R16"
		if refused.ByChoice() {
			step.Choice = choices.PathNormalisation.String()
		}
	case len(t.Routes) == 0:
		step.Why = WhyNoRoutes
	}
	rec.note(step)
}

// NoteRoute notes which Route wins (R1).
func NoteRoute(m match.Match, rec *Recorder) {
	if rec.wants() {
		rec.note(Step{Kind: StepRoute, Why: WhyRoute, Rule: "R1", Also: m.Rules(), Cluster: m.Cluster,
			Member: match.NoMember, Route: &m, At: m.RouteAt()})
	}
}

// NoteStream notes that the caller has a stream for an attempt (R66), opened or taken from the queue.
func NoteStream(t *match.Table, f *RequestState, a Action, reused bool, rec *Recorder) {
	if !rec.wants() {
		return
	}
	tr := &t.Clusters[f.Cluster].Members[a.Member].Transports[a.Transport]
	step := Step{Kind: StepStream, Why: WhyStream, Rule: "R66", Also: []string{"R64"}, Cluster: f.Cluster,
		Member: a.Member, Transport: a.Transport, Scheme: schemeOf(t, f, tr), Reused: reused, Failover: a.Failover,
		Size: f.Size, At: tr.At}
	if step.Scheme == NoOtherScheme {
		step.Choice = choices.TransportChoice.String()
	}
	rec.note(step)
}

// schemeOf says why a request leaves by a scheme: by another one than it came by, or than SSLMapMode wants (R64).
func schemeOf(t *match.Table, f *RequestState, tr *match.Transport) Scheme {
	switch {
	case tr.HTTPS != wantsHTTPS(t, f) && !tr.HTTPS && t.UseInsecure:
		return HTTPSUnusable
	case tr.HTTPS != wantsHTTPS(t, f):
		return NoOtherScheme
	case tr.HTTPS == f.TLS:
		return SameScheme
	case t.Onload:
		return SchemeOnload
	}
	return SchemeOffload
}

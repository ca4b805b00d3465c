package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file words the steps about a request before a member is chosen. Nothing here decides.

// noteRequest tells the request as it is understood; f is nil when no Route matches.
func (p *Process) noteRequest(rq *match.Request, f *failover.RequestState, rec *failover.Recorder) {
	if !rec.Wants() {
		return
	}
	path, refused := p.t.ComparedPath(rq, p.sem, nil)
	step := failover.Step{Kind: failover.StepRequest, Rule: "R7", Also: p.t.RequestRules(rq), Member: match.NoMember, Text: "request for " + path, At: p.t.At}
	if rq.TLS && slices.Contains(step.Also, "R8") {
		step.Choice = choices.TLSDefaultPort.String()
	}
	if sent, _, _ := strings.Cut(rq.Target, "?"); refused == match.Accepted && !strings.HasPrefix(sent, path) {
		step.Text += ", sent as " + sent + ","
		step.Also, step.Choice = append(step.Also, "R16"), choices.PathNormalisation.String()
	}
	step.Text += " on " + placeText(p.t, rq, p.sem)
	if f != nil && f.Affinity.Len() > 0 {
		step.Text += " with " + failover.CloneList(p.t, failover.CloneIDs(f.Affinity.ID(0).Value, p.t.Clusters[f.Cluster].Separator))
	}
	rec.Note(step)
	if !p.t.Router.IsZero() {
		rec.Note(failover.Step{Kind: failover.StepRouter, Rule: "R69", Member: match.NoMember, At: p.t.Router,
			Text: "IntelligentManagement is enabled: the On Demand Router routes what its connectors tell it of, and only the rest is decided by this file, as follows"})
	}
}

// placeText words host and port as they are matched (R7, R8).
func placeText(t *match.Table, rq *match.Request, sem *choices.Assumptions) string {
	host, port := t.HostPort(rq, sem)
	text := fmt.Sprintf("%s:%d", host, port)
	if host == "" {
		text = fmt.Sprintf("port %d without a Host, which only aliases with host * match", port)
	}
	if rq.TLS {
		text += " over TLS"
	}
	if t.PortArrived {
		text += " (VHostMatchingCompat: the port it arrived on)"
	}
	return text
}

// noteDeclined tells why the plug-in is not asked (R16), or sends the request nowhere (R9).
func (p *Process) noteDeclined(refused match.Refusal, rec *failover.Recorder) {
	if !rec.Wants() {
		return
	}
	step := failover.Step{Kind: failover.StepDeclined, Rule: "R16", Member: match.NoMember, At: p.t.At}
	if refused != match.NoRoute {
		if refused.ByChoice() {
			step.Choice = choices.PathNormalisation.String()
		}
		step.Text = refused.String() + ": the plug-in is not asked"
	} else {
		step.Rule = "R9"
		step.Text = whyDeclined(p.t) + ": the plug-in declines and the web server serves the request itself " +
			"(Apache's environment variable skipwas, 8.5.5.1 on, makes it decline whatever matches)"
	}
	rec.Note(step)
}

func whyDeclined(t *match.Table) string {
	if len(t.Routes) == 0 {
		return "the file has no Route"
	}
	return "no Route matches host, port and path"
}

func (p *Process) noteRoute(m *match.Match, rec *failover.Recorder) {
	if rec.Wants() {
		rec.Note(failover.Step{Kind: failover.StepRoute, Rule: "R1", Also: m.Rules(), Member: match.NoMember, At: m.RouteAt(),
			Text: fmt.Sprintf("virtual host %s and URI %s give cluster %s", orAny(m.Alias()), orAny(m.URI()), p.t.Clusters[m.Cluster].Name)})
	}
}

func orAny(written string) string {
	if written == "" {
		return "(any)"
	}
	return written
}

package routecheck

import (
	"fmt"
	"slices"
	"strings"
)

// This file words the steps about a request before a member is chosen. Nothing here decides.

// noteRequest tells the request as it is understood; f is nil when no Route matches.
func (p *Process) noteRequest(rq *Request, f *Flight, rec *Recorder) {
	if !rec.wants() {
		return
	}
	path, refused := p.t.matchPath(rq, p.sem, nil)
	step := Step{Kind: StepRequest, Rule: "R7", Also: p.t.RequestRules(rq), Member: NoMember, Text: "request for " + path, At: p.t.at}
	if rq.TLS && slices.Contains(step.Also, "R8") {
		step.Choice = TLSDefaultPort.String()
	}
	if sent, _, _ := strings.Cut(rq.Target, "?"); refused == accepted && !strings.HasPrefix(sent, path) {
		step.Text += ", sent as " + sent + ","
		step.Also, step.Choice = append(step.Also, "R16"), PathNormalisation.String()
	}
	step.Text += " on " + p.t.place(rq, p.sem)
	if f != nil && f.Affinity.Len() > 0 {
		step.Text += " with " + p.t.cloneList(CloneIDs(f.Affinity.session(0).value, p.t.Clusters[f.Cluster].Separator))
	}
	rec.note(step)
	if !p.t.router.IsZero() {
		rec.note(Step{Kind: StepRouter, Rule: "R69", Member: NoMember, At: p.t.router,
			Text: "IntelligentManagement is enabled: the On Demand Router routes what its connectors tell it of, and only the rest is decided by this file, as follows"})
	}
}

// place words host and port as they are matched (R7, R8).
func (t *Table) place(rq *Request, sem *Semantics) string {
	host, port := t.HostPort(rq, sem)
	text := fmt.Sprintf("%s:%d", host, port)
	if host == "" {
		text = fmt.Sprintf("port %d without a Host, which only aliases with host * match", port)
	}
	if rq.TLS {
		text += " over TLS"
	}
	if t.portArrived {
		text += " (VHostMatchingCompat: the port it arrived on)"
	}
	return text
}

// noteDeclined tells why the plug-in is not asked (R16), or sends the request nowhere (R9).
func (p *Process) noteDeclined(refused refusal, rec *Recorder) {
	if !rec.wants() {
		return
	}
	step := Step{Kind: StepDeclined, Rule: "R16", Member: NoMember, At: p.t.at}
	if refused != noRoute {
		if refused.ByChoice() {
			step.Choice = PathNormalisation.String()
		}
		step.Text = refused.String() + ": the plug-in is not asked"
	} else {
		step.Rule = "R9"
		step.Text = p.t.whyDeclined() + ": the plug-in declines and the web server serves the request itself " +
			"(Apache's environment variable skipwas, 8.5.5.1 on, makes it decline whatever matches)"
	}
	rec.note(step)
}

func (t *Table) whyDeclined() string {
	if len(t.routes) == 0 {
		return "the file has no Route"
	}
	return "no Route matches host, port and path"
}

func (p *Process) noteRoute(m *Match, rec *Recorder) {
	if rec.wants() {
		rec.note(Step{Kind: StepRoute, Rule: "R1", Also: m.Rules(), Member: NoMember, At: m.RouteAt(),
			Text: fmt.Sprintf("virtual host %s and URI %s give cluster %s", orAny(m.Alias()), orAny(m.URI()), p.t.Clusters[m.Cluster].Name)})
	}
}

func orAny(written string) string {
	if written == "" {
		return "(any)"
	}
	return written
}

package explain

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Headlines are the first lines of an answer: what becomes of the request, and why; where its session does not get
// home, that comes first.
func Headlines(t *match.Table, d *Decision) []string {
	if d.Cause != nil {
		return causeLines(t, d)
	}
	lines := []string{headline(d)}
	if text := because(t, d); text != "" {
		lines = append(lines, "because "+text)
	}
	return lines
}

// causeLines tell the cause, who gets the request, what would lead home, and what to look at.
func causeLines(t *match.Table, d *Decision) []string {
	lines := []string{d.Cause.Effect + ": " + d.Cause.Text}
	var members []string
	for _, a := range d.Ends {
		members = append(members, t.MemberName(a.Cluster, a.Member))
	}
	to := fmt.Sprintf("  goes to  %s of cluster %s", strings.Join(members, " or "), d.Cluster)
	if len(members) > 1 {
		to += ", by chance"
	}
	if failed := failedMembers(t, d.Result); failed != "" && len(d.Attempts) > 0 {
		to += ", after " + failed
	}
	lines = append(lines, to)
	for _, n := range d.Cause.Near {
		name := n.Name
		if n.Member != "" {
			name += " of " + n.Member
		}
		lines = append(lines, fmt.Sprintf("  near     %s in cluster %s: %s", name, n.Cluster, n.What))
	}
	return append(lines, "  check    "+d.Cause.Advice)
}

// headline is the answer in one line.
func headline(d *Decision) string {
	switch {
	case len(d.Ends) > 1:
		return "by chance: " + d.Answers
	case d.Refused != "":
		return "declined: the web server refuses the request itself, the plug-in is not asked"
	case d.Decision == failover.Declined:
		return "declined: no Route matches, the web server serves the request itself"
	case d.Decision == failover.Errored && d.Cluster == "":
		return "error: " + d.Answers
	case d.Decision == failover.Errored && d.Member != "":
		return fmt.Sprintf("error %d from member %s of cluster %s", *d.Status, d.Member, d.Cluster)
	case d.Decision == failover.Errored:
		return fmt.Sprintf("error %d in cluster %s", *d.Status, d.Cluster)
	}
	return fmt.Sprintf("member %s of cluster %s", d.Member, d.Cluster)
}

// because says in one line what decided.
func because(t *match.Table, d *Decision) string {
	switch {
	case len(d.Ends) > 1:
		return "no session names a usable member, and where balancing stands is a matter of chance"
	case d.Refused != "":
		return d.Refused
	case d.Decision == failover.Errored && len(d.Steps) > 0:
		return d.Steps[len(d.Steps)-1].Text
	case d.Decision != failover.Forward:
		return ""
	}
	text := selectedByInWords(d.Result.By)
	if failed := failedMembers(t, d.Result); failed != "" {
		text += ", after " + failed
	}
	return text
}

func selectedByInWords(by failover.SelectedBy) string {
	switch by {
	case failover.ByAffinity:
		return "the session belongs to it"
	case failover.ByNextPrimary:
		return "it is the next primary after the session's own member, which is marked down"
	case failover.ByBackup:
		return "no primary is usable and it is the first usable backup"
	case failover.ByClusterAddress:
		return "affinity places the request nowhere and the cluster has a ClusterAddress"
	case failover.ByRetryMarked:
		return "everybody is marked down and one marked member is tried"
	}
	return "balancing chose it"
}

func failedMembers(t *match.Table, o *Result) string {
	var parts []string
	for _, a := range o.Attempts {
		if a.Outcome != Healthy {
			parts = append(parts, t.MemberName(o.Match.Cluster, a.Member)+" failed ("+a.Outcome.String()+")")
		}
	}
	return strings.Join(parts, ", ")
}

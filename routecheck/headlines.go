package routecheck

import (
	"fmt"
	"strings"
)

// Headlines are the first lines of an answer: what becomes of the request, and why; where its session does not get home, that comes first.
func (t *Table) Headlines(d *Decision) []string {
	if d.Cause != nil {
		return t.causeLines(d)
	}
	lines := []string{headline(d)}
	if text := t.because(d); text != "" {
		lines = append(lines, "because "+text)
	}
	return lines
}

// causeLines tell the cause, who gets the request, what would lead home, and what to look at.
func (t *Table) causeLines(d *Decision) []string {
	lines := []string{d.Cause.Effect + ": " + d.Cause.Text}
	var members []string
	for _, a := range d.Ends {
		members = append(members, t.MemberName(a.Cluster, a.Member))
	}
	to := fmt.Sprintf("  goes to  %s of cluster %s", strings.Join(members, " or "), d.Cluster)
	if len(members) > 1 {
		to += ", by chance"
	}
	if failed := t.failedMembers(d.Outcome); failed != "" && len(d.Attempts) > 0 {
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
	case d.Decision == Declined:
		return "declined: no Route matches, the web server serves the request itself"
	case d.Decision == Errored && d.Cluster == "":
		return "error: " + d.Answers
	case d.Decision == Errored && d.Member != "":
		return fmt.Sprintf("error %d from member %s of cluster %s", *d.Status, d.Member, d.Cluster)
	case d.Decision == Errored:
		return fmt.Sprintf("error %d in cluster %s", *d.Status, d.Cluster)
	}
	return fmt.Sprintf("member %s of cluster %s", d.Member, d.Cluster)
}

// because says in one line what decided.
func (t *Table) because(d *Decision) string {
	switch {
	case len(d.Ends) > 1:
		return "no session names a usable member, and where balancing stands is a matter of chance"
	case d.Refused != "":
		return d.Refused
	case d.Decision == Errored && len(d.Steps) > 0:
		return d.Steps[len(d.Steps)-1].Text
	case d.Decision != Forward:
		return ""
	}
	text := selectedByInWords(d.Outcome.By)
	if failed := t.failedMembers(d.Outcome); failed != "" {
		text += ", after " + failed
	}
	return text
}

func selectedByInWords(by SelectedBy) string {
	switch by {
	case ByAffinity:
		return "the session belongs to it"
	case ByNextPrimary:
		return "it is the next primary after the session's own member, which is marked down"
	case ByBackup:
		return "no primary is usable and it is the first usable backup"
	case ByClusterAddress:
		return "affinity places the request nowhere and the cluster has a ClusterAddress"
	case ByRetryMarked:
		return "everybody is marked down and one marked member is tried"
	}
	return "balancing chose it"
}

func (t *Table) failedMembers(o *Outcome) string {
	var parts []string
	for _, a := range o.Attempts {
		if a.Outcome != Healthy {
			parts = append(parts, t.MemberName(o.Match.Cluster, a.Member)+" failed ("+a.Outcome.String()+")")
		}
	}
	return strings.Join(parts, ", ")
}

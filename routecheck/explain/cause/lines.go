package cause

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// lines are the first lines of an answer. Where there is a cause it comes first; else the answer, what decided, and
// which Route nearly did.
func lines(t *match.Table, d *explain.Decision) []string {
	// lines may be called twice (ForHosts), so what it fills in is made anew each time.
	if d.GoesTo = goesTo(t, d); d.Hosts != "" {
		d.GoesTo += " (" + d.Hosts + ")"
	}
	if d.Cause != nil && !plainHome(d.Cause) {
		return append(causeLines(d), notes(d)...)
	}
	all := []string{headline(d)}
	if d.Hosts != "" {
		all = append(all, "  goes to  "+d.GoesTo)
	}
	if text := because(t, d); text != "" {
		all = append(all, "because "+text)
	}
	if d.Margin != nil {
		all = append(all, wonBy(d.Margin))
	}
	if d.Cause != nil {
		all = append(all, "  check    "+d.Cause.Advice)
	}
	return append(all, notes(d)...)
}

// notes say which of the members that the answer names can never be reached.
func notes(d *explain.Decision) (all []string) {
	for i := range d.Unreachable {
		all = append(all, "  note     "+d.Unreachable[i].String())
	}
	return all
}

// ForHosts says of an answer for which hosts it is the same, "" where the request named its host.
func ForHosts(t *match.Table, d *explain.Decision, hosts string) {
	if d.Hosts = hosts; hosts != "" && d.Lines != nil {
		d.Lines = lines(t, d)
	}
}

// causeLines tell the cause, who gets the request, what would lead elsewhere, and what to look at.
func causeLines(d *explain.Decision) []string {
	c := d.Cause
	all := []string{c.Effect + ": " + c.Text}
	// Of a declined request the effect has said it, but for which hosts.
	if d.Decision != explain.Declined || d.Hosts != "" {
		all = append(all, "  goes to  "+d.GoesTo)
	}
	for _, n := range c.Near {
		name := n.Name
		switch {
		case name == "":
			name = n.URL
		case n.Member != "":
			name += " of " + n.Member
		}
		all = append(all, fmt.Sprintf("  near     %s in cluster %s: %s", name, n.Cluster, n.What))
	}
	if c.Margin != nil {
		all = append(all, wonBy(c.Margin))
	}
	if c.Until != nil {
		all = append(all, "  until    "+words.Seconds(match.Nanos(*c.Until*float64(match.Second)))+" from now, "+
			"when a retry is due")
	}
	return append(all, "  check    "+c.Advice)
}

// goesTo says in a few words who gets the request.
func goesTo(t *match.Table, d *explain.Decision) string {
	switch {
	case len(d.Ends) > 1 && d.Decision != explain.Forward:
		return d.Answers + ", by chance"
	case d.Decision == explain.Declined:
		return "no cluster: declined"
	case d.Cluster == "":
		return "nobody: " + d.Answers
	case d.Decision == explain.Errored && d.Member != "":
		return fmt.Sprintf("%s of cluster %s, error %d", d.Member, d.Cluster, *d.Status)
	case d.Decision == explain.Errored:
		return fmt.Sprintf("no member of cluster %s, error %d", d.Cluster, *d.Status)
	}
	var members []string
	for _, a := range d.Ends {
		members = append(members, t.MemberName(a.Cluster, a.Member))
	}
	to := fmt.Sprintf("%s of cluster %s", strings.Join(members, " or "), d.Cluster)
	if len(members) > 1 {
		to += ", by chance"
	}
	// No Attempts: chance changes them, and those of one run would read as certain.
	if failed := failedMembers(t, d.Result); failed != "" && len(d.Attempts) > 0 {
		to += ", after " + failed
	}
	return to
}

// wonBy tells how far a Route to another cluster was from winning.
func wonBy(m *explain.Margin) string {
	side := func(s *explain.Side) string { return orAny(s.URI) + " on " + orAny(s.Alias) + " to " + s.Cluster }
	text := fmt.Sprintf("  won by   %d (%d : %d): %s, before %s", m.By, m.Winner.Sum(), m.Loser.Sum(),
		side(&m.Winner), side(&m.Loser))
	if len(m.Assume) > 0 {
		text += "; the other way round with " + strings.Join(m.Assume, " or ")
	}
	return text
}

// headline is the answer in one line.
func headline(d *explain.Decision) string {
	switch {
	case len(d.Ends) > 1:
		return "by chance: " + d.Answers
	case d.Refused != "":
		return "declined: the web server refuses the request itself, the plug-in is not asked"
	case d.Decision == explain.Declined:
		return "declined: no Route matches, the web server serves the request itself"
	}
	return fmt.Sprintf("member %s of cluster %s", d.Member, d.Cluster)
}

// because says in one line what decided.
func because(t *match.Table, d *explain.Decision) string {
	switch {
	case len(d.Ends) > 1 && t.Clusters[d.Result.Match.Cluster].Random:
		return "no session names a usable member, and LoadBalance Random draws one for each request"
	case len(d.Ends) > 1:
		return "no session names a usable member, and where balancing stands is a matter of chance"
	case d.Refused != "":
		return d.Refused
	case d.Decision != explain.Forward:
		return ""
	}
	return selectedByInWords(d.Result.By)
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

func failedMembers(t *match.Table, o *explain.Result) string {
	var parts []string
	for _, a := range o.Attempts {
		if a.Outcome != explain.Healthy {
			parts = append(parts, t.MemberName(o.Match.Cluster, a.Member)+" failed ("+a.Outcome.String()+")")
		}
	}
	return strings.Join(parts, ", ")
}

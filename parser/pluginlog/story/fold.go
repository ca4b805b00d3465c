package story

import (
	"slices"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// fold puts incidents of the same time and the same members under one head: all that is left of a host that dies is
// told once. The list is in the order of ends, and stays so.
func fold(all []*Incident) []*Incident {
	// The worst first: a head only takes what comes behind it, and what is folded is never a head.
	heads := slices.Clone(all)
	slices.SortStableFunc(heads, func(a, b *Incident) int { return int(a.Kind) - int(b.Kind) })
	folded := map[*Incident]bool{}
	for n, head := range heads {
		if folded[head] || head.Kind.Notice() {
			continue
		}
		for _, other := range heads[n+1:] {
			if !folded[other] && foldable(other) && head.together(other) && head.shares(other) {
				head.Parts = append(head.Parts, other)
				folded[other] = true
			}
		}
		slices.SortFunc(head.Parts, inTime)
	}
	return slices.DeleteFunc(all, func(i *Incident) bool { return folded[i] })
}

// foldable reports whether an incident is about members.
func foldable(i *Incident) bool {
	switch i.Kind {
	case ReloadFailed, Slow, ClientLeft, Restart, Reload:
		return false
	}
	return true
}

// together reports whether two incidents share four fifths of the time that both take, with or without the time until
// members were back.
func (i *Incident) together(j *Incident) bool {
	return overlap(i.First, i.Last, j.First, j.Last) || overlap(i.First, i.End(), j.First, j.End())
}

func overlap(first, last, otherFirst, otherLast pluginlog.Time) bool {
	both := min(last, otherLast) - max(first, otherFirst)
	all := max(last, otherLast) - min(first, otherFirst)
	// Two incidents of a single moment each are together where it is the same one: both and all are 0 then.
	return both >= 0 && 5*both >= 4*all
}

// shares reports whether two incidents are about the same member or host.
func (i *Incident) shares(j *Incident) bool {
	// AllDown has no member of its own, but those that its requests tried.
	return i.Member != "" && i.Member == j.Member || i.Host != "" && i.Host == j.Host ||
		j.Member != "" && slices.Contains(i.Members, j.Member)
}

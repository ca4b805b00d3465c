package diff

import (
	"fmt"
	"math"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// sessions tells whose sessions lose their home: for each member of a cluster both files are asked about a request
// with a session of it.
// A member whose sessions did not come home by the old file either, such as a backup (R39), loses nothing.
func (c *comparison) sessions(s *sample) {
	cluster := &c.old.table.Clusters[s.old.id]
	shares := explain.NewSessions(c.old.table, s.old.id, &c.old.sem)
	var lost []Consequence
	homes := 0
	for i := range cluster.Members {
		m := &cluster.Members[i]
		if m.CloneID == "" || !c.home(c.old, s, m.CloneID) {
			continue
		}
		homes++
		if !c.home(c.new, s, m.CloneID) {
			lost = append(lost, Consequence{Kind: sessions, Cluster: cluster.Name, Member: m.Name, Share: shares[i],
				Old: m.At, Text: c.reason(s, match.MemberID(i))})
		}
	}
	// one sentence for all, where all lose theirs for one reason; each is told by itself where some get by
	if whole := c.wholeCluster(s); whole != "" && len(lost) > 0 && len(lost) == homes {
		k := Consequence{Kind: sessions, Cluster: cluster.Name, Share: 1, Old: cluster.At, Text: whole,
			covers: []string{diag.Sprintf("ServerCluster %q CloneSeparatorChange", cluster.Name)}}
		if !s.new.Declined {
			k.New = c.new.table.Clusters[s.new.id].At
		}
		c.record(k)
		return
	}
	for _, k := range lost {
		c.place(s, &k)
		c.record(k)
	}
	if !s.new.Declined && cluster.GetTable && !c.new.table.Clusters[s.new.id].GetTable {
		c.record(Consequence{Kind: sessions, Cluster: cluster.Name, Share: math.NaN(), Old: cluster.At,
			New:    c.new.table.Clusters[s.new.id].At,
			Text:   "GetDWLMTable is off: sessions that a partition ID names are not found (R28)",
			covers: []string{diag.Sprintf("ServerCluster %q GetDWLMTable", cluster.Name)}})
	}
}

// place says where a member whose sessions lose their home stands now, and what need not be told again.
func (c *comparison) place(s *sample, k *Consequence) {
	subject := subjectOf(k.Cluster, k.Member)
	k.covers = append([]string{subject, subject + " CloneID"}, listsOf(k.Cluster)...)
	if s.new.Declined {
		return
	}
	if now := &c.new.table.Clusters[s.new.id]; now.Name == k.Cluster {
		if m, known := now.MemberByName(c.renamed.now(now.Name, k.Member)); known {
			k.New = now.Members[m].At
			return
		}
		k.New = now.At
	}
}

// home asks a file who serves a session of a clone ID: whether the one that has it does. The session comes in the
// cookie that this file asks for; that cookies change is told by itself.
// The separator is that of the old cluster: such sessions are what browsers hold when the file changes.
func (c *comparison) home(of *side, s *sample, clone string) bool {
	at, asked := s.old, s.asked
	if of == c.new {
		at, asked = s.new, s.newAsk
	}
	if at.Declined {
		return false
	}
	rq := asked.request()
	rq.Cookies = []string{at.match.Cookie() + "=0000session" + string(c.old.table.Clusters[s.old.id].Separator) +
		clone}
	cluster, m, ok := of.home(&rq)
	return ok && of.table.Clusters[cluster].Members[m].CloneID == clone
}

// wholeCluster says what all sessions of a cluster suffer from alike, "" for nothing.
func (c *comparison) wholeCluster(s *sample) string {
	if s.new.Declined {
		return "no request reaches it any more"
	}
	was, is := &c.old.table.Clusters[s.old.id], &c.new.table.Clusters[s.new.id]
	switch {
	case was.Name != is.Name:
		return fmt.Sprintf("its requests go to cluster %s, which has none of its clone IDs", is.Name)
	case was.Separator != is.Separator:
		return diag.Sprintf("clone IDs in cookies are separated by %q and no longer by %q (R21)",
			is.Separator, was.Separator)
	}
	return ""
}

// reason says why the sessions of a member of the old file lose their home.
// The order is that of certainty: what the clone ID became, then the name, then nothing is left.
func (c *comparison) reason(s *sample, id match.MemberID) string {
	m := &c.old.table.Clusters[s.old.id].Members[id]
	if s.new.Declined {
		return "no request reaches its cluster any more"
	}
	is := &c.new.table.Clusters[s.new.id]
	has := c.new.clones[m.CloneID]
	for _, owner := range has {
		if owner.cluster != s.new.id {
			continue
		}
		switch is.Role(owner.member) {
		case "none":
			return "it stands in no list any more (R40)"
		case "backup":
			return "it is a backup now, and a primary serves its sessions (R39)"
		}
		return "requests that name it are served by another member"
	}
	if len(has) > 0 {
		return fmt.Sprintf("its clone ID %s is in cluster %s now", m.CloneID,
			c.new.table.Clusters[has[0].cluster].Name)
	}
	if n, known := is.MemberByName(c.renamed.now(is.Name, m.Name)); known {
		if now := is.Members[n].CloneID; now != "" {
			return fmt.Sprintf("its clone ID changes from %s to %s", m.CloneID, now)
		}
		return fmt.Sprintf("its clone ID %s is gone, and it has none", m.CloneID)
	}
	return fmt.Sprintf("it is gone, and its clone ID %s with it", m.CloneID)
}

// cookies tells the Uris whose sessions browsers name by another cookie, or in another part of the URL, than the new
// file asks for.
// A change of many aliases of a Uri is told once, and covers them all.
func (c *comparison) cookies() {
	type kind struct{ cluster, uri, was, is string }
	known := map[kind]int{}
	note := func(ch Change, what, was, is string) {
		if was == is {
			return
		}
		key := kind{ch.cluster, ch.newURI.Name.V, what + was, is}
		i, again := known[key]
		if !again {
			i = len(c.recorded)
			known[key] = i
			c.record(Consequence{Kind: sessions, Cluster: ch.cluster, Share: math.NaN(), Old: ch.OldAt, New: ch.NewAt,
				Text: fmt.Sprintf("the %s of %s changes from %s to %s: sessions under the old name are not found (R4)",
					what, ch.newURI.Name.V, was, is)})
		}
		c.recorded[i].covers = append(c.recorded[i].covers, ch.Subject)
	}
	for _, ch := range c.attributes {
		if ch.oldURI == nil || ch.newURI == nil || leadsTo(ch.Old) != leadsTo(ch.New) {
			continue
		}
		note(ch, "affinity cookie", ch.oldURI.AffinityCookie.V, ch.newURI.AffinityCookie.V)
		note(ch, "URL identifier", ch.oldURI.AffinityURLIdentifier.V, ch.newURI.AffinityURLIdentifier.V)
	}
}

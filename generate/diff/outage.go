package diff

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// outage compares what it costs when a member fails: how long a client waits, how often one is sent to a member that
// is down, which bodies can be sent again, and which failures mark a member down.
func (c *comparison) outage(s *sample) {
	a, b := &c.old.table.Clusters[s.old.id], &c.new.table.Clusters[s.new.id]
	record := func(text string, covers ...string) {
		c.record(Consequence{Kind: outage, Cluster: a.Name, Share: math.NaN(), Old: a.At, New: b.At,
			Text: text, covers: covers})
	}
	if was, is := explain.WorstWait(c.old.table, s.old.id, 1, &c.old.sem),
		explain.WorstWait(c.new.table, s.new.id, 1, &c.new.sem); wait(was) != wait(is) {
		record(fmt.Sprintf("longest wait while one member hangs: %s -> %s", wait(was), wait(is)))
	}
	if a.RetryInterval != b.RetryInterval {
		record(fmt.Sprintf("a member that is down is tried again after %s -> %s by each process, with a request of a "+
			"user: %s -> %s",
			seconds(a.RetryInterval), seconds(b.RetryInterval), probes(a.RetryInterval), probes(b.RetryInterval)),
			diag.Sprintf("ServerCluster %q RetryInterval", a.Name))
	}
	if a.PostBuffer != b.PostBuffer {
		record(fmt.Sprintf("a request body that can be sent to another member: %s -> %s (R57)", buffer(a.PostBuffer),
			buffer(b.PostBuffer)),
			diag.Sprintf("ServerCluster %q PostBufferSize", a.Name))
	}
	c.marks(s)
	c.waits(s)
}

// waits tells how long a client is held up now by members that get requests by both files: while a host is gone, and
// while there is no answer.
func (c *comparison) waits(s *sample) {
	c.each(s, func(a, b *match.Cluster, old, id match.MemberID) Consequence {
		was, is := connectWait(a.Members[old].ConnectIn(&c.old.sem)), connectWait(b.Members[id].ConnectIn(&c.new.sem))
		if was == is {
			return Consequence{}
		}
		return Consequence{
			Text:   fmt.Sprintf("a client waits for its host while that is gone: %s -> %s", was, is),
			covers: []string{subjectOf(b.Name, a.Members[old].Name) + " ConnectTimeout"}}
	})
	c.each(s, func(a, b *match.Cluster, old, id match.MemberID) Consequence {
		was, is := answerWait(&a.Members[old]), answerWait(&b.Members[id])
		if was == is {
			return Consequence{}
		}
		k := Consequence{Text: fmt.Sprintf("a request waits for its answer while it hangs: %s -> %s", was, is)}
		if a.Members[old].MarkOnIO == b.Members[id].MarkOnIO {
			k.covers = []string{subjectOf(b.Name, a.Members[old].Name) + " ServerIOTimeout"}
		}
		return k
	})
}

// connectWait and answerWait word a limit; 0 is none.
func connectWait(limit match.Nanos) string {
	if limit == 0 {
		return "until the operating system ends it (R50)"
	}
	return seconds(limit)
}

func answerWait(m *match.Member) string {
	if m.IOTimeout == 0 {
		return "without end"
	}
	return seconds(m.IOTimeout)
}

// marking are the failures that may mark a member down, and how each is told.
var marking = []struct {
	failure explain.FailureMode
	words   string
}{
	{explain.Refused, "a failed connect"},
	{explain.NoAnswer, "an expired ServerIOTimeout"},
	{explain.Reset, "a stream that is closed early"},
	{explain.Busy, "a 503"},
}

// marks tells which failures no longer mark a member down, or do so from now on (R51 to R55), of members that get
// requests by both files. What holds of all of them is told of the cluster.
// MarkBusyDown of Config is covered: what it does is told here, cluster by cluster.
func (c *comparison) marks(s *sample) {
	did, does := c.old.marks(s.old.id), c.new.marks(s.new.id)
	c.each(s, func(a, b *match.Cluster, old, id match.MemberID) Consequence {
		text := marked(did[old], does[id])
		switch {
		case text == "":
		case b.Single() && !a.Single():
			text = "it is the only server of its cluster now, which no failure marks down (R51)"
		case a.Single() && !b.Single():
			text = "it is no longer the only server of its cluster, so failures mark it down (R51)"
		}
		return Consequence{Text: text, covers: []string{"Config MarkBusyDown"}}
	})
}

// each records what is to be told of members that get requests by both files, where that has a text. What holds of all
// of them is told of the cluster.
func (c *comparison) each(s *sample, tell func(a, b *match.Cluster, old, id match.MemberID) Consequence) {
	a, b := &c.old.table.Clusters[s.old.id], &c.new.table.Clusters[s.new.id]
	var list []Consequence
	asked := 0
	for m := range b.Members {
		id := match.MemberID(m)
		old, known := a.MemberByName(c.renamed.before(b.Name, b.Members[m].Name))
		if !known || a.Role(old) == "none" || b.Role(id) == "none" {
			continue
		}
		asked++
		if k := tell(a, b, old, id); k.Text != "" {
			k.Kind, k.Cluster, k.Member, k.Share = outage, b.Name, b.Members[m].Name, math.NaN()
			k.Old, k.New = a.Members[old].At, b.Members[m].At
			list = append(list, k)
		}
	}
	if len(list) == asked && asked > 1 &&
		!slices.ContainsFunc(list, func(k Consequence) bool { return k.Text != list[0].Text }) {
		k := list[0]
		for _, other := range list[1:] {
			k.covers = append(k.covers, other.covers...)
		}
		k.Member, k.Old, k.New, k.Text = "", a.At, b.At, "of each member: "+k.Text
		list = []Consequence{k}
	}
	for _, k := range list {
		c.record(k)
	}
}

// marks says for each member which of the failures mark it down.
func (s *side) marks(id match.ClusterID) [][]bool {
	all := make([][]bool, len(s.table.Clusters[id].Members))
	for _, k := range marking {
		for m, marks := range explain.Marks(s.table, id, k.failure, &s.sem) {
			all[m] = append(all[m], marks)
		}
	}
	return all
}

// marked words what marked a member and what marks it now, "" for no difference.
func marked(did, does []bool) string {
	var less, more []string
	for i, k := range marking {
		switch {
		case did[i] && !does[i]:
			less = append(less, k.words)
		case does[i] && !did[i]:
			more = append(more, k.words)
		}
	}
	var parts []string
	if n := len(less); n > 0 {
		parts = append(parts, strings.Join(less, " and ")+" no longer "+verb(n, "marks", "mark")+
			" it down, so requests meet it again and again")
	}
	if n := len(more); n > 0 {
		parts = append(parts, strings.Join(more, " and ")+" now "+verb(n, "marks", "mark")+
			" it down for RetryInterval")
	}
	return strings.Join(parts, "; ")
}

func seconds(n match.Nanos) string { return fmt.Sprintf("%d s", n/1_000_000_000) }

// probes bounds how many requests a minute meet a member whose connects are refused.
// It is an upper bound for one process: a probe is sent at most once in each interval (R52).
func probes(interval match.Nanos) string {
	if interval <= 0 {
		return "as many as come"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 60e9/float64(interval)), ".0") + " a minute"
}

// buffer words PostBufferSize in bytes: below 0 without limit, 0 none.
func buffer(n int64) string {
	switch {
	case n < 0:
		return "of any size"
	case n == 0:
		return "none"
	}
	return fmt.Sprintf("up to %d KB", n/1024)
}

func wait(w explain.Wait) string {
	if w.Endless {
		return "without end"
	}
	return fmt.Sprintf("%d s in %d attempts", w.Seconds, w.Attempts)
}

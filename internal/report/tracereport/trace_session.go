package tracereport

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/words"
	"github.com/wasplug/wasplug/routecheck/affinity"
)

// sessionIDs are the IDs that the session of one request carries. Whether a number is the ID of a partition only all
// lines of the request tell: the comparisons show what clone IDs the servers have (R28).
type sessionIDs struct {
	named, servers []string
}

// sessionIDsOf collects the IDs that the session names, and those of the servers that it was compared with.
func sessionIDsOf(lines []evidence.LogLine) (ids sessionIDs) {
	for _, l := range lines {
		switch {
		case !l.Known:
		case l.Event.Kind == pluginlog.CloneCompared:
			ids.servers = append(ids.servers, l.Event.Pattern)
		case l.Event.Kind == pluginlog.CloneAdded:
			ids.named = append(ids.named, l.Event.Clone)
		}
	}
	return ids
}

// partition reports whether an ID is one of a partition: it has the form, and no server was compared with it.
func (ids *sessionIDs) partition(id string) bool {
	return affinity.PartitionForm(id) && !slices.Contains(ids.servers, id)
}

// words says what a line means. Partition IDs are told here, as package words sees one line alone; it says the rest.
func (ids *sessionIDs) words(e *pluginlog.Event) string {
	switch {
	case e.Kind == pluginlog.CloneAdded && ids.partition(e.Clone):
		return fmt.Sprintf("the session names partition ID %s, whose member the partition table tells [R28]", e.Clone)
	case e.Kind == pluginlog.CloneNotFound && slices.ContainsFunc(ids.named, ids.partition):
		return "no member has the session's IDs for clone ID: the partition table decides, and a process without it " +
			"balances [R28]"
	}
	return words.Of(e)
}

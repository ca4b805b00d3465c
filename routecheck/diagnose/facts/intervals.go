package facts

import (
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Intervals reads RetryInterval, ConnectTimeout and ServerIOTimeout: what incidents need of them, and the longest
// timeout of an attempt, within which lines of a thread are of one request. A log names members alone: where two
// clusters have one of a name, and they differ, nothing is known of it.
func Intervals(t *match.Table, sem *choices.Assumptions) (opt story.Options, longest time.Duration) {
	opt.Connects = map[string]time.Duration{}
	differ := map[string]bool{}
	for c := range t.Clusters {
		cluster := &t.Clusters[c]
		opt.RetryInterval = max(opt.RetryInterval, time.Duration(cluster.RetryInterval))
		for m := range cluster.Members {
			member := &cluster.Members[m]
			connect := time.Duration(member.ConnectIn(sem))
			longest = max(longest, connect, time.Duration(member.IOTimeout))
			if was, known := opt.Connects[member.Name]; known && was != connect {
				differ[member.Name] = true
			}
			opt.Connects[member.Name] = connect
		}
	}
	for name := range differ {
		delete(opt.Connects, name)
	}
	return opt, longest
}

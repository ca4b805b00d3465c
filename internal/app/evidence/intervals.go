package evidence

import (
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Intervals asks a configuration for the times that a log of a low level hides.
type Intervals struct {
	Config app.Config
	Plugin app.Plugin
}

// Run returns what incidents need, and the longest timeout of an attempt.
func (i *Intervals) Run(in app.Input, notes *app.Notes) (opt story.Options, longest time.Duration, err error) {
	l, sem, _, err := i.Plugin.Load(in, i.Config, diag.NewFiles(), notes)
	if err != nil {
		return opt, 0, err
	}
	opt, longest = intervals(l.Table, &sem)
	return opt, longest, nil
}

// intervals reads RetryInterval, ConnectTimeout and ServerIOTimeout. A log names members alone: where two clusters
// have one of a name, and they differ, nothing is known of it.
func intervals(t *routecheck.Table, sem *choices.Assumptions) (opt story.Options, longest time.Duration) {
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

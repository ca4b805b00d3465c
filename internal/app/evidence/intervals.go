package evidence

import (
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// Intervals asks a configuration for the times that a log of a low level hides: such a log says that a member was
// marked, and not when it was tried again, or how long an attempt waited. RetryInterval and timeouts of the file tell.
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
	opt, longest = facts.Intervals(l.Table, &sem)
	return opt, longest, nil
}

package words

import (
	"strings"

	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Step makes the sentence of a step, "" for a detail of which only a log tells.
func Step(t *match.Table, s *failover.Step) string {
	w := sentence{t: t, Step: s}
	if s.Cluster != failover.NoCluster {
		w.c = &t.Clusters[s.Cluster]
	}
	text := w.fill(sentences[s.Why])
	// A pick may have passed over the member of the session on its way: both are one step, and told together.
	if s.Kind == failover.StepPick && s.Skip != nil {
		text = w.skip() + "; " + text
	}
	return text
}

// sentence is one that is being made.
type sentence struct {
	*failover.Step
	t *match.Table
	c *match.Cluster // of the step, nil before there is a Route
}

// fill puts into each hole what it stands for.
func (w *sentence) fill(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(holes[name](w))
		text = after
	}
}

package logs

import (
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Told is what became of a request since the last call: nothing yet where its cluster has been found. It is good
// during the call only.
type Told struct {
	Number   uint64 // of the request, from 1
	Request  *routecheck.Request
	Cluster  match.ClusterID
	Declined bool // no Route takes it
	Steps    []failover.Step
}

// teller hands the steps of one request to who wants them; a nil one to nobody.
type teller struct {
	Told
	to func(*match.Table, Told)
}

// teller is that of the next request.
func (o *Output) teller() *teller {
	if o.onSteps == nil {
		return nil
	}
	return &teller{Told: Told{Number: o.told.Add(1)}, to: o.onSteps}
}

// matched comes once, before any steps, and without a lock.
func (t *teller) matched(table *match.Table, rq *routecheck.Request, m *match.Match) {
	if t != nil {
		t.Request, t.Declined = rq, m == nil
		if m != nil {
			t.Cluster = m.Cluster
		}
		t.to(table, t.Told)
	}
}

// steps comes while the lock of the cluster is held, so the steps of one cluster are told in the order of its
// decisions.
func (t *teller) steps(table *match.Table, steps []failover.Step) {
	if t != nil && len(steps) > 0 {
		told := t.Told
		told.Steps = steps
		t.to(table, told)
	}
}

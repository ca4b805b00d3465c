package live

import (
	"context"
	"slices"

	"github.com/wasplug/wasplug/internal/live/question"
)

// Execute asks all questions of a plan. The run that it returns holds what was seen so far also beside an error. Where
// several processes answer, each with a state of its own, only routing can be asked; so it is with a cluster that
// requests had reached before.
func (d *Driver) Execute(ctx context.Context, plan *question.Plan) (r *question.Run, err error) {
	r = &question.Run{}
	if err := d.begin(ctx, r); err != nil {
		return r, err
	}
	defer func() { r.Requests = d.requests }()
	if plan.Processes != nil {
		asked, orders, err := d.processes(ctx, plan.Processes, r)
		if err != nil {
			return r, err
		}
		d.strangersOf(plan.Processes, asked, orders, r)
	}
	r.RoutingOnly = r.Processes > 1
	if r.RoutingOnly {
		r.Asked = nil // whose state that was nobody knows
	}
	for _, q := range plan.Questions {
		if !q.Routing && (r.RoutingOnly || slices.Contains(r.Stale, q.Cluster)) {
			continue
		}
		asked, orders, err := d.ask(ctx, q)
		if err != nil {
			return r, err
		}
		d.strangersOf(q, asked, orders, r)
	}
	return r, nil
}

// processes sends the requests of a question to one member and counts the streams that they come on: each web server
// process keeps streams of its own, and a request takes one that is left (R66). Where none is used again nobody can
// tell.
func (d *Driver) processes(ctx context.Context, q *question.Question, r *question.Run) (asked []question.Asked,
	orders []uint64, err error) {
	var streams []uint64
	for i := range q.Steps {
		a, err := d.step(ctx, q, i, nil)
		if err != nil {
			return nil, nil, err
		}
		asked, orders = append(asked, a.Asked), append(orders, a.order)
		for _, c := range a.conns {
			if !slices.Contains(streams, c) {
				streams = append(streams, c)
			}
		}
	}
	if len(streams) < len(q.Steps) {
		r.Processes = max(1, len(streams))
	}
	return asked, orders, nil
}

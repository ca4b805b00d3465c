package replay

import (
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// outdated reports whether the event belongs to a request that began before a reload, which says nothing of the file
// at hand. Where a process does not log where requests begin, it cannot be told.
func (r *reader) outdated() bool {
	thread := r.e.Thread
	switch {
	case r.e.Kind == pluginlog.BuildVersion:
		return false
	case r.e.Kind == pluginlog.ConfigReloaded:
		remember(r.reloads, thread.PID)
		return false
	case begins(r.e.Kind):
		remember(r.starts, thread.PID)
		delete(r.old, thread)
		return false
	case r.e.Kind == pluginlog.Picked: // of the same level
		remember(r.starts, thread.PID)
	}
	// old: under way when the reload came. A thread that was never seen before it may be, too, until it begins a
	// request.
	return r.starts[thread.PID] && (r.old[thread] || r.reloads[thread.PID] && !r.threads[thread])
}

// begins reports whether a request can begin with an event.
func begins(kind pluginlog.Kind) bool {
	switch kind {
	case pluginlog.RouteTried, pluginlog.RequestStarted, pluginlog.RequestNamed, pluginlog.URIMatched,
		pluginlog.RouteNotFound:
		return true
	}
	return false
}

// restart lets go of the process's requests: after a reload they go on with the old file, which is not at hand
// (section 1).
func (r *reader) restart(kind opKind) {
	r.assembler.Forget(r.e.PID, func(rq *requests.Request) {
		if q, open := rq.Note.(*request); open {
			r.op(q, op{kind: opClose})
			if kind == opReload {
				remember(r.old, q.thread)
			}
		}
	})
	r.op(nil, op{kind: kind})
}

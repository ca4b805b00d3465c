package requests

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
)

// Assembler puts events together to requests. A request is known by process and thread; where lines that begin or end
// one are hidden by the log level, what happens on a thread between two beginnings, or up to a final failure, counts
// as one request.
type Assembler struct {
	Slow       time.Duration // requests that took as long are odd; 0 means 5 s
	Timeout    time.Duration // the longest of an attempt, by a configuration; 0: what the log prints
	KeepEvents int           // how many events of each request to keep in Request.Events; 0 keeps none
	MaxOpen    int           // how many requests may be open, see evict; 0 means 8192
	// Line gets every event as soon as it is put to its request, which is nil where the event is about none that is
	// open. Who reads a log line by line keeps what it knows of a request in Request.Note.
	Line    func(*Request, *pluginlog.Event)
	Done    func(*Request)                // gets every finished request; it is Done's only until it returns
	names   Places[string]                // of members, hosts, clone IDs and the like; they hold on to no block
	open    map[pluginlog.Thread]*Request // one for each thread: it works on one at a time
	spare   []*Request                    // finished ones, whose memory is used again
	recent  *Request                      // that of the last event, nil for none: lines of a thread come in runs
	file    int                           // from 1, or 0 where NextFile was never called
	number  int64                         // of the last request that was begun
	reloads map[uint64]int                // by process
	ends    bool                          // the log level shows where requests end
	timeout time.Duration                 // the longest ServerIOTimeout that the log prints
}

const (
	defaultSlow = 5 * time.Second
	defaultOpen = 8192
	maxNames    = 1 << 14 // distinct member names that are remembered
)

// NextFile says that the events that follow come from the next file. Requests may go on in it, as in rotated logs,
// unless their lines show no thread.
func (a *Assembler) NextFile() {
	if r := a.open[pluginlog.Thread{}]; r != nil {
		a.cutOff(r)
	}
	a.file++
}

// Add takes the next event.
func (a *Assembler) Add(e *pluginlog.Event) {
	if a.open == nil {
		a.open = map[pluginlog.Thread]*Request{}
	}
	// It is about the process, whatever request its thread is at.
	if e.Kind == pluginlog.ConfigReloaded {
		a.countReload(e.PID)
		a.line(nil, e)
		return
	}
	r := a.requestOf(e)
	if r == nil {
		a.line(nil, e)
		return
	}
	// Before apply, which may begin an attempt: that notes where the request stood before it.
	r.prev, r.prevEnd, r.Last = r.Last, r.End, Place{max(a.file, 1), e.Line}
	if e.Time != 0 {
		r.End = e.Time
		if r.Start == 0 {
			r.Start = e.Time
		}
	}
	if len(r.Events) < a.KeepEvents {
		r.Events = append(r.Events, e.Copy())
	}
	a.ends = a.ends || e.Kind == pluginlog.RequestEnded
	r.saw.failed = r.saw.failed || Fails(e.Kind)
	over := a.apply(r, e)
	a.line(r, e)
	if over {
		a.finish(r)
	}
}

func (a *Assembler) line(r *Request, e *pluginlog.Event) {
	if a.Line != nil {
		a.Line(r, e)
	}
}

// Forget lets go of the open requests of a process; each gets them, and Done does not.
func (a *Assembler) Forget(pid uint64, each func(*Request)) {
	for thread, r := range a.open {
		if thread.PID == pid {
			each(r)
			a.release(r)
		}
	}
}

// Close finishes what is still open, in the order of the first lines. Requests whose outcome the log shows are
// complete even if their last line is hidden.
func (a *Assembler) Close() {
	for _, r := range a.byNumber() {
		a.cutOff(r)
	}
}

// Settle finishes the episodes that nothing can be added to any more at a time of the log: in one that is being
// written no next line of their threads says so. A request of which the log shows the beginning goes on.
func (a *Assembler) Settle(now pluginlog.Time) {
	for _, r := range a.byNumber() {
		patience := a.silence()
		if r.awaited() {
			patience = max(patience, longAttempt)
		}
		if !r.Began && now.Sub(r.End) > patience {
			a.supersede(r)
		}
	}
}

// byNumber returns the open requests in the order of their first lines: a map has no order, and two runs
// must tell the same.
func (a *Assembler) byNumber() []*Request {
	rest := make([]*Request, 0, len(a.open))
	for _, r := range a.open {
		rest = append(rest, r)
	}
	slices.SortFunc(rest, func(x, y *Request) int { return int(x.Number - y.Number) })
	return rest
}

// cutOff finishes a request of which no more lines come.
func (a *Assembler) cutOff(r *Request) {
	// Where the log level shows no last lines at all, nothing is missing of a request that has a status.
	if r.Began && !r.Complete && !r.settled() && (a.ends || r.Status == 0) {
		r.Reasons |= unfinished
	}
	a.finish(r)
}

// settled reports whether the log shows how the request ended, though not its last line.
func (r *Request) settled() bool {
	return r.saw.closing || r.declined()
}

func (r *Request) lastOutcome() Outcome {
	if len(r.Attempts) == 0 {
		return Pending
	}
	return r.Attempts[len(r.Attempts)-1].Outcome
}

// countReload counts the reloads of a process; a request during which the count went up is odd.
func (a *Assembler) countReload(pid uint64) {
	if a.reloads == nil {
		a.reloads = map[uint64]int{}
	}
	if _, known := a.reloads[pid]; known || len(a.reloads) < maxNames {
		a.reloads[pid]++
	}
}

// requestOf returns the request that an event belongs to, opening and closing as needed; nil when it belongs to none.
func (a *Assembler) requestOf(e *pluginlog.Event) *Request {
	r := a.recent
	if r == nil || r.Thread != e.Thread {
		r = a.open[e.Thread]
		a.recent = r
	}
	if r != nil && a.apart(r, e) {
		return nil
	}
	switch {
	case r == nil:
		return a.first(e)
	case a.beginsAnother(r, e):
		return a.another(r, e)
	}
	return r
}

// first begins a request with an event; nil where that can be the first of none.
func (a *Assembler) first(e *pluginlog.Event) *Request {
	if opens(e.Kind) || e.Kind == pluginlog.ClientWriteFailed && !a.ends {
		return a.begin(e)
	}
	return nil
}

// another ends a request because an event is of the next one on its thread, and begins that.
func (a *Assembler) another(r *Request, e *pluginlog.Event) *Request {
	var kept Attempt
	carried := false
	// The line is about an attempt whose beginning was put to the request before, for want of a sign.
	if r.markedEarlier(e) {
		kept, carried = r.carry()
	}
	a.supersede(r)
	next := a.first(e)
	if carried && next != nil {
		next.resume(kept)
	}
	return next
}

// apart reports whether a line that begins no request has nothing to do with the one that is open on its thread: it
// is about the configuration, or comes long after an episode.
func (a *Assembler) apart(r *Request, e *pluginlog.Event) bool {
	switch e.Kind {
	case pluginlog.Counted:
		return a.late(r, e)
	case pluginlog.ErrorLine, pluginlog.WarnLine:
		entry, _ := catalogue.OfLine(e.Text)
		return entry.Kind == catalogue.ReloadFailed || a.late(r, e)
	}
	return false
}

// opens reports whether a kind can be the first line of a request in a log that hides its beginning. Those that a
// Summary does not read cannot: the numbers of requests are not to depend on who reads.
func opens(k pluginlog.Kind) bool {
	switch k {
	case pluginlog.BuildVersion, pluginlog.WebServer, pluginlog.PrimaryAdded, pluginlog.BackupAdded,
		pluginlog.RequestEnded, pluginlog.ESICacheHit, pluginlog.ESICacheMiss, pluginlog.ErrorLine, pluginlog.WarnLine,
		pluginlog.Counted, pluginlog.Header, pluginlog.StatusLine, pluginlog.RequestLine, pluginlog.FailoverHeaderSent,
		pluginlog.BodyRead, pluginlog.AttemptDropped, pluginlog.ClientWriteFailed:
		return false
	}
	return !slices.Contains(unread, k)
}

// beginsAnother reports whether an event cannot belong to the request that is open on its thread.
func (a *Assembler) beginsAnother(r *Request, e *pluginlog.Event) bool {
	saw := &r.saw
	switch e.Kind {
	case pluginlog.RouteTried:
		// A request has one of each of these three kinds, in whatever order: one behind another kind begins nothing.
		return saw.acting || saw.routed
	case pluginlog.RequestStarted:
		return saw.acting || saw.started
	case pluginlog.RequestNamed:
		return saw.acting || saw.named && e.URI != r.URI
	case pluginlog.AliasCompared, pluginlog.AliasMatched, pluginlog.URICompared, pluginlog.URIMatched:
		// Routes are sought before members: behind an answer they are the next request's, or an ESI sub-request's.
		return r.Status != 0 && saw.esiOpen == 0 || saw.closing
	case pluginlog.RequestEnded, pluginlog.ErrorLine, pluginlog.WarnLine, pluginlog.ESI, pluginlog.Counted,
		pluginlog.Header:
		return false
	case pluginlog.RequestFailed:
		return saw.closing && !r.Began || a.anotherEpisode(r, e)
	case pluginlog.StatusChecked, pluginlog.ClonesListed, pluginlog.AffinityChecked, pluginlog.Picked,
		pluginlog.PickedOld:
		// At LogLevel Stats nothing shows the beginning: after an answer the next choice is the next request's.
		return !r.Began && r.lastOutcome() == Answered || saw.closing
	}
	return saw.closing && opens(e.Kind) || a.anotherEpisode(r, e)
}

// supersede finishes a request because its thread began another one. Where an episode ended nobody knows.
func (a *Assembler) supersede(r *Request) {
	r.Complete = r.Complete || r.Began
	a.finish(r)
}

func (a *Assembler) begin(e *pluginlog.Event) *Request {
	if len(a.open) >= cmp.Or(a.MaxOpen, defaultOpen) {
		a.evict()
	}
	var r *Request
	if n := len(a.spare); n > 0 {
		r, a.spare = a.spare[n-1], a.spare[:n-1]
	} else {
		r = new(Request)
	}
	a.number++
	*r = Request{
		Number: a.number, Thread: e.Thread, First: Place{max(a.file, 1), e.Line}, Start: e.Time, End: e.Time,
		Clones: r.Clones[:0], Attempts: r.Attempts[:0], Events: r.Events[:0],
	}
	r.saw.reloads = a.reloads[e.PID]
	a.open[e.Thread], a.recent = r, r
	return r
}

// evict cuts off the half of the open requests that were not heard of for longest: no log is to fill the memory.
func (a *Assembler) evict() {
	all := a.byNumber()
	slices.SortStableFunc(all, func(x, y *Request) int {
		if x.Last.File != y.Last.File {
			return x.Last.File - y.Last.File
		}
		return int(x.Last.Line - y.Last.Line)
	})
	for _, r := range all[:len(all)/2] {
		a.cutOff(r)
	}
}

// declined reports whether nothing but the search for a route was seen: the web server served the request itself.
func (r *Request) declined() bool {
	return r.saw.noRoute || r.saw.routed && !r.saw.found && !r.saw.started && !r.saw.named && !r.saw.acting
}

// finish judges a request and hands it out.
func (a *Assembler) finish(r *Request) {
	r.Declined = r.declined()
	r.when(a.reloads[r.PID] > r.saw.reloads, reloadInside)
	r.judge(cmp.Or(a.Slow, defaultSlow))
	if a.Done != nil {
		a.Done(r)
	}
	a.release(r)
}

// release takes a request off the list; its memory is for the next one.
func (a *Assembler) release(r *Request) {
	delete(a.open, r.Thread)
	a.recent = nil
	if len(a.spare) < 64 {
		a.spare = append(a.spare, r)
	}
}

// name returns a copy of a member's name that does not hold on to the text of the log.
func (a *Assembler) name(s string) string {
	if known, ok := a.names.Get(s, 0); ok {
		return known
	}
	s = keep(s)
	if a.names.Len() < maxNames {
		a.names.Set(s, 0, s)
	}
	return s
}

// keep returns a copy of s, cut to what is worth keeping.
func keep(s string) string { return strings.Clone(s[:min(len(s), maxText)]) }

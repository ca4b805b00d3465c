package story

import (
	"cmp"
	"strconv"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// tale is what a Story notes about a request that fails.
type tale struct {
	told  int              // attempts that incidents know
	since requests.Place   // the first line about the attempt that they do not know
	first pluginlog.Time   // its time
	lines []pluginlog.Kind // lines about it
	lost  []pluginlog.Kind // lines that say that nobody is left, or that the request is given up

	wrote, fired bool        // writing to the member failed, a timeout fired: in the attempt under way
	timeouts     []ioTimeout // that fired, of attempts that incidents do not know

	last      *Incident   // of the attempt told of last
	incidents []*Incident // of the request, each once
	nobody    bool        // is left
	gaveUp    bool        // the plug-in said so
	retry     bool        // another member will be tried
	left      bool        // the client
}

// ioTimeout is a line about a ServerIOTimeout that expired.
type ioTimeout struct {
	after time.Duration
	again bool // the same member is asked again
}

// taleOf returns the tale of a request, a new one where it has none yet.
func taleOf(r *requests.Request) *tale {
	t, ok := r.Note.(*tale)
	if !ok {
		t = new(tale)
		r.Note = t
	}
	return t
}

// at returns the place of a line.
func (s *Story) at(e *pluginlog.Event) requests.Place {
	return requests.Place{File: max(s.file, 1), Line: e.Line}
}

// failing takes a line about a failure.
func (s *Story) failing(r *requests.Request, e *pluginlog.Event) {
	t := taleOf(r)
	switch e.Kind {
	case pluginlog.ClientWriteFailed, pluginlog.BodyShort:
		s.clientLeft(t, e)
		return
	case pluginlog.AllCouldBeDown, pluginlog.NoAppServer, pluginlog.RequestFailed:
		s.giveUp(r, t, e)
		return
	case pluginlog.ServerWriteFailed:
		t.wrote = true
	case pluginlog.TimeoutFired:
		t.fired = true
	case pluginlog.IOTimedOut:
		if len(t.timeouts) < maxTold {
			t.timeouts = append(t.timeouts, ioTimeout{time.Duration(max(e.Seconds, 0)) * time.Second, e.Retry})
		}
	}
	if len(t.lines) == 0 {
		t.first = e.Time
	}
	t.add(&t.lines, s.at(e), e.Kind)
	// With these two the attempt has ended, and the assembler knows it by now: its Line comes behind its apply.
	switch e.Kind {
	case pluginlog.MarkedDown:
		s.tell(r, t, e.Time, s.at(e))
		s.markedDown(t.last, e)
	case pluginlog.TransactionFailed:
		t.retry = e.Retry
		s.tell(r, t, e.Time, s.at(e))
	}
}

// add notes a line of which no incident knows yet.
func (t *tale) add(to *[]pluginlog.Kind, at requests.Place, kind pluginlog.Kind) {
	if t.since.Line == 0 {
		t.since = at
	}
	if len(*to) < maxTold {
		*to = append(*to, kind)
	}
}

// tell lets incidents know of the attempts that ended since it was called last; now is the time of the line at a
// place. Lines that come after the last attempt belong to it.
func (s *Story) tell(r *requests.Request, t *tale, now pluginlog.Time, at requests.Place) {
	began, ended, fresh := now, now, false
	for ; t.told < len(r.Attempts) && r.Attempts[t.told].Outcome != requests.Pending; t.told++ {
		// A member that answers 503 has not served the request (R53).
		if a := &r.Attempts[t.told]; a.Outcome != requests.Answered || a.Status == 503 {
			s.attempt(t, a)
			fresh, ended = true, a.End
			began = min(began, a.Start)
			if t.since.Line == 0 && r.First.File == at.File {
				t.since = requests.Place{File: at.File, Line: a.Line}
			}
		}
	}
	if t.last == nil || len(t.lines) == 0 && !fresh {
		return
	}
	if len(t.lines) > 0 {
		ended = now
	}
	t.last.count(t.lines)
	t.last.touch(r.PID, began, ended, t.upTo(at))
	t.lines = t.lines[:0]
}

// upTo returns the lines since the first that no incident knows, those of one file; from here on they are known.
func (t *tale) upTo(at requests.Place) Lines {
	since := t.since
	t.since = requests.Place{}
	if since.Line == 0 || since.File != at.File {
		since = at
	}
	return Lines{at.File, since.Line, at.Line}
}

// attempt finds the incident of an attempt that failed.
func (s *Story) attempt(t *tale, at *requests.Attempt) {
	kind := s.kindOf(t, at)
	// A code is known by its number where the line shows one: the name may be cut away.
	k := key{kind: kind, subject: subject(at), osError: at.OSError, detail: at.GSK.Name}
	if at.GSK.Code != 0 {
		k.detail = strconv.Itoa(int(at.GSK.Code))
	}
	i := s.incident(k, at.End)
	if i.Member == "" {
		i.Member = at.Member
	}
	// With a port it says more, and not every line shows the port.
	if host := hostOf(at); len(host) > len(i.Host) {
		i.Host = host
	}
	if at.GSK != (pluginlog.GSK{}) {
		i.GSK = at.GSK
	}
	s.waits(t, at, i)
	t.last = i
	t.belong(i)
	t.wrote, t.fired = false, false
}

// belong notes that the request is hit by an incident.
func (t *tale) belong(i *Incident) {
	for _, known := range t.incidents {
		if known == i {
			return
		}
	}
	if len(t.incidents) < maxOfRequest {
		t.incidents = append(t.incidents, i)
	}
}

// subject is what attempts at one member have in common: its name, or else where it listens.
func subject(at *requests.Attempt) string {
	if at.Member != "" {
		return at.Member
	}
	return hostOf(at)
}

func hostOf(at *requests.Attempt) string {
	if at.Host == "" || at.Port == 0 {
		return at.Host
	}
	return at.Host + ":" + strconv.Itoa(int(at.Port))
}

// kindOf says what a failed attempt is a sign of.
func (s *Story) kindOf(t *tale, at *requests.Attempt) Kind {
	switch {
	case at.Outcome == requests.Refused:
		if entry, ok := catalogue.OfOSError(at.OSError); ok && entry.Kind == HangsConnect.String() {
			return HangsConnect
		}
		return MemberDown
	case at.Outcome == requests.ConnectTimeout:
		return HangsConnect
	case at.Outcome == requests.IOTimeout || t.fired:
		return HangsAnswer
	case at.Outcome == requests.HandshakeRefused:
		return TLS
	case at.Status == 503:
		return Busy
	// Where writing fails on a new stream the member is down. Where no line shows which streams are new, the likelier
	// is assumed: a stream of the queue, which the member or a device in between had closed.
	case t.wrote && (at.Reused || !s.streams):
		return StaleStreams
	}
	return MemberDown
}

// waits adds up how long clients waited for a timeout.
func (s *Story) waits(t *tale, at *requests.Attempt, i *Incident) {
	if i.Kind != HangsConnect && i.Kind != HangsAnswer {
		return
	}
	var waited time.Duration
	c := &i.Clients
	c.Waits++
	switch {
	case at.Start != 0 && at.Start < t.first: // a line shows where the attempt began
		waited = at.End.Sub(at.Start)
	case i.Kind == HangsConnect:
		waited = s.opt.connect(at.Member)
	}
	if at.Outcome == requests.IOTimeout && len(t.timeouts) > 0 {
		waited = cmp.Or(waited, t.timeouts[0].after)
		if t.timeouts[0].again {
			c.Again++
		}
		t.timeouts = t.timeouts[1:]
	}
	if c.Waited += waited; waited == 0 {
		c.WaitUnknown++
	}
}

// giveUp takes a line that says that no member is left, or that the plug-in gives the request up.
func (s *Story) giveUp(r *requests.Request, t *tale, e *pluginlog.Event) {
	s.tell(r, t, e.Time, s.at(e))
	t.add(&t.lost, s.at(e), e.Kind)
	if e.Kind != pluginlog.RequestFailed {
		t.nobody = true
		return
	}
	t.gaveUp = true
	s.lose(r, t, e.Time, s.at(e))
}

// lose takes a request that no member will answer. Where the log does not say that nobody was left, its attempts say
// why.
func (s *Story) lose(r *requests.Request, t *tale, now pluginlog.Time, at requests.Place) {
	for _, i := range t.incidents {
		i.Clients.Errors++
	}
	kind := AllDown
	if !t.nobody {
		kind = GaveUp
	}
	// The incident of its last attempt says more than one about giving up.
	if kind == GaveUp && t.last != nil {
		t.last.count(t.lost)
		t.last.touch(r.PID, now, now, t.upTo(at))
		return
	}
	i := s.incident(key{kind: kind}, now)
	i.count(t.lost)
	i.tried(r)
	i.touch(r.PID, r.Start, now, t.upTo(at))
	i.Clients.Errors++
}

// clientLeft takes a client that is gone. A request may say so in several lines, and counts once.
func (s *Story) clientLeft(t *tale, e *pluginlog.Event) {
	i := s.alone(key{kind: ClientLeft}, e)
	if !t.left {
		i.Clients.Left++
	}
	t.left = true
}

// Done takes a request that is finished, as an Assembler gives it.
func (s *Story) Done(r *requests.Request) {
	s.series.done(r)
	// Nothing failed: it shows how fast the members are. The time of one that failed is a matter of its incident.
	if r.Note == nil && !answered503(r) {
		s.time(r)
		return
	}
	t := taleOf(r)
	s.tell(r, t, r.End, r.Last)
	switch {
	case t.gaveUp:
	case t.nobody:
		s.lose(r, t, r.End, r.Last)
	default:
		for _, i := range t.incidents {
			i.Clients.settle(i.Kind, r, t)
		}
	}
}

// Hit returns the numbers of the incidents that a request belongs to, once Done has it.
func (s *Story) Hit(r *requests.Request) (numbers []int) {
	if t, ok := r.Note.(*tale); ok {
		for _, i := range t.incidents {
			numbers = append(numbers, i.number)
		}
	}
	return numbers
}

// settle counts what a client got whose request was not given up.
func (c *Clients) settle(kind Kind, r *requests.Request, t *tale) {
	switch {
	case kind == Full: // it was passed over, which is no attempt
	case kind == Busy && r.Status == 503:
		c.Errors++
	case t.retry || served(r):
		c.FailedOver++
	default:
		c.Unknown++
	}
}

// served reports whether a member answered the request at last.
func served(r *requests.Request) bool {
	n := len(r.Attempts)
	return n > 0 && r.Attempts[n-1].Outcome == requests.Answered
}

// answered503 reports whether a member answered 503, which is no line about a failure.
func answered503(r *requests.Request) bool {
	for i := range r.Attempts {
		if r.Attempts[i].Status == 503 {
			return true
		}
	}
	return false
}

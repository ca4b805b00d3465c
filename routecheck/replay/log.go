package replay

import (
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

const second = match.Nanos(time.Second)

// MatchEvents emits how a request found its Route; m is nil when there was none. Call it before the first
// [routecheck.Table.Next]. The caller fills Time and Thread of each event; the event is emit's only until it returns.
func MatchEvents(t *match.Table, rq *match.Request, m *match.Match, sem *choices.Assumptions,
	emit func(*pluginlog.Event)) {
	if _, refused := t.Refusal(rq, sem); refused {
		return // by the web server: the plug-in is not asked (R16)
	}
	host, port := t.HostPort(rq, sem)
	path := strings.ReplaceAll(match.SeenPath(rq, sem), "?", "%3F") // or it would read as the query
	emit(&pluginlog.Event{Kind: pluginlog.RouteTried, Host: host + ":" + strconv.Itoa(port), URI: path})
	if m == nil {
		emit(&pluginlog.Event{Kind: pluginlog.RouteNotFound})
		return
	}
	emit(&pluginlog.Event{Kind: pluginlog.URIMatched, Pattern: m.Pattern(), URI: path, Group: m.URIGroup(),
		Score: int32(m.URIScore())})
	emit(&pluginlog.Event{Kind: pluginlog.RequestStarted})
}

// Events emits the lines for the steps of one call of Next, Observe or NoteStream. Decisions of one cluster are
// replayed in the order of their lines, so a caller with several threads emits them before it releases the cluster's
// lock.
func Events(t *match.Table, cluster match.ClusterID, steps []failover.Step, emit func(*pluginlog.Event)) {
	w := lines{t: t, c: &t.Clusters[cluster], emit: emit}
	for i := range steps {
		w.step(&steps[i])
	}
}

// lines writes the lines of one call's steps.
type lines struct {
	t    *match.Table
	c    *match.Cluster
	emit func(*pluginlog.Event)
}

func (w *lines) say(kinds ...pluginlog.Kind) {
	for _, k := range kinds {
		w.emit(&pluginlog.Event{Kind: k})
	}
}

// step writes the lines of one step. Kinds that a plug-in logs nothing about have no case.
func (w *lines) step(s *failover.Step) {
	switch s.Kind {
	case failover.StepAffinity:
		w.session(s)
	case failover.StepCompare:
		w.emit(&pluginlog.Event{Kind: pluginlog.CloneCompared, Clone: s.Clone, Pattern: w.c.Members[s.Member].CloneID})
	case failover.StepClone:
		w.clone(s)
	case failover.StepStatus:
		w.status(s)
	case failover.StepAssign:
		w.emit(&pluginlog.Event{Kind: pluginlog.Picked, Member: w.name(s), Weight: s.Weight})
		w.say(pluginlog.Executing)
	case failover.StepAgain:
		w.say(pluginlog.Executing)
	case failover.StepStream:
		w.stream(s)
	case failover.StepFailed:
		w.failed(s)
	default:
		w.end(s)
	}
}

func (w *lines) end(s *failover.Step) {
	switch s.Kind {
	case failover.StepHead:
		w.emit(&pluginlog.Event{Kind: pluginlog.StatusLine, Code: int32(s.Status)})
	case failover.StepAnswer:
		w.counted(s)
		w.say(pluginlog.RequestEnded)
	case failover.StepGone:
		w.emit(gone(s))
		w.counted(s)
		w.say(pluginlog.RequestEnded)
	case failover.StepTransport:
		w.emit(&pluginlog.Event{Kind: pluginlog.Picked, Member: w.name(s), Weight: s.Weight})
		w.say(pluginlog.RequestFailed, pluginlog.RequestEnded)
	case failover.StepGiveUp:
		w.giveUp(s)
	}
}

// gone words why an attempt ended that the member did not end.
func gone(s *failover.Step) *pluginlog.Event {
	switch s.Event {
	case failover.LocalWant:
		return &pluginlog.Event{Kind: pluginlog.AttemptDropped,
			Text: "Attempt dropped: this process lacks descriptors, ports or memory"}
	case failover.BodyTooLarge:
		return &pluginlog.Event{Kind: pluginlog.AttemptDropped,
			Text: "Attempt dropped: the body exceeds PostSizeLimit"}
	}
	return &pluginlog.Event{Kind: pluginlog.ClientWriteFailed, Text: "write failed; the client is gone"}
}

// clone writes whose clone ID it is; one of nobody (R27) has its own line.
func (w *lines) clone(s *failover.Step) {
	if s.Member == match.NoMember {
		w.say(pluginlog.CloneNotFound)
		return
	}
	w.emit(&pluginlog.Event{Kind: pluginlog.CloneMatched, Member: w.name(s)})
}

func (w *lines) name(s *failover.Step) string { return w.c.Members[s.Member].Name }

// sources are how a plug-in names the places where it looks for a session (R20).
var sources = [...]string{"", "the SSL session id", "the cookie affinity", "the url rewrite affinity"}

// session writes one identifier of the request and its clone IDs (R20, R21), or that it was looked for in vain.
func (w *lines) session(s *failover.Step) {
	w.say(pluginlog.AffinityChecked)
	if s.Source == 0 {
		return
	}
	w.emit(&pluginlog.Event{Kind: pluginlog.AffinitySource, Text: sources[s.Source]})
	for _, clone := range s.Clones {
		w.emit(&pluginlog.Event{Kind: pluginlog.CloneAdded, Clone: clone})
	}
	w.say(pluginlog.ClonesListed)
}

// status writes the status line of a member (R42). Seconds are rounded up: 0 would say that the retry is due.
func (w *lines) status(s *failover.Step) {
	wait := int32((s.Check.RetryIn + second - 1) / second)
	w.emit(&pluginlog.Event{Kind: pluginlog.StatusChecked, Member: w.name(s), Check: pluginlog.Check{
		IgnoreWeights: s.Check.IgnoreWeights, MarkedDown: s.Check.MarkedDown, RetryNow: s.Check.RetryNow,
		WLBAllows:  s.Check.Allows,
		HasRetryIn: s.Check.MarkedDown, RetryIn: wait, HasFull: true, Full: s.Check.Full,
	}})
	if s.Check.MarkedDown && !s.Check.RetryNow {
		w.emit(&pluginlog.Event{Kind: pluginlog.StillMarkedDown, Member: w.name(s), Seconds: wait})
	}
}

// stream writes where the request goes, and that it is written. Case 1 is the form of the line for https.
func (w *lines) stream(s *failover.Step) {
	tr := &w.c.Members[s.Member].Transports[s.Transport]
	at := pluginlog.Event{Kind: pluginlog.TransportSet, Host: tr.Host, Port: int32(tr.Port)}
	if tr.HTTPS {
		at.Case = 1
	}
	w.emit(&at)
	if s.Reused {
		w.say(pluginlog.StreamSought, pluginlog.StreamReused)
	} else {
		w.say(pluginlog.StreamSought, pluginlog.StreamCreated)
	}
	if s.Failover {
		w.say(pluginlog.FailoverHeaderSent)
	}
	if s.Size != 0 {
		w.emit(&pluginlog.Event{Kind: pluginlog.BodyStarted, Length: max(s.Size, 0)})
	}
	w.say(pluginlog.RequestWritten)
}

// failed writes what went wrong and what it did to the member. A stream from the queue that failed is only looked for
// once more (R50c, R54).
func (w *lines) failed(s *failover.Step) {
	host := w.host(s)
	switch s.Event {
	case failover.ConnectFailed:
		w.emit(&pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: host})
		w.say(pluginlog.StreamFailed)
	case failover.ConnectTimeout:
		w.say(pluginlog.ConnectTimedOut, pluginlog.StreamFailed)
	case failover.IOTimeout:
		w.emit(&pluginlog.Event{Kind: pluginlog.IOTimedOut, Seconds: int32(w.c.Members[s.Member].IOTimeout / second),
			Count: int32(s.Retries),
			Limit: int32(w.c.IORetries), Retry: s.Retry})
	case failover.Malformed:
		w.emit(&pluginlog.Event{Kind: pluginlog.ResponseMalformed, Text: "Malformed response"})
	case failover.StreamLost:
		if !s.Again {
			w.emit(&pluginlog.Event{Kind: pluginlog.ServerWriteFailed, Text: "Write failed; the stream was closed"})
		}
	}
	if s.Fresh {
		w.say(pluginlog.StreamSought)
		return
	}
	if s.Marked {
		w.emit(&pluginlog.Event{Kind: pluginlog.MarkedDown, Member: w.name(s)})
	}
	w.counted(s)
	w.emit(&pluginlog.Event{Kind: pluginlog.TransactionFailed, Member: w.name(s), Host: host, Retry: s.Retry})
	switch s.End {
	case failover.EndCut:
		w.say(pluginlog.RequestEnded)
	case failover.EndAttempts:
		w.say(pluginlog.NoAppServer, pluginlog.RequestFailed, pluginlog.RequestEnded)
	}
}

func (w *lines) host(s *failover.Step) string {
	if trs := w.c.Members[s.Member].Transports; len(trs) > 0 {
		return trs[0].Host
	}
	return ""
}

func (w *lines) counted(s *failover.Step) {
	w.emit(&pluginlog.Event{Kind: pluginlog.Counted, Member: w.name(s), Counters: pluginlog.Counters{
		Pending: int64(s.State.Pending), Failed: int64(s.State.Failed), Affinity: int64(s.State.Affinity),
		Total: int64(s.State.Total),
	}})
}

// giveUp writes the end of a request that no member answers, or whose 503 is passed on (R53).
func (w *lines) giveUp(s *failover.Step) {
	switch s.End {
	case failover.EndPassedOn:
		w.say(pluginlog.RequestEnded)
		return
	case failover.EndNobody:
		w.say(pluginlog.AllCouldBeDown, pluginlog.NoAppServer)
	case failover.EndAttempts:
		w.say(pluginlog.NoAppServer)
	case failover.EndTooLarge:
		w.emit(&pluginlog.Event{Kind: pluginlog.ErrorLine,
			Text: "ws_common: websphereHandleRequest: " + words.Step(w.t, s)})
	}
	w.say(pluginlog.RequestFailed, pluginlog.RequestEnded)
}

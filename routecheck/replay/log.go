package replay

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
)

const second = routecheck.Nanos(time.Second)

// MatchEvents emits how a request found its Route; m is nil when there was none. Call it before the first
// [routecheck.Table.Next]. The caller fills Time and Thread of each event; the event is emit's only until it returns.
func MatchEvents(t *routecheck.Table, rq *routecheck.Request, m *routecheck.Match, sem *routecheck.Semantics,
	emit func(*pluginlog.Event)) {
	if t.Refused(rq, sem) != "" {
		return // by the web server: the plug-in is not asked (R16)
	}
	host, port := t.HostPort(rq, sem)
	path := strings.ReplaceAll(routecheck.SeenPath(rq, sem), "?", "%3F") // or it would read as the query
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
func Events(t *routecheck.Table, cluster routecheck.ClusterID, steps []routecheck.Step, emit func(*pluginlog.Event)) {
	w := lines{c: &t.Clusters[cluster], emit: emit}
	for i := range steps {
		w.step(&steps[i])
	}
}

// lines writes the lines of one call's steps.
type lines struct {
	c    *routecheck.Cluster
	emit func(*pluginlog.Event)
}

func (w *lines) say(kinds ...pluginlog.Kind) {
	for _, k := range kinds {
		w.emit(&pluginlog.Event{Kind: k})
	}
}

func (w *lines) step(s *routecheck.Step) {
	switch s.Kind {
	case routecheck.StepAffinity:
		w.session(s)
	case routecheck.StepCompare:
		w.emit(&pluginlog.Event{Kind: pluginlog.CloneCompared, Clone: s.Clone, Pattern: w.c.Members[s.Member].CloneID})
	case routecheck.StepClone:
		w.clone(s)
	case routecheck.StepStatus:
		w.status(s)
	case routecheck.StepAssign:
		w.emit(&pluginlog.Event{Kind: pluginlog.Picked, Member: w.name(s), Weight: s.Weight})
		w.say(pluginlog.Executing)
	case routecheck.StepAgain:
		w.say(pluginlog.Executing)
	case routecheck.StepStream:
		w.stream(s)
	case routecheck.StepFailed:
		w.failed(s)
	default:
		w.end(s)
	}
}

func (w *lines) end(s *routecheck.Step) {
	switch s.Kind {
	case routecheck.StepHead:
		w.emit(&pluginlog.Event{Kind: pluginlog.StatusLine, Code: int32(s.Status)})
	case routecheck.StepAnswer:
		w.counted(s)
		w.say(pluginlog.RequestEnded)
	case routecheck.StepGone:
		w.emit(gone(s))
		w.counted(s)
		w.say(pluginlog.RequestEnded)
	case routecheck.StepTransport:
		w.emit(&pluginlog.Event{Kind: pluginlog.Picked, Member: w.name(s), Weight: s.Weight})
		w.say(pluginlog.RequestFailed, pluginlog.RequestEnded)
	case routecheck.StepGiveUp:
		w.giveUp(s)
	}
}

// gone words why an attempt ended that the member did not end.
func gone(s *routecheck.Step) *pluginlog.Event {
	switch s.Event {
	case routecheck.LocalWant:
		return &pluginlog.Event{Kind: pluginlog.AttemptDropped,
			Text: "Attempt dropped: this process lacks descriptors, ports or memory"}
	case routecheck.BodyTooLarge:
		return &pluginlog.Event{Kind: pluginlog.AttemptDropped,
			Text: "Attempt dropped: the body exceeds PostSizeLimit"}
	}
	return &pluginlog.Event{Kind: pluginlog.ClientWriteFailed, Text: "write failed; the client is gone"}
}

// clone writes whose clone ID it is; one of nobody (R27) has its own line.
func (w *lines) clone(s *routecheck.Step) {
	if s.Member == routecheck.NoMember {
		w.say(pluginlog.CloneNotFound)
		return
	}
	w.emit(&pluginlog.Event{Kind: pluginlog.CloneMatched, Member: w.name(s)})
}

func (w *lines) name(s *routecheck.Step) string { return w.c.Members[s.Member].Name }

// sources are how a plug-in names the places where it looks for a session (R20).
var sources = [...]string{"", "the SSL session id", "the cookie affinity", "the url rewrite affinity"}

func (w *lines) session(s *routecheck.Step) {
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

func (w *lines) status(s *routecheck.Step) {
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

func (w *lines) stream(s *routecheck.Step) {
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
func (w *lines) failed(s *routecheck.Step) {
	host := w.host(s)
	switch s.Event {
	case routecheck.ConnectFailed:
		w.emit(&pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: host})
		w.say(pluginlog.StreamFailed)
	case routecheck.ConnectTimeout:
		w.say(pluginlog.ConnectTimedOut, pluginlog.StreamFailed)
	case routecheck.IOTimeout:
		w.emit(&pluginlog.Event{Kind: pluginlog.IOTimedOut, Seconds: int32(w.c.Members[s.Member].IOTimeout / second),
			Count: int32(s.Retries),
			Limit: int32(w.c.IORetries), Retry: s.Retry})
	case routecheck.Malformed:
		w.emit(&pluginlog.Event{Kind: pluginlog.ResponseMalformed, Text: "Malformed response"})
	case routecheck.StreamLost:
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
	case routecheck.EndCut:
		w.say(pluginlog.RequestEnded)
	case routecheck.EndAttempts:
		w.say(pluginlog.NoAppServer, pluginlog.RequestFailed, pluginlog.RequestEnded)
	}
}

func (w *lines) host(s *routecheck.Step) string {
	if trs := w.c.Members[s.Member].Transports; len(trs) > 0 {
		return trs[0].Host
	}
	return ""
}

func (w *lines) counted(s *routecheck.Step) {
	w.emit(&pluginlog.Event{Kind: pluginlog.Counted, Member: w.name(s), Counters: pluginlog.Counters{
		Pending: int64(s.State.Pending), Failed: int64(s.State.Failed), Affinity: int64(s.State.Affinity),
		Total: int64(s.State.Total),
	}})
}

// giveUp writes the end of a request that no member answers, or whose 503 is passed on (R53).
func (w *lines) giveUp(s *routecheck.Step) {
	switch s.End {
	case routecheck.EndPassedOn:
		w.say(pluginlog.RequestEnded)
		return
	case routecheck.EndNobody:
		w.say(pluginlog.AllCouldBeDown, pluginlog.NoAppServer)
	case routecheck.EndAttempts:
		w.say(pluginlog.NoAppServer)
	case routecheck.EndTooLarge:
		w.emit(&pluginlog.Event{Kind: pluginlog.ErrorLine,
			Text: fmt.Sprintf("ws_common: websphereHandleRequest: %s", s.Text)})
	}
	w.say(pluginlog.RequestFailed, pluginlog.RequestEnded)
}

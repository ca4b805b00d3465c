package proxy

import (
	"errors"
	"sync/atomic"

	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/proxy/wspt"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// maxInterim bounds the 1xx answers before the final one. RFC 9110, 15.2 does not, so a broken member could hold a
// request for ever: each of them would start ServerIOTimeout anew.
const maxInterim = 16

// send makes one attempt: a stream, the request, the head of the answer. A 503 that the attempt before has held back
// is forgotten; its stream goes back to the queue where nothing of it is left to read.
func (fw *forwarder) send(act failover.Action) failover.Event {
	fw.release(fw.settled()) // before joinPump: where a pump still writes, it is the stream's end that ends it
	fw.joinPump()
	m := &fw.x.cluster.Members[act.Member]
	tm := &fw.x.gen.Table.Clusters[fw.x.state.Cluster].Members[act.Member]
	fw.r.entry.Attempt(m.Name)
	if act.Failover != fw.r.body.failover { // $WSFO is all that differs between attempts
		fw.r.body.failover = act.Failover
		fw.c.out = fw.appendHead(fw.c.out[:0], act.Failover)
	}
	for fresh := act.FreshStream; ; fresh = true {
		s, ev := fw.stream(&m.Transports[act.Transport], fresh, tm.ConnectIn(&fw.x.gen.Sem))
		if s == nil {
			return fw.connectFailed(ev)
		}
		fw.x.noteStream(act, s.Reused)
		fw.up = s
		fw.c.WaitFor(&s.Link) // a client that leaves ends the wait for the member
		ev, stale := fw.talk(s, m, tm.IOTimeout)
		if !stale {
			if ev.Kind == failover.Head {
				fw.learn(s)
			}
			return ev
		}
		fw.release(false) // it was closed while idle, and nothing has been sent: as if it had not been in the queue
	}
}

// connectFailed passes a failed connect on, unless it is this process that lacks something: then the client gets 503,
// the member's state stays as it was, as with a client that leaves, and nobody else is tried.
func (fw *forwarder) connectFailed(ev failover.Event) failover.Event {
	if !wire.IsLocalWant(fw.r.entry.Cause) {
		return ev
	}
	fw.c.p.logWant(fw.r.entry.Cause)
	fw.r.fail(503)
	return failover.Event{Kind: failover.LocalWant}
}

// joinPump ends what passes on a body from its file: the stream that it writes to is closed, and the next attempt
// reads the file anew.
func (fw *forwarder) joinPump() {
	if b := &fw.r.body; b.pumped != nil {
		<-b.pumped
		b.pumped = nil
	}
}

// stream takes a stream from the queue or opens one (R66). Without one the event says why, and the cause is noted.
func (fw *forwarder) stream(t *upstream.Transport, fresh bool, limit match.Nanos) (*upstream.Stream, failover.Event) {
	if !fresh {
		if s := t.Take(fw.x.at); s != nil {
			return s, failover.Event{}
		}
	}
	s, kind, err := fw.c.p.dialer.Open(fw.c.p.ctx, t, limit)
	if err != nil {
		fw.r.entry.Cause = err
		fw.x.log.Failed(err)
	}
	return s, failover.Event{Kind: kind}
}

// talk sends the request on a stream and reads the head of the answer. stale: the stream was dead before anything was
// sent, which only one from the queue can be. Whether anything was sent decides what may follow (R57), so sent counts
// over all writes.
func (fw *forwarder) talk(
	s *upstream.Stream, m *generation.Member, limit match.Nanos,
) (ev failover.Event, stale bool) {
	s.Head.Reset()
	s.Off, s.N = 0, 0
	s.Within(limit)
	var sent int
	var err error
	switch b := &fw.r.body; {
	case !b.has:
		sent, s.In, s.N, err = s.RoundTrip(fw.c.out, s.Reused, fw.c.p.poolFor(s))
	case b.whole && !m.Wait && b.file == nil:
		sent, err = fw.sendWhole(s)
	default:
		sent, err = fw.sendStreaming(s, m, limit)
	}
	switch {
	case err == nil && s.Head.Size == 0: // else the final answer came in place of a 100
		err = fw.answer(s, limit, false)
	case sent > 0 && isLost(err):
		err = fw.lastWords(s, limit, err)
	}
	if err == nil {
		err = fw.checkBody(s)
	}
	switch {
	case err == wire.ErrStale:
		return ev, true
	case err != nil:
		return fw.failure(s, err, sent), false
	}
	return failover.Event{Kind: failover.Head, Status: s.Head.Status}, false
}

// lastWords looks for the answer of a member that has closed the stream before the request was out: one that refuses
// a body does not read it. Without an answer the stream was lost as before.
func (fw *forwarder) lastWords(s *upstream.Stream, limit match.Nanos, lost error) error {
	s.Unusable = true
	err := fw.answer(s, limit, false)
	if isLost(err) {
		return lost
	}
	return err
}

// isLost reports whether the stream ended of itself. It did not where its time was over, where the client's side gave
// up, or where what was read is no answer.
func isLost(err error) bool {
	return err != nil && err != wire.ErrAborted && lossOf(err) == failover.StreamLost
}

// sendWhole sends head and body together where the body is small: one system call and one packet in place of two.
func (fw *forwarder) sendWhole(s *upstream.Stream) (sent int, err error) {
	b := &fw.r.body
	if len(fw.c.out)+len(b.kept) <= wire.SmallBuffer {
		head := len(fw.c.out)
		fw.c.out = append(fw.c.out, b.kept...)
		sent, s.In, s.N, err = s.RoundTrip(fw.c.out, s.Reused, fw.c.p.poolFor(s))
		fw.c.out = fw.c.out[:head]
		return sent, err
	}
	if s.Reused && s.Readable() { // the look that RoundTrip takes above
		return 0, wire.ErrStale
	}
	if sent, err = s.Write(fw.c.out); err != nil {
		return sent, err
	}
	more, b2, n, err := s.RoundTrip(b.kept, false, fw.c.p.poolFor(s)) // no second look: the head is out
	s.In, s.N = b2, n
	return sent + more, err
}

// sendStreaming sends the head and starts to pass on the body, from the client or from a file. It does not wait for
// the end of it: a member may answer before.
func (fw *forwarder) sendStreaming(s *upstream.Stream, m *generation.Member, limit match.Nanos) (sent int, err error) {
	b := &fw.r.body
	if s.Reused && s.Readable() {
		return 0, wire.ErrStale
	}
	head := fw.c.out
	if m.Wait { // before the empty line, and in a copy: the next attempt sends fw.c.out again
		head = append(append(head[:len(head)-2:len(head)-2], "Expect: 100-continue\r\n"...), "\r\n"...)
	}
	if sent, err = s.Write(head); err != nil {
		return sent, err
	}
	if m.Wait {
		if err := fw.answer(s, limit, true); err != nil || s.Head.Status != 100 {
			s.Unusable = true // the member decided without the body
			return sent, err
		}
		s.Head.Reset()
	}
	if b.file == nil {
		more, err := s.Write(b.kept)
		if sent += more; err != nil || b.whole {
			return sent, err
		}
	}
	b.pumped, b.ending = make(chan error, 1), new(atomic.Bool) // room for one: the pump ends though nobody asks
	done := b.pumped                                           // whoever has had its result sets b.pumped to nil
	go func() { done <- fw.pump(s, limit) }()
	return sent, nil
}

// answer reads up to the end of the head of the final answer; with hundred a 100 ends the wait, too. Interim answers
// end here, though RFC 9110, 15.2 would have them passed on: a failover may still follow, and nobody should get the
// hints of two members. A 101 that nobody asked for is an error.
func (fw *forwarder) answer(s *upstream.Stream, limit match.Nanos, hundred bool) error {
	for interim := 0; ; {
		if err := fw.answerHead(s, limit); err != nil {
			return err
		}
		status := s.Head.Status
		if status >= 200 || status == 101 && fw.r.wantsUpgrade() && !s.Head.Odd {
			return nil
		}
		if interim++; status == 101 || interim > maxInterim {
			return errMalformed
		}
		s.Unusable = s.Unusable || s.Head.Odd
		s.Off += s.Head.Size
		if status == 100 && hundred {
			return nil
		}
		s.Head.Reset()
	}
}

// answerHead parses the next head, reading as long as it is not whole. Each read has the whole limit again: that is
// ServerIOTimeout, the time without a byte. While the body comes from the client the pump sets it.
func (fw *forwarder) answerHead(s *upstream.Stream, limit match.Nanos) error {
	for {
		if s.In != nil {
			done, err := s.Head.Parse(s.In.B[s.Off:s.N], http1.Limits{Fields: 1000})
			if done || err != nil {
				return err
			}
		}
		if !fw.r.body.coming() {
			s.Within(limit)
		}
		if err := fw.moreAnswer(s); err != nil {
			return err
		}
	}
}

// moreAnswer reads more of a head. The bytes before the final head stay in the buffer, so interim answers count
// against its size: 128 KiB, twice what one head may have. A buffer that has grown goes to the garbage collector.
func (fw *forwarder) moreAnswer(s *upstream.Stream) (err error) {
	if s.In == nil {
		s.In, s.N, err = s.Wait(fw.c.p.poolFor(s))
		return err
	}
	if s.N == len(s.In.B) {
		if s.N >= 2*wire.LargeBuffer {
			return errMalformed
		}
		g := s.In.Grown(2*wire.LargeBuffer, s.N)
		fw.c.p.recycle(s.In)
		s.In = g
	}
	n, err := s.Read(s.In.B[s.N:])
	s.N += n
	return err
}

var errMalformed = &http1.Error{
	Status: 502,
	Msg: "the member's answer has too large a head, too many interim answers, " +
		"or an upgrade that nobody asked for",
}

// checkBody looks at the part of a chunked body that came with the head: while nothing has gone out, the client can
// still be told (R70). Most answers come whole in one read, so for most of them this is all of the body.
func (fw *forwarder) checkBody(s *upstream.Stream) error {
	if s.Head.Body(fw.r.isHead()) != http1.ByChunks {
		return nil
	}
	chunks := http1.Chunks{Answer: true}
	return chunks.Check(s.In.B[s.Off+s.Head.Size : s.N])
}

// learn takes the partition table (R28) out of an answer. That the client does not get it is not seen to here: it
// never gets private fields.
func (fw *forwarder) learn(s *upstream.Stream) {
	if fw.c.p.opt.PartitionForm == "" {
		return
	}
	head := s.In.B[s.Off:s.N]
	var version, table string // copies: the table outlives the buffer of the head
	for i := range s.Head.Fields {
		f := &s.Head.Fields[i]
		switch name := f.Name(head); {
		case f.Kind != http1.Private:
		case http1.EqualFold(name, wspt.VersionField):
			version = string(f.Text(head))
		case http1.EqualFold(name, wspt.TableField):
			table = string(f.Text(head))
		}
	}
	if version != "" {
		fw.x.gen.LearnTable(fw.x.state.Cluster, version, table, fw.c.p.log)
	}
}

// failure words what went wrong for Observe, and closes the stream: nobody knows what still comes on it.
func (fw *forwarder) failure(s *upstream.Stream, err error, sent int) failover.Event {
	fw.r.entry.Cause = err
	ev := failover.Event{Kind: lossOf(err), ReusedStream: s.Reused}
	if sent > 0 {
		ev.Sent = failover.SentSome
	}
	if err == wire.ErrAborted {
		fw.release(false) // first: clientFailed waits for the pump, which may be writing to it
		ev.Kind = fw.clientFailed()
	}
	fw.release(false)
	return ev
}

// lossOf tells how an attempt failed whose stream was open. An end before the head is complete is a lost stream, also
// behind half a head (R50b); bytes that are no answer are malformed (R70).
func lossOf(err error) failover.EventKind {
	switch {
	case err == wire.ErrTimeout:
		return failover.IOTimeout
	case errors.As(err, new(*http1.Error)):
		return failover.Malformed
	}
	return failover.StreamLost
}

// clientFailed finds out why the client's side gave up, and answers where it is still there. A body that is too large
// is for Next to refuse, as one whose size was known from the start (R59).
func (fw *forwarder) clientFailed() failover.EventKind {
	fw.r.close = true
	var err error
	if fw.r.body.pumped != nil {
		err = <-fw.r.body.pumped
		fw.r.body.pumped = nil
	}
	switch err {
	case nil:
		fw.r.entry.Gone = true
	case errPostSize:
		fw.x.state.Sized(fw.r.body.content)
		return failover.BodyTooLarge
	default:
		fw.r.badBody(err)
	}
	return failover.ClientGone
}

// settled reports whether the answer at hand is whole in its buffer, so that its stream can be used again without
// passing it on: it is a 503 that was held back, and another attempt follows. The end of chunks is not looked for,
// which costs a connection.
func (fw *forwarder) settled() bool {
	s := fw.up
	if s == nil || s.Head.Size == 0 || s.Unusable || !s.Head.Persists() || fw.r.body.pumped != nil {
		return false
	}
	rest := int64(s.N - s.Off - s.Head.Size)
	switch s.Head.Body(fw.r.isHead()) {
	case http1.NoBody:
		return rest == 0
	case http1.ByLength:
		return rest == s.Head.Length
	}
	return false
}

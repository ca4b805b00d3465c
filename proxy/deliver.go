package proxy

import (
	"bytes"
	"io"
	"time"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// deliver passes the answer at hand on. Once it has begun nothing is retried: whatever goes wrong cuts the connection
// (R58).
func (fw *forwarder) deliver() failover.Event {
	s := fw.up
	fw.r.entry.Status, fw.r.entry.Head = s.Head.Status, fw.x.at
	fw.noteSession(s)
	if s.Head.Status == 101 {
		return fw.upgrade(s)
	}
	d := delivery{fw: fw, s: s, framing: s.Head.Body(fw.r.isHead()), limit: fw.ioTimeout()}
	d.dechunk = d.framing == http1.ByChunks && fw.r.head.Minor == 0 // HTTP/1.0 knows no chunks (RFC 9112, 7.1)
	if fw.r.bodyUnderWay() || d.framing == http1.ByClose || d.dechunk {
		fw.r.close = true // before run, which tells the client so
	}
	ev := d.run()
	whole := ev.Kind == failover.Done
	if !whole {
		fw.r.close = true
	}
	fw.release(whole && d.clean && !s.Unusable && s.Head.Persists() && !fw.r.bodyUnderWay())
	return ev
}

// bodyUnderWay reports whether the request's body was still being passed on when its answer came. Then neither
// connection can carry another request, even when it ends while the answer is delivered.
func (r *request) bodyUnderWay() bool {
	r.body.overtaken = r.body.overtaken || r.body.underWay()
	return r.body.overtaken
}

// underWay also waits for a pump that writes its last piece: the answer has come, so the member has most likely read
// it, and a moment saves both connections.
func (b *body) underWay() bool {
	if b.pumped == nil {
		return b.has && !b.whole // nobody reads the rest: it is too large, for one, or the member did not want it
	}
	if !b.ending.Load() {
		return true
	}
	select {
	case <-b.pumped:
		b.pumped = nil
		return false
	case <-time.After(time.Second): // the member has answered and does not read the last piece
		return true
	}
}

// ioTimeout is the ServerIOTimeout of the member that answers: of its answer, too, each piece has it anew.
func (fw *forwarder) ioTimeout() match.Nanos {
	f := &fw.x.state
	return fw.x.gen.Table.Clusters[f.Cluster].Members[f.Last].IOTimeout
}

// delivery is one answer on its way to the client.
type delivery struct {
	fw      *forwarder
	s       *upstream.Stream
	framing http1.Framing
	dechunk bool // the client speaks HTTP/1.0, and the member sends chunks
	limit   match.Nanos
	left    int64        // ByLength: bytes still to come
	chunks  http1.Chunks // ByChunks
	over    bool         // the end of the body is there
	clean   bool         // nothing follows it on the stream: what a member sends unasked is no answer to anybody
}

// run passes on the head, and with it the part of the body that came with the head: by far the most answers are then
// complete.
func (d *delivery) run() failover.Event {
	s := d.s
	d.left, d.chunks.Answer, d.chunks.Bare = s.Head.Length, true, d.dechunk
	s.Large = s.Head.Length > wire.SmallBuffer // for the next answer on this stream: members answer much alike
	at := s.Off
	if s.Head.Nominates {
		d.chunks.Ends = s.Head.Nominations(bytes.Clone(s.In.B[at : at+s.Head.Size])) // rewrite moves its lines
	}
	body := s.In.B[at+s.Head.Size : s.N]
	out, n, err := d.claim(body)
	if err != nil {
		return d.broken(err)
	}
	d.clean = n == len(body)
	extra := d.extra() + d.fw.c.p.missingDate(&s.Head) + d.plainFraming()
	if s.Head.Odd { // its head is written anew, and no longer stands before the body
		err = d.apart(d.oddHead(extra), out)
	} else {
		start, end := rewrite(s.In.All, wire.Headroom+at, &s.Head, d.dechunk, extra), wire.Headroom+at+s.Head.Size
		err = d.fw.r.writeOut(s.In.All[start : end+len(out)]) // out stands there: nothing was held back before
	}
	if err != nil {
		return gone
	}
	if d.over {
		return failover.Event{Kind: failover.Done}
	}
	return d.stream()
}

var gone = failover.Event{Kind: failover.ClientGone}

// extra are the lines that the client gets about its own connection.
func (d *delivery) extra() string {
	switch {
	case d.fw.r.close:
		return "Connection: close\r\n"
	case d.fw.r.head.Minor == 0:
		return "Connection: keep-alive\r\n"
	}
	return ""
}

// plainFraming is what frames the answer, where the member wrote it as not everybody reads it (see endsHere). It is
// at most one byte longer than the line that rewrite drops for it, which Headroom allows for: only a blank that was
// not there is new.
func (d *delivery) plainFraming() string {
	if !d.s.Head.Loose || d.dechunk || d.s.Head.Status == 204 {
		return ""
	}
	return string(d.s.Head.AppendFraming(nil))
}

// claim says how many bytes of p belong to the answer, and what the client gets of them.
func (d *delivery) claim(p []byte) (out []byte, used int, err error) {
	switch d.framing {
	case http1.NoBody:
		d.over = true
	case http1.ByLength:
		used = int(min(d.left, int64(len(p))))
		d.left -= int64(used)
		d.over = d.left == 0
	case http1.ByClose:
		used = len(p)
	case http1.ByChunks:
		out, used, err = d.chunks.Pass(p)
		d.over = d.chunks.Done()
		return out, used, err
	}
	return p[:used], used, nil
}

// stream passes on the rest of the body. Of a body with a length no more is read than that, so what a member sends
// beyond it stays in the socket and is seen when the stream is looked at.
func (d *delivery) stream() failover.Event {
	buf := d.fw.c.p.large.Get()
	defer d.fw.c.p.large.Put(buf)
	for !d.over {
		space := buf.B
		if d.framing == http1.ByLength {
			space = space[:min(int64(len(space)), d.left)]
		}
		d.s.Within(d.limit)
		got, err := d.s.Read(space)
		if err == io.EOF && d.framing == http1.ByClose { // whole as far as anybody can tell
			break
		}
		if err != nil {
			return d.broken(err)
		}
		out, n, err := d.claim(space[:got])
		if err != nil {
			return d.broken(err)
		}
		d.clean = n == got
		if err := d.write(out); err != nil {
			return gone
		}
	}
	return failover.Event{Kind: failover.Done}
}

// broken is a member that failed in the middle of its answer. One that ends before its body does cannot be read, as
// one whose chunks are none (R70): only before its head is complete is that a lost stream.
func (d *delivery) broken(err error) failover.Event {
	d.fw.r.entry.Cause = err
	kind := lossOf(err)
	switch {
	case err == wire.ErrAborted:
		return gone
	case kind == failover.StreamLost:
		kind = failover.Malformed
	}
	return failover.Event{Kind: kind, ReusedStream: d.s.Reused, Sent: failover.SentSome}
}

// oddHead writes the head of an answer that is not well formed as it should have been.
func (d *delivery) oddHead(extra string) []byte {
	rs, head := &d.s.Head, d.s.In.B[d.s.Off:d.s.Off+d.s.Head.Size]
	markNominated(rs, head)
	drop := func(f *http1.Field) bool { return endsHere(f, rs, d.dechunk) }
	return append(rs.AppendHead(nil, head, extra, drop), "\r\n"...)
}

// apart writes head and body where they do not stand together.
func (d *delivery) apart(head, body []byte) error {
	if err := d.fw.r.writeOut(head); err != nil {
		return err
	}
	return d.write(body)
}

func (d *delivery) write(p []byte) error {
	if len(p) == 0 { // a piece of which nothing goes on, such as half a size line where the client gets no chunks
		return nil
	}
	return d.fw.r.writeOut(p)
}

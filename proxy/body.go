package proxy

import (
	"bytes"
	"errors"
	"sync/atomic"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// body is the body of a request: what is kept of it, and how to find its end in what still comes. While a pump runs
// (pumped), everything but pumped, ending and overtaken is the pump's.
type body struct {
	has      bool // the head says that there is one
	whole    bool // its end has been read
	chunked  bool
	chunks   http1.Chunks
	left     int64     // without chunks: bytes still to come
	content  int64     // bytes so far, without framing: what limits and buffers are held against
	file     *bodyFile // what is kept of it before kept, nil when memory is enough
	kept     []byte    // as members get it, framing included; the first part of it when it is not buffered
	limit    int64     // PostSizeLimit, -1 none
	failover bool      // the head was made for a failover

	pumped chan error   // one result of the goroutine that passes on what is not buffered; nil when there is none
	ending *atomic.Bool // it is writing the last piece: the client is not waited for any more

	overtaken bool // see bodyUnderWay
}

var errPostSize = errors.New("the body exceeds PostSizeLimit")

// claim says how many bytes of p belong to the body, and what members get of them; what follows them is the next
// request. PostSizeLimit is held against content alone, and only where the size was not known from the start (R59).
func (b *body) claim(p []byte) (out []byte, used int, err error) {
	if !b.chunked {
		n := int(min(b.left, int64(len(p))))
		b.left -= int64(n)
		b.content += int64(n)
		b.whole = b.left == 0
		return p[:n], n, nil
	}
	out, used, err = b.chunks.Pass(p)
	b.content, b.whole = b.chunks.Content, b.chunks.Done()
	if err == nil && b.limit >= 0 && b.content > b.limit {
		err = errPostSize
	}
	return out, used, err
}

// prepare reads the body as far as it is buffered (R57), so that slow clients keep no member busy. What is left to be
// read then, the pump passes on while the member is asked. An error is for badBody.
func (r *request) prepare(tc *match.Cluster) error {
	b := &r.body
	*b = body{has: true, chunked: r.head.Chunked, left: max(r.head.Length, 0), limit: tc.PostLimit}
	b.chunks.Ends = r.head.Nominations(r.c.in.B)
	kept, n, err := b.claim(r.c.in.B[r.used:r.c.n])
	b.kept = kept
	r.used += n
	if err == errPostSize {
		r.fw.x.state.Sized(b.content) // Next refuses it (R59)
		return nil
	}
	if err != nil || b.whole || tc.PostLimit >= 0 && r.fw.x.state.Size > tc.PostLimit {
		return err // of a body whose head says that it is too large no more is read: Next refuses it
	}
	// the client waits for it; one that has begun to send does not (RFC 9110, 10.1.1)
	if r.head.Continue && len(b.kept) == 0 {
		if err := r.say("HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return err
		}
	}
	if r.fw.x.state.Body == failover.Unbuffered {
		return nil
	}
	return r.buffer(tc.PostBuffer)
}

// buffer reads the rest of the body. One of unknown length that outgrows the buffer goes on unbuffered.
// PostBufferSize may be a gigabyte, or -1 for no limit: beyond bodyMemory the body is kept in a file. What the client
// says about its length is no reason to take memory for it.
func (r *request) buffer(most int64) error {
	b := &r.body
	store := make([]byte, len(b.kept), min(max(b.left+int64(len(b.kept)), 4096), bodyMemory))
	copy(store, b.kept)
	for !b.whole {
		if most >= 0 && b.content > most {
			r.fw.x.state.OutgrewBuffer()
			break
		}
		var err error
		if store, err = b.room(store); err != nil {
			return err
		}
		r.c.Within(r.c.p.opt.BodyTimeout)
		got, err := r.c.Read(store[len(store):cap(store)])
		if err != nil {
			return err
		}
		fresh := store[len(store) : len(store)+got]
		out, n, err := b.claim(fresh)
		r.spill = bytes.Clone(fresh[n:]) // belongs to the next request, and the store grows over it
		if err == errPostSize {
			r.fw.x.state.Sized(b.content)
			return nil
		}
		if err != nil {
			return err
		}
		store = append(store, out...)
	}
	b.kept = store
	if b.whole && b.chunked { // only now is the size known
		r.fw.x.state.Sized(b.content)
	}
	return nil
}

// room makes room for more of the body behind what is in memory. Once that has grown to bodyMemory the file takes all
// of it over, so file and kept, one behind the other, are the body.
func (b *body) room(store []byte) ([]byte, error) {
	switch {
	case len(store) < cap(store):
		return store, nil
	case len(store) < bodyMemory:
		return append(store, 0)[:len(store)], nil
	}
	if b.file == nil {
		f, err := newBodyFile()
		if err != nil {
			return nil, err
		}
		b.file = f
	}
	return store[:0], b.file.add(store)
}

// badBody answers a request whose body is no body, or never comes. The connection ends, for nobody knows where the
// next request begins.
func (r *request) badBody(err error) {
	r.close = true
	var bad *http1.Error
	switch {
	case r.started: // it is too late for a status
	case errors.As(err, &bad):
		r.entry.Cause = err
		if bad.Status >= 500 {
			r.c.p.log.Error("a request is refused", "error", err)
		}
		r.fail(bad.Status)
	case errors.Is(err, wire.ErrTimeout):
		r.fail(408)
	default:
		r.entry.Gone = true
	}
}

// coming reports whether the pump still waits for the client, and has the time limits of both links to set.
func (b *body) coming() bool { return b.pumped != nil && !b.ending.Load() }

// pump passes on what is not buffered. It ends when the body does, when the client fails, or when the member takes no
// more: that is for the goroutine that waits for the member's answer to find out. An error is the client's, or the
// file's, and Abort ends the wait for an answer to half a request.
func (fw *forwarder) pump(s *upstream.Stream, timeout match.Nanos) error {
	buf := fw.c.p.large.Get()
	defer fw.c.p.large.Put(buf)
	b := &fw.r.body
	if b.file != nil {
		if done, err := fw.pumpFile(s, buf.B, timeout); done {
			return err
		}
	}
	for !b.whole {
		space := buf.B
		if !b.chunked {
			space = space[:min(int64(len(space)), b.left)]
		}
		fw.c.Within(fw.c.p.opt.BodyTimeout)
		s.Within(0) // the member is not to blame for a slow client
		n, err := fw.c.Read(space)
		if err != nil {
			s.Abort()
			return err
		}
		out, k, err := b.claim(space[:n])
		if err != nil {
			s.Abort()
			return err
		}
		fw.r.spill = bytes.Clone(space[k:n])
		s.Within(timeout)
		b.ending.Store(b.whole) // from the last piece on, whoever waits for the answer sets the limits (coming)
		if _, err := s.Write(out); err != nil {
			return nil
		}
	}
	s.Within(timeout)
	return nil
}

// pumpFile passes on what is kept of a body in its file and in memory. done: the member takes no more, or the file is
// gone.
func (fw *forwarder) pumpFile(s *upstream.Stream, buf []byte, timeout match.Nanos) (done bool, err error) {
	b := &fw.r.body
	for at := int64(0); at < b.file.size; {
		n, err := b.file.read(buf, at)
		if err != nil {
			s.Abort()
			return true, err
		}
		s.Within(timeout)
		if _, err := s.Write(buf[:n]); err != nil {
			return true, nil
		}
		at += int64(n)
	}
	s.Within(timeout)
	b.ending.Store(b.whole)
	_, err = s.Write(b.kept)
	return err != nil, nil
}

// finishBody ends the pump, lets go of the file, and notes that a body that was not read ends the connection.
func (r *request) finishBody() {
	b := &r.body
	if b.pumped != nil { // the answer is out, and nobody needs the rest: the client gets a moment to end it
		r.c.Within(wire.LingerTime)
		<-b.pumped
		b.pumped = nil
	}
	b.file.close()
	b.file = nil
	if b.has && !b.whole {
		r.close = true
	}
}

// skipBody is for requests that are declined: it takes the body of a request that no member gets off the connection,
// as far as it came with the head.
func (r *request) skipBody() {
	if !r.head.HasBody() {
		return
	}
	r.body = body{has: true, chunked: r.head.Chunked, left: max(r.head.Length, 0), limit: -1}
	_, n, err := r.body.claim(r.c.in.B[r.used:r.c.n])
	r.used += n
	r.body.whole = r.body.whole && err == nil
}

package proxy

import (
	"time"

	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// upgrade passes a 101 on; from then on bytes go both ways until one side ends (a WebSocket).
func (fw *forwarder) upgrade(s *upstream.Stream) failover.Event {
	f := &fw.x.state
	source := fw.x.gen.Table.Clusters[f.Cluster].Members[f.Last].Source
	t := tunnel{
		fw: fw, s: s,
		io:   seconds(source.WSIOTimeout.V),
		idle: seconds(source.WSIdleTimeout.V),
	}
	fw.r.tunnel, fw.r.close = true, true // before run: whatever ends it, no request follows on this connection
	ev := t.run()
	fw.release(false)
	return ev
}

// seconds is an attribute's value as a time limit: 0, and what is negative, is none.
func seconds(n int) match.Nanos {
	return match.Nanos(max(n, 0)) * match.Nanos(time.Second)
}

// tunnel is an upgraded connection. wsServerIOTimeout limits each read and write on the member's side,
// wsServerIdleTimeout the time without a byte in either direction; 0 is no limit for both.
type tunnel struct {
	fw       *forwarder
	s        *upstream.Stream
	io, idle match.Nanos
}

// run needs two goroutines, one for each direction; this one ends when the other has.
func (t *tunnel) run() failover.Event {
	c, r, s := t.fw.c, t.fw.r, t.s
	at := s.Off
	start := rewrite(s.In.All, wire.Headroom+at, &s.Head, false, "")
	t.touch()
	if r.writeOut(s.In.All[start:wire.Headroom+s.N]) != nil { // with what came behind the head, if anything
		return gone
	}
	rest := c.in.B[r.used:c.n] // a client may send before it has seen the 101
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.copy(&s.Link, &c.Link, rest)
	}()
	t.copy(&c.Link, &s.Link, nil)
	<-done
	return failover.Event{Kind: failover.Done}
}

// copy passes bytes on until one side ends, then ends both: who ends a WebSocket in order has said so by a close
// frame, and has had the other side's before the connection goes (RFC 6455, 1.4).
func (t *tunnel) copy(to, from *wire.Link, first []byte) {
	defer t.fw.c.Abort()
	defer t.s.Abort()
	if _, err := to.Write(first); err != nil {
		return
	}
	buf := t.fw.c.p.small.Get()
	defer t.fw.c.p.small.Put(buf)
	for {
		n, err := from.Read(buf.B)
		if err != nil {
			return
		}
		t.touch()
		if _, err := to.Write(buf.B[:n]); err != nil {
			return
		}
		t.touch()
	}
}

// touch starts the time limits again. The member's side has the shorter of both.
func (t *tunnel) touch() {
	member := t.io
	if t.idle > 0 && (member == 0 || t.idle < member) {
		member = t.idle
	}
	t.s.Within(member)
	t.fw.c.Within(t.idle)
}

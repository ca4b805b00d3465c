package proxy

import (
	"time"

	"github.com/wasplug/wasplug/routecheck"
)

// upgrade passes a 101 on; from then on bytes go both ways until one side ends (a WebSocket).
func (fw *forwarder) upgrade(s *stream) routecheck.Event {
	f := &fw.x.flight
	source := fw.x.gen.table.Clusters[f.Cluster].Members[f.Last].Source
	t := tunnel{
		fw: fw, s: s,
		io:   seconds(source.WSIOTimeout.V),
		idle: seconds(source.WSIdleTimeout.V),
	}
	fw.r.tunnel, fw.r.close = true, true
	ev := t.run()
	fw.release(false)
	return ev
}

func seconds(n int) routecheck.Nanos {
	return routecheck.Nanos(max(n, 0)) * routecheck.Nanos(time.Second)
}

// tunnel is an upgraded connection. wsServerIOTimeout limits each read and write on the member's side,
// wsServerIdleTimeout the time without a byte in either direction; 0 is no limit for both.
type tunnel struct {
	fw       *forwarder
	s        *stream
	io, idle routecheck.Nanos
}

func (t *tunnel) run() routecheck.Event {
	c, r, s := t.fw.c, t.fw.r, t.s
	at := s.off
	start := rewrite(s.in.all, headroom+at, &s.rs, false, "")
	t.touch()
	if r.writeOut(s.in.all[start:headroom+s.n]) != nil {
		return gone
	}
	rest := c.in.b[r.used:c.n] // a client may send before it has seen the 101
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.copy(&s.link, &c.link, rest)
	}()
	t.copy(&c.link, &s.link, nil)
	<-done
	return routecheck.Event{Kind: routecheck.Done}
}

// copy passes bytes on until one side ends, then ends both.
func (t *tunnel) copy(to, from *link, first []byte) {
	defer t.fw.c.abort()
	defer t.s.abort()
	if _, err := to.write(first); err != nil {
		return
	}
	buf := t.fw.c.p.small.get()
	defer t.fw.c.p.small.put(buf)
	for {
		n, err := from.read(buf.b)
		if err != nil {
			return
		}
		t.touch()
		if _, err := to.write(buf.b[:n]); err != nil {
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
	t.s.within(member)
	t.fw.c.within(t.idle)
}

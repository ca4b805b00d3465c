package proxy

import (
	"time"

	"github.com/wasplug/wasplug/routecheck"
)

// upgrade passes a 101 on; from then on bytes go both ways until one side ends (a WebSocket).
func (c *client) upgrade(s *stream) routecheck.Event {
	f := &c.x.flight
	source := c.x.gen.table.Clusters[f.Cluster].Members[f.Last].Source
	t := tunnel{
		c: c, s: s,
		io:   seconds(source.WSIOTimeout.V),
		idle: seconds(source.WSIdleTimeout.V),
	}
	c.tunnel, c.close = true, true
	ev := t.run()
	c.release(false)
	return ev
}

func seconds(n int) routecheck.Nanos {
	return routecheck.Nanos(max(n, 0)) * routecheck.Nanos(time.Second)
}

// tunnel is an upgraded connection. wsServerIOTimeout limits each read and write on the member's side, wsServerIdleTimeout the time without
// a byte in either direction; 0 is no limit for both.
type tunnel struct {
	c        *client
	s        *stream
	io, idle routecheck.Nanos
}

func (t *tunnel) run() routecheck.Event {
	c, s := t.c, t.s
	at := s.off
	start := rewrite(s.in.all, headroom+at, &s.rs, false, "")
	t.touch()
	if c.writeOut(s.in.all[start:headroom+s.n]) != nil {
		return gone
	}
	rest := c.in.b[c.used:c.n] // a client may send before it has seen the 101
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
	defer t.c.abort()
	defer t.s.abort()
	if _, err := to.write(first); err != nil {
		return
	}
	buf := t.c.p.small.get()
	defer t.c.p.small.put(buf)
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
	t.c.within(t.idle)
}

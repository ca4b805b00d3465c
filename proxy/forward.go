package proxy

import (
	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// forwarder takes a request to members, one attempt after the other, and brings back an answer. It is the carrier of
// the exchange: it knows streams and bytes, and does what the exchange asks for. The attempts stand in attempt.go,
// the way back in deliver.go, what members get of a head in headers.go.
type forwarder struct {
	c       *client
	r       *request
	x       exchange
	up      *upstream.Stream // of the attempt at hand, or with the 503 that is held back; nil: none
	trusted bool             // private headers of the client are believed
	cookie  string           // the name of the session cookie (R4)
}

// carry sends the request through the cluster that matches. The order holds: the state of the request knows the size
// that the head tells before the body is read, and the body is read before a member is chosen.
func (fw *forwarder) carry(gen *generation.Generation, m *match.Match) {
	fw.x.gen, fw.x.cluster, fw.x.now = gen, &gen.Clusters[m.Cluster], fw.c.p.now
	fw.r.times = fw.x.cluster.Times
	fw.x.state = failover.Begin(gen.Table, &fw.r.req, m, fw.r.entry.Start, &gen.Sem, fw.x.log.Recorder())
	fw.cookie = m.Cookie()
	fw.trusted = gen.Table.Clusters[m.Cluster].KeepHeaders || gen.Trusts(fw.c.addr)
	if fw.r.head.HasBody() {
		if err := fw.r.prepare(&gen.Table.Clusters[m.Cluster]); err != nil {
			fw.r.badBody(err)
			return
		}
	}
	fw.c.out = fw.appendHead(fw.c.out[:0], false)
	fw.x.run(fw)
	fw.c.WaitForNone()
	fw.release(false)
}

// fail answers with a status of the proxy's own.
func (fw *forwarder) fail(status int) { fw.r.fail(status) }

// cut ends the connection in the middle of an answer (R58): for the client the only sign that the rest is missing.
func (fw *forwarder) cut() {
	fw.r.close = true
	fw.release(false)
}

// release is done with the stream at hand: it is queued when it can be used again, else closed.
func (fw *forwarder) release(reuse bool) {
	s := fw.up
	if s == nil {
		return
	}
	fw.up = nil
	fw.c.WaitForNone()
	fw.c.p.recycle(s.In)
	s.In = nil
	if !reuse || !s.Quiet() {
		s.Close()
		return
	}
	s.Queue(fw.x.at)
}

// poolFor returns where the buffer for an answer comes from: small ones hold most answers whole, so a large one is
// taken only where the last answer on this stream was large.
func (p *Proxy) poolFor(s *upstream.Stream) *wire.Buffers {
	if s.Large {
		return p.large
	}
	return p.small
}

// recycle takes a buffer of either size back, or nil: a pool leaves alone what is not of its size.
func (p *Proxy) recycle(b *wire.Buffer) {
	p.small.Put(b)
	p.large.Put(b)
}

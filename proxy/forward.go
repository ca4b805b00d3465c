package proxy

import (
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
	up      *stream // of the attempt at hand
	trusted bool    // private headers of the client are believed
}

// carry sends the request through the cluster that matches.
func (fw *forwarder) carry(gen *generation, m *match.Match) {
	fw.x.gen, fw.x.cluster, fw.x.now = gen, &gen.clusters[m.Cluster], fw.c.p.now
	fw.r.times = fw.x.cluster.times
	fw.x.flight = failover.Begin(gen.table, &fw.r.req, m, fw.r.entry.Start, &gen.sem, fw.x.log.Recorder())
	fw.trusted = gen.table.Clusters[m.Cluster].KeepHeaders || len(gen.trusted) > 0 && gen.trusts(fw.c.addr)
	if fw.r.head.HasBody() {
		if err := fw.r.prepare(&gen.table.Clusters[m.Cluster]); err != nil {
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

// cut ends the connection in the middle of an answer (R58).
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
	fw.c.p.recycle(s.in)
	s.in = nil
	if !reuse || !s.Quiet() {
		s.Close()
		return
	}
	s.transport.put(s, fw.x.at)
}

package proxy

import (
	"context"
	"testing"

	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// prompt is a carrier whose members answer at once.
type prompt struct{}

func (prompt) send(failover.Action) failover.Event {
	return failover.Event{Kind: failover.Head, Status: 200}
}
func (prompt) deliver() failover.Event { return failover.Event{Kind: failover.Done} }
func (prompt) fail(int)                {}
func (prompt) cut()                    {}

// BenchmarkExchange is a request without its bytes: decisions, locks and counts.
func BenchmarkExchange(b *testing.B) {
	w := &world{network: &network{members: nil}}
	w.xml.Store(site{members: 4}.xml())
	p, err := New(b.Context(), w.source(), Options{Resolver: w.network, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Shutdown(context.Background())
	g := p.gen.Load()
	rq := routecheck.Request{Host: "shop", Port: 80, Target: "/x", Cookies: []string{"JSESSIONID=0000a:c3"}}
	m, ok := g.Table.Match(&rq, &g.Sem)
	if !ok {
		b.Fatal("no cluster")
	}
	for b.Loop() {
		x := exchange{gen: g, cluster: &g.Clusters[m.Cluster], now: func() match.Nanos { return 1 }}
		x.state = failover.Begin(g.Table, &rq, &m, 1, &g.Sem, nil)
		x.run(prompt{})
	}
}

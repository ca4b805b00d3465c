package proxy

import (
	"errors"

	"github.com/wasplug/wasplug/proxy/generation"
	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/logs"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// request is a request of a client and the answer to it, as that client sees them. It reads the body, writes the
// answer (answer.go) and keeps the entry of the access log. Its connection has one, which it uses again and again.
type request struct {
	c       *client
	head    http1.Request
	used    int                // bytes of c.in that it takes
	spill   []byte             // bytes of the next request that were read with its body
	req     routecheck.Request // what decisions are made on
	cookies [4]string          // room for those of req; whoever sends more makes garbage
	host    []byte             // room for hostForMatching
	body    body
	fw      forwarder
	entry   logs.Entry
	times   *generation.Times // where its duration counts

	close   bool // the connection ends with this answer
	started bool // part of an answer has gone out
	tunnel  bool // the connection has become something else
}

// handle answers the request whose head is at hand, and reports whether the connection lives on. The configuration is
// taken once: whatever is reloaded meanwhile, the request ends on the one it began with. Match comes before refusal,
// which asks whether there is a Route: what no Route takes, the web server around the plug-in judges (R9, R16).
func (r *request) handle() bool {
	r.close = !r.head.Persists() || r.c.p.ending.Load()
	r.started, r.tunnel, r.body = false, false, body{}
	r.used = r.head.Size
	r.c.Within(0)
	r.begin()
	gen := r.c.p.current()
	r.describe()
	r.fw.x.log = r.pluginLog(gen)
	m, ok := gen.Table.Match(&r.req, &gen.Sem)
	if err := r.refusal(gen, ok); err != nil {
		r.turnDown(err)
	} else if ok && r.head.Forwards == 0 {
		r.endHere()
	} else if ok {
		r.fw.x.log.Matched(gen.Table, &r.req, &m, &gen.Sem)
		r.fw.carry(gen, &m)
	} else {
		r.fw.x.log.Matched(gen.Table, &r.req, nil, &gen.Sem)
		r.skipBody()
		r.decline()
	}
	r.finishBody()
	r.finish()
	if r.tunnel {
		return false
	}
	if r.close && (r.body.overtaken || r.body.has && !r.body.whole) { // more of the body may stand there unread
		r.c.Linger(r.c.p.small)
	}
	return !r.close
}

// finish ends a request: counters and the access log.
func (r *request) finish() {
	p, e := r.c.p, &r.entry
	end := max(r.fw.x.at, e.Start) // the last decision knows the time
	if e.Attempts == 0 {           // x.at may be that of an earlier request of the connection, or 0
		end = p.now()
	}
	took, n, affinity := end-e.Start, &p.counters, r.affinity()
	n.classes[min(e.Status/100, 5)].Add(1)
	n.affinity[affinity].Add(1)
	n.sent.Add(uint64(e.Bytes))
	r.times.Add(took)
	if p.opt.AccessLog != nil {
		e.Client, e.Request, e.Host, e.Affinity, e.Took = r.c.addr, nil, r.req.Host, affinity, took
		if r.head.Size > 0 {
			e.Request = r.head.Line(r.c.in.B)
		}
		if e.Attempts > 0 {
			e.Cluster = r.fw.x.gen.Table.Clusters[r.fw.x.state.Cluster].Name
		}
		p.opt.AccessLog.Write(e)
	}
}

// affinity says what became of the session affinity of the request.
func (r *request) affinity() failover.AffinityOutcome {
	if r.entry.Attempts == 0 {
		return failover.AffinityNone // the request may be in no cluster
	}
	return failover.OutcomeOf(r.fw.x.gen.Table, &r.fw.x.state, &r.fw.x.gen.Sem)
}

// begin starts the entry of the access log.
func (r *request) begin() {
	r.entry, r.times = logs.Entry{Start: r.c.p.now()}, &r.c.p.counters.others
}

// pluginLog is the plug-in's own log of the request, nil where none is wanted.
func (r *request) pluginLog(gen *generation.Generation) *logs.Request {
	if gen.Log == nil {
		return nil
	}
	if r.c.thread == 0 {
		r.c.thread = gen.Log.NewThread()
	}
	return gen.Log.Request(r.c.thread, r.entry.Start)
}

// describe makes the request that decisions are made on. Its strings share the buffer of the head, which stays where
// it is until advance: whoever keeps one longer has to copy it.
func (r *request) describe() {
	buf := r.c.in.B
	cookies := r.cookies[:0]
	for i := range r.head.Fields {
		if f := &r.head.Fields[i]; f.Kind == http1.Cookie {
			cookies = append(cookies, http1.View(f.Text(buf)))
		}
	}
	r.req = routecheck.Request{
		TLS: r.c.tls != nil, Host: http1.View(r.hostForMatching(r.head.Host(buf))), Port: r.c.port,
		Target: http1.View(r.head.Target(buf)), Cookies: cookies, Body: r.bodySize(),
	}
}

// bodySize is what the head says of the body: bytes, -1 unknown. Chunks of length 0 are a body whose size is known
// later.
func (r *request) bodySize() int64 {
	if r.head.Chunked {
		return -1
	}
	return max(r.head.Length, 0)
}

// refuse answers what is no request, and reads on for a while: bytes that come for a closed socket would destroy the
// answer (RFC 9112, 9.6). A client that has left, or is too slow to have sent anything, gets nothing.
func (r *request) refuse(err error) {
	var bad *http1.Error
	r.c.p.counters.refused.Add(1)
	r.req, r.body = routecheck.Request{}, body{}
	switch {
	case errors.As(err, &bad):
		r.begin()
		r.entry.Cause = err
		r.close = true
		r.fail(bad.Status)
		defer r.c.Linger(r.c.p.small) // behind the line in the access log
	case errors.Is(err, wire.ErrTimeout) && r.head.Began():
		r.begin()
		r.close = true
		r.fail(408)
	default:
		return
	}
	r.finish()
}

func (r *request) isHead() bool { return http1.View(r.head.Method(r.c.in.B)) == "HEAD" }

// hostName is the host that the request is for, and the listener's own where it names none.
func (r *request) hostName() string {
	if host := r.head.Host(r.c.in.B); host != nil {
		return http1.View(host)
	}
	return r.c.from.name
}

// wantsUpgrade reports whether the client asks for a WebSocket. No other protocol is let through: h2c would carry
// requests that nobody sees.
func (r *request) wantsUpgrade() bool {
	if !r.head.Upgrades || r.head.Minor == 0 || r.head.HasBody() {
		return false
	}
	for i := range r.head.Fields {
		if f := &r.head.Fields[i]; f.Kind == http1.Upgrade {
			return http1.EqualFold(f.Text(r.c.in.B), "websocket")
		}
	}
	return false
}

// hasPrivate reports whether the client sends any private header. Without one there is nothing to compare, which is
// so for nearly all requests.
func (r *request) hasPrivate() bool {
	for i := range r.head.Fields {
		if r.head.Fields[i].Kind == http1.Private {
			return true
		}
	}
	return false
}

// sends reports whether the head has a field of a name, in any letter case.
func (r *request) sends(name string) bool {
	for i := range r.head.Fields {
		if http1.EqualFold(r.head.Fields[i].Name(r.c.in.B), name) {
			return true
		}
	}
	return false
}

// field returns the value of a request header, "" when there is none.
func (r *request) field(name string) string {
	for i := range r.head.Fields {
		if f := &r.head.Fields[i]; http1.EqualFold(f.Name(r.c.in.B), name) {
			return string(f.Text(r.c.in.B))
		}
	}
	return ""
}

// hostForMatching is the Host header with the port that the listener stands for (--listen ADDRESS=PORT), that port
// alone where there is none. The string lives as long as the request.
func (r *request) hostForMatching(host []byte) []byte {
	if r.c.from.Port == 0 {
		return host
	}
	name, _ := match.SplitHost(host)
	r.host = append(append(append(r.host[:0], name...), ':'), r.c.from.matchPort...)
	return r.host
}

var errTrace = &http1.Error{Status: 405, Msg: "TRACE is not allowed (--allow-trace)"}

// refusal is why a well-formed request is answered without a member and without a file, nil when it is not. TRACE
// echoes cookies and private headers to whoever can make a browser send it. A path that the web server refuses is
// for the core to know (R16).
func (r *request) refusal(gen *generation.Generation, matched bool) *http1.Error {
	switch {
	case r.isTrace() && !r.c.p.opt.AllowTrace:
		return errTrace
	case matched:
		return nil
	}
	if why, refused := gen.Table.Refusal(&r.req, &gen.Sem); refused {
		return &http1.Error{Status: why.Status(), Msg: words.Refusal(why)}
	}
	return nil
}

func (r *request) isTrace() bool { return http1.View(r.head.Method(r.c.in.B)) == "TRACE" }

// turnDown answers a request that is refused. Where it may be an attack the connection ends, as with what is no
// request at all; and where it has a body, which nobody reads.
func (r *request) turnDown(err *http1.Error) {
	r.c.p.counters.refused.Add(1)
	r.skipBody()
	r.entry.Cause = err
	r.close = r.close || err.Status == 400 || r.body.has
	r.fail(err.Status)
}

// allowed lists what a 405 has to (RFC 9110, 15.5.6): the methods of a file, or those that every resource of a
// member may have.
func (r *request) allowed() string {
	if r.entry.Declined {
		return "GET, HEAD"
	}
	return "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
}

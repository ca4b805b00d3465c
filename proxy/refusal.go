package proxy

import "github.com/wasplug/wasplug/proxy/http1"

var errTrace = &http1.Error{Status: 405, Msg: "TRACE is not allowed (--allow-trace)"}

// refusal is why a well-formed request is answered without a member and without a file, nil when it is not. TRACE
// echoes cookies and private headers to whoever can make a browser send it. A path that the web server refuses is
// for the core to know (R16).
func (r *request) refusal(gen *generation, matched bool) *http1.Error {
	switch {
	case r.isTrace() && !r.c.p.opt.AllowTrace:
		return errTrace
	case matched:
		return nil
	}
	if status, why := gen.table.Refusal(&r.req, &gen.sem); status != 0 {
		return &http1.Error{Status: status, Msg: why}
	}
	return nil
}

func (r *request) isTrace() bool { return http1.View(r.head.Method(r.c.in.B)) == "TRACE" }

// turnDown answers a request that is refused. Where it may be an attack the connection ends, as with what is no
// request at all; and where it has a body, which nobody reads.
func (r *request) turnDown(err *http1.Error) {
	r.c.p.counters.refused.Add(1)
	r.skipBody()
	r.entry.cause = err
	r.close = r.close || err.Status == 400 || r.body.has
	r.fail(err.Status)
}

// allowed lists what a 405 has to (RFC 9110, 15.5.6): the methods of a file, or those that every resource of a
// member may have.
func (r *request) allowed() string {
	if r.entry.declined {
		return "GET, HEAD"
	}
	return "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
}

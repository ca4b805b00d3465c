package proxy

import "github.com/wasplug/wasplug/proxy/http1"

var errTrace = &http1.Error{Status: 405, Msg: "TRACE is not allowed (--allow-trace)"}

// refusal is why a well-formed request is answered without a member and without a file, nil when it is not. TRACE
// echoes cookies and private headers to whoever can make a browser send it. A path that the web server refuses is
// for the core to know (R16).
func (c *client) refusal(gen *generation, matched bool) *http1.Error {
	switch {
	case c.isTrace() && !c.p.opt.AllowTrace:
		return errTrace
	case matched:
		return nil
	}
	if status, why := gen.table.Refusal(&c.req, &gen.sem); status != 0 {
		return &http1.Error{Status: status, Msg: why}
	}
	return nil
}

func (c *client) isTrace() bool { return http1.View(c.rq.Method(c.in.b)) == "TRACE" }

// turnDown answers a request that is refused. Where it may be an attack the connection ends, as with what is no
// request at all; and where it has a body, which nobody reads.
func (c *client) turnDown(err *http1.Error) {
	c.p.counters.refused.Add(1)
	c.skipBody()
	c.entry.cause = err
	c.close = c.close || err.Status == 400 || c.body.has
	c.fail(err.Status)
}

// allowed lists what a 405 has to (RFC 9110, 15.5.6): the methods of a file, or those that every resource of a
// member may have.
func (c *client) allowed() string {
	if c.entry.declined {
		return "GET, HEAD"
	}
	return "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
}

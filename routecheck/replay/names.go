package replay

import (
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/affinity"
)

// This file holds the names under which the plug-in looks for a session against those of the winning Uri (R4). A log
// tells them twice: with the source, and where the cookie is looked for.

// sessionName is a name under which a session was looked for, and in which source.
type sessionName struct {
	source sourceHint
	name   string
}

// soughtName reads the name from a line; false when it tells none, or that of the SSL session, which no file sets.
func (q *request) soughtName(e *pluginlog.Event) (sessionName, bool) {
	n := sessionName{name: e.Text}
	if e.Kind == pluginlog.AffinitySource {
		n.source = hint(e.Text)
		_, n.name, _ = strings.Cut(e.Text, ": ")
		n.name = strings.Trim(n.name, "' ")
	}
	return n, n.name != "" && n.source != fromSSL && !(n.source == fromCookie && n.name == affinity.SSLCookie)
}

// sought passes a name on, once in each selection.
func (r *reader) sought(q *request) {
	if q == nil || !q.looked || q.over || q.ended {
		return
	}
	if n, ok := q.soughtName(r.e); ok && n != q.sought {
		n.name = keep(n.name)
		q.sought = n
		r.op(q, op{kind: opSessionName, source: n.source, pattern: n.name})
	}
}

// sessionName checks the name of a cookie, or of a part of the URL.
func (m *machine) sessionName(o *op, r *result) {
	rs := m.stateToRead(o)
	if rs == nil || !rs.routed {
		return
	}
	r.line = true
	what, ours := "cookie ", rs.match.Cookie()
	if o.source == fromURL {
		what, ours = "URL identifier ", rs.match.Identifier()
	}
	if ours != o.pattern {
		r.differs(cookieDiffers, "R4", what+o.pattern, what+ours+" of Uri "+rs.match.Pattern())
	}
}

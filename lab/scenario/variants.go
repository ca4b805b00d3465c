package scenario

import (
	"strings"

	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// A test can be said to hold under several kinds of persistence, and is then one test for each: in a database, with
// copies on servers of their own, with copies on the other members, in a grid outside of them.
const (
	underDatabase     = "database"
	underClientServer = "client-server"
	underPeerToPeer   = "peer-to-peer"
	underGrid         = "grid"
)

// variants are the test, or those that it stands for. Each variant is read anew from the node, since each changes its
// own Setup; what the reader complains of is the same each time and stays once.
func (r *reader) variants(root, n *yamldoc.Node) (out []*Test) {
	list := texts(n.Get("under"))
	if len(list) == 0 {
		return []*Test{r.test(root, n)}
	}
	for _, under := range list {
		r.peerToPeer = under.V == underPeerToPeer
		t := r.test(root, n)
		r.peerToPeer = false
		if t.Setup.Sessions == nil {
			r.report(n.Field("under").NameSpan,
				"under stands in place of the session block's persistence, and there is no such block")
			return out
		}
		t.Under = under.V
		t.Name.V += " (" + under.V + ")"
		t.Setup.under(under.V)
		out = append(out, t)
	}
	return out
}

// under lets the members keep their sessions in another way. Client mode needs somebody who holds the copies: one
// replicator, where the test asks for none.
func (s *Setup) under(kind string) {
	s.Sessions.Persistence = "memory-to-memory"
	switch kind {
	case underDatabase, underGrid:
		s.Sessions.Persistence = kind
	case underClientServer:
		s.Sessions.Mode = "client"
		s.Replicators = max(s.Replicators, 1)
	}
}

// withPartition is the pattern of a cookie that carries a partition ID in place of clone IDs (M10): 0002*:a:b becomes
// 0002*:#. So one expectation holds under all kinds of persistence; cache ID and session ID are the same in each
// (M14).
func withPartition(pattern string) string {
	before, _, found := strings.Cut(pattern, "*:")
	if !found {
		return pattern
	}
	return before + "*:#"
}

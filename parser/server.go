package parser

// Server is the definition of a cluster member, or a ClusterAddress.
type Server struct {
	Node              *Node
	Name              Val[string]
	CloneID           Val[string]
	LoadBalanceWeight Val[int] // default 2
	ConnectTimeout    Val[int] // seconds, 0 (default): the operating system decides
	ServerIOTimeout   Val[int] // seconds, 0 (default): none; negative: mark the server down
	WSIOTimeout       Val[int] // wsServerIOTimeout, seconds
	WSIdleTimeout     Val[int] // wsServerIdleTimeout, seconds
	MaxConnections    Val[int] // pending requests per web server process, -1 (default) and 0 no limit
	ExtendedHandshake Val[bool]
	WaitForContinue   Val[bool]
	Transports        []*Transport
}

// server reads what stands at a Server. A new attribute needs its row in the table, and a line here and above only
// where code asks for its value.
func (v *viewer) server(s *Server, n *Node) {
	s.Node = n
	s.Name = v.text(n, "Name")
	s.CloneID = v.text(n, "CloneID")
	s.LoadBalanceWeight = v.num(n, "LoadBalanceWeight")
	s.ConnectTimeout = v.num(n, "ConnectTimeout")
	s.ServerIOTimeout = v.num(n, "ServerIOTimeout")
	s.WSIOTimeout = v.num(n, "wsServerIOTimeout")
	s.WSIdleTimeout = v.num(n, "wsServerIdleTimeout")
	s.MaxConnections = v.num(n, "MaxConnections")
	s.ExtendedHandshake = v.flag(n, "ExtendedHandshake")
	s.WaitForContinue = v.flag(n, "WaitForContinue")
	s.Transports = each(v, &v.transports, n.Children, v.transport, "Transport")
}

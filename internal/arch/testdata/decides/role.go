package try

import "github.com/wasplug/wasplug/parser"

func everybodyIsPrimary(sc *parser.ServerCluster) bool {
	return sc.Primary == nil // want role
}

func drained(s *parser.Server) bool {
	return s.LoadBalanceWeight.V == 0 // want role
}

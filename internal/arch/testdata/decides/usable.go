package try

import "github.com/wasplug/wasplug/routecheck/failover"

func up(ms *failover.MemberState, limit int32) bool {
	if ms.MarkedDown { // want usable
		return false
	}
	return ms.Weight > 0 && ms.Pending < limit // want usable
}

func idle(ms *failover.MemberState) bool { return !ms.Probing } // want usable

func sum(a, b *failover.MemberState) int32 { return a.Pending + b.Pending }

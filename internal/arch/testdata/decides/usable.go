package try

import "github.com/wasplug/wasplug/routecheck"

func up(ms *routecheck.MemberState, limit int32) bool {
	if ms.Marked { // want usable
		return false
	}
	return ms.Weight > 0 && ms.Pending < limit // want usable
}

func idle(ms *routecheck.MemberState) bool { return !ms.Retrying } // want usable

func sum(a, b *routecheck.MemberState) int32 { return a.Pending + b.Pending }

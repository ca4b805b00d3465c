package try

import (
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

func owner(c *match.Cluster, f *failover.RequestState) match.MemberID {
	_, _, value := f.Affinity.Session(0)                       // want clone
	for _, id := range affinity.CloneIDs(value, c.Separator) { // want clone
		for i := range c.Members {
			if c.Members[i].CloneID == id {
				return match.MemberID(i)
			}
		}
	}
	return match.NoMember
}

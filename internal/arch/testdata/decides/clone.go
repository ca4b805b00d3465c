package try

import "github.com/wasplug/wasplug/routecheck"

func owner(c *routecheck.Cluster, f *routecheck.Flight) routecheck.MemberID {
	_, _, value := f.Affinity.Session(0)                         // want clone
	for _, id := range routecheck.CloneIDs(value, c.Separator) { // want clone
		for i := range c.Members {
			if c.Members[i].CloneID == id {
				return routecheck.MemberID(i)
			}
		}
	}
	return routecheck.NoMember
}

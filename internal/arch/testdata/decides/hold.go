package try

import "github.com/wasplug/wasplug/routecheck/failover"

func held(ev failover.Event) bool {
	return ev.Kind == failover.Head && ev.Status == 503 // want hold
}

func kept(status int) bool {
	switch status {
	case 503: // want hold
		return true
	}
	return false
}

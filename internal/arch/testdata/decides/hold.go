package try

import "github.com/wasplug/wasplug/routecheck"

func held(ev routecheck.Event) bool {
	return ev.Kind == routecheck.Head && ev.Status == 503 // want hold
}

func kept(status int) bool {
	switch status {
	case 503: // want hold
		return true
	}
	return false
}

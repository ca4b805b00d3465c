package try

import "github.com/wasplug/wasplug/routecheck"

func refused(sem *routecheck.Semantics) bool {
	return sem.Value(routecheck.OpenRoute) == "rejects-file" // want choice
}

func always(sem *routecheck.Semantics) bool {
	switch sem.Value(routecheck.WaitForContinue) { // want choice
	case "always-with-body":
		return true
	}
	return false
}

func shown(sem *routecheck.Semantics) string { return "value " + sem.Value(routecheck.OpenRoute) }

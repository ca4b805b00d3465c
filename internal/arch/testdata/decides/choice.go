package try

import "github.com/wasplug/wasplug/routecheck/choices"

func refused(sem *choices.Assumptions) bool {
	return sem.Value(choices.OpenRoute) == "rejects-file" // want choice
}

func always(sem *choices.Assumptions) bool {
	switch sem.Value(choices.WaitForContinue) { // want choice
	case "always-with-body":
		return true
	}
	return false
}

func shown(sem *choices.Assumptions) string { return "value " + sem.Value(choices.OpenRoute) }

func never(sem *choices.Assumptions) bool { return sem.Is(choices.OpenRoute, 1) } // want choice

package try

import (
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
)

func balanced(s *failover.Step) bool { return s.Rule == "R30" } // want rule

func timedOut(s failover.Step) bool {
	switch s.Rule { // want rule
	case "R54", "R55":
		return true
	}
	return false
}

func told(s explain.StepNote) bool { return s.Text != "" } // want rule

func skipped(s *failover.Step) bool { return s.Kind == failover.StepSkip }

package check

import (
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
)

// TargetAtLeast reports whether the plug-in level is one or above; no level is the latest.
func TargetAtLeast(o *lint.Options, major, minor int) bool {
	if o.Target == "" || o.Target == "latest" || o.Target == "liberty" {
		return true
	}
	parts := strings.Split(o.Target, ".")
	a, _ := strconv.Atoi(parts[0])
	b := 0
	if len(parts) > 1 {
		b, _ = strconv.Atoi(parts[1])
	}
	return a > major || a == major && b >= minor
}

// TargetName is the plug-in level that the decision core knows the target by. Liberty has no level of its own: its
// files are read by whatever plug-in is there, taken for the latest.
func TargetName(o *lint.Options) string {
	if o.Target == "liberty" {
		return ""
	}
	return o.Target
}

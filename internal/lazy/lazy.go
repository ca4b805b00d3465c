// Package lazy has what a run may not need, and takes time to make. A package that is linked in makes its variables at
// every start of the program, whatever the command is.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp compiles an expression when it is asked for first. An expression that is none panics then.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

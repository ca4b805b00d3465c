// Package balancing holds the rules about weights, and about the lists of primary and backup servers.
package balancing

import "github.com/wasplug/wasplug/lint"

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

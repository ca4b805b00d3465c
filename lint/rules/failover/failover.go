// Package failover holds the rules about time limits, retries and what is sent again: what a client waits for, and
// what happens twice, when a member fails.
package failover

import "github.com/wasplug/wasplug/lint"

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

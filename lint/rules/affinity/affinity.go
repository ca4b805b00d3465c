// Package affinity holds the rules about clone IDs and affinity cookies: what keeps a session on its server, and what
// sends it to a stranger.
package affinity

import "github.com/wasplug/wasplug/lint"

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

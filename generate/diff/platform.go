package diff

import (
	"fmt"
	"math"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// platform tells that the sides are for web servers that hand other paths to the plug-in (R16). The requests that this
// leads elsewhere are classes.
// Both sides have the same level and no assumptions of the user, so the platform is all in which choices can differ.
func (c *comparison) platform() {
	var differ []string
	for choice := range choices.All() {
		was, is := c.old.sem.Value(choices.Choice(choice)), c.new.sem.Value(choices.Choice(choice))
		if was != is {
			differ = append(differ, fmt.Sprintf("%s: %s -> %s", choices.Choice(choice), was, is))
		}
	}
	if differ != nil {
		c.record(Consequence{Kind: routes, Share: math.NaN(), Old: c.old.At, New: c.new.At,
			Text: fmt.Sprintf("the plug-in sits in %s and no longer in %s, which hands it other paths (R16): %s",
				c.new.Platform, c.old.Platform, strings.Join(differ, ", "))})
	}
}

package liberty

import (
	"bytes"

	"github.com/wasplug/wasplug/internal/lazy"
)

// What nobody needs for settings of sessions, and what must not stand in the log of a pipeline because a warning shows
// the line that it is about.
var secrets = lazy.Regexp(`(?i)` +
	`(?:password|passwd|secret)[\w.-]*\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>&;]+))` + // an attribute, a part of a URL
	`|<variable\b[^>]*(?:password|passwd|secret)[^>]*?\b(?:value|defaultValue)\s*=\s*(?:"([^"]*)"|'([^']*)')` +
	`|://([^/\s"'<>@]*)@`)

// Masked is a file with asterisks in place of its passwords, each byte where it was.
func Masked(src []byte) []byte {
	masked := bytes.Clone(src)
	for _, at := range secrets().FindAllSubmatchIndex(src, -1) {
		for i := 2; i < len(at); i += 2 {
			for j := max(at[i], 0); j < at[i+1]; j++ {
				masked[j] = '*'
			}
		}
	}
	return masked
}

//go:build !js

package lintreport

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// fingerprints are what collectors tell by whether a finding of this run is one of an earlier run. GitLab shows of two
// with one fingerprint the first alone, so they must differ, too. They are, for each finding, what stays the same when
// lines move: rule, file and element path; several of one kind in one place are numbered.
func (r *Findings) fingerprints() []string {
	seen := map[string]int{}
	out := make([]string, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		key := f.Rule.Code + "\x00" + r.relative(f.Span.File) + "\x00" + f.Path
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		seen[key]++
		out[i] = hex.EncodeToString(sum[:16])
	}
	return out
}

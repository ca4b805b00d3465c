// Package written reads scenarios of package simulate as people write them: a YAML file, flags, or a file with flags
// in place of some of it. Both become one tree, so that each value has one reader, and each mistake its place: in the
// file, or in the flag.
//
// It knows what words mean and which names a configuration has. How a scenario is played it does not.
//
// Start at [Read], then Draft.Scenario.
package written

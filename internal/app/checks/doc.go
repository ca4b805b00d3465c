// Package checks has the use cases that say whether a file is good, and whether a change of one is: what lint finds
// (Lint), whether test suites pass (Test), what two files do differently (Diff, DiffURLs), all of these together
// (Safety), and changes in place, which are judged before they are written (Edit).
//
// Start with diff.go, then check.go, which asks all others.
package checks

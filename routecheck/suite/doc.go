// Package suite runs test suites: requests to be decided over a configuration, with facts about the members, and what
// is expected of each.
//
// A suite is read twice. Read knows the file alone: what is wrong with its words is told at once, and names of members
// stay as they are written. Run has the configuration: it resolves the names of all tests before it asks about the
// first, so that a suite which does not fit has no results rather than some. Each test is one scenario of explain, and
// each expectation a field of its decision.
//
// It knows what a suite may say, and which of it a plug-in that runs could be asked (Test.Conditions). It decides
// nothing: explain answers, space says what could be reached (coverage.go), and Init (init.go) expects what is so.
//
// Start with suite.go, then run.go.
package suite

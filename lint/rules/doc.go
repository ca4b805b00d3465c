// Package rules has all rules of lint, of which each stands in the room of its group: affinity, balancing, failover,
// routing and so on. A rule is a value with its documentation, and its check directly below it; it adds itself to its
// group, so that a new one is a file of its own. What rules share is in lint/rules/check, pieces of configurations for
// their pages in lint/rules/example.
//
// The rooms of groups do not know each other, nor how rules are run. How requests are routed they ask routecheck.
//
// The tests of all rules stand here. Each rule has a golden, testdata/seeded/CODE.txtar, with mistakes that are put
// into one clean file, and what must be reported of each: testdata/README.md tells how to read one. The pages'
// examples, the files of the corpus, and what no rule may do (point outside of the file, differ from run to run, need
// more than its share of time) are tested for all of them at once. How to add one: CONTRIBUTING.md.
//
// Start at a room, such as lint/rules/balancing.
package rules

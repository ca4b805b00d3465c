// Package explain answers a scenario: requests, asked of one process in a given state, with conditions of its members.
// It plays them through match and failover under every outcome of chance and every combination of the open choices
// that were consulted, and says what the answer is, how certain, and on what it hangs. Why it is not what was hoped
// for package cause says.
//
// It knows an offline clock and members that fail on command. It decides nothing: a [Process] drives match and
// failover.
//
// Start at [Explain], then at Process.Do.
package explain

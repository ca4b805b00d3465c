// Package explain answers a scenario: requests, asked of one process in a given state, with conditions of its members.
// It plays them through match and failover under every outcome of chance and every combination of the open choices
// that were consulted, and says what the answer is, how certain, and on what it hangs. Why it is not what was hoped
// for package cause says.
//
// The layers, from the lowest: a [Process] (process.go) is one web server process on an offline clock; it lets members
// fail and time pass. A Scenario (scenario.go) puts a process into its first state, and plays it once for each outcome
// of chance: that gives a set of answers (answer.go), with the probability of each. The explorer (certainty.go) plays
// that again under other values of the choices, as far as its budget goes. An explanation (explain.go) words what came
// of it (decision.go). A [Belief] (belief.go) goes the other way: from what was seen to the states that a process may
// be in.
//
// To visit every outcome costs as many plays, so a play costs what it touches and not what there is: a process is put
// back (checkpoint.go) rather than copied, and clusters are kept from one scenario to the next (stage.go).
//
// It knows an offline clock and members that fail on command. It decides nothing: a [Process] drives match and
// failover.
//
// Start at [Explain], then at Process.Do.
package explain

// Package history keeps what clients saw of their sessions, line by line, and checks afterwards that nothing was lost
// that had been acknowledged as written.
//
// A history is NDJSON: [Line] is one operation of a client, or one event of the run such as a kill. [Read] reads one,
// also of another tool; [Writer] writes one; [History.Check] judges it by seven checks, C1 to C7, and gives a
// [Report]; a file of several runs is judged run by run.
//
// The package knows nothing of members, stores and the predictor: a prediction comes with the line that it was made
// for, as plain numbers. A check is about one client at a time, which has one session at a time; a client whose
// requests overlap is told apart, since two members at once on one session lose updates by design.
//
// Start reading at line.go, then check.go.
package history

// Package batch asks the core about every request of a log: which cluster and members it goes to, as the first request
// of a fresh process or in turn, and what becomes of its session. It counts the answers, and compares those of two
// tables.
//
// It decides nothing: Match, explain.Home and cause.Explain are asked, and what was answered once is remembered for
// requests that differ only in what no rule looks at, the ID of their session. Its memory is bounded for logs of any
// size, and what it says is the same for any number of workers.
//
// Start with ask.go, then summary.go; run.go spreads the work.
package batch

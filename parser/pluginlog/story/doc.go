// Package story tells what happened in a plug-in's log: incidents, whom they hit, and whether they are over.
//
// A [Story] takes the lines and the finished requests of a requests.Assembler (as its Line and its Done) and joins
// what fails in the same way at the same member to an [Incident]: from its first line to the first evidence that
// every process which marked the member is served by it again. It says nothing that the log level hides: what is not
// known is a field of its own, or is said by the words of the incident.
//
// The package knows requests, attempts and times. It must not know a configuration: whether the plug-in chose rightly
// is asked in routecheck/replay, why it is so in routecheck/diagnose. It opens no file and reads no clock. Its memory
// is bounded, whatever the log holds: see limits.go.
//
// Start reading at [Kind], the list of incidents, then [Story.Line], and attempt.go, which says what a failed attempt
// is a sign of.
package story

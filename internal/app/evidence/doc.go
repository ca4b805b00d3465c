// Package evidence has the use cases that learn from what happened: what http_plugin.log tells (Trace, TraceRequest),
// where it agrees with a configuration (Replay), what a plug-in that runs does (Verify), and the file by which one is
// asked (Probe). What they learn of open choices they write as one file of settled choices (settled.go).
//
// Start with trace.go.
package evidence

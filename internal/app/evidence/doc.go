// Package evidence has the use cases that learn from what happened: what http_plugin.log tells (Trace, TraceRequest),
// where it agrees with a configuration (Replay), what causes a symptom (Diagnose), what a plug-in that runs does
// (Verify), and the file by which one is asked (Probe). What they learn of open choices they write as one file of
// settled choices (settled.go).
//
// All that read a log begin alike: a request is checked, its files are put in the order of their times, and a
// selection is understood (Trace.open). Then the files are read, once or several times (trace_files.go), whole or from
// where the selection begins (package timeindex). What other logs say of the same time is joined to that: an access
// log by path and second, or by ID (join.go, join_id.go), an error log by its times alone (server_log.go).
//
// Start with trace.go.
package evidence

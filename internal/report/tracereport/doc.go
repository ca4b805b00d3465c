// Package tracereport writes what logs of the plug-in tell: a summary, one request, and where decisions agree with a
// configuration.
//
// Start in trace.go, which has the list [Trace] of what is told of a whole log, and trace_text.go, the first of its
// formats. Further answers have lists of their own: [TraceRequest] (trace_request.go), [Replay] (trace_replay.go) and
// [Told] (told.go), of a log that is being written. What formats share stands in package forms.
package tracereport

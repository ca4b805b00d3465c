// Package requests puts the events of a plug-in's log together to requests.
//
// An [Assembler] knows which lines of a process and thread are about one request, and gives each one that is finished
// to its Done, with its attempts, the times that its phases took, and the [Reason]s why it is odd. A [Summary] adds
// the requests and the other lines of a log up.
//
// The package knows what a log says and what is likely where the log level hides something. It reads no lines (that
// is package pluginlog), and it must not know a configuration: whether the plug-in chose rightly is asked in
// routecheck/replay.
//
// Start reading at [Request], then [Assembler.Add] and apply.go.
package requests

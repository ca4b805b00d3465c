// Package watch follows http_plugin.log while it is written: it tells incidents as they begin, change and end, and
// counts what the plug-in, which has no metrics of its own, says in its log.
//
// A [Watch] is asked to Poll again and again; each time it reads what has come, also over a rotation and a file that
// was cut, and gives what there is to tell to Options.Tell. [Watch.Handler] shows the same as metrics and JSON. What
// is an incident is for parser/pluginlog/story, where requests begin and end for parser/pluginlog/requests: both go
// on for as long as the log does, and their memory is bounded whatever stands in it.
//
// The package reads the file that it was told to, and no clock: every Poll is given the time. Start reading at
// [Watch.Poll], then tail.go (files), tell.go (what is worth a line), metrics.go (what is counted).
package watch

// Package pluginlog reads and writes the lines of http_plugin.log, the log of IBM's web-server plug-in.
//
// [Read] turns a log of any size into typed events, in order, with the number of the line that each stands on.
// [Event.Append] and [Writer] write the same forms; reading what they wrote gives the event back.
//
// The plug-in's format is documented nowhere. What is known of it comes from published excerpts and technotes, so the
// reader is built for the form and not for the sample: times of two kinds, IBM i prefixes, lines that old levels
// glued together, excerpts whose prefix was cut away, typographic quotes, carriage returns and cut lines. A line it
// does not know is counted, never an error.
//
// The package knows single lines. Which lines are about one request, and what is odd about it, is for package
// requests; what a configuration has to say to it, for routecheck/replay. It opens no file.
//
// A log is read on its way through read.go, which cuts it into blocks that several goroutines parse; scan.go, which
// cuts a block into lines; line.go, which splits one into time, thread, level, function and text; and parse.go with
// its neighbours, which say by the function what the text means. Logs have gigabytes, and most lines of a trace
// compare patterns: so the frequent forms have quick ways (usualStamp, usualFraction, cutUsualFunction, usualCheck,
// dullLines). Each of them agrees with the slow one beside it or leaves the line to it, broken lines aside;
// quick_test.go and scan_test.go compare the two.
//
// Start reading at [Kind], the list of what a line can say, then parse.go (from a line to an event) and format.go
// (back).
package pluginlog

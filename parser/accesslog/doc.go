// Package accesslog reads the access logs of web servers: lines to records. It knows the forms that Apache, IBM HTTP
// Server and wasplug's own proxy write, whatever a LogFormat of Apache says, JSON, and lists of URLs.
//
// It knows nothing of configurations: who would serve a request is for routecheck/batch. What a line does not say is
// zero in its record, never guessed.
//
// A log is never read as a whole: [Blocks] cuts it into blocks of whole lines, which several goroutines may parse. What
// clients send may stand anywhere in a line, escaped as Apache does it; a reader that cannot tell where a value ends
// refuses the LogFormat instead of guessing.
//
// Start with record.go; format.go makes a [Format] of a LogFormat, detect.go finds the one of a log.
package accesslog

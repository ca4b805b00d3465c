// Package accesslog reads the access logs of web servers: lines to records. It knows the forms that Apache, IBM HTTP
// Server and wasplug's own proxy write, whatever a LogFormat of Apache says, JSON, and lists of URLs.
//
// It knows nothing of configurations: who would serve a request is for routecheck/batch. What a line does not say is
// zero in its record, never guessed.
//
// Start with record.go; format.go makes a [Format] of a LogFormat, detect.go finds the one of a log.
package accesslog

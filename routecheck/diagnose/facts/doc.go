// Package facts gathers what a file, a log of the plug-in and an access log have to say about causes: how often
// something was seen, in which lines, at which member and in which process.
//
// It knows logs and counts, and no cause: what a number means is for the room above. It decides nothing itself: where
// a request goes it asks routecheck, what a cookie says routecheck/cookie, and lines are put together to requests by
// parser/pluginlog/requests. It opens no file and reads no clock.
//
// A log is read once and in bounded memory: [Log] and [Access] keep numbers, and a few lines as evidence for each
// ([Sightings]). What of these may be passed on is for the report.
//
// Start at [Log], then attempt.go for what becomes of requests, and route.go for where they went.
package facts

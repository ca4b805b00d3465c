// Package words says in a sentence what an event of the plug-in's log means.
//
// It knows the kinds of events and, from the catalogue, what error lines and codes mean. It has sentences and nothing
// else: which events are about one request, and what is odd about them, is for package requests. Nobody branches on
// what it writes.
//
// Start at [Of]. Each of the functions that it calls has the kinds of one part of a request's way, which are a group
// of pluginlog's list of kinds.
package words

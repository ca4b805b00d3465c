// Package envoy writes a plan for Envoy: routes in the order of the plan, chosen by what a small Lua program has read
// of host and path, and clusters of which one for each member puts the member first and its cluster behind it.
//
// What it writes has been run on no Envoy: docs/export.md says so, and the head of the file too.
//
// Start at [Write]; listener.go is what happens to a request, clusters.go who gets it.
package envoy

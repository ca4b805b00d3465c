// Package haproxy writes a plan for HAProxy, 2.6 and later: a frontend that looks up host, port and path in map files,
// reads the session and picks a backend, and a backend for each cluster.
//
// Start at [Write]; frontend.go is what happens to a request, backend.go who gets it, maps.go the files beside.
package haproxy

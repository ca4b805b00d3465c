// Package nginx writes a plan for nginx: maps that look up host, port and path, maps that read the session, an
// upstream for each member and one for each cluster, and a chain of named locations: the members that a session names,
// the cluster's primaries, its backups. A failure goes on to the next location of the chain.
// For versions that know "sticky route" the upstream of a cluster takes its sessions, too: see sticky.go.
//
// nginx compares the texts of maps without their letter case, so a text that was found is held against the one asked
// for by a regular expression: see table.go.
//
// Start at [Write]; routes.go is where a request belongs, sessions.go which members it names, cluster.go who gets it.
package nginx

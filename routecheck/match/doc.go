// Package match decides which cluster a request belongs to (R1 to R18). [New] makes a [Table] of a configuration:
// immutable, free of open choices, safe for concurrent use. [Table.Match] asks an index whose cost grows with the
// path; [Table.Candidates] is the literal walk of R1 over all Routes, for explanations and as an oracle. Both must
// agree.
//
// It knows clusters, members and transports as the file has them, and who is primary or backup. It does not know their
// state, nor who gets a request: that is failover.
//
// A request is decided in four steps, each in a file: the Host header gives host and port (request.go), the target the
// path that is compared (path.go), both lead through the index to what could win (index.go, and patterns.go, where the
// texts are), and scores say which of that does (score.go). What the file becomes before that stands in routes.go,
// groups.go and cluster.go. candidates.go is the same decision without the index; ordered.go has it as a list.
//
// Start at [Table.Match], then at the hostIndex in index.go.
package match

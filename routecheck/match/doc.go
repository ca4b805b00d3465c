// Package match decides which cluster a request belongs to (R1 to R18). [New] makes a [Table] of a configuration:
// immutable, free of open choices, safe for concurrent use. [Table.Match] asks an index whose cost grows with the
// path; [Table.Candidates] is the literal walk of R1 over all Routes, for explanations and as an oracle. Both must
// agree.
//
// It knows clusters, members and transports as the file has them, and who is primary or backup. It does not know their
// state, nor who gets a request: that is failover.
//
// Start at [Table.Match], then at the hostIndex in index.go.
package match

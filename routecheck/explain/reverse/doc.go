// Package reverse answers the question of why backwards: which requests lead to a cluster, or to one of its members.
//
// It reads the ordered list of match, in which the first entry that takes a request decides, and asks offline
// processes about shares, sessions and failovers. It decides nothing.
//
// Start at [To].
package reverse

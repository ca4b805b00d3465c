// Package cause says why an answer is not what a healthy request would get: the cause that people are told of first,
// near misses, and what to look at.
//
// It reads what the run of an explanation recorded, and decides nothing: a near miss is found by changing the request
// and asking again.
//
// Start at [Explain], then at inquiry.look.
package cause

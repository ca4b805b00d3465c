// Package failover decides which member of a cluster gets a request, and what a failed attempt leads to (R20 to R70).
// [Next] says what happens to a request now, [Observe] takes in what became of the attempt. One file is one way of
// choosing: sessions, balance, random, backup.
//
// Nobody else writes the state: [ClusterState] and [RequestState] are plain values that this package changes, and
// whoever follows decisions that were made elsewhere uses the Learn functions. A nil [Recorder] costs nothing; the
// walk is the same. What is recorded are facts, see [Step]: this package makes no sentence.
//
// It knows neither sockets nor clocks: time is an argument, events come from the caller.
//
// Start at [Next] and the selection in choose.go.
package failover

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
// A request goes round like this, until Next says Fail or Cut, or Observe says Over:
//
//	Begin
//	Next: Send                     the caller sends to Member, in vain
//	Observe(ConnectFailed): Ask    the member is marked down
//	Next: Send                     another member
//	Observe(Head): Deliver         the caller passes the answer on
//	Observe(Done): Over
//
// Next has the choosing in choose.go and the files of each way; Observe settles an attempt in observe.go and leaves in
// the request what Next does about it (todo). What is told of it stands apart, in note_request, note_session,
// note_pick and note_attempt; learn.go and follow.go are for those who follow a log.
//
// Two things hold everywhere. An open choice is consulted where its values part, and as far as a selection can tell
// only there: certainty decides again under each value of whatever was consulted, and would miss one that was not.
// And without a recorder no member is looked at more than the decision needs: the proxy calls Next for every attempt,
// under a lock.
//
// Start at [Next] and the selection in choose.go.
package failover

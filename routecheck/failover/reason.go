package failover

// Reason is what a step tells people: each has one sentence in explain/words, which fills in the facts of the step.
type Reason uint8

const (
	// About the request before a member is looked for.
	WhyRequest     Reason = iota + 1 // how it is understood (R7, R8, R14, R16)
	WhyRouter                        // the On Demand Router may know better (R69)
	WhyRoute                         // which Route wins (R1)
	WhyRefused                       // the web server refuses the path itself (R16)
	WhyNoRoutes                      // the file has none (R9)
	WhyNoneMatches                   // no Route matches (R9)

	// About its session (R20 to R28, R39, R40).
	WhyNoSession
	WhyNoCloneIDs   // of the cluster's servers
	WhySession      // the first identifier of the request
	WhyNextSession  // another one, for the one before led nowhere
	WhySessionAgain // after a failed attempt

	WhyCloneOfPrimary
	WhyCloneOfBackup
	WhyPartition // the partition table names Member

	// Nobody is found. Other is who would be expected.
	WhyUnknownClone
	WhyEmptyClone
	WhyOtherCase    // Other has the clone ID in another letter case
	WhyOnBackup     // Other is a backup, where affinity does not look
	WhyInNoList     // Other is in neither list
	WhyNotInTable   // the partition table does not name the partition ID
	WhyOnlyOther    // the partition table is not known, and could name only Other
	WhyTableUnknown // the partition table is not known
	WhyNoTable      // GetDWLMTable is not true

	// About who gets the attempt.
	WhyNotMarked
	WhyProbes // the retry of a marked member is due
	WhySkipped

	WhyNextPrimary // after Other, the member of the session (R26)
	WhyClusterAddress
	WhyFirstBackup
	WhyTriedAllTheSame // everybody is marked down (choice all-down)
	WhyRandom
	WhyRoundRobin
	WhyWeightZero // nobody else is usable (R36)

	WhyNoTransport
	WhyHTTPSUnusable
	WhyOnloadWithoutHTTPS
	WhySchemeMissing
	WhyStream

	// About what became of an attempt.
	WhyNoStream         // (R50)
	WhyNoStreamSecond   // the only server of a cluster is tried once more (R51)
	WhyNoStreamOnly     // it is not tried again (R51)
	WhyStale            // a stream from the queue, nothing is known of the member (R50c)
	WhyStaleEnds        // and the request cannot be sent again
	WhyCut              // in the middle of the answer (R58)
	WhyClosed           // before the answer (R50b)
	WhyUnreadableCloses // an answer that cannot be read counts as a closed stream (choice malformed-answer)
	WhyUnreadable       // (R70)
	WhyStaleTimeout     // on a stream from the queue (R54)
	WhyIOTimeout
	WhyBusyMarks
	WhyBusy
	WhyCleared
	WhyAnswer

	// About how a request ends without an answer of a member's own.
	WhyAddressFailed // (R41)
	WhyNotRepeatable // its body was not buffered (R57)
	WhyOnlyClosed    // the only server closed the stream (R54)
	WhyOnlyTimeout   // the only server did not answer (R54)
	WhyAnswered      // with what cannot be read, so nobody is asked again (R70)
	WhyRetriesUsed   // ServerIOTimeoutRetry (R56)

	WhyAttempts   // no further one is allowed (R62)
	WhyAllFull    // (R60)
	WhyNobodyElse // (R61)
	WhyNoServer   // the cluster has none
	WhyAllDown    // (R61)
	WhyTooLarge   // (R59)

	// The 503 of the last member is passed on (R53).
	WhyPassedNotRepeatable
	WhyPassedAddress
	WhyPassedAttempts
	WhyPassedNobodyElse

	NumReasons
)

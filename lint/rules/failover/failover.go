// Package failover holds the rules about time limits, retries and what is sent again: what a client waits for, and
// what happens twice, when a member fails.
package failover

import "github.com/wasplug/wasplug/lint"

// Rules returns the rules of the group.
func Rules() []*lint.Rule {
	return []*lint.Rule{
		connectTimeoutZero, ioTimeoutZero, hungMemberChosenAgain, postReplayed, postNotRetried,
		ioTimeoutTooShort, retryIntervalRange, worstCaseWait, timeoutsDiffer, dnsFailureBlocksStart,
		negativeIOTimeoutCascade, connectionTtlTooLong,
	}
}

// Package words makes the sentences about a decision: what a step tells, who a member is, why a request is refused.
//
// It knows the facts of a step and the names of a table, and decides nothing. Nobody branches on what it writes.
//
// Start at [Step] and the table in sentences.go, which has one sentence for each reason; holes.go fills them in.
package words

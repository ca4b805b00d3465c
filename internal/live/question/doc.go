// Package question knows what to ask a plug-in, and what its answers mean. A question is a story: requests, one after
// the other, with members that fail on command. What each value of each open choice leads to is not known here:
// routecheck/explain plays the story under all of them, and what was seen is held against that.
//
// It is arithmetic on plain values: no sockets, no clock.
//
// Start at [Question]; stories.go and routing.go make questions, plan.go chooses among them, judge.go learns from the
// answers.
package question

// Package answers has the use cases that answer a question about requests and sessions: which member gets a request
// and why (Why), all requests of a log (WhyURLs), which requests lead to a member (To), what a cookie tells (Cookie),
// what many processes and clients come to over time (Simulate), what becomes of the lab's sessions (LabCheck,
// LabMatrix).
//
// It reads what people write of a request and its circumstances, and makes a scenario of it; what comes of that is
// for routecheck to say. What is wrong with a request without the file is told before the file is read, what only the
// file can complete (bare.go) or contradict (scenario.go, sessions.go, expect.go) behind it: with the field that says
// it.
//
// Start with why.go.
package answers

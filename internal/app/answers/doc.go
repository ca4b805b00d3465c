// Package answers has the use cases that answer a question about requests and sessions: which member gets a
// request and why (Why), all requests of a log (WhyURLs), which requests lead to a member (To), what a cookie tells
// (Cookie), what becomes of the lab's sessions (LabCheck, LabMatrix).
//
// It reads what people write of a request and its circumstances, and makes a scenario of it; what comes of that is for
// routecheck to say. Start with why.go.
package answers

// Package check counts in sessions of servers that are not ours, through the web server that is really before them,
// while somebody kills one of them: [Options.Run] gives a [Result], which says of each client whether its session was
// kept, which changes are lost, and how long it had to wait.
//
// It sends what [Options] say and nothing else: requests for one URL, at most so many clients and so often, and it
// runs no command but the user's own two. What it sees is counted, named and written as a history; what 'wasplug why'
// says of the same failover is asked through [Options.Predict] and put beside it, never the other way round.
//
// It knows neither members nor stores: who answers is read from a header, from the page, or from the cookie.
//
// Start reading at options.go, then run.go; result.go makes a verdict of the answers.
package check

// Package diagnose says what causes a symptom that an administrator sees: load that is not balanced, sessions that are
// lost, errors, waits. For each symptom there is a table of causes; each cause is judged by what the file allows and
// by what the logs show, and is found, possible, excluded or open.
//
// It knows causes, and what speaks for and against each. It decides nothing itself: which findings a file has it is
// told by lint, where a request goes it asks routecheck, what a cookie says routecheck/cookie, and lines are put
// together to requests by parser/pluginlog/requests. It opens no file and reads no clock.
//
// A log is read once and in bounded memory: [Log] and [Access] gather facts and a few lines as evidence for each. What
// of it may be passed on is for the report.
//
// Start at [Judge], then [Cause] and the tables, one file for each kind of symptom: balancing.go, detected.go and so
// on.
package diagnose

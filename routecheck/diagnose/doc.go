// Package diagnose says what causes a symptom that an administrator sees: load that is not balanced, sessions that are
// lost, errors, waits. For each symptom there is a table of causes; each cause is judged by what the file allows and
// by what the logs show, and is found, possible, excluded or open.
//
// It knows causes, and what speaks for and against each. It reads no log: what is to be known of a file, of a log of
// the plug-in and of an access log it takes from the room facts, which knows no cause.
//
// Start at [Judge], then [Cause], opinion.go and the tables, one file for each kind of symptom: balancing.go,
// detected.go and so on.
package diagnose

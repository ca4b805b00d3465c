// Package diagnose says what causes a symptom that an administrator sees: load that is not balanced, sessions that are
// lost, errors, waits. For each symptom there is a table of causes; each cause is judged by what the file allows and
// by what the logs show, and is found, possible, excluded or open.
//
// It knows causes, and what speaks for and against each. It reads no log: what is to be known of a file, of a log of
// the plug-in and of an access log it takes from the room facts, which knows no cause.
//
// How a cause is judged: its function "file" is asked about the configuration, its function "log" about all logs. Each
// answers with an opinion: it allows, denies or proves, with a sentence and the lines behind it, or it is silent. The
// two are weighed in one place (Cause.judge). Where two causes look alike, the one that proves less leaves the lines of
// the other alone, and says so at its function.
//
// What a log level hides is unknown, and never 0: an opinion denies only where the log would have shown otherwise
// (facts.Log.Shows), and a cause that nothing speaks about says what must be collected (collect.go).
//
// Start at [Judge], then [Cause], opinion.go and the tables, one file for each kind of symptom: balancing.go,
// detected.go and so on. Below each table stand its functions.
package diagnose

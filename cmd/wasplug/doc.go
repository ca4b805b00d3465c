// Command wasplug checks, explains, generates and serves plugin-cfg.xml, the file that steers IBM's web server
// plug-in.
//
// The room knows flags, files and the terminal, and nothing of what a command is about: flags become a request of a
// room below internal/app, its answer goes to a report (internal/report), and what the answer says decides the exit
// code. Nothing else of the house imports the library of flags, exits or writes to standard output.
//
// # The way of a command line
//
// main calls run, which is the program without its process, as tests call it. [readLine] takes the line apart before
// the library of flags sees it: flags may stand anywhere, what the environment says (WASPLUG_LINT_FORMAT) is added,
// and a flag that there is not, that is given twice or has a value that it cannot have ends the program before
// anything is read. Then the Action of the command runs:
//
//	flags that cannot stand together      usageError, exit code 2
//	request of internal/app, Run          [ended]: exit code 2 where the request cannot be meant, else 3
//	notes of the answer                   standard error, before anything is written
//	report                                standard output, or a file
//	what was found                        findings, exit code 1
//
// # What holds for every command
//
// Standard output has the answer and nothing else; notes, progress and errors go to standard error. Both go through a
// writer that leaves no control character of a file or a log, but for reports that colour or are patches. A line that
// could not be written ends with exit code 3, whatever else was done ([checkedWriter]).
//
// A file is written whole or not at all. One that says something else is replaced with --force alone, or where it is
// of the kind that the command writes again and again; an answer never takes the place of an input (output.go). A
// command that changes a file in place sees to it that nobody else has changed it meanwhile. Where files belong
// together (generate, export, init, anonymize), all are looked at before the first is written.
//
// A flag that would be ignored is an error, where it was typed; where the environment sets it, it is meant for another
// run ([given]). What a file says (settings, a suite, a topology) wins over the environment and loses to what was
// typed ([ranked]).
//
// Commands that run until they are told to end (proxy, lab, members, trace --follow) end in order at SIGINT and
// SIGTERM, with exit code 0; proxy and lab end at once at a second one.
//
// # Where to start
//
// app.go has run and the exit codes, commands.go the commands; then cookie.go, which is as short as a command gets,
// and why.go. A command is a file called as it is, its further files begin with its name. What they share: line.go and
// values.go (flags), load.go (configurations, notes, errors), output.go (files), working.go (progress), assume.go (the
// plug-in that is meant), why_session.go (what servers do with sessions), urls.go (logs of requests), lint_folder.go
// (folders of configurations). help.go, man.go and complete.go read the flags of the commands, so that none of them is
// written by hand.
package main

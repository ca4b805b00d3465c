// Package lint is the engine that finds what is wrong or dangerous in plugin-cfg.xml. A rule is a value without state;
// [Run] gives each rule that it gets a [Pass] over a file and collects what it reports.
//
// It knows what a rule is, how rules are asked, and what becomes of what they find. It does not know which rules there
// are (lint/rules), how settings are written (lint/settings), or files of a disk: it runs in a browser, too. Questions
// about routing are asked of package routecheck: there is no second matcher here.
//
// A run goes so:
//
//   - [Read] parses; every file becomes a pass, in the order of their names.
//   - Each rule that the options leave on is asked, several at once. None knows what another has found.
//   - What follows from a name in another letter case is dropped (cause.go); so is what another finding about the same
//     thing makes pointless (Rule.Suppresses), and what is a guess where text is not well-formed
//     (Rule.NeedsWellFormed).
//   - Settings and profile say how severe each is; comments take findings away (ignore.go); the profile hides what is
//     below its least severity.
//   - What is left is worded, sorted by place, and told once.
//
// The answer hangs on nothing but the files and the options: not on the order of the files, the number of processors,
// or a clock ([Options.Now]). A baseline and edits come after a run: [Place] names findings in a way that outlasts an
// edit, [Fix] repairs a file until there is nothing left to repair.
//
// Start at [Rule], then [Pass], then [Run].
package lint

// Package diff compares two plugin-cfg.xml by what they mean: [Attributes] by the values in effect, [Compare] by what
// becomes of requests and sessions, too. The order of elements that have none, the names of groups, and definitions
// that no Route uses are no difference.
//
// There are two sources. Facts (facts.go) are statements of a file, subject and value, and the subjects of both files
// are compared (attributes.go): that finds every difference, and says nothing of its weight. Questions (asks.go) are
// the requests at which a decision of either file can turn: both files are asked of routecheck, and what differs in
// the answers are classes of requests (behaviour.go) and consequences (consequences.go): who loses sessions, gets no
// new ones, waits longer. What a consequence has told covers its facts, so that people read each change once, by its
// worst effect.
//
// It decides nothing: how a request is routed, who is balanced, what a failure costs is asked. It knows no
// disk; folders.go pairs configurations that others have read.
//
// Start reading at [Compare] in behaviour.go.
package diff

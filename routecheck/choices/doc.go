// Package choices holds the points on which the real plug-in's behaviour is not documented: each has a name, values,
// and a default that may hang on the plug-in level and the web server. It also keeps the rules of the decision
// procedure with how well each is known.
//
// It knows which choices were consulted by a decision, and walks the tree of those that were: that is what certainty
// stands on. It does not know what a value leads to, nor what a request is.
//
// A new choice is a constant and a row in choices.go, and whatever asks it; what a level changes is a row in
// levels.go; a rule is a row in rules.go. docs/spec/procedure.md, the schema of settled choices, flags and completion
// are made of these.
//
// Start at [Choice], [Assumptions.Consult] and [Tree].
package choices

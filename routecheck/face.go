package routecheck

import (
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// What everybody meets who asks for a decision. Whoever works in one room imports that room.
type (
	Table    = match.Table
	Request  = match.Request
	Decision = explain.Decision
)

// New makes a table. The diagnostics are the reasons why the plug-in would reject the file (R18); the table is usable
// all the same, without the Routes that they name, so that the rest can be examined.
func New(cfg *parser.Config) (*Table, []diag.Diagnostic) { return match.New(cfg) }

package schemas

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Load refuses in a browser: what validates YAML brings HTTP with it, which has no place there.
func Load(files *diag.Files, id diag.FileID, _ string) (*yamldoc.Node, []diag.Diagnostic) {
	end := int32(len(files.Source(id)))
	return nil, []diag.Diagnostic{{Span: diag.Span{File: id, End: end}, Severity: diag.Error,
		Message: "a browser reads no YAML; the program wasplug does"}}
}

package checks

import "github.com/wasplug/wasplug/parser/diag"

// compile refuses in a browser, as it does to decide by a topology (package app).
func (r *linting) compile(id diag.FileID, _ []string) {
	r.notes.Say("%s: a browser reads plugin-cfg.xml alone; the program wasplug reads topologies", r.files.Name(id))
	r.unread++
}

//go:build !js

package checks

import (
	"slices"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// compile adds what would be generated from a topology, for each web server; findings stand in the YAML.
func (r *linting) compile(id diag.FileID, groups []string) {
	topology, reports := generate.Read(r.files, id)
	// An input without content is there so that the file counts as checked.
	if diag.Worst(reports) >= diag.Error {
		r.reports = append(r.reports, reports...)
		r.inputs = append(r.inputs, lint.Input{File: id, Config: parser.View(&parser.Document{File: id})})
		return
	}
	// Build and not Compile, which would ask lint about the outputs: that is done here, with the user's settings.
	outputs, more := topology.Build(generate.Options{})
	if len(outputs) > 0 {
		more = slices.DeleteFunc(more, foundAgain)
	}
	r.topologies = append(r.topologies, topology)
	r.reports = append(append(r.reports, reports...), more...)
	for _, o := range outputs {
		if name := r.request.WebServer; name == "" || name == o.WebServer {
			r.inputs = append(r.inputs, lint.Input{File: id, Config: o.Config, Groups: groups,
				Sessions: topology.Sessions()})
		}
	}
}

// foundAgain reports whether lint finds in what is generated what the generator said already: two cookies of one Uri
// are both written. All else that has a rule is told by the generator alone, for it does not write it.
func foundAgain(d diag.Diagnostic) bool { return d.Rule.Code == diag.AffinityCookieDiffersOnOverlap }

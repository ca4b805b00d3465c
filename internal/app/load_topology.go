//go:build !js

package app

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// topology is an alias, so that load.go compiles also where the generator is left out (load_topology_js.go).
type topology = generate.Topology

// compile gives the file of one web server; its spans stand in the topology.
// Of one web server it needs no name; of several, no name and a wrong one get the same answer.
func (l *Loaded) compile(id diag.FileID, webServer string) error {
	topology, reports := generate.Read(l.Files, id)
	if diag.Worst(reports) >= diag.Error {
		l.Notes.Add(l.Files, reports)
		return fmt.Errorf("%s: the topology has errors, so there is no file to decide by", l.Files.Name(id))
	}
	outputs, more := topology.Compile(generate.Options{})
	var names []string
	for _, o := range outputs {
		if o.WebServer == webServer || webServer == "" && len(outputs) == 1 {
			l.Config, l.Topology, l.Reports = o.Config, topology, append(reports, more...)
			l.Platform, l.At = o.Platform.V, o.Platform.Span()
			return nil
		}
		names = append(names, o.WebServer)
	}
	return Misuse("%s describes the web servers %s: choose one with --web-server", l.Files.Name(id),
		strings.Join(names, ", "))
}

// SessionPolicy tells what a topology says of the sessions of its clusters, nil where there is none.
func (l *Loaded) SessionPolicy() func(cluster string) session.Policy {
	if l.Topology == nil {
		return nil
	}
	return l.Topology.SessionPolicy
}

// Flavor is that of the servers, "" where no topology says it.
func (l *Loaded) Flavor() string {
	if l.Topology == nil {
		return ""
	}
	return l.Topology.Flavor.V
}

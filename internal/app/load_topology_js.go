package app

import (
	"fmt"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// A browser has no topologies: the generator, and the rules of lint that it asks, would double what is loaded.
type topology struct{}

func (l *Loaded) compile(id diag.FileID, _ string) error {
	return fmt.Errorf("%s: a browser reads plugin-cfg.xml alone; the program wasplug reads topologies",
		l.Files.Name(id))
}

// SessionPolicy is nil: no plugin-cfg.xml tells of sessions.
func (l *Loaded) SessionPolicy() func(cluster string) session.Policy { return nil }

// Flavor is "", likewise.
func (l *Loaded) Flavor() string { return "" }

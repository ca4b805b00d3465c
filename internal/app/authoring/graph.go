package authoring

import (
	"fmt"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Graph draws virtual hosts, URIs, clusters and members.
type Graph struct{ Config app.Config }

// GraphAnswer is what is to be drawn: what could be read, whatever is wrong with it.
type GraphAnswer struct {
	Notes  app.Notes
	Config *parser.Config
}

// Run reads the configuration.
func (g *Graph) Run(in app.Input) (*GraphAnswer, error) {
	load := app.Load{Config: g.Config}
	l, err := load.Run(in)
	a := &GraphAnswer{Notes: l.Notes, Config: l.Config}
	if err != nil {
		return a, err
	}
	a.Notes.Add(l.Files, l.Reports)
	cfg := a.Config
	// An empty Config is drawn as what it is. Of a file with an error nothing may be left to draw.
	if len(cfg.Clusters)+len(cfg.Routes)+len(cfg.VirtualHostGroups)+len(cfg.UriGroups) == 0 &&
		diag.Worst(l.Reports) >= diag.Error {
		return a, fmt.Errorf("%s: there is nothing in it to draw", app.DisplayName(g.Config.Path))
	}
	return a, nil
}

package evidence

import (
	"bytes"
	"fmt"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Probe makes the plugin-cfg.xml by which a plug-in is asked: servers of ours stand in the place of the user's.
type Probe struct {
	Config app.Config
	Add    bool // a virtual host, groups and clusters that are made for the questions
	TLS    bool // members take it: Transports of https stay
	Door   func(cluster, server string) (probe.Door, error)
}

// ProbeAnswer is that file.
type ProbeAnswer struct {
	Notes app.Notes
	XML   []byte
}

// Run reads the user's file and makes the other one.
func (p *Probe) Run(in app.Input) (*ProbeAnswer, error) {
	a := &ProbeAnswer{}
	// Loaded to decide by, though it is not asked: a file that the plug-in rejects would show nothing of how it
	// decides.
	sem := choices.Latest()
	load := app.Load{Config: p.Config, DecideBy: &sem}
	l, err := load.Run(in)
	a.Notes = l.Notes
	if err != nil {
		return a, err
	}
	cfg := l.Config
	if p.Add {
		if cfg, err = probe.Add(cfg); err != nil {
			return a, fmt.Errorf("%s: %w", app.DisplayName(p.Config.Path), err)
		}
	}
	secure, err := probe.Point(cfg, p.TLS, p.Door)
	if err != nil {
		return a, err
	}
	if secure > 0 {
		a.Notes.Say("%s of https: made http in the file, for members have no certificate to show (--cert, --key)",
			counted(int64(secure), "Transport"))
	}
	var b bytes.Buffer
	err = parser.Write(&b, cfg.Doc)
	a.XML = b.Bytes()
	return a, err
}

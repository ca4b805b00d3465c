package answers

import (
	"path/filepath"
	"slices"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
	"github.com/wasplug/wasplug/routecheck/simulate"
	"github.com/wasplug/wasplug/routecheck/simulate/written"
)

// Simulate plays many processes over virtual time.
type Simulate struct {
	File     string           // a scenario, "" where the options say all
	Options  []written.Option // in place of what the file says
	Config   app.Config       // in place of the file's own
	Plugin   app.Plugin       // what it says counts before what the file says
	Settings *session.Settings
	Compare  string // another configuration for the same scenario, "" none
	Workers  int    // 0: one for each processor; the answer does not hang on it
}

// Simulation is what has happened, with one configuration or with two.
type Simulation struct {
	Notes app.Notes
	Runs  []SimulationRun
}

// SimulationRun is what has happened with one configuration.
type SimulationRun struct {
	Config   string
	Scenario *simulate.Scenario
	Result   *simulate.Result
	Forms    []simulate.Form // what the closed forms of queues and chance say beside it
	Expected []Expected
}

// Expected is a figure that the scenario expects within bounds.
type Expected struct {
	Name, Want, Got string
	Met             bool
	At              diag.Position
}

// Unmet reports whether something is not as expected.
func (a *Simulation) Unmet() bool {
	for _, run := range a.Runs {
		for _, e := range run.Expected {
			if !e.Met {
				return true
			}
		}
	}
	return false
}

// Run plays the scenario.
func (r *Simulate) Run(in app.Input) (*Simulation, error) {
	a := &Simulation{}
	var src []byte
	if r.File != "" {
		var err error
		if src, err = in.Read(r.File, nil); err != nil {
			return a, err
		}
	}
	configs := []string{""}
	if r.Compare != "" {
		configs = append(configs, r.Compare)
	}
	for _, config := range configs {
		// The scenario is read once for each configuration, as names of members are resolved by it.
		var notes app.Notes
		run, err := r.with(in, src, config, &notes)
		a.note(notes)
		if err != nil {
			return a, err
		}
		a.Runs = append(a.Runs, *run)
	}
	return a, nil
}

// note takes in the notes of one more configuration, without what those before have said: the scenario and its
// reloads are the same for all.
func (a *Simulation) note(more app.Notes) {
	said := map[string]bool{}
	for _, n := range a.Notes {
		said[n.Text] = true
		for _, d := range n.Diagnostics {
			said[n.Files.Line(d)] = true
		}
	}
	for _, n := range more {
		if n.Text != "" && !said[n.Text] {
			a.Notes = append(a.Notes, n)
		}
		a.Notes.Add(n.Files, slices.DeleteFunc(slices.Clone(n.Diagnostics), func(d diag.Diagnostic) bool {
			return said[n.Files.Line(d)]
		}))
	}
}

// with plays it with a configuration, "" for its own.
func (r *Simulate) with(in app.Input, src []byte, config string, notes *app.Notes) (*SimulationRun, error) {
	files := diag.NewFiles()
	unusable := func(reports []diag.Diagnostic) error {
		notes.Add(files, reports)
		return app.Misuse("the scenario cannot be played")
	}
	// Three stages, each of which needs the one before: what the file says without a configuration (it may name the
	// configuration), the tables, the scenario with its names resolved by them.
	draft, reports := r.draft(files, src)
	if draft == nil || diag.Worst(reports) >= diag.Error {
		return nil, unusable(reports)
	}
	from := r.configOf(draft)
	if config != "" {
		from.Path = config
	}
	// Read before copies are made of the plug-in: up to two configurations and their reloads are loaded by them, and
	// standard input can be read once.
	if err := r.Plugin.ReadSettled(in, notes); err != nil {
		return nil, err
	}
	plugin := r.pluginOf(draft)
	l, sem, _, err := plugin.Load(in, from, files, notes)
	if err != nil {
		return nil, err
	}
	var reloads []*match.Table
	for _, reload := range draft.Reloads { // the file that is loaded at some moment, decided by as the first one is
		config := app.Config{Path: r.beside(reload.V), WebServer: from.WebServer}
		other, _, _, err := plugin.Load(in, config, files, notes)
		if err != nil {
			return nil, err
		}
		reloads = append(reloads, other.Table)
	}
	scenario, reports := draft.Scenario(l.Table, reloads, &sem)
	if scenario == nil {
		return nil, unusable(reports)
	}
	if err := r.policy(l, scenario); err != nil {
		return nil, err
	}
	result, err := simulate.Run(scenario.Scenario, r.Workers)
	if err != nil {
		return nil, err
	}
	return &SimulationRun{Config: app.DisplayName(from.Path), Scenario: scenario.Scenario, Result: result,
		Forms: simulate.Forms(scenario.Scenario, result), Expected: expected(scenario, result, files)}, nil
}

// draft reads the scenario, and the options that stand in place of what it says.
func (r *Simulate) draft(files *diag.Files, src []byte) (*written.Draft, []diag.Diagnostic) {
	if r.File == "" {
		return written.Read(files, nil, r.Options)
	}
	file := files.Add(app.DisplayName(r.File), src)
	return written.Read(files, &file, r.Options)
}

// expected holds a result to what the scenario expects.
func expected(scenario *written.Written, result *simulate.Result, files *diag.Files) (all []Expected) {
	for i := range scenario.Expects {
		e := &scenario.Expects[i]
		got, met := e.Met(result)
		all = append(all, Expected{e.Name, e.Want, got, met, files.Start(e.At)})
	}
	return all
}

// beside is a path of the scenario's file, which leads from its folder.
func (r *Simulate) beside(path string) string {
	if filepath.IsAbs(path) || path == "-" || r.File == "-" || r.File == "" {
		return path
	}
	return filepath.Join(filepath.Dir(r.File), path)
}

// configOf is the configuration that is meant.
func (r *Simulate) configOf(d *written.Draft) app.Config {
	config := r.Config
	if config.Path == "" && d.Config.V != "" {
		config.Path = r.beside(d.Config.V)
	}
	if config.WebServer == "" {
		config.WebServer = d.WebServer
	}
	return config
}

// pluginOf is the plug-in that decides.
func (r *Simulate) pluginOf(d *written.Draft) app.Plugin {
	p := r.Plugin
	if p.Level == "" {
		p.Level = d.Level
	}
	if p.Platform == "" {
		p.Platform = d.Platform
	}
	// Of two that settle the same the later one counts: flags stand behind the file. A new slice, as this is called
	// for each configuration.
	p.Assume = append(append([]string{}, d.Assume...), p.Assume...)
	return p
}

// policy takes what servers do with sessions: of the flags, else of the file, else of the topology.
func (r *Simulate) policy(l *app.Loaded, w *written.Written) error {
	s := Sessions{Settings: r.Settings}
	if s.Settings == nil {
		s.Settings = w.Settings
	}
	policy, err := s.policy(l)
	w.Policy = policy
	return err
}

package checks

import (
	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/batch"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// DiffURLs asks two configurations about every request of a log.
type DiffURLs struct {
	Diff
	URLs app.URLs
}

// DiffURLsAnswer is what they do differently with these requests.
type DiffURLsAnswer struct {
	Notes      app.Notes
	Name       string // of the log, in reports
	Format     string // its form
	Comparison *batch.Comparison
	NotLogged  []string // changes of clusters that no request of the log shows
}

// Run asks.
func (d *DiffURLs) Run(in app.Input) (*DiffURLsAnswer, error) {
	a := &DiffURLsAnswer{Name: app.DisplayName(d.URLs.Path)}
	if err := d.checked(); err != nil {
		return a, err
	}
	files := diag.NewFiles()
	old, err := d.load(in, d.Old, files, &a.Notes)
	if err != nil {
		return a, err
	}
	new, err := d.load(in, d.New, files, &a.Notes)
	if err != nil {
		return a, err
	}
	// The comparison of the files goes first, and the tables are made before the trees are let go (Trim).
	report, err := d.compare(old, new)
	if err != nil {
		return a, err
	}
	askers, err := d.askers(old, new)
	if err != nil {
		return a, err
	}
	old.Config.Trim()
	new.Config.Trim()
	log, err := d.URLs.Open(in)
	if err != nil {
		return a, err
	}
	defer log.Close()
	a.Format = log.Format.Name
	a.Comparison, err = batch.Compare(log.Source, log.Format, d.URLs.Workers(), askers[0], askers[1])
	if err == nil && a.Comparison.Requests == 0 {
		err = app.NoRequest(a.Name, a.Format, &a.Comparison.Lines)
	}
	a.NotLogged = notLogged(report, a.Comparison)
	return a, err
}

// checked refuses what can be refused before the files are read.
func (d *DiffURLs) checked() error {
	stdins := 0
	for _, path := range []string{d.Old, d.New, d.URLs.Path} {
		if path == "-" {
			stdins++
		}
	}
	if stdins > 1 {
		return app.Misuse("only one of the two files and the log can be standard input")
	}
	if err := d.check(); err != nil {
		return err
	}
	return d.URLs.Check()
}

// askers ask each file on its platform.
func (d *DiffURLs) askers(old, new *app.Loaded) (list [2]func() *batch.Asker, err error) {
	for i, side := range d.sides(old, new) {
		platform := side.Platform
		if platform == "" {
			platform = choices.Platforms()[0]
		}
		sem, err := choices.Defaults("latest", platform)
		if err != nil {
			return list, err
		}
		// One table for all workers, an asker for each.
		table, _ := routecheck.New(side.Config)
		list[i] = func() *batch.Asker { return batch.NewAsker(table, sem, d.URLs.Where) }
	}
	return list, nil
}

// notLogged lists the changes from one cluster to another that a comparison of the files finds and the log does not
// show.
func notLogged(r *diff.Report, c *batch.Comparison) (list []string) {
	shown := map[[2]string]bool{}
	for _, k := range c.Classes {
		shown[[2]string{k.Old.Cluster, k.New.Cluster}] = true
	}
	for _, k := range r.Classes {
		if change := [2]string{k.Old.Cluster, k.New.Cluster}; !shown[change] {
			shown[change] = true
			list = append(list, k.Sentence())
		}
	}
	return list
}

package checks

import (
	"fmt"
	"path/filepath"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

// Diff compares two configurations by what they do.
type Diff struct {
	Old, New  string
	WebServer string // the one of a topology
	Platform  string // of both sides; "" what their topologies say
}

// DiffAnswer is what differs.
type DiffAnswer struct {
	Notes  app.Notes
	Files  *diag.Files
	Report *diff.Report
}

// Run compares the two. A file that the plug-in would reject is an error, and the notes give the reasons.
func (d *Diff) Run(in app.Input) (*DiffAnswer, error) {
	a := &DiffAnswer{Files: diag.NewFiles()}
	if err := d.check(); err != nil {
		return a, err
	}
	if d.Old == "-" && d.New == "-" {
		return a, app.Misuse("only one of the two files can be standard input")
	}
	old, err := d.load(in, d.Old, a.Files, &a.Notes)
	if err != nil {
		return a, err
	}
	new, err := d.load(in, d.New, a.Files, &a.Notes)
	if err != nil {
		return a, err
	}
	a.Report, err = d.compare(old, new)
	return a, err
}

func (d *Diff) check() error {
	p := app.Plugin{Platform: d.Platform}
	_, _, err := p.Assumptions(app.Input{}, nil) // nothing is read
	return err
}

// load reads one of the files.
func (d *Diff) load(in app.Input, path string, files *diag.Files, notes *app.Notes) (*app.Loaded, error) {
	load := app.Load{Config: app.Config{Path: path, WebServer: d.WebServer}, Files: files}
	l, err := load.Run(in)
	*notes = append(*notes, l.Notes...)
	if err != nil {
		return nil, err
	}
	// A file of IntelligentManagement without Routes is compared all the same: the two are held against each other,
	// and none is asked about a request. So it is not loaded to decide by (app.Load.DecideBy).
	_, missing := routecheck.New(l.Config)
	if reports := append(l.Reports, missing...); diag.Worst(reports) == diag.Error {
		diag.Sort(reports)
		notes.Add(files, reports)
		return nil, fmt.Errorf("%s: the plug-in would reject this file, so there is no behaviour to compare",
			app.DisplayName(path))
	}
	return l, nil
}

// sides are two files and their platforms. A plugin-cfg.xml names none: it is for that of the other.
func (d *Diff) sides(old, new *app.Loaded) [2]diff.File {
	sides := [2]diff.File{
		{Config: old.Config, Platform: old.Platform, At: old.At}, {Config: new.Config, Platform: new.Platform,
			At: new.At},
	}
	switch {
	case d.Platform != "":
		sides[0].Platform, sides[1].Platform = d.Platform, d.Platform
	// Where both are plugin-cfg.xml neither says a platform, and this changes nothing.
	case old.Topology == nil:
		sides[0].Platform = sides[1].Platform
	case new.Topology == nil:
		sides[1].Platform = sides[0].Platform
	}
	return sides
}

// compare compares two files on their platforms.
func (d *Diff) compare(old, new *app.Loaded) (*diff.Report, error) {
	sides := d.sides(old, new)
	return diff.Compare(sides[0], sides[1])
}

// DiffFolders compares the files of two folders in pairs.
type DiffFolders struct {
	Diff                        // of the folders
	OldFiles, NewFiles []string // below them
}

// FoldersAnswer is what differs. A file that cannot be used does not hide the others.
type FoldersAnswer struct {
	Notes   app.Notes
	Files   *diag.Files
	Folders diff.Folders
	Unread  int
}

// folder holds the files of a folder by their paths in it.
type folder struct {
	loaded  map[string]*app.Loaded
	configs map[string]*parser.Config // of all of them, loaded or not
}

// Run compares the pairs.
func (d *DiffFolders) Run(in app.Input) (*FoldersAnswer, error) {
	a := &FoldersAnswer{Files: diag.NewFiles()}
	if err := d.check(); err != nil {
		return a, err
	}
	old, new := d.folder(in, d.Old, d.OldFiles, a), d.folder(in, d.New, d.NewFiles, a)
	a.Folders = diff.Folders{OldName: d.Old, NewName: d.New, Pairs: diff.Pairs(old.configs, new.configs)}
	if len(a.Folders.Pairs) == 0 {
		return a, fmt.Errorf("nothing to compare: no file in %s and %s looks like plugin-cfg.xml", d.Old, d.New)
	}
	for i := range a.Folders.Pairs {
		if err := d.pair(&a.Folders.Pairs[i], old, new); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (d *DiffFolders) folder(in app.Input, name string, paths []string, a *FoldersAnswer) folder {
	f := folder{map[string]*app.Loaded{}, map[string]*parser.Config{}}
	for _, path := range paths {
		rel, err := filepath.Rel(name, path)
		if err != nil {
			rel = path
		}
		rel = filepath.ToSlash(rel)
		// One that cannot be used is still there, to be paired by its path: else its counterpart would seem new.
		f.configs[rel] = &parser.Config{}
		l, err := d.load(in, path, a.Files, &a.Notes)
		if err != nil {
			a.Notes.Say("%v", err)
			a.Unread++
			continue
		}
		f.loaded[rel], f.configs[rel] = l, l.Config
	}
	return f
}

func (d *DiffFolders) pair(p *diff.Pair, old, new folder) (err error) {
	was, is := old.loaded[p.Old], new.loaded[p.New]
	switch {
	case was == nil && p.Old != "":
		p.Trouble = filepath.Join(d.Old, p.Old) + " is not usable"
	case is == nil && p.New != "":
		p.Trouble = filepath.Join(d.New, p.New) + " is not usable"
	default:
		if p.Report, err = d.compare(orNothing(was), orNothing(is)); err != nil {
			return err
		}
		// An empty file stands for the one that is not there, so that consequences are told; a list of all its
		// attributes would only bury them.
		if was == nil || is == nil {
			p.Report.Attributes = nil // all of them are new, or gone
		}
	}
	return nil
}

// orNothing stands for a file that is not there: one that declines every request.
func orNothing(l *app.Loaded) *app.Loaded {
	if l == nil {
		return &app.Loaded{Config: &parser.Config{}}
	}
	return l
}

package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// folder holds the files of a folder by their paths in it.
type folder struct {
	loaded  map[string]*app.Loaded
	configs map[string]*parser.Config // those that could be read, loaded or not
}

// diffFolders compares the files of two folders in pairs. A file that cannot be used does not hide the others; the exit code is 3 then.
func diffFolders(c *cli.Context, old, new, format string, options diff.Options) error {
	files := diag.NewFiles()
	failed := false
	cannot := func(err error) {
		failed = true
		if text := err.Error(); text != "" {
			fmt.Fprintf(c.App.ErrWriter, "wasplug: %s\n", text)
		}
	}
	a, b := readConfigs(c, files, old, cannot), readConfigs(c, files, new, cannot)
	all := diff.Folders{OldName: old, NewName: new, Pairs: diff.Pairs(a.configs, b.configs)}
	if len(all.Pairs) == 0 {
		return failure(fmt.Errorf("nothing to compare: no file in %s and %s looks like plugin-cfg.xml", old, new))
	}
	for i := range all.Pairs {
		p := &all.Pairs[i]
		was, is := a.loaded[p.Old], b.loaded[p.New]
		switch {
		case was == nil && p.Old != "":
			p.Trouble = filepath.Join(old, p.Old) + " is not usable"
		case is == nil && p.New != "":
			p.Trouble = filepath.Join(new, p.New) + " is not usable"
		default:
			var err error
			if p.Report, err = diffCompare(c, orNothing(was), orNothing(is)); err != nil {
				return failure(err)
			}
			if was == nil || is == nil {
				p.Report.Attributes = nil // all of them are new, or gone
			}
		}
	}
	err := diffWrite(c, all.Same(), func(w io.Writer) error { return all.Write(w, files, format, options) })
	if failed {
		return &exitError{exitFailed, errSilent}
	}
	return err
}

// orNothing stands for a file that is not there: one that declines every request.
func orNothing(l *app.Loaded) *app.Loaded {
	if l == nil {
		return &app.Loaded{Config: &parser.Config{}}
	}
	return l
}

func readConfigs(c *cli.Context, files *diag.Files, name string, cannot func(error)) folder {
	f := folder{map[string]*app.Loaded{}, map[string]*parser.Config{}}
	findConfigs(c.App.ErrWriter, name, cannot, func(path string) {
		rel, err := filepath.Rel(name, path)
		if err != nil {
			rel = path
		}
		rel = filepath.ToSlash(rel)
		f.configs[rel] = &parser.Config{}
		l, err := diffLoad(c, files, path)
		if err != nil {
			cannot(err)
			return
		}
		f.loaded[rel], f.configs[rel] = l, l.Config
	})
	return f
}

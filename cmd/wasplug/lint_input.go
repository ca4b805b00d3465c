package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

const settingsName = ".wasplug.yaml"

// readSettings reads the settings file that --settings names, or the one in the current folder or above it.
func (l *linting) readSettings() error {
	path := l.c.String("settings")
	switch {
	case given(l.c, "no-settings") && given(l.c, "settings"):
		return usageError("--settings and --no-settings exclude each other")
	case l.c.Bool("no-settings"):
		return nil
	case path == "":
		if path = findUpwards(settingsName); path == "" {
			return nil
		}
	}
	src, err := readInput(l.c, path)
	if err != nil {
		return err
	}
	files := diag.NewFiles()
	read, faults := settings.Read(files, files.Add(path, src))
	if len(faults) > 0 {
		printDiagnostics(l.c.App.ErrWriter, files, faults)
		return usageError("the settings in %s are wrong; nothing was checked", path)
	}
	fromHere := func(name string) string {
		if name == "" || filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(path), name)
	}
	read.Baseline = fromHere(read.Baseline)
	for _, paths := range read.Groups {
		for i := range paths {
			paths[i] = fromHere(paths[i])
		}
	}
	l.settings = read
	return nil
}

// findUpwards returns the path of a file in the current folder or the nearest above it, "" when there is none.
func findUpwards(name string) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for up := ""; ; up = filepath.Join("..", up) {
		if info, err := os.Stat(filepath.Join(up, name)); err == nil && info.Mode().IsRegular() {
			return filepath.Join(up, name)
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// read reads all files of the arguments. A file that cannot be read is told and the others are checked all the same.
func (l *linting) read() error {
	if l.c.NArg() == 0 {
		return usageError("lint takes files or folders, such as plugin-cfg.xml, or - for standard input")
	}
	seen := map[string]bool{}
	read := func(path, group string) {
		if seen[filepath.Clean(path)] {
			return
		}
		seen[filepath.Clean(path)] = true
		if err := l.readFile(path, group); err != nil {
			l.cannot(err)
		}
	}
	args := l.c.Args().Slice()
	for _, arg := range args {
		if !isFolder(arg) {
			read(arg, namedGroup)
		}
	}
	for _, arg := range args {
		if isFolder(arg) {
			l.readFolder(arg, read)
		}
	}
	if len(l.inputs) == 0 && !l.failed {
		return failure(fmt.Errorf("nothing to check: no file in %s looks like plugin-cfg.xml", strings.Join(l.c.Args().Slice(), " ")))
	}
	if len(l.inputs) == 0 {
		return &exitError{exitFailed, errSilent}
	}
	return nil
}

func (l *linting) cannot(err error) {
	l.failed = true
	if text := err.Error(); text != "" {
		fmt.Fprintf(l.c.App.ErrWriter, "wasplug: %s\n", text)
	}
}

func (l *linting) readFile(path, group string) error {
	src, err := readInput(l.c, path)
	if err != nil {
		return err
	}
	name := displayName(path)
	if path == "-" && l.c.String("stdin-filename") != "" {
		name = l.c.String("stdin-filename")
	}
	id := l.files.Add(name, src)
	if app.IsTopology(path, src) {
		l.compile(id, l.groups(path, group))
		return nil
	}
	groups := l.groups(path, group)
	for _, in := range lint.Read(l.files, id) {
		in.Groups = groups
		l.inputs = append(l.inputs, in)
	}
	if path != "-" {
		l.paths[id] = path
	}
	return nil
}

// compile adds what would be generated from a topology, for each web server; findings stand in the YAML.
func (l *linting) compile(id diag.FileID, groups []string) {
	topology, faults := generate.Read(l.files, id)
	if diag.Worst(faults) >= diag.Error {
		l.faults = append(l.faults, faults...)
		l.inputs = append(l.inputs, lint.Input{File: id, Config: parser.View(&parser.Document{File: id})})
		return
	}
	outputs, more := topology.Build(generate.Options{})
	if len(outputs) > 0 {
		more = slices.DeleteFunc(more, foundAgain)
	}
	l.topologies = append(l.topologies, topology)
	l.faults = append(append(l.faults, faults...), more...)
	for _, o := range outputs {
		if name := l.c.String("web-server"); name == "" || name == o.WebServer {
			l.inputs = append(l.inputs, lint.Input{File: id, Config: o.Config, Groups: groups, Persistence: topology.Persistence()})
		}
	}
}

// foundAgain reports whether lint finds in what is generated what the generator said already: two cookies of one Uri are both written. All else
// that has a rule is told by the generator alone, for it does not write it.
func foundAgain(d diag.Diagnostic) bool { return d.Rule.Code == diag.AffinityCookieDiffersOnOverlap }

// baseline takes the known findings away.
func (l *linting) baseline(placed []lint.Placed) ([]lint.Placed, error) {
	path := ranked(l.c, "baseline", l.settings.Baseline)
	if path == "" {
		return placed, nil
	}
	src, err := readInput(l.c, path)
	if err != nil {
		return nil, err
	}
	b, faults := settings.ReadBaseline(l.files, l.files.Add(path, src))
	if diag.Worst(faults) >= diag.Error {
		printDiagnostics(l.c.App.ErrWriter, l.files, faults)
		return nil, failure(errors.New(path + " is no baseline; --write-baseline writes one"))
	}
	return b.Filter(l.files, placed, l.checked(), beside(path)), nil
}

// beside returns how a baseline names files: from its own folder on, so that it holds wherever lint is run and however a file is named.
func beside(baseline string) settings.FileNamer {
	folder := realFolder(baseline)
	return func(name string) string {
		path := filepath.Join(realFolder(name), filepath.Base(name))
		if rel, err := filepath.Rel(folder, path); err == nil && name != displayName("-") {
			return filepath.ToSlash(rel)
		}
		return name
	}
}

// realFolder returns the folder that a file lies in without links, as far as it can be told.
func realFolder(path string) string {
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return filepath.Dir(path)
	}
	if real, err := filepath.EvalSymlinks(folder); err == nil {
		return real
	}
	return folder
}

// repair applies fixes, or shows them; stop: there is nothing more to do.
func (l *linting) repair(mode string) (stop bool, err error) {
	unsafe := mode == "all" || mode == "diff-all"
	show := strings.HasPrefix(mode, "diff")
	for i := range l.inputs {
		id := l.inputs[i].File
		path := l.paths[id]
		if path == "" && !show {
			return true, usageError("--fix writes files, and %s is none: use --fix=diff", l.files.Name(id))
		}
		src, n := lint.Fix(rules.All(), l.files, id, l.options, unsafe)
		switch {
		case n == 0:
		case show:
			err = l.diff(id, src)
		default:
			if err = writeFile(path, src, unchanged(path, l.files.Source(id))); err == nil {
				fmt.Fprintf(l.c.App.ErrWriter, "%s: %d repaired\n", path, n)
				fresh := l.files.Add(l.files.Name(id), src)
				cfg, faults := parser.Parse(fresh, src)
				l.inputs[i] = lint.Input{File: fresh, Config: cfg, Faults: faults, Groups: l.inputs[i].Groups}
				l.paths[fresh] = path
			}
		}
		if err != nil {
			return true, err
		}
	}
	if show {
		return true, l.end(false)
	}
	return false, nil
}

// diff writes what a repair would change.
func (l *linting) diff(id diag.FileID, src []byte) error {
	name := l.files.Name(id)
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: lines(l.files.Source(id)), B: lines(src), FromFile: "a/" + name, ToFile: "b/" + name, Context: 3,
	})
	if err == nil {
		_, err = fmt.Fprint(l.c.App.Writer, text)
	}
	return err
}

// lines splits text behind each line end. A last line without one is marked as diff does.
func lines(src []byte) []string {
	ls := strings.SplitAfter(string(src), "\n")
	if last := ls[len(ls)-1]; last == "" {
		return ls[:len(ls)-1]
	}
	ls[len(ls)-1] += "\n\\ No newline at end of file\n"
	return ls
}

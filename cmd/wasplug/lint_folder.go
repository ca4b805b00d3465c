package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser"
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
	request := checks.Settings{Path: path}
	answer, err := request.Run(inputOf(l.c))
	printNotes(l.c, answer.Notes)
	l.settings = answer.Settings
	return ended(err)
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

// findFiles finds the files of the arguments, each once.
func (l *linting) findFiles() error {
	args := l.c.Args().Slice()
	switch {
	case len(args) > 0:
	case isFile(ownConfig):
		sayOwnConfig(l.c)
		args = []string{ownConfig}
	default:
		return usageError("lint takes files or folders, such as plugin-cfg.xml, or - for standard input")
	}
	seen := map[string]bool{}
	add := func(path, group string) {
		if seen[filepath.Clean(path)] {
			return
		}
		seen[filepath.Clean(path)] = true
		f := checks.LintFile{Path: path, Groups: l.groups(path, group)}
		if path == "-" {
			f.Name = l.c.String("stdin-filename")
		}
		l.request.Files = append(l.request.Files, f)
	}
	// Named files come first: one that also lies in a named folder belongs to those that were named.
	for _, arg := range args {
		if !isFolder(arg) {
			add(arg, namedGroup)
		}
	}
	for _, arg := range args {
		if isFolder(arg) {
			findConfigs(l.c.App.ErrWriter, arg, l.cannot, func(path string) { add(path, filepath.Dir(path)) })
		}
	}
	return nil
}

// cannot notes what could not be read; the others are checked all the same.
func (l *linting) cannot(err error) {
	l.failed = true
	if text := err.Error(); text != "" {
		fmt.Fprintf(l.c.App.ErrWriter, "wasplug: %s\n", text)
	}
}

// beside returns how a baseline names files: from its own folder on, so that it holds wherever lint is run and however
// a file is named.
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

// The values of --across: which files are checked against each other, beside those of a group in the settings.
const (
	acrossRun    = "run"    // those that are named together, and those of one folder
	acrossFolder = "folder" // those of one folder, also where a shell or a CI names them one by one
	acrossGroups = "groups" // no others
)

// namedGroup is the group of the files that are named on the command line; those of a folder are a group of the
// folder's name.
const namedGroup = "<named>"

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// groups lists the groups of a file: those of the settings that name it or a folder above it, else the one that it was
// found in. Who puts files into groups has said what belongs together.
func (l *linting) groups(path, group string) []string {
	var groups []string
	real := filepath.Join(realFolder(path), filepath.Base(path))
	for name, members := range l.settings.Groups {
		for _, member := range members {
			from := filepath.Join(realFolder(member), filepath.Base(member))
			if rel, err := filepath.Rel(from, real); err == nil && filepath.IsLocal(rel) {
				groups = append(groups, "settings: "+name)
			}
		}
	}
	switch across := l.c.String("across"); {
	case len(groups) > 0:
		return groups
	case across == acrossFolder:
		return []string{realFolder(path)}
	case across == acrossGroups:
		return []string{path} // alone
	}
	return []string{group}
}

// findConfigs finds what looks like plugin-cfg.xml in a folder and those below it, in alphabetical order, and says
// what it passes over. What cannot be read does not hide the rest.
func findConfigs(stderr io.Writer, folder string, cannot func(error), found func(path string)) {
	var others []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			cannot(err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && path != folder && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(strings.ToLower(path), ".xml"):
		default:
			switch reason := passOver(path); reason {
			case "":
				found(path)
			case foreign:
				others = append(others, path)
			default:
				fmt.Fprintf(stderr, "wasplug: %s: skipped, %s\n", path, reason)
			}
		}
		return nil
	})
	if err != nil {
		cannot(err)
	}
	if n := len(others); n == 1 {
		fmt.Fprintf(stderr, "wasplug: %s: skipped, %s\n", others[0], foreign)
	} else if n > 1 {
		fmt.Fprintf(stderr, "wasplug: %s: skipped %d .xml files that are no plugin-cfg.xml, %s the first\n",
			folder, n, others[0])
	}
}

const foreign = "it is no plugin-cfg.xml"

// passOver says why a file of a folder is not checked, "" for one that is: plugin-cfg.xml by its name, or XML that
// holds its elements.
func passOver(path string) string {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "" // it is told that it cannot be read
	case info.IsDir():
		return "it is a link to a folder"
	case !info.Mode().IsRegular():
		return "it is no file"
	case strings.Contains(strings.ToLower(filepath.Base(path)), "plugin-cfg"):
		return ""
	case info.Size() == 0:
		return "it is empty"
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 4096)) // comments of generators are shorter
	if err != nil {
		return ""
	}
	for _, mark := range []string{"<Config", "<ServerCluster", "<VirtualHostGroup", "<UriGroup"} {
		if bytes.Contains(head, []byte(mark)) {
			return ""
		}
	}
	if len(bytes.TrimSpace(head)) == 0 && info.Size() <= int64(len(head)) {
		return "it is empty"
	}
	name := firstElement(head)
	if slices.ContainsFunc(parser.ElementTypes(), func(t *parser.ElementType) bool { return t.Name == name }) {
		return fmt.Sprintf(
			"it begins with <%s>, a piece of a plugin-cfg.xml at most; name the file to have it checked", name)
	}
	return foreign
}

// firstElement returns the name of the first element of a text, "" for none. It reads the head of any file, and so
// takes nothing for granted: a parser would refuse most.
func firstElement(text []byte) string {
	for {
		_, rest, ok := bytes.Cut(text, []byte("<"))
		if !ok || len(rest) == 0 {
			return ""
		}
		if text = rest; bytes.HasPrefix(rest, []byte("!--")) {
			if _, text, ok = bytes.Cut(rest, []byte("-->")); !ok {
				return ""
			}
			continue
		}
		if rest[0] == '?' || rest[0] == '!' {
			continue
		}
		end := bytes.IndexAny(rest, " \t\r\n/>")
		if end < 0 {
			return ""
		}
		return string(rest[:end])
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/report"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser/diag"
)

func lintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "report what is wrong or dangerous in plugin-cfg.xml",
		ArgsUsage: "FILE|FOLDER...",
		Description: `In folders the files that look like plugin-cfg.xml are checked, and what is passed over is said; - is standard input, a topology (YAML) is
checked as what would be generated from it. Files that are named together, those of one folder, and those of a group in the settings are also
checked against each other: clone IDs that a merge would make collide. Where a shell or a CI names files of many web servers, say --across folder.

   wasplug lint plugin-cfg.xml
   wasplug lint --fail-on warning --format text --format sarif=lint.sarif conf/
   wasplug lint --fix=diff plugin-cfg.xml
   wasplug explain WP301

A comment takes a finding away: <!-- wasplug:ignore WP501 until 2027-01-31 why -->. Settings are read from .wasplug.yaml in the current
folder or one above it.

Exit codes: 0 nothing at --fail-on or above; 1 findings; 2 wrong usage; 3 a file cannot be read, or there is nothing to check.`,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "format", Usage: "`FORMAT[=FILE]`, repeatable: " + strings.Join(report.Formats(), ", ") + ", or auto (github inside GitHub Actions, else text)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` for reports without one", DefaultText: "standard output"},
			&cli.StringFlag{Name: "fail-on", Usage: "least `SEVERITY` that gives exit code 1: error, warning, info or never", DefaultText: "error"},
			&cli.StringFlag{Name: "min-severity", Usage: "least `SEVERITY` that is reported: error, warning or info"},
			&cli.StringFlag{Name: "profile", Usage: "`PROFILE` of rules: " + strings.Join(lint.Profiles(), ", ")},
			&cli.StringFlag{Name: "target", Usage: "`LEVEL` of the plug-in that reads the file, such as 8.5.5.20", DefaultText: "latest"},
			&cli.StringFlag{Name: "settings", Usage: "settings `FILE`", DefaultText: ".wasplug.yaml, looked for upwards"},
			&cli.BoolFlag{Name: "no-settings", Usage: "read no settings file"},
			&cli.StringFlag{Name: "baseline", Usage: "`FILE` of known findings, which are not reported"},
			&cli.StringFlag{Name: "write-baseline", Usage: "write all findings to `FILE` as known, and report none"},
			newFixFlag(),
			&cli.StringFlag{Name: "stdin-filename", Usage: "`NAME` that reports give standard input"},
			&cli.StringFlag{Name: "across", Value: acrossRun, Usage: "files that are checked against each other, `WHICH`: run (those named together, and those of one folder), folder (only those of one folder) or groups (only those of a group in the settings)"},
			&cli.StringFlag{Name: "web-server", Usage: "`NAME` of the one web server of a topology"},
			&cli.BoolFlag{Name: "check-dns", Usage: "look host names up (uses the network)"},
			&cli.BoolFlag{Name: "check-files", Usage: "look for key stores and folders on this machine"},
			&cli.BoolFlag{Name: "summary", Usage: "print how many findings each rule has, instead of the findings"},
			colorFlag(),
			&cli.BoolFlag{Name: "force", Usage: "overwrite a file that is no report of the same format, or no baseline"},
			&cli.BoolFlag{Name: "exit-zero", Usage: "end with 0 also when there are findings"},
		},
		Action: lintAction,
	}
}

// fixFlag is --fix[=safe|all|diff]: a flag whose value may be left out.
type fixFlag struct{ *cli.GenericFlag }

func newFixFlag() cli.Flag {
	return fixFlag{&cli.GenericFlag{Name: "fix", Value: new(fixMode), Usage: "repair files, and `HOW`: safe (the default) or all; diff shows what safe would do, diff-all what all would"}}
}

func (fixFlag) TakesValue() bool { return false }

type fixMode string

func (m *fixMode) String() string   { return string(*m) }
func (m *fixMode) IsBoolFlag() bool { return true }
func (m *fixMode) Set(value string) error {
	switch value {
	case "true":
		value = "safe"
	case "safe", "all", "diff", "diff-all":
	default:
		return diag.Errorf("want safe, all, diff or diff-all, got %q", value)
	}
	*m = fixMode(value)
	return nil
}

// linting is a run of the command.
type linting struct {
	c        *cli.Context
	files    *diag.Files
	options  lint.Options
	settings settings.Settings
	inputs   []lint.Input
	paths    map[diag.FileID]string // of files that may be repaired
	failed   bool                   // a file could not be read

	topologies []*generate.Topology
	faults     []diag.Diagnostic // of topologies
}

func lintAction(c *cli.Context) error {
	l := &linting{c: c, files: diag.NewFiles(), paths: map[diag.FileID]string{}}
	if err := l.configure(); err != nil {
		return err
	}
	outs, err := l.outputs()
	if err != nil {
		return err
	}
	failOn, err := severityFlag("fail-on", ranked(c, "fail-on", l.settings.FailOn), diag.Error)
	if err != nil {
		return err
	}
	least, err := severityFlag("min-severity", ranked(c, "min-severity", l.settings.MinSeverity), 0)
	if err != nil {
		return err
	}
	if _, err := chosen(c, "across"); err != nil {
		return err
	}
	if err := l.read(); err != nil {
		return err
	}
	if err := l.spareFiles(outs); err != nil {
		return err
	}
	if mode := c.Generic("fix").(*fixMode); *mode != "" {
		if stop, err := l.repair(string(*mode)); stop || err != nil {
			return err
		}
	}
	found := append(lint.Run(rules.All(), l.files, l.inputs, l.options), l.options.Apply(rules.All(), l.faults)...)
	for _, t := range l.topologies {
		found = t.Tolerate(found)
	}
	placed := lint.Place(l.inputs, found)
	if path := c.String("write-baseline"); path != "" {
		data := settings.WriteBaseline(l.files, placed, beside(path))
		if err := writeFile(path, data, ownKind(path, c.Bool("force"), isBaseline)); err != nil {
			return err
		}
		fmt.Fprintf(c.App.ErrWriter, "%s: %d findings are known from now on\n", path, len(placed))
		return l.end(false)
	}
	if placed, err = l.baseline(placed); err != nil {
		return err
	}
	placed = slices.DeleteFunc(placed, func(p lint.Placed) bool { return p.Severity < least })
	r := &report.Report{Files: l.files, Findings: placed, Checked: l.checked(), FailOn: failOn, Version: buildInfo().Version}
	if dir, err := os.Getwd(); err == nil {
		r.Base = dir
	}
	if err := l.write(r, outs); err != nil {
		return err
	}
	fails := failOn != 0 && slices.ContainsFunc(placed, func(p lint.Placed) bool { return p.Severity >= failOn })
	return l.end(fails && !c.Bool("exit-zero"))
}

// end gives the exit code.
func (l *linting) end(findingsFail bool) error {
	switch {
	case l.failed:
		return &exitError{exitFailed, errSilent}
	case findingsFail:
		return findings()
	}
	return nil
}

func (l *linting) checked() []diag.FileID {
	ids := make([]diag.FileID, len(l.inputs))
	for i, in := range l.inputs {
		ids[i] = in.File
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.SortFunc(ids, func(a, b diag.FileID) int { return strings.Compare(l.files.Name(a), l.files.Name(b)) })
	return ids
}

// severityFlag reads the severity that a flag, or the settings in its place, says. "never" is 0.
func severityFlag(name, text string, otherwise diag.Severity) (diag.Severity, error) {
	if text == "" {
		return otherwise, nil
	}
	if _, err := oneOf(name, text, flagValues("lint", name)); err != nil {
		return 0, err
	}
	s, _ := settings.ParseSeverity(text)
	return s, nil
}

// output is one report and where it goes, "" standard output.
type output struct{ format, path string }

func (l *linting) outputs() ([]output, error) {
	var outs []output
	for _, text := range l.c.StringSlice("format") {
		format, path, _ := strings.Cut(text, "=")
		if _, err := oneOf("format", format, flagValues("lint", "format")); err != nil {
			return nil, err
		}
		if format == "auto" {
			format = "text"
			if os.Getenv("GITHUB_ACTIONS") == "true" {
				format = "github"
			}
		}
		if path == "" {
			path = l.c.String("output")
		}
		outs = append(outs, output{format, path})
	}
	if len(outs) == 0 {
		outs = []output{{"text", l.c.String("output")}}
	}
	seen := map[string]bool{}
	for _, o := range outs {
		if o.path == "" || o.path == "-" {
			continue
		}
		path, err := filepath.Abs(o.path)
		if err != nil {
			return nil, failure(err)
		}
		if seen[path] {
			return nil, usageError("two reports go to %s", o.path)
		}
		seen[path] = true
	}
	return outs, nil
}

// overwrite says which files a report may replace: those of its format.
func (l *linting) overwrite(o output) overwrite {
	return ownKind(o.path, l.c.Bool("force"), func(old []byte) bool { return report.Is(o.format, old) })
}

// isBaseline reports whether --write-baseline has written a text.
func isBaseline(text []byte) bool {
	files := diag.NewFiles()
	_, faults := settings.ReadBaseline(files, files.Add("baseline", text))
	return diag.Worst(faults) < diag.Error
}

// spareFiles refuses, before anything is written, reports and a baseline that would take the place of an input or of somebody's file.
func (l *linting) spareFiles(outs []output) error {
	check := func(path string, allow overwrite) error {
		if err := spare(l.c, path); err != nil {
			return err
		}
		return mayWrite(path, nil, allow)
	}
	if path := l.c.String("write-baseline"); path != "" {
		return check(path, ownKind(path, l.c.Bool("force"), isBaseline))
	}
	for _, o := range outs {
		if o.path == "" || o.path == "-" {
			continue
		}
		if err := check(o.path, l.overwrite(o)); err != nil {
			return err
		}
	}
	return nil
}

func (l *linting) write(r *report.Report, outs []output) error {
	for _, o := range outs {
		var b strings.Builder
		plain := o.path == "" || o.path == "-"
		r.Colour = o.format == "text" && plain && coloured(l.c)
		err := r.Write(&b, o.format)
		if l.c.Bool("summary") && o.format == "text" {
			b.Reset()
			err = r.Counts(&b)
		}
		if err == nil && plain {
			_, err = io.WriteString(l.c.App.Writer, b.String())
		} else if err == nil {
			err = writeFile(o.path, []byte(b.String()), l.overwrite(o))
		}
		if err != nil {
			return failure(err)
		}
	}
	return nil
}

// configure reads flags and settings; flags win.
func (l *linting) configure() error {
	c := l.c
	if err := l.readSettings(); err != nil {
		return err
	}
	if _, err := chosen(c, "color"); err != nil {
		return err
	}
	l.options = lint.Options{Now: time.Now(), Context: c.Context, Session: l.settings.Session, Rules: l.settings.Rules}
	if p := ranked(c, "profile", l.settings.Profile); p != "" {
		if _, err := oneOf("profile", p, lint.Profiles()); err != nil {
			return err
		}
		l.options.Profile = p
	}
	if t := ranked(c, "target", l.settings.Target); t != "" {
		if err := lint.CheckTarget(t); err != nil {
			return usageError("--target: %w", err)
		}
		l.options.Target = t
	}
	if c.String("min-severity") == "info" && l.options.Profile == "" {
		l.options.Profile = "pedantic"
	}
	if c.Bool("check-dns") {
		l.options.Resolver = func(ctx context.Context, host string) error {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			_, err := net.DefaultResolver.LookupHost(ctx, host)
			return err
		}
	}
	if c.Bool("check-files") {
		l.options.Inspect = inspect
	}
	return nil
}

// inspect says what is wrong with a file or folder of this machine.
func inspect(path string) string {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return "does not exist"
	case err != nil:
		return "cannot be looked at"
	case info.Mode().IsRegular() && strings.HasSuffix(path, ".sth") && info.Mode().Perm()&0o004 != 0:
		return "can be read by everybody"
	}
	if f, err := os.Open(path); err != nil {
		return "cannot be read"
	} else {
		f.Close()
	}
	return ""
}

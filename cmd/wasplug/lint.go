package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/lint"
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
			wordsFlag{&cli.StringSliceFlag{Name: "format", Usage: "`FORMAT[=FILE]`, repeatable: " + strings.Join(report.Lint.Names(), ", ") + ", or auto (github inside GitHub Actions, else text)"}, append([]string{"auto"}, report.Lint.Names()...)},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` for reports without one", DefaultText: "standard output"},
			wordFlag{&cli.StringFlag{Name: "fail-on", Usage: "least `SEVERITY` that gives exit code 1: error, warning, info or never", DefaultText: "error"}, []string{"error", "warning", "info", "never"}},
			wordFlag{&cli.StringFlag{Name: "min-severity", Usage: "least `SEVERITY` that is reported: error, warning or info"}, []string{"error", "warning", "info"}},
			wordFlag{&cli.StringFlag{Name: "profile", Usage: "`PROFILE` of rules: " + strings.Join(lint.Profiles(), ", ")}, lint.Profiles()},
			&cli.StringFlag{Name: "target", Usage: "`LEVEL` of the plug-in that reads the file, such as 8.5.5.20", DefaultText: "latest"},
			&cli.StringFlag{Name: "settings", Usage: "settings `FILE`", DefaultText: ".wasplug.yaml, looked for upwards"},
			&cli.BoolFlag{Name: "no-settings", Usage: "read no settings file"},
			&cli.StringFlag{Name: "baseline", Usage: "`FILE` of known findings, which are not reported"},
			&cli.StringFlag{Name: "write-baseline", Usage: "write all findings to `FILE` as known, and report none"},
			newFixFlag(),
			&cli.StringFlag{Name: "stdin-filename", Usage: "`NAME` that reports give standard input"},
			wordFlag{&cli.StringFlag{Name: "across", Value: acrossRun, Usage: "files that are checked against each other, `WHICH`: run (those named together, and those of one folder), folder (only those of one folder) or groups (only those of a group in the settings)"}, []string{acrossRun, acrossFolder, acrossGroups}},
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

var fixModes = []string{"safe", "all", "diff", "diff-all"}

type fixMode string

func (m *fixMode) String() string   { return string(*m) }
func (m *fixMode) IsBoolFlag() bool { return true }
func (m *fixMode) Set(value string) error {
	switch value {
	case "true":
		value = "safe"
	default:
		if !slices.Contains(fixModes, value) {
			return diag.Errorf("want safe, all, diff or diff-all, got %q", value)
		}
	}
	*m = fixMode(value)
	return nil
}

// linting is a run of the command.
type linting struct {
	c        *cli.Context
	settings settings.Settings
	request  app.Lint
	outs     []output
	failed   bool // a file could not be read
}

func lintAction(c *cli.Context) error {
	l := &linting{c: c}
	for _, step := range []func() error{l.readSettings, l.readOptions, l.readOutputs, l.readSeverities, l.findFiles} {
		if err := step(); err != nil {
			return err
		}
	}
	if mode := *c.Generic("fix").(*fixMode); mode != "" {
		if stop, err := l.repair(string(mode)); stop || err != nil {
			return err
		}
	}
	if path := c.String("write-baseline"); path != "" {
		return l.writeBaseline(path)
	}
	if path := ranked(c, "baseline", l.settings.Baseline); path != "" {
		l.request.Baseline, l.request.Named = path, beside(path)
	}
	answer, err := l.run()
	if err != nil {
		return err
	}
	if err := l.write(answer); err != nil {
		return err
	}
	return l.end(answer.Fails() && !c.Bool("exit-zero"))
}

// run checks the files.
func (l *linting) run() (*app.LintAnswer, error) {
	answer, err := l.request.Run(inputOf(l.c))
	tell(l.c, answer.Notes)
	if err != nil {
		return nil, ended(err)
	}
	if err := l.looked(len(answer.Checked), answer.Unread); err != nil {
		return nil, err
	}
	return answer, l.spareFiles()
}

// looked notes how many files were looked at, and how many could not be read. To look at nothing is never fine.
func (l *linting) looked(at, unread int) error {
	l.failed = l.failed || unread > 0
	switch {
	case at > 0:
		return nil
	case l.failed:
		return &exitError{exitFailed, errSilent}
	}
	return failure(fmt.Errorf("nothing to check: no file in %s looks like plugin-cfg.xml", strings.Join(l.c.Args().Slice(), " ")))
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

// writeBaseline takes all that is found for known.
func (l *linting) writeBaseline(path string) error {
	l.request.MinSeverity = 0
	answer, err := l.run()
	if err != nil {
		return err
	}
	data := settings.WriteBaseline(answer.Files, answer.Findings, beside(path))
	if err := writeFile(path, data, ownKind(path, l.c.Bool("force"), isBaseline)); err != nil {
		return err
	}
	fmt.Fprintf(l.c.App.ErrWriter, "%s: %d findings are known from now on\n", path, len(answer.Findings))
	return l.end(false)
}

// repair applies fixes, or shows them; stop: there is nothing more to do.
func (l *linting) repair(mode string) (stop bool, err error) {
	show := strings.HasPrefix(mode, "diff")
	fix := app.Fix{Lint: l.request, Unsafe: mode == "all" || mode == "diff-all", InPlace: !show}
	answer, err := fix.Run(inputOf(l.c))
	if show || err != nil {
		tell(l.c, answer.Notes) // otherwise they are told with the findings
	}
	if err != nil {
		return true, ended(err)
	}
	if err := l.looked(answer.Checked, answer.Unread); err != nil && show {
		return true, err
	}
	if err := l.spareFiles(); err != nil {
		return true, err
	}
	for _, f := range answer.Fixed {
		if show {
			err = report.Unified(l.c.App.Writer, "a/"+f.Name, "b/"+f.Name, f.Old, f.New)
		} else if err = writeFile(f.Path, f.New, unchanged(f.Path, f.Old)); err == nil {
			fmt.Fprintf(l.c.App.ErrWriter, "%s: %d repaired\n", f.Path, f.Repairs)
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

// severityFlag reads the severity that a flag, or the settings in its place, says. "never" is 0.
func severityFlag(c *cli.Context, name, text string, otherwise diag.Severity) (diag.Severity, error) {
	if text == "" {
		return otherwise, nil
	}
	if _, err := allowed(c, name, text); err != nil {
		return 0, err
	}
	s, _ := settings.ParseSeverity(text)
	return s, nil
}

// output is one report and where it goes, "" standard output.
type output struct{ format, path string }

// readSeverities reads the severities that fail and that are reported.
func (l *linting) readSeverities() (err error) {
	c := l.c
	l.request.FailOn, err = severityFlag(c, "fail-on", ranked(c, "fail-on", l.settings.FailOn), diag.Error)
	if err == nil {
		l.request.MinSeverity, err = severityFlag(c, "min-severity", ranked(c, "min-severity", l.settings.MinSeverity), 0)
	}
	if err == nil {
		_, err = chosen(c, "across")
	}
	return err
}

// readOutputs reads which reports go where.
func (l *linting) readOutputs() error {
	var outs []output
	for _, text := range l.c.StringSlice("format") {
		format, path, _ := strings.Cut(text, "=")
		if _, err := allowed(l.c, "format", format); err != nil {
			return err
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
			return failure(err)
		}
		if seen[path] {
			return usageError("two reports go to %s", o.path)
		}
		seen[path] = true
	}
	l.outs = outs
	return nil
}

// overwrite says which files a report may replace: those of its format.
func (l *linting) overwrite(o output) overwrite {
	return ownKind(o.path, l.c.Bool("force"), func(old []byte) bool { return report.IsLint(o.format, old) })
}

// isBaseline reports whether --write-baseline has written a text.
func isBaseline(text []byte) bool {
	files := diag.NewFiles()
	_, faults := settings.ReadBaseline(files, files.Add("baseline", text))
	return diag.Worst(faults) < diag.Error
}

// spareFiles refuses, before anything is written, reports and a baseline that would take the place of an input or of
// somebody's file.
func (l *linting) spareFiles() error {
	check := func(path string, allow overwrite) error {
		if err := spare(l.c, path); err != nil {
			return err
		}
		return mayWrite(path, nil, allow)
	}
	if path := l.c.String("write-baseline"); path != "" {
		return check(path, ownKind(path, l.c.Bool("force"), isBaseline))
	}
	for _, o := range l.outs {
		if o.path == "" || o.path == "-" {
			continue
		}
		if err := check(o.path, l.overwrite(o)); err != nil {
			return err
		}
	}
	return nil
}

func (l *linting) write(answer *app.LintAnswer) error {
	found := &report.Findings{LintAnswer: answer, Version: buildInfo().Version, Counts: l.c.Bool("summary")}
	if dir, err := os.Getwd(); err == nil {
		found.Base = dir
	}
	for _, o := range l.outs {
		var b bytes.Buffer
		plain := o.path == "" || o.path == "-"
		found.Colour = plain && coloured(l.c)
		err := report.Lint.Write(&b, o.format, found)
		if err == nil && plain {
			_, err = l.c.App.Writer.Write(b.Bytes())
		} else if err == nil {
			err = writeFile(o.path, b.Bytes(), l.overwrite(o))
		}
		if err != nil {
			return failure(err)
		}
	}
	return nil
}

// readOptions reads flags and settings; flags win.
func (l *linting) readOptions() error {
	c := l.c
	if _, err := chosen(c, "color"); err != nil {
		return err
	}
	o := lint.Options{Now: time.Now(), Context: c.Context, Session: l.settings.Session, Rules: l.settings.Rules}
	if p := ranked(c, "profile", l.settings.Profile); p != "" {
		if _, err := allowed(c, "profile", p); err != nil {
			return err
		}
		o.Profile = p
	}
	if t := ranked(c, "target", l.settings.Target); t != "" {
		if err := lint.CheckTarget(t); err != nil {
			return usageError("--target: %w", err)
		}
		o.Target = t
	}
	if c.String("min-severity") == "info" && o.Profile == "" {
		o.Profile = "pedantic"
	}
	if c.Bool("check-dns") {
		o.Resolver = func(ctx context.Context, host string) error {
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			_, err := net.DefaultResolver.LookupHost(ctx, host)
			return err
		}
	}
	if c.Bool("check-files") {
		o.Inspect = inspect
	}
	l.request.WebServer, l.request.Options = c.String("web-server"), o
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

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/lintreport"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser/diag"
)

func lintCommand() *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "report what is wrong or dangerous in plugin-cfg.xml",
		ArgsUsage: "[FILE|FOLDER...]",
		Description: `In folders the files that look like plugin-cfg.xml are checked, and what is passed over is said;
- is standard input, a topology (YAML) is checked as what would be generated from it. Files that are named together,
those of one folder, and those of a group in the settings are also checked against each other: clone IDs that a merge
would make collide. Where a shell or a CI names files of many web servers, say --across folder. Without an argument the
file is ./plugin-cfg.xml.

   wasplug lint plugin-cfg.xml
   wasplug lint --fail-on warning --format text --format sarif=lint.sarif conf/
   wasplug lint --fix=diff plugin-cfg.xml
   wasplug explain WP301

A comment takes a finding away: <!-- wasplug:ignore WP501 until 2027-01-31 why -->. Settings are read from
.wasplug.yaml in the current folder or one above it.

Exit codes: 0 nothing at --fail-on or above; 1 findings; 2 wrong usage; 3 a file cannot be read, or there is nothing
to check.`,
		Flags:  lintFlags(),
		Action: lintAction,
	}
}

// lintFlags say which files are checked against what, what fails, and where reports go.
func lintFlags() []cli.Flag {
	return []cli.Flag{
		wordsFlag{&cli.StringSliceFlag{Name: "format",
			Usage: "`FORMAT[=FILE]`, repeatable: " + strings.Join(lintreport.Lint.Names(), ", ") +
				", or auto (github inside GitHub Actions, else text)"},
			append([]string{"auto"}, lintreport.Lint.Names()...)},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"},
			Usage: "`FILE` for reports without one", DefaultText: "standard output"},
		wordFlag{&cli.StringFlag{Name: "fail-on",
			Usage: "least `SEVERITY` that gives exit code 1: error, warning, info or never", DefaultText: "error"},
			[]string{"error", "warning", "info", "never"}},
		wordFlag{&cli.StringFlag{Name: "min-severity",
			Usage: "least `SEVERITY` that is reported: error, warning or info"}, []string{"error", "warning",
			"info"}},
		wordFlag{&cli.StringFlag{Name: "profile",
			Usage: "`PROFILE` of rules: " + strings.Join(lint.Profiles(), ", ")}, lint.Profiles()},
		&cli.StringFlag{Name: "target",
			Usage: "`LEVEL` of the plug-in that reads the file, such as 8.5.5.20", DefaultText: "latest"},
		&cli.StringFlag{Name: "settings",
			Usage: "settings `FILE`", DefaultText: ".wasplug.yaml, looked for upwards"},
		&cli.BoolFlag{Name: "no-settings", Usage: "read no settings file"},
		&cli.StringFlag{Name: "baseline", Usage: "`FILE` of known findings, which are not reported"},
		&cli.StringFlag{Name: "write-baseline", Usage: "write all findings to `FILE` as known, and report none"},
		newFixFlag(),
		&cli.StringFlag{Name: "stdin-filename", Usage: "`NAME` that reports give standard input"},
		wordFlag{&cli.StringFlag{Name: "across", Value: acrossRun,
			Usage: "files that are checked against each other, `WHICH`: run (those named together, and those of " +
				"one folder), folder (only those of one folder) or groups (only those of a " +
				"group in the settings)"},
			[]string{acrossRun, acrossFolder, acrossGroups}},
		&cli.StringFlag{Name: "web-server", Usage: "`NAME` of the one web server of a topology"},
		&cli.BoolFlag{Name: "check-dns", Usage: "look host names up (uses the network)"},
		&cli.BoolFlag{Name: "check-files", Usage: "look for key stores and folders on this machine"},
		&cli.BoolFlag{Name: "summary", Usage: "print how many findings each rule has, instead of the findings"},
		colorFlag(),
		&cli.BoolFlag{Name: "force",
			Usage: "overwrite a file that is no report of the same format, or no baseline"},
		&cli.BoolFlag{Name: "exit-zero", Usage: "end with 0 also when there are findings"},
	}
}

// linting is a run of the command.
type linting struct {
	c        *cli.Context
	settings settings.Settings // of the file; flags win over them
	request  checks.Lint
	outs     []output
	failed   bool // a file could not be read
}

// lintAction reads everything that can be wrong before it looks at a file, repairs first, and then reports on what is
// left.
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
	l.readBaseline()
	answer, err := l.run()
	if err != nil {
		return err
	}
	if err := l.write(answer); err != nil {
		return err
	}
	return l.end(answer.Fails() && !c.Bool("exit-zero"))
}

// readBaseline notes the file of known findings.
func (l *linting) readBaseline() {
	if path := ranked(l.c, "baseline", l.settings.Baseline); path != "" {
		l.request.Baseline, l.request.Named = path, beside(path)
	}
}

// run checks the files.
func (l *linting) run() (*checks.LintAnswer, error) {
	answer, err := l.request.Run(inputOf(l.c))
	printNotes(l.c, answer.Notes)
	if err != nil {
		return nil, ended(err)
	}
	if err := l.looked(len(answer.Checked), answer.Unread); err != nil {
		return nil, err
	}
	return answer, l.spareFiles()
}

// looked notes how many files were looked at, and how many could not be read. To look at nothing is never fine: a
// pipeline whose path is wrong would be green for ever.
func (l *linting) looked(at, unread int) error {
	l.failed = l.failed || unread > 0
	switch {
	case at > 0:
		return nil
	case l.failed:
		return &exitError{exitFailed, errSilent}
	}
	return failure(fmt.Errorf("nothing to check: no file in %s looks like plugin-cfg.xml",
		strings.Join(l.c.Args().Slice(), " ")))
}

// end gives the exit code: a file that could not be read weighs more than findings, which are reported all the same.
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
	l.request.MinSeverity = 0 // all: else a lower --min-severity would bring them up later
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

// readOptions reads flags and settings; flags win.
func (l *linting) readOptions() error {
	c := l.c
	if _, err := chosen(c, "color"); err != nil {
		return err
	}
	if err := l.readChecks(); err != nil {
		return err
	}
	if c.Bool("check-dns") {
		l.request.Options.Resolver = func(ctx context.Context, host string) error {
			// One name that no server answers must not hold the run up for longer.
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			_, err := net.DefaultResolver.LookupHost(ctx, host)
			return err
		}
	}
	if c.Bool("check-files") {
		l.request.Options.Inspect = inspect
	}
	return nil
}

// readChecks reads which rules there are and what they are asked about.
func (l *linting) readChecks() error {
	c := l.c
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
	// Only the pedantic profile reports that severity; who asks for it does not mean nothing.
	if c.String("min-severity") == "info" && o.Profile == "" {
		o.Profile = "pedantic"
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
	// A stash file holds the password of the key store, scrambled: who can read it, has the keys.
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

// readSeverities reads the severities that fail and that are reported.
func (l *linting) readSeverities() (err error) {
	c := l.c
	l.request.FailOn, err = severityFlag(c, "fail-on", ranked(c, "fail-on", l.settings.FailOn), diag.Error)
	if err == nil {
		err = l.readLeast()
	}
	if err == nil {
		_, err = chosen(c, "across")
	}
	return err
}

// readLeast reads the least severity that is reported.
func (l *linting) readLeast() (err error) {
	least := ranked(l.c, "min-severity", l.settings.MinSeverity)
	l.request.MinSeverity, err = severityFlag(l.c, "min-severity", least, 0)
	return err
}

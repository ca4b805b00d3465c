package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/parser/diag"
)

// fixFlag is --fix[=safe|all|diff]: a flag whose value may be left out.
type fixFlag struct{ *cli.GenericFlag }

func newFixFlag() cli.Flag {
	return fixFlag{&cli.GenericFlag{Name: "fix", Value: new(fixMode),
		Usage: "repair files, and `HOW`: safe (the default) or all; diff shows what safe would do, diff-all what " +
			"all would"}}
}

// TakesValue keeps the word behind --fix from being its value: it is a file.
func (fixFlag) TakesValue() bool { return false }

var fixModes = []string{"safe", "all", "diff", "diff-all"}

type fixMode string

func (m *fixMode) String() string { return string(*m) }

// IsBoolFlag has package flag set "true" where there is no value.
func (m *fixMode) IsBoolFlag() bool { return true }

// Set takes "true", which package flag gives for --fix alone, for safe.
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

// repair applies fixes, or shows them; stop: there is nothing more to do.
func (l *linting) repair(mode string) (stop bool, err error) {
	show := strings.HasPrefix(mode, "diff")
	fix := checks.Fix{Lint: l.request, Unsafe: mode == "all" || mode == "diff-all", InPlace: !show}
	answer, err := fix.Run(inputOf(l.c))
	if show || err != nil {
		printNotes(l.c, answer.Notes) // otherwise they are told with the findings
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

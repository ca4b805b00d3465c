package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/merge"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// flagValues lists what a flag of a command takes where that is one of a few words, nil elsewhere. Commands check by it and completion
// offers it.
func flagValues(command, flag string) []string {
	switch flag {
	case "format":
		return formats(command)
	case "access-log-format":
		return []string{"text", "json"}
	case "color":
		return []string{"auto", "always", "never"}
	case "fail-on":
		return []string{"error", "warning", "info", "never"}
	case "min-severity":
		return []string{"error", "warning", "info"}
	case "fix":
		return []string{"safe", "all", "diff", "diff-all"}
	case "profile":
		return lint.Profiles()
	case "platform":
		return choices.Platforms()
	case "persistence":
		return session.Persistences()
	case "write-frequency":
		return session.Frequencies()
	case "write-contents":
		return session.WriteContents()
	case "app":
		return session.Apps()
	case "moment":
		return session.Moments()
	case "across":
		return []string{acrossRun, acrossFolder, acrossGroups}
	case "mode":
		return merge.Modes
	case "decline":
		return []string{"404"}
	}
	return nil
}

// formats lists the formats of a command's output.
func formats(command string) []string {
	switch command {
	case "lint":
		return append([]string{"auto"}, report.Lint.Names()...)
	case "graph":
		return report.Graph.Names()
	case "diff":
		return report.Diff.Names()
	case "test":
		return report.Test.Names()
	}
	return []string{"text", "json"} // of why, trace and version
}

// chosen returns the value of a flag that takes one of a few words. An unknown word is an error, never a silent default.
func chosen(c *cli.Context, flag string) (string, error) {
	return oneOf(flag, c.String(flag), flagValues(c.Command.Name, flag))
}

func oneOf(flag, value string, allowed []string) (string, error) {
	for _, a := range allowed {
		if a == value {
			return value, nil
		}
	}
	return "", usageError("--%s %q%s: want one of %s", flag, value, diag.DidYouMean(value, allowed), strings.Join(allowed, ", "))
}

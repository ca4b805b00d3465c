package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// version, commit and date are set when a release is built; otherwise they come from what Go notes in the program.
var version, commit, date = "", "", ""

// unnoted says of a commit or a date that nobody has noted why it is not there.
func (b build) unnoted() string {
	if strings.HasPrefix(b.Version, "v") {
		return "that of tag " + b.Version + ", of which go install notes no more"
	}
	return "unknown: compiled without; go build -buildvcs=true in a checkout notes it"
}

// build is what `wasplug version --format json` prints.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Date    string `json:"date"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// buildInfo is what a release was built with, else what Go has noted: of a checkout commit and date, of go install a
// version.
func buildInfo() build {
	b := build{version, commit, date, runtime.Version(), runtime.GOOS, runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version = cmp.Or(b.Version, info.Main.Version)
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && b.Commit == "":
				b.Commit = s.Value
			case s.Key == "vcs.time" && b.Date == "":
				b.Date = s.Value
			}
		}
	}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	return b.fromVersion()
}

// commitVersion is the end of what Go calls a commit without a tag: when it was made, in UTC, and its first digits.
var commitVersion = regexp.MustCompile(`[-.](\d{14})-([0-9a-f]{12})(?:\+.*)?$`)

// fromVersion takes commit and date from the version where nothing else tells them: go install of a commit notes no
// more.
func (b build) fromVersion() build {
	parts := commitVersion.FindStringSubmatch(b.Version)
	if b.Commit != "" || parts == nil {
		return b
	}
	b.Commit = parts[2]
	if at, err := time.Parse("20060102150405", parts[1]); err == nil {
		b.Date = at.Format(time.RFC3339)
	}
	return b
}

// versionFlag is the flag without a command; each program that a test runs has one of its own.
func versionFlag() cli.Flag {
	return &cli.BoolFlag{Name: "version", Aliases: []string{"v"}, Usage: "print the version"}
}

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version of this program",
		Description: `Names version, commit, date of the commit, and the Go that compiled it.

Exit codes: 0 fine; 2 wrong usage.`,
		Flags: []cli.Flag{wordFlag{&cli.StringFlag{Name: "format", Value: "text",
			Usage: "text or json"}, []string{"text", "json"}}},
		Action: func(c *cli.Context) error {
			format, err := chosen(c, "format")
			if err != nil {
				return err
			}
			b := buildInfo()
			if format == "json" {
				return json.NewEncoder(c.App.Writer).Encode(b)
			}
			fmt.Fprintf(c.App.Writer, "wasplug %s\n", b.Version)
			for _, line := range [][2]string{{"commit", b.Commit}, {"date", b.Date}} {
				fmt.Fprintf(c.App.Writer, "%-8s%s\n", line[0], cmp.Or(line[1], b.unnoted()))
			}
			fmt.Fprintf(c.App.Writer, "%-8s%s %s/%s\n", "go", b.Go, b.OS, b.Arch)
			return nil
		},
	}
}

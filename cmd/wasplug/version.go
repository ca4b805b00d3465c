package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// version, commit and date are set when a release is built; otherwise they come from what Go notes in the program.
var version, commit, date = "", "", ""

// build is what `wasplug version --format json` prints.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Date    string `json:"date"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

func buildInfo() build {
	b := build{version, commit, date, runtime.Version(), runtime.GOOS, runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if b.Version == "" && info.Main.Version != "" {
			b.Version = info.Main.Version
		}
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
				fmt.Fprintf(c.App.Writer, "%-8s%s\n", line[0], cmp.Or(line[1], "unknown: neither a release nor a checkout"))
			}
			fmt.Fprintf(c.App.Writer, "%-8s%s %s/%s\n", "go", b.Go, b.OS, b.Arch)
			return nil
		},
	}
}

package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report"
)

func testCommand() *cli.Command {
	return &cli.Command{
		Name:      "test",
		Usage:     "run test suites: requests, and what is expected of each",
		ArgsUsage: "routes.yaml...",
		Description: `Decides the requests of each suite as the plug-in would and compares with what the suite expects
('wasplug schema suite' tells all it can say). The plug-in sits in the web server that the suite's platform: names,
else in that of its topology, else in IBM HTTP Server.

   wasplug test routes.yaml
   wasplug test --coverage --fail-under 90 --format junit routes.yaml
   wasplug test --init -c plugin-cfg.xml > routes.yaml

Exit codes: 0 all passed; 1 a test failed, or the coverage is below --fail-under; 2 wrong usage; 3 a suite or its
configuration cannot be used.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "run", Usage: "run only tests whose name matches `REGEX`"},
			&cli.BoolFlag{Name: "only-failures", Usage: "show failed tests only"},
			&cli.BoolFlag{Name: "coverage", Usage: "show which routes, aliases, URIs and members no test reaches"},
			&cli.Float64Flag{Name: "fail-under",
				Usage: "exit 1 when less than `PERCENT` of what is reachable is covered"},
			formatFlag("", report.Test, ""),
			&cli.BoolFlag{Name: "init", Usage: "write a suite that covers all that is reachable in --config"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"},
				Usage: "with --init: `FILE`, a plugin-cfg.xml or a topology, without it ./plugin-cfg.xml; " +
					"otherwise used instead of the suites' " +
					"own"},
			&cli.StringFlag{Name: "web-server",
				Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
			&cli.StringFlag{Name: "plugin-level", Usage: "with --init: `LEVEL` of the plug-in"},
			platformFlag("with --init: "),
		}, outputFlags("with --init: the suite's `FILE`")...),
		Action: test,
	}
}

// test runs suites, or with --init writes one. --config stands in place of what each suite names, where it was typed.
func test(c *cli.Context) error {
	if c.Bool("init") {
		return initSuite(c)
	}
	if name := firstGiven(c, "plugin-level", "platform", "output", "force"); name != "" {
		return usageError("--%s is for --init; a suite names its own plug-in level, and reports go to standard output",
			name)
	}
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if c.NArg() == 0 {
		return usageError("test takes suites, such as routes.yaml; 'wasplug test --init -c plugin-cfg.xml' writes one")
	}
	request := checks.Test{Suites: c.Args().Slice(), Only: c.String("run"), Coverage: c.Bool("coverage")}
	if given(c, "config") {
		config := configOf(c)
		request.Config = &config
	}
	if c.IsSet("fail-under") {
		under := c.Float64("fail-under")
		request.FailUnder = &under
	}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	shown := report.Tests{TestAnswer: answer, OnlyFailures: c.Bool("only-failures"), Coverage: c.Bool("coverage")}
	if err := report.Test.Write(c.App.Writer, format, shown); err != nil {
		return failure(err)
	}
	return judgeTests(c, &request, answer)
}

// judgeTests turns results into the exit code. Running nothing is never green.
func judgeTests(c *cli.Context, request *checks.Test, answer *checks.TestAnswer) error {
	switch {
	case answer.Passed+answer.Failed == 0:
		return failure(errors.New("no test ran"))
	case answer.Failed > 0:
		return findings()
	}
	for _, s := range request.Short(answer) {
		fmt.Fprintf(c.App.ErrWriter, "wasplug: %s covers %.1f %% of what is reachable, less than %v %%\n", s.File,
			s.Coverage.Percent, *request.FailUnder)
		return findings()
	}
	return nil
}

// initSuite writes a suite. It names its configuration from its own folder, so that it can be run from any other.
func initSuite(c *cli.Context) error {
	if name := firstGiven(c, "run", "only-failures", "coverage", "fail-under", "format"); name != "" {
		return usageError("--init writes a suite and runs none: leave --%s out", name)
	}
	if c.Args().Present() {
		return usageError("--init writes a suite for the --config, and takes no arguments; got %q", c.Args().First())
	}
	if err := needConfig(c); err != nil {
		return err
	}
	request := authoring.InitSuite{Config: configOf(c), Named: c.String("config"), Plugin: pluginOf(c)}
	if out := c.String("output"); out != "" && out != "-" && request.Named != "-" {
		request.Named = seenFrom(filepath.Dir(out), request.Named)
	}
	done := working(c, "looking for the requests of "+displayName(request.Named))
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	return writeOutput(c, answer.YAML)
}

// seenFrom returns a path that leads to a file from a folder, whatever the current one is: relative as long as the
// file was named so and can be.
func seenFrom(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	// Links in the folder's path would lead ".." astray.
	real, err := filepath.Abs(dir)
	if target, linkErr := filepath.EvalSymlinks(real); err == nil && linkErr == nil && target != real {
		return filepath.ToSlash(whole)
	}
	rel, err := filepath.Rel(real, whole)
	if err != nil {
		return filepath.ToSlash(whole)
	}
	return filepath.ToSlash(rel)
}

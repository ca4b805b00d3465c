package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/suite"
)

func testCommand() *cli.Command {
	return &cli.Command{
		Name:      "test",
		Usage:     "run test suites: requests, and what is expected of each",
		ArgsUsage: "routes.yaml...",
		Description: `Decides the requests of each suite as the plug-in would and compares with what the suite expects ('wasplug schema suite' tells all it can say).
The plug-in sits in the web server that the suite's platform: names, else in that of its topology, else in IBM HTTP Server.

   wasplug test routes.yaml
   wasplug test --coverage --fail-under 90 --format junit routes.yaml
   wasplug test --init -c plugin-cfg.xml > routes.yaml

Exit codes: 0 all passed; 1 a test failed, or the coverage is below --fail-under; 2 wrong usage; 3 a suite or its configuration cannot be used.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "run", Usage: "run only tests whose name matches `REGEX`"},
			&cli.BoolFlag{Name: "only-failures", Usage: "show failed tests only"},
			&cli.BoolFlag{Name: "coverage", Usage: "show which routes, aliases, URIs and members no test reaches"},
			&cli.Float64Flag{Name: "fail-under", Usage: "exit 1 when less than `PERCENT` of what is reachable is covered"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text, json or junit"},
			&cli.BoolFlag{Name: "init", Usage: "write a suite that covers all that is reachable in --config"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "with --init: `FILE`, a plugin-cfg.xml or a topology; otherwise used instead of the suites' own"},
			&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
			&cli.StringFlag{Name: "plugin-level", Usage: "with --init: `LEVEL` of the plug-in"},
			platformFlag("with --init: "),
		}, outputFlags("with --init: the suite's `FILE`")...),
		Action: test,
	}
}

// tested is a suite that ran.
type tested struct {
	name     string
	files    *diag.Files
	results  []suite.Result
	coverage suite.Coverage
}

func test(c *cli.Context) error {
	if c.Bool("init") {
		if name := firstGiven(c, "run", "only-failures", "coverage", "fail-under", "format"); name != "" {
			return usageError("--init writes a suite and runs none: leave --%s out", name)
		}
		if c.Args().Present() {
			return usageError("--init writes a suite for the --config, and takes no arguments; got %q", c.Args().First())
		}
		return initSuite(c)
	}
	if name := firstGiven(c, "plugin-level", "platform", "output", "force"); name != "" {
		return usageError("--%s is for --init; a suite names its own plug-in level, and reports go to standard output", name)
	}
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if c.NArg() == 0 {
		return usageError("test takes suites, such as routes.yaml; 'wasplug test --init -c plugin-cfg.xml' writes one")
	}
	var run *regexp.Regexp
	if c.IsSet("run") {
		if run, err = regexp.Compile(c.String("run")); err != nil {
			return usageError("--run: %w", err)
		}
	}
	if under := c.Float64("fail-under"); !(under >= 0 && under <= 100) {
		return usageError("--fail-under %v: want a percentage from 0 to 100", under)
	}
	var all []tested
	for _, path := range c.Args().Slice() {
		one, err := runSuite(c, path, run)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	if err := reportTests(c, format, all); err != nil {
		return failure(err)
	}
	return judgeTests(c, all)
}

// judgeTests turns results into the exit code. Running nothing is never green.
func judgeTests(c *cli.Context, all []tested) error {
	failed, ran := 0, 0
	for _, s := range all {
		for i := range s.results {
			ran++
			if s.results[i].Failed() {
				failed++
			}
		}
	}
	switch {
	case ran == 0:
		return failure(fmt.Errorf("no test ran"))
	case failed > 0:
		return findings()
	}
	for _, s := range all {
		if got := s.coverage.Percent(); c.IsSet("fail-under") && got < c.Float64("fail-under") {
			fmt.Fprintf(c.App.ErrWriter, "wasplug: %s covers %.1f %% of what is reachable, less than %v %%\n", s.name, got, c.Float64("fail-under"))
			return findings()
		}
	}
	return nil
}

func runSuite(c *cli.Context, path string, run *regexp.Regexp) (tested, error) {
	src, err := readInput(c, path)
	if err != nil {
		return tested{}, err
	}
	out := tested{name: displayName(path), files: diag.NewFiles()}
	s, faults := suite.Read(out.files, out.files.Add(out.name, src))
	if s == nil {
		printDiagnostics(c.App.ErrWriter, out.files, faults)
		return out, failure(fmt.Errorf("%s: the suite cannot be used", out.name))
	}
	config := s.Config.V
	if !filepath.IsAbs(config) && config != "-" && path != "-" {
		config = filepath.Join(filepath.Dir(path), config)
	}
	webServer := s.WebServer
	if given(c, "config") {
		config, webServer = c.String("config"), c.String("web-server")
	}
	l, err := loadTableFor(c, out.files, app.Config{Path: config, WebServer: webServer}, &s.Semantics)
	if err != nil {
		return out, err
	}
	if err := s.On(l.Platform); err != nil {
		return out, failure(err)
	}
	out.results, faults = s.Run(out.files, l.Table, suite.Options{Run: run, Sessions: l.Sessions()})
	if len(faults) > 0 {
		printDiagnostics(c.App.ErrWriter, out.files, faults)
		return out, failure(fmt.Errorf("%s: the suite does not fit its configuration", out.name))
	}
	if c.Bool("coverage") || c.IsSet("fail-under") {
		out.coverage = s.Cover(l.Table, out.results)
	}
	return out, nil
}

func initSuite(c *cli.Context) error {
	if c.NArg() > 0 || !c.IsSet("config") {
		return usageError("test --init takes --config FILE and no argument: it writes a suite")
	}
	plugin := pluginOf(c)
	sem, err := plugin.Defaults()
	if err != nil {
		return ended(err)
	}
	l, err := loadTable(c, &sem)
	if err != nil {
		return err
	}
	if l.Platform != "" && !c.IsSet("platform") {
		plugin.Platform = l.Platform
		if sem, err = plugin.Defaults(); err != nil {
			return ended(err)
		}
	}
	config := c.String("config")
	if out := c.String("output"); out != "" && out != "-" && config != "-" {
		config = seenFrom(filepath.Dir(out), config)
	}
	text := string(suite.Init(l.Table, config, &sem))
	if level := c.String("plugin-level"); level != "" {
		text = "pluginLevel: \"" + level + "\"\n" + text
	}
	if platform := c.String("platform"); platform != "" {
		text = "platform: " + platform + "\n" + text
	}
	if !strings.Contains(text, "name:") {
		return failure(fmt.Errorf("%s: nothing is reachable, so there is nothing to test", displayName(c.String("config"))))
	}
	return writeOutput(c, []byte(text))
}

// seenFrom returns a path that leads to a file from a folder, whatever the current one is: relative as long as the file was named so and can be.
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

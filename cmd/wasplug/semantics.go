package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/replay"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// platformFlag names the web server that the plug-in sits in; when says when it counts.
func platformFlag(when string) cli.Flag {
	return &cli.StringFlag{Name: "platform", Usage: when + "`WEB_SERVER` that the plug-in sits in: " + strings.Join(routecheck.Platforms(), ", ") +
		" (default " + routecheck.Platforms()[0] + "; proxy is the bundled one)"}
}

// levelAndPlatform returns the defaults of --plugin-level on a platform.
func levelAndPlatform(c *cli.Context, platform string) (routecheck.Semantics, error) {
	if _, err := routecheck.Defaults("latest", platform); err != nil {
		return routecheck.Semantics{}, usageError("--platform: %w", err)
	}
	sem, err := routecheck.Defaults(c.String("plugin-level"), platform)
	if err != nil {
		return sem, usageError("--plugin-level: %w", err)
	}
	return sem, nil
}

// assumeFileFlag names a file that "trace --settle" wrote.
func assumeFileFlag() cli.Flag {
	return &cli.StringFlag{Name: "assume-file", Usage: "`FILE` of settled open choices, as 'wasplug trace --settle' writes it; --assume wins over it"}
}

// assumeFile sets the choices of the file that --assume-file names.
func assumeFile(c *cli.Context, sem *routecheck.Semantics) ([]routecheck.Choice, error) {
	path := c.String("assume-file")
	if path == "" {
		return nil, nil
	}
	src, err := readInput(c, path)
	if err != nil {
		return nil, err
	}
	files := diag.NewFiles()
	root, faults := schemas.Load(files, files.Add(displayName(path), src), "semantics")
	if diag.Worst(faults) >= diag.Error {
		printDiagnostics(c.App.ErrWriter, files, faults)
		return nil, failure(fmt.Errorf("%s: not a file of settled choices", displayName(path)))
	}
	var fixed []routecheck.Choice
	if assume := root.Get("assume"); assume != nil {
		for _, f := range assume.Fields {
			choice, err := sem.Assume(f.Name + "=" + f.Value.Text)
			if err != nil {
				return nil, failure(fmt.Errorf("%s: %w", files.Start(f.NameSpan), err))
			}
			fixed = append(fixed, choice)
		}
	}
	return fixed, nil
}

// settled writes the choices of which the log allows one value only; those that it leaves open stand in a comment.
func (a *replayed) settled(logs []string) []byte {
	root := &yamldoc.Node{Kind: yamldoc.Map}
	root.Put("version", yamldoc.NewPlain("1"))
	root.Fields[0].Value.Comment = fmt.Sprintf("what %s says about the open choices, by %s", strings.Join(logs, ", "), a.config)
	assume := &yamldoc.Node{Kind: yamldoc.Map}
	var open []string
	for i := range a.Choices {
		e := &a.Choices[i]
		v, ok := e.Settled()
		if !ok {
			open = append(open, openChoice(e))
			continue
		}
		assume.Put(e.Choice.String(), yamldoc.NewText(valueOf(replay.Setting{Choice: e.Choice, Value: v})))
	}
	if a.Unexplained > 0 {
		root.Fields[0].Value.Comment += fmt.Sprintf("\nno single choice explains %s of it: take this with care", countOf(a.Unexplained, "disagreement"))
	}
	if len(open) > 0 {
		assume.Comment = "still open:\n" + strings.Join(open, "\n")
	}
	return yamldoc.Print(root.Put("assume", assume))
}

func openChoice(e *replay.Evidence) string {
	var allowed []string
	for _, v := range e.Values {
		if !v.RuledOut {
			allowed = append(allowed, valueOf(v.Setting))
		}
	}
	if len(allowed) == 0 {
		return e.Choice.String() + ": no value fits every line"
	}
	return e.Choice.String() + ": " + strings.Join(allowed, " or ")
}

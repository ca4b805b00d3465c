package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/replay"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// platformFlag names the web server that the plug-in sits in; when says when it counts.
func platformFlag(when string) cli.Flag {
	return &cli.StringFlag{Name: "platform", Usage: when + "`WEB_SERVER` that the plug-in sits in: " + strings.Join(routecheck.Platforms(), ", ") +
		" (default " + routecheck.Platforms()[0] + "; proxy is the bundled one)"}
}

// pluginOf is the plug-in that the flags describe.
func pluginOf(c *cli.Context) app.Plugin {
	return app.Plugin{
		Level: c.String("plugin-level"), Platform: c.String("platform"),
		Assume: c.StringSlice("assume"), AssumeFile: c.String("assume-file"),
		FileWins: !given(c, "assume"), // over the environment
	}
}

// assumeFileFlag names a file that "trace --settle" wrote.
func assumeFileFlag() cli.Flag {
	return &cli.StringFlag{Name: "assume-file", Usage: "`FILE` of settled open choices, as 'wasplug trace --settle' writes it; --assume wins over it"}
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

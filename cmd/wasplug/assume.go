package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// platformFlag names the web server that the plug-in sits in; when says when it counts.
func platformFlag(when string) cli.Flag {
	return wordFlag{&cli.StringFlag{Name: "platform",
		Usage: when + "`WEB_SERVER` that the plug-in sits in: " + strings.Join(choices.Platforms(), ", ") +
			" (default " + choices.Platforms()[0] + "; proxy is the bundled one)"}, choices.Platforms()}
}

// pluginOf is the plug-in that the flags describe.
func pluginOf(c *cli.Context) app.Plugin {
	return app.Plugin{
		Level: c.String("plugin-level"), Platform: c.String("platform"),
		Assume: c.StringSlice("assume"), AssumeFile: c.String("assume-file"),
		FileWins: !given(c, "assume"), // over the environment
	}
}

// assumeFileFlag names a file that "trace --settle" or "verify --settle" wrote.
func assumeFileFlag() cli.Flag {
	return &cli.StringFlag{Name: "assume-file",
		Usage: "`FILE` of settled open choices, as 'wasplug trace --settle' or 'wasplug verify --settle' " +
			"writes it; --assume wins " +
			"over it"}
}

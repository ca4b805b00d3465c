package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// levelFlag says of which level the plug-in is; when says when it counts.
func levelFlag(when string) cli.Flag {
	return &cli.StringFlag{Name: "plugin-level", Value: "latest",
		Usage: when + "`LEVEL` of the plug-in, such as 5.1, 7.0.0.13 or 9.0.5"}
}

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

// settle writes settled choices into the file of --settle, if there is one.
func settle(c *cli.Context, choices []byte) error {
	path := c.String("settle")
	if path == "" {
		return nil
	}
	if err := spare(c, path); err != nil {
		return err
	}
	return writeFile(path, choices, forced(path, c.Bool("force")))
}

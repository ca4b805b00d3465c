package main

import (
	"bytes"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/history"
)

func labHistoryCommand() *cli.Command {
	return &cli.Command{
		Name:      "lab history",
		Usage:     "check what clients saw of their sessions",
		ArgsUsage: "history.ndjson",
		Description: `Checks a history of a run, a line for each operation of a client and each kill, as 'lab run', 'lab
kill-test' or another tool writes it: C1 nothing acknowledged as written is lost, C2 no more is lost than was
predicted, C3 nobody sees another one's session, C4 cache IDs never go back, C5 an invalidated session stays away, C6
a request takes effect as often as predicted, C7 the values are those of a counter.

   wasplug lab history history.ndjson
   wasplug lab history --draw why.html history.ndjson

Exit codes: 0 all hold; 1 one does not; 2 wrong usage; 3 the history cannot be read.`,
		Flags: []cli.Flag{
			formatFlag("", labreport.History, ""),
			&cli.StringFlag{Name: "draw",
				Usage: "`FILE` for a page that draws the requests of the first client that C7 fails on"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite a file that says something else"},
		},
		Action: labHistory,
	}
}

// labHistory checks what clients saw, of whatever run. A drawing is made only where C7 has failed.
func labHistory(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if c.NArg() != 1 {
		return usageError("lab history takes one file, as in 'wasplug lab history history.ndjson'")
	}
	path := c.Args().First()
	h, err := readHistory(c, path)
	if err != nil {
		return failure(err)
	}
	checked := labreport.Checked{File: app.DisplayName(path), Report: h.Check()}
	if err := labreport.History.Write(c.App.Writer, format, checked); err != nil {
		return failure(err)
	}
	if checked.Fine() {
		return nil
	}
	if err := drawHistory(c, h, &checked); err != nil {
		return err
	}
	return findings()
}

// readHistory reads a history; an error names the line.
func readHistory(c *cli.Context, path string) (*history.History, error) {
	from := c.App.Reader
	if path != "-" {
		f, err := inputOf(c).Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	h, err := history.Read(from)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", app.DisplayName(path), err)
	}
	return h, nil
}

// drawHistory writes the page of the first client that C7 fails on, where one is asked for.
func drawHistory(c *cli.Context, h *history.History, checked *labreport.Checked) error {
	path := c.String("draw")
	if path == "" {
		return nil
	}
	for _, f := range checked.Findings {
		if f.Check != "C7" {
			continue
		}
		var page bytes.Buffer
		if err := h.Draw(&page, f.Client); err != nil {
			return failure(err)
		}
		return writeFile(path, page.Bytes(), forced(path, c.Bool("force")))
	}
	return nil
}

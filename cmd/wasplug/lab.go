package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
)

func labCommand() *cli.Command {
	return &cli.Command{
		Name:      "lab",
		Usage:     "what becomes of sessions when members die",
		ArgsUsage: "matrix",
		Description: `Predicts a table of failovers, tab-separated with a header: three members a, b and c, of which a owns the session, write an
older state, then a makes one change, and those of the column dead die at once. The columns that are given: persistence,
replicas, dead, frequency, contents, schema, change, moment; those that are predicted may be missing: session,
changeFound, appliedLeast, appliedMost, cookie, rules.

   wasplug lab matrix --predict cells.tsv

Exit codes: 0 fine; 1 a predicted column is given and is another one; 2 wrong usage; 3 the table cannot be read.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "predict", Usage: "`FILE` of the table; it is printed with the predicted columns"},
		},
		Action: lab,
	}
}

func lab(c *cli.Context) error {
	if c.NArg() != 1 || c.Args().First() != "matrix" {
		return usageError("lab takes one word, matrix, as in 'wasplug lab matrix --predict cells.tsv'")
	}
	if c.String("predict") == "" {
		return usageError("lab matrix needs --predict FILE, a table of failovers")
	}
	request := app.LabMatrix{Predict: c.String("predict")}
	answer, err := request.Run(inputOf(c))
	if err != nil {
		return ended(err)
	}
	if _, err := io.WriteString(c.App.Writer, answer.Table); err != nil {
		return failure(err)
	}
	for _, line := range answer.Differs {
		fmt.Fprintln(c.App.ErrWriter, line)
	}
	if len(answer.Differs) > 0 {
		return findings()
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/routecheck/session"
)

func labMatrixCommand() *cli.Command {
	return &cli.Command{
		Name:  "lab matrix",
		Usage: "stage every kind of failover on running members, or predict a table of them",
		Description: `Stages each row of the matrix that the program has in it: what becomes of a session under every
persistence, when its member dies between requests, during one, before or after a write, hangs, is stopped in order,
when the database is down, two die at once. What is predicted and what is observed must be what the row says. It takes
about two minutes; --run '^5 ' stages one row.

   wasplug lab matrix
   wasplug lab matrix --store postgres --dsn postgres://me@localhost/test

Or it predicts a table of failovers, tab-separated with a header: three members a, b and c, of which a owns the
session, write an older state, then a makes one change, and those of the column dead die at once. The columns that are
given: persistence, replicas, dead, frequency, contents, schema, change, moment; those that are predicted may be
missing: session, changeFound, appliedLeast, appliedMost, cookie, rules.

   wasplug lab matrix --predict cells.tsv
   wasplug lab matrix --cells cells.tsv --run 'database.*eos' -c testdata/lab/three.yaml

With --cells each line is staged on running members, killed at that moment: prediction, observation and table are
compared.

Exit codes: 0 fine; 1 prediction, observation or a given column differ; 2 wrong usage; 3 the table cannot be read, or
staged.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "predict", Usage: "`FILE` of the table; it is printed with the predicted columns"},
			&cli.StringFlag{Name: "cells", Usage: "`FILE` of the table; its lines are staged"},
			&cli.StringFlag{Name: "config", Aliases: []string{"c"},
				Usage: "with --cells: `FILE`, a topology or a plugin-cfg.xml whose members are called a, b and c"},
			formatFlag("", labreport.Cells, ""),
			&cli.StringFlag{Name: "run", Usage: "only rows whose number, file and test match `REGEX`, " +
				"or with --cells lines whose given columns do, joined by blanks"},
		}, labStoreFlags()...),
		Action: labMatrix,
	}
}

// labMatrix is one of three: rows of the matrix on running members, a table that is predicted, or one that is staged.
func labMatrix(c *cli.Context) error {
	if c.Args().Present() {
		return usageError("lab matrix takes no argument; got %q", c.Args().First())
	}
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if c.String("cells") != "" {
		return stageCells(c, format)
	}
	if c.String("predict") == "" {
		return stageRows(c, format)
	}
	request := answers.LabMatrix{Predict: c.String("predict")}
	answer, err := request.Run(inputOf(c))
	if err != nil {
		return ended(err)
	}
	return printPredicted(c, format, answer)
}

// printPredicted prints a table as it is predicted, and on standard error where it says something else.
func printPredicted(c *cli.Context, format string, answer *answers.LabMatrixAnswer) (err error) {
	cells := labreport.CellSet{File: answer.File}
	for i := range answer.Matrix.Cells {
		cell := &answer.Matrix.Cells[i]
		cells.Cells = append(cells.Cells, labreport.Cell{Cell: cell, Differs: cell.Differs()})
		for _, d := range cell.Differs() {
			fmt.Fprintf(c.App.ErrWriter, "%s:%d: %s\n", answer.File, cell.Line, d)
		}
	}
	if format == "text" {
		_, err = io.WriteString(c.App.Writer, answer.Matrix.Print())
	} else {
		err = labreport.Cells.Write(c.App.Writer, format, &cells)
	}
	switch {
	case err != nil:
		return failure(err)
	case cells.Differ() > 0:
		return findings()
	}
	return nil
}

// stageCells stages the lines of a table, one after the other; as text each is written when it is over.
func stageCells(c *cli.Context, format string) error {
	if c.String("config") == "" {
		return usageError("--cells needs -c FILE, whose members are called a, b and c")
	}
	only, err := regexp.Compile(c.String("run"))
	if err != nil {
		return usageError("--run: %v", err)
	}
	m, err := readCells(c.String("cells"))
	if err != nil {
		return failure(err)
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	all := labreport.CellSet{File: app.DisplayName(c.String("cells"))}
	for i := range m.Cells {
		cell := &m.Cells[i]
		if !only.MatchString(cell.Given()) {
			continue
		}
		staged, err := stageCell(ctx, c, cell, all.File)
		if err != nil {
			return err
		}
		all.Cells = append(all.Cells, staged)
		if format == "text" {
			err = labreport.Cells.Write(c.App.Writer, format,
				&labreport.CellSet{File: all.File, Cells: []labreport.Cell{staged}})
			if err != nil {
				return failure(err)
			}
		}
	}
	return judgeCells(c, format, &all)
}

// judgeCells ends a staging: that no line was staged is no success.
func judgeCells(c *cli.Context, format string, all *labreport.CellSet) error {
	if len(all.Cells) == 0 {
		return failure(errors.New("no line was staged"))
	}
	if format == "text" {
		fmt.Fprintf(c.App.Writer, "%d staged, %d differ\n", len(all.Cells), all.Differ())
	} else if err := labreport.Cells.Write(c.App.Writer, format, all); err != nil {
		return failure(err)
	}
	if all.Differ() > 0 {
		return findings()
	}
	return nil
}

// readCells reads a table; an error names the line.
func readCells(path string) (*session.Matrix, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := session.ReadMatrix(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", app.DisplayName(path), err)
	}
	return m, nil
}

// stageCell stages a line on members of its own.
func stageCell(ctx context.Context, c *cli.Context, cell *session.Cell, file string) (out labreport.Cell, err error) {
	source, err := labSource(c, c.String("config"), "")
	if err != nil {
		return out, err
	}
	options, err := stageOptions(c)
	if err != nil {
		return out, err
	}
	s := scenario.Stage(ctx, cell, source, &options)
	if s.Err != nil {
		return out, failure(fmt.Errorf("%s:%d: %w", file, cell.Line, s.Err))
	}
	return labreport.Cell{Cell: cell, Observed: s.Observed, Differs: s.Differs}, nil
}

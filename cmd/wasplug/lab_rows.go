package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/lab/scenario/rows"
	labdata "github.com/wasplug/wasplug/testdata/lab"
)

// stageRows stages every row of the matrix that the program has in it, on members of its own for each test.
func stageRows(c *cli.Context, format string) error {
	only, err := regexp.Compile(c.String("run"))
	if err != nil {
		return usageError("--run: %v", err)
	}
	all, err := rows.Read(labdata.Files)
	if err != nil {
		return failure(err)
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	staged := &labreport.RowSet{}
	for _, r := range all {
		done := labreport.Row{Row: r}
		for _, t := range r.Tests {
			if !only.MatchString(r.Number + " " + t.Name + " " + t.Test.Name.V) {
				continue
			}
			if needs := t.Needs(); needs != "" { // a program such as redis-server
				if _, err := exec.LookPath(needs); err != nil {
					done.Skipped = append(done.Skipped, t.Name+": "+t.Test.Name.V+": "+needs+" is not installed")
					continue
				}
			}
			result, err := stageRow(ctx, c, t)
			if err != nil {
				return err
			}
			done.Results = append(done.Results, labreport.RowResult{File: t.Name, Result: result})
		}
		// A row that nobody can stage is shown, too, where --run asks for its number.
		if len(done.Results)+len(done.Skipped) > 0 || r.Unstaged != "" && only.MatchString(r.Number) {
			staged.Rows = append(staged.Rows, done)
		}
	}
	if err := labreport.Rows.Write(c.App.Writer, format, staged); err != nil {
		return failure(err)
	}
	return judgeLab(staged.Run())
}

// stageRow runs a test, whose configuration the program has in it, too.
func stageRow(ctx context.Context, c *cli.Context, t rows.Test) (*scenario.Result, error) {
	in := app.Input{Stdin: c.App.Reader, Open: func(name string) (fs.File, error) { return labdata.Files.Open(name) }}
	source, err := labSourceFrom(c, in, t.File.Config.V, t.File.WebServer)
	if err != nil {
		return nil, err
	}
	options, err := stageOptions(c)
	if err != nil {
		return nil, err
	}
	r := t.File.Run(ctx, t.Test, source, &options)
	if ctx.Err() != nil {
		return nil, failure(errors.Join(ctx.Err(), fmt.Errorf("row %s was ended after %s", t.Test.Row,
			r.Took.Round(time.Millisecond))))
	}
	return r, nil
}

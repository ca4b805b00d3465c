package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/grid"
)

func labTableCommand() *cli.Command {
	return &cli.Command{
		Name:  "lab table",
		Usage: "count what a table of sessions holds",
		Description: `Counts the rows of a table SESSIONS as WebSphere and Liberty fill it, in PostgreSQL or in the file of
a lab: sessions of each application, those without attributes (a take-over finds them empty), those over their time,
attribute rows without a session, ages, bytes in each column. It reads only, and nothing of what is in a session.
The grid of a lab is counted, too, by the URL that the lab prints.

   wasplug lab table --dsn postgres://me@localhost/was
   wasplug lab table --dsn 'postgres://me@db.example.com/was?search_path=sessions' --allow-remote-database
   wasplug lab table --dsn nats://lab:PASSWORD@127.0.0.1:PORT
   wasplug lab table --dsn redis://localhost:6379

Exit codes: 0 fine; 2 wrong usage; 3 the table cannot be read.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "dsn", Usage: "`URL` of PostgreSQL or of the grid of a lab, or a file of SQLite"},
			&cli.BoolFlag{Name: "allow-remote-database", Usage: "the URL may name another host"},
			formatFlag("", labreport.SessionTable, ""),
		},
		Action: labTable,
	}
}

// labTable counts a table of somebody: it reads only, and on another host only with --allow-remote-database.
func labTable(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	dsn := c.String("dsn")
	if c.Args().Present() {
		return usageError("lab table takes no argument; got %q", c.Args().First())
	}
	if dsn == "" {
		return usageError("lab table needs --dsn, as in --dsn postgres://me@localhost/was")
	}
	remoteTo, count := database.Remote, database.Count
	if grid.IsURL(dsn) {
		remoteTo, count = grid.Remote, grid.Count
	}
	remote, err := remoteTo(dsn)
	if err != nil {
		return usageError("--dsn: %s", err)
	}
	if remote && !c.Bool("allow-remote-database") {
		return usageError("--dsn names another host: say --allow-remote-database, too")
	}
	census, err := count(c.Context, dsn, session.Millis(time.Now().UnixMilli()))
	if err != nil {
		return failure(err)
	}
	if err := labreport.SessionTable.Write(c.App.Writer, format, census); err != nil {
		return failure(err)
	}
	return nil
}
